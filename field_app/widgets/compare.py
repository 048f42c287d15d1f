"""Two pictures of one place under one slider: before on the left, after on the right."""

from field_app.widgets.frame import component

_compare = component("compare")


def compare(before: tuple[str, str], after: tuple[str, str], *, key: str) -> None:
    """Each picture is its address on our own server and one line of words. The slider is a range
    input: it is dragged, or moved by the arrow keys."""
    pictures = {
        name: {"url": url, "said": said}
        for name, (url, said) in (("before", before), ("after", after))
    }
    _compare(data=pictures, key=key)
