"""verify.html: one file that checks packages in a browser, put together from its modules.

Nothing in it comes from outside, and its policy lets nothing else run: script and style are named
by their hashes. The page in a package carries no key; the one that the office publishes does.
"""

import base64
import hashlib
import re
from functools import lru_cache
from html import escape
from pathlib import Path

from field_app.packages.keys import PublicKey

_PARTS = Path(__file__).parent / "verify_page"
_MODULES = (
    "zip",
    "form",
    "keys",
    "records",
    "check",
    "show",
    "main",
)  # each after those it imports
_IMPORT = re.compile(r'(?m)^import \{[^}]*\} from "\./\w+\.js";\n')


def verify_page(published: PublicKey | None = None) -> str:
    """The page, with the office's key in it where it is to be published."""
    html, style, script = _parts()
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src blob:; base-uri 'none'; form-action 'none'"
    )
    made = {
        "csp": policy,
        "office_key": escape(published.pem.decode().strip()) if published else "",
        "style": style,
        "script": script,
    }
    return re.sub(r"\{(csp|office_key|style|script)\}", lambda m: made[m[1]], html)


@lru_cache(maxsize=1)
def _parts() -> tuple[str, str, str]:
    html = (_PARTS / "page.html").read_text(encoding="utf-8")
    style = (_PARTS / "page.css").read_text(encoding="utf-8")
    modules = [(_PARTS / f"{name}.js").read_text(encoding="utf-8") for name in _MODULES]
    script = "\n".join(_IMPORT.sub("", m) for m in modules)
    return html, style, re.sub(r"(?m)^export ", "", script)


def _hash(text: str) -> str:
    """How a policy names an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
