"""verify.html: one file that checks packages in a browser, put together from its parts."""

from field_app.packages.keys import PublicKey


def verify_page(published: PublicKey | None = None) -> str:
    """The page."""
    return f"<!doctype html><title>{published.id if published else ''}</title>"
