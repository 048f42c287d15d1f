"""What every page stands in: who is it, which pages are theirs, the bottom navigation.

A page calls `who()` at each run, and so does a fragment: cookie and user are frozen at the
handshake of the websocket, so the session is looked up in the database every time.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from field_app import accounts, clock, demonstration, words
from field_app.problems import SIGN_IN_NEEDED, Problem
from field_app.roles import Action, Who, may
from field_app.settings import ROOT, settings
from models.vocabulary import Role

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its file, address, title, icon, and the action that opens it."""

    file: str
    path: str
    title: str
    icon: str
    action: Action | None
    in_nav: bool = True
    menu_of: frozenset[Role] = frozenset(Role)  # a phone has room for some eight entries

    def in_menu(self, role: Role) -> bool:
        """Whether the bottom menu of this role holds it; links lead to it in any case."""
        return self.in_nav and role in self.menu_of


PAGES = (
    PageEntry("tasks.py", "tasks", "任务", ":material/checklist:", Action.SEE_TASKS),
    PageEntry("parcel.py", "parcel", "地块", ":material/map:", Action.SEE_PARCELS, in_nav=False),
    PageEntry("inspect.py", "inspect", "核查", ":material/photo_camera:", Action.INSPECT),
    PageEntry("chat.py", "chat", "对话", ":material/forum:", Action.INSPECT),
    PageEntry("records.py", "records", "记录", ":material/history:", Action.INSPECT),
    PageEntry("review.py", "review", "审核", ":material/fact_check:", Action.REVIEW),
    PageEntry("todo.py", "todo", "待办", ":material/inbox:", Action.SEE_TODO),
    PageEntry("ledger.py", "ledger", "台账", ":material/table_view:", Action.SEE_LEDGER),
    PageEntry(
        "presets.py", "presets", "分类预设", ":material/tune:", Action.EDIT_PRESETS, in_nav=False
    ),
    PageEntry("owing.py", "owing", "督办", ":material/alarm:", Action.SEE_OWING, in_nav=False),
    PageEntry(
        "second_look.py",
        "second_look",
        "抽查与回头看",
        ":material/casino:",
        Action.SEE_DRAWS,
        in_nav=False,
    ),
    PageEntry(
        "milestones.py",
        "milestones",
        "节点",
        ":material/flag:",
        Action.SEE_MILESTONES,
        in_nav=False,
    ),
    PageEntry(
        "dashboard.py",
        "dashboard",
        "看板",
        ":material/monitoring:",
        Action.SEE_FIGURES,
        menu_of=frozenset({Role.SUPERVISOR}),
    ),
    PageEntry("office.py", "office", "导入", ":material/upload_file:", Action.IMPORT),
    PageEntry("forms.py", "forms", "表单", ":material/list_alt:", Action.EDIT_FORM),
    PageEntry("rules.py", "rules", "规则", ":material/gavel:", Action.SEE_RULES),
    PageEntry("sync.py", "sync", "同步", ":material/sync:", Action.SYNC),
    PageEntry("tokens.py", "tokens", "令牌", ":material/key:", Action.MANAGE_TOKENS, in_nav=False),
    PageEntry("people.py", "people", "人员", ":material/group:", Action.MANAGE_PEOPLE),
    PageEntry("account.py", "account", "我的", ":material/person:", None),
)

# Beside Streamlit: it must open without signal. It stands in the menu after the visit.
FIELD_TITLE, FIELD_AFTER = "外业", "inspect"
_FIELD_LINK = f'<a class="nav-field" href="/capture/">{FIELD_TITLE}</a>'

_HOME = {
    Role.INSPECTOR: "tasks",
    Role.SUPERVISOR: "review",
    Role.OFFICE: "office",
    Role.UNIT: "todo",
    Role.ADMIN: "people",
}


def now() -> datetime:
    """The moment of this run."""
    return clock.now()


def _signed_in() -> Who | None:
    number = record_id(str(st.user.get("login") or "") if st.user else "")
    return None if number is None else accounts.who_by_sign_in(number, now=now())


