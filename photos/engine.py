"""Which engine examined a photo: a digest of all our code that a result can depend on.

No version number that somebody has to remember to raise: whoever changes a check, a reader or a
sentence changes the digest. Comments, docstrings and layout do not count. Libraries are pinned
and not part of it.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

ROOTS = ("photos.reading", "photos.examine")
"""Where an examination begins; what these import of our packages belongs to it."""

_ROOT = Path(__file__).resolve().parent.parent
_OURS = ("photos", "models")
_DATA = frozenset({".csv", ".json", ".txt", ".toml"})  # tables beside the code


@lru_cache(maxsize=1)
def engine_digest() -> str:
    """16 hexadecimal digits that change when any code or table of the engine does."""
    digest = hashlib.sha256(code_under(ROOTS))
    for path in sorted(p for p in (_ROOT / "photos").rglob("*") if p.suffix in _DATA):
        digest.update(f"{path.relative_to(_ROOT).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def code_under(roots: Iterable[str]) -> bytes:
    """The code of modules and of all that they import of our packages, for a digest."""
    return b"".join(
        f"{name}\n{code_of(path.read_text(encoding='utf-8'))}\n".encode()
        for name, path in sorted(modules(roots).items())
    )


def modules(roots: Iterable[str] = ROOTS) -> dict[str, Path]:
    """The engine's own modules by name: the roots and all that they import of our packages."""
    found: dict[str, Path] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if path is not None and name not in found:
            found[name] = path
            waiting += _imported(ast.parse(path.read_text(encoding="utf-8")))
    return found


def code_of(source: str) -> str:
    """The code without comments, docstrings and layout.

    >>> code_of("def f():\\n    'Says.'\\n    return 1  # one") == code_of("def f(): return 1")
    True
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        node.body = [part for part in body if not _only_said(part)] or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.unparse(tree)


def _only_said(part: ast.stmt) -> bool:
    """A string that stands by itself: a docstring, or what is said of a name."""
    return (
        isinstance(part, ast.Expr)
        and isinstance(part.value, ast.Constant)
        and isinstance(part.value.value, str)
    )


def _file(name: str) -> Path | None:
    if name.partition(".")[0] not in _OURS:
        return None
    at = _ROOT.joinpath(*name.split("."))
    for path in (at.with_suffix(".py"), at / "__init__.py"):
        if path.is_file():
            return path
    return None


def _imported(tree: ast.Module) -> Iterator[str]:
    """Every module that the code names; of `from a import b`, b may be a module as well."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
