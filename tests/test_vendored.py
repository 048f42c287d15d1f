"""What others wrote is what they published."""

import hashlib
import re

from field_app.settings import ROOT

VENDOR = ROOT / "field_app" / "static" / "vendor"
OURS = re.compile(
    rb"^(const exports = \{\};|export (default \w+|\{.*\}|const \{.*\} = exports);)\n", re.M
)


def test_a_vendored_module_is_the_published_file_and_the_lines_that_make_it_a_module() -> None:
    rows = re.findall(
        r"\| `(\S+\.js)` .*\| `([0-9a-f]{64})` \|", (VENDOR / "README.md").read_text()
    )
    assert len(rows) == 2
    for name, digest in rows:
        published = OURS.sub(b"", (VENDOR / name).read_bytes())
        assert hashlib.sha256(published).hexdigest() == digest, name


def test_every_vendored_folder_has_its_licence_and_its_line() -> None:
    told = (VENDOR / "README.md").read_text()
    for folder in (p for p in VENDOR.iterdir() if p.is_dir()):
        assert (folder / "LICENSE").is_file(), folder
        assert f"`{folder.name}/LICENSE`" in told, folder