def record_id(text: str) -> int | None:
    """The number of a record in an address that anybody may have typed; None where it is none, or
    more than a database's integer holds."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 10:
        return None
    number = int(text)
    return number if number < 2**31 else None


def actor() -> Who:
    """The person in a callback, which runs before the page does: a session that ended since the
    page was drawn writes nothing any more. Raises SIGN_IN_NEEDED; ask inside `told_later`."""
    person = _signed_in()
    if person is None:
        raise SIGN_IN_NEEDED()
    return person


def who() -> Who:
    """The signed-in person; a session that ended goes to the sign-in page at once."""
    person = _signed_in()
    if person is None:
        st.html("<script>location.replace('/login')</script>", unsafe_allow_javascript=True)
        st.info("登录已结束，请重新登录。")
        st.stop()
    return person


@contextmanager
def guarded() -> Iterator[None]:
    """Shows a refusal as a message; what was typed stays where it is."""
    try:
        yield
    except Problem as problem:
        st.error(words.plain(problem.message), icon=":material/error:")


def tell_later(message: str) -> None:
    """Keeps a message of a callback for the run that follows it."""
    st.session_state.setdefault("told_later", []).append(message)


@contextmanager
def told_later() -> Iterator[None]:
    """Like `guarded`, in a callback, where nothing can be drawn yet."""
    try:
        yield
    except Problem as problem:
        tell_later(problem.message)


def tell() -> None:
    """Shows what callbacks had to say."""
    for message in st.session_state.pop("told_later", []):
        st.error(words.plain(message), icon=":material/error:")


def toast_later(said: str) -> None:
    """Says at the next run that something was done: a rerun right after `st.toast` can take the
    toast away before anybody has read it."""
    st.session_state["toast_later"] = said


def may_inspect(person: Who) -> bool:
    """Whether this person makes visits at all."""
    return may(person, Action.INSPECT)


def may_bring_photos(person: Who) -> bool:
    """Whether this person shoots at all: on visits, or of what was put right."""
    return may(person, Action.TAKE_PHOTOS)


def pages_of(person: Who) -> list[PageEntry]:
    """The pages that this person may open, their home first."""
    mine = [p for p in PAGES if p.action is None or may(person, p.action)]
    home = _HOME[person.role]
    return sorted(mine, key=lambda p: p.path != home)


def menu_of(person: Who) -> list[str]:
    """The titles of the bottom menu, in order."""
    titles = []
    for entry in pages_of(person):
        if entry.in_menu(person.role):
            titles.append(entry.title)
        if entry.path == FIELD_AFTER:
            titles.append(FIELD_TITLE)
    return titles


def page(path: str) -> "st.Page":
    """The Streamlit page of an address, for `st.switch_page` and links."""
    return _streamlit_page(next(p for p in PAGES if p.path == path))


def _streamlit_page(entry: PageEntry) -> "st.Page":
    return st.Page(
        ROOT / "pages" / entry.file, title=entry.title, icon=entry.icon, url_path=entry.path
    )


def link(
    path: str, label: str, *, icon: str, main: bool = True, place: str = "", **query: str
) -> None:
    """A link to one of our pages that looks like a button: `main` is the one to take here.
    `place` tells two links of one page to the same address apart."""
    key = "_".join(["go" if main else "see", path, place, *query.values()])
    with st.container(key=key):
        st.page_link(page(path), label=label, icon=icon, query_params=query, width="stretch")


def proof_link(entry_id: int) -> None:
    """A link to where an entry's rectification is shot without signal. It stands beside Streamlit."""
    st.html(
        f'<a class="field-link" href="/capture/#/entry/{entry_id}">到现场拍整改后照片（可离线）</a>'
    )


def _go_home() -> None:
    """What stands at `/`. A page that is Streamlit's default has no address of its own, and a
    link to it would not be found; so the default is this, and each page keeps its address."""
    st.switch_page(page(_HOME[who().role]))


def run() -> None:
    """The main script: set the page up, ask who it is, run the page, draw the navigation."""
    st.set_page_config(
        page_title="实地核查",
        page_icon=str(ROOT / "field_app" / "static" / "icons" / "icon-192.png"),
        layout="wide",
    )
    person = who()
    entries = pages_of(person)
    pages = {e.path: _streamlit_page(e) for e in entries}
    home = st.Page(_go_home, title="实地核查", url_path="home", default=True)
    chosen = st.navigation([home, *pages.values()], position="hidden")
    _demo_mark()
    if person.must_change_password and chosen is not pages["account"]:
        st.switch_page(pages["account"])
    if said := st.session_state.pop("toast_later", ""):
        st.toast(said, icon=":material/task_alt:")
    # Before the page: one that stops early must not take the way out with it.
    with (
        st.bottom,
        st.container(horizontal=True, gap="small", key="bottom_nav"),
    ):
        for entry in entries:
            if entry.in_menu(person.role):
                here = pages[entry.path] is chosen
                with st.container(key="nav_here" if here else f"nav_{entry.path}"):
                    st.page_link(pages[entry.path], label=entry.title, width="stretch")
            if entry.path == FIELD_AFTER:
                with st.container(key="nav_field"):
                    st.html(_FIELD_LINK)
    chosen.run()


def _demo_mark() -> None:
    if demonstration.loaded():
        with st.container(key="demo_mark"):
            st.markdown(
                f":orange-badge[:material/science: {demonstration.MARK}] "
                f":gray[{settings().county_name}，人物与照片均为虚构]"
            )
