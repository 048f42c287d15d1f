"""How our components are handed to Streamlit."""

from streamlit.components import v2 as components
from streamlit.components.v2.types import ComponentRenderer

from field_app.routes.assets import STATIC, url


def component(name: str) -> ComponentRenderer:
    """The component whose script and style stand in `static/widgets/{name}.js` and `.css`.

    Streamlit runs the script given here from a blob; it only fetches ours from its own address,
    where the browser keeps it for good and where it can import its neighbours.
    """
    script = (
        f'const {{ mount }} = await import(location.origin + "{url(f"widgets/{name}.js")}");\n'
        "export default mount;\n"
    )
    style = (STATIC / "widgets" / f"{name}.css").read_text(encoding="utf-8")
    return components.component(f"field_{name}", js=script, css=style)
