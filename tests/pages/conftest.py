"""Opening a page as a signed-in person, without a browser."""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from field_app.db import writing
from field_app.roles import Who
from field_app.settings import ROOT
from models.tables import SignIn

Open = Callable[..., AppTest]


_serial = count(1)


def a_sign_in(who: Who, now: datetime) -> int:
    """A session of this person, as the guard would have found it."""
    with writing() as session:
        row = SignIn(
            person_id=who.id, token_sha256=f"token {next(_serial)}", created_at=now, seen_at=now
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


@pytest.fixture(autouse=True, scope="session")
def components_found_once() -> Iterator[None]:
    """Streamlit looks through every installed package for components before a page's first run;
    they are the same each time, and the look takes longer than the page."""
    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as during:
        during.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
        yield


@pytest.fixture(autouse=True)
def own_main_module() -> Iterator[None]:
    """Streamlit's runner leaves the page behind as `__main__`, which processes that other tests
    spawn would then run again."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture
def open_page(noon: datetime) -> Open:
    """`open_page("tasks", who, parcel="1")` runs main.py and the page, as at `/tasks?parcel=1`."""

    def open_it(path: str, who: Who, **query: str) -> AppTest:
        at = AppTest.from_file(ROOT / "field_app" / "main.py", default_timeout=30)
        at.user["login"] = str(a_sign_in(who, noon))
        for name, value in query.items():
            at.query_params[name] = value
        at.switch_page(str(ROOT / "pages" / f"{path}.py"))
        return at.run()

    return open_it


def words_of(at: AppTest) -> str:
    """All that stands on the page, for a look at what is said and what is not."""
    kinds = (
        at.title,
        at.subheader,
        at.markdown,
        at.caption,
        at.info,
        at.error,
        at.success,
        at.warning,
    )
    return "\n".join(str(e.value) for kind in kinds for e in kind)
