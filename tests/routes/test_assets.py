import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from field_app.roles import Who
from field_app.routes import assets

As = Callable[[Who | None], TestClient]


def test_a_file_under_its_digest_is_kept_for_ever(as_: As) -> None:
    answer = as_(None).get(assets.url("js/sha256.js"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


def test_under_an_old_digest_or_none_it_is_asked_for_again(as_: As) -> None:
    for path in ("/assets/js/sha256.js", "/assets/~0ld/js/sha256.js"):
        answer = as_(None).get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"


def test_a_file_that_the_browser_has_is_not_sent_again(as_: As) -> None:
    first = as_(None).get("/assets/app/app.css")
    again = as_(None).get("/assets/app/app.css", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_text_travels_compressed_where_the_browser_can(as_: As) -> None:
    path = assets.url("vendor/leaflet/leaflet.js")
    packed = as_(None).get(path, headers={"Accept-Encoding": "gzip"})
    plain = as_(None).get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < 0.4 * int(plain.headers["content-length"])


@pytest.mark.parametrize(
    "path",
    [
        "../app.py",
        "..%2f..%2fapp.py",
        "~x/../../settings.py",
        "js/",
        "",
        "/etc/passwd",
        "js/none.js",
    ],
)
def test_nothing_outside_the_folder_is_served(path: str, as_: As) -> None:
    answer = as_(None).get(f"/assets/{path}")
    assert answer.status_code == 404


def test_a_name_that_is_not_there_is_noticed_when_a_page_is_built() -> None:
    with pytest.raises(KeyError):
        assets.url("js/none.js")


def test_the_manifest_names_icons_that_are_there_in_their_sizes(as_: As) -> None:
    manifest = as_(None).get("/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    icons = manifest.json()["icons"]
    assert {i["sizes"] for i in icons} >= {"144x144", "192x192", "512x512"}
    assert any(i.get("purpose") == "maskable" for i in icons)
    for icon in icons:
        found = as_(None).get(icon["src"])
        assert found.headers["content-type"] == "image/png"
        width, height = icon["sizes"].split("x")
        assert found.content[16:24] == int(width).to_bytes(4) + int(height).to_bytes(4)


def test_the_favicon_is_ours(as_: As) -> None:
    assert as_(None).get("/favicon.ico").content[:4] == b"\x89PNG"


def test_no_file_of_ours_names_another_host() -> None:
    """Scripts and styles fetch nothing from outside. Leaflet names its own site in a link text
    that our maps switch off, and the namespaces of SVG are no addresses."""
    for path in assets.STATIC.rglob("*"):
        if path.suffix not in (".js", ".css") or "vendor" in path.parts:
            continue
        hosts = re.findall(r"(?:https?:)?//[a-z][\w.-]+\.[a-z]{2,}[^\s\"')]*", path.read_text())
        assert [h for h in hosts if "www.w3.org/2000/svg" not in h] == [], path.name


def test_what_is_vendored_is_listed_with_version_and_licence() -> None:
    listed = (assets.STATIC / "vendor" / "README.md").read_text()
    for folder in (assets.STATIC / "vendor").iterdir():
        if folder.is_dir():
            assert f"`{folder.name}/" in listed
            assert any(p.name.startswith("LICEN") for p in folder.iterdir()), folder.name
