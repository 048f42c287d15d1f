"""All photos in force of this system, examined from the bytes in its store. Nothing is written.

They are gathered and judged exactly as when they came in, by the rules that are in force now; what
stands in the records is told beside it (`recorded_verdict`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine as DatabaseEngine
from sqlalchemy import create_engine, event, make_url
from sqlmodel import Session, col

from field_app import rulebook
from field_app.inspections.examining import Prepared, gather
from field_app.inspections.likeness import Found, Likeness
from field_app.inspections.told import told_of
from field_app.problems import BAD_INPUT, NOT_FOUND
from field_app.settings import ROOT, settings
from models.tables import Inspection, Parcel, Person, Photo
from models.vocabulary import PhotoKind
from photos.examine import Thresholds, examine
from photos.likeness.archive import Hit
from photos.likeness.fingerprints import Fingerprint, Turn
from photos.verify import Engine, Line, PhotoFile, Progress, Readings
from photos.verify.likes import Like
from photos.verify.lines import alike_of, full_line
from photos.verify.places import StoredPhoto
from photos.verify.reading import Kept
from photos.verify.run import run


def verify_database(
    engine: Engine, state: Path | None, progress: Progress | None
) -> Iterator[Line]:
    """A line for each photo in force, in the order in which they came.

    Raises a Problem where there is no database, or one of another version.
    """
    database = _read_only()
    try:
        with Session(database) as session:
            _require_current(session)
    except BaseException:
        database.dispose()
        raise
    readings = Readings(state)

    def lines() -> Iterator[Line]:
        with _closing(database), readings, Session(database) as session:
            judge = _DatabaseJudge(session)
            yield from run(judge.photos, judge, engine, readings, progress)

    return lines()


class _DatabaseJudge:
    """Judges by what the database knows. One session, one transaction: all lines see one moment."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._thresholds: Thresholds = rulebook.in_force(session).thresholds
        query = (
            sqlalchemy.select(
                col(Photo.id),
                col(Photo.sha256),
                col(Photo.kind),
                col(Photo.inspection_id),
                col(Parcel.number),
                col(Person.display),
            )
            .join(Parcel, col(Parcel.id) == Photo.parcel_id)
            .join(Person, col(Person.id) == Photo.person_id)
            .where(col(Photo.removed_at).is_(None))
            .order_by(col(Photo.id))
        )
        self._likes: Mapping[str, list[Like]] = {}
        self._pictures = 0
        self._visits: defaultdict[str, set[int]] = defaultdict(set)
        self._ids: list[int] = []
        self._names: defaultdict[str, list[str]] = defaultdict(list)
        self.photos: list[PhotoFile] = []
        for photo_id, sha256, kind, visit, parcel, person in session.execute(query):
            self._ids.append(photo_id)
            self._visits[sha256].add(visit)
            self.photos.append(
                PhotoFile(
                    f"照片 {photo_id}",
                    StoredPhoto(settings().store_url, sha256),
                    parcel,
                    PhotoKind(kind),
                    person,
                )
            )

    def meet(self, number: int, photo: PhotoFile, kept: Kept) -> None:
        self._names[kept.evidence.sha256].append(photo.name)

    def matters(self, one: str, other: str) -> bool:
        return len(self._visits[one] | self._visits[other]) > 1

    def compared(self, likes: Mapping[str, list[Like]], count: int) -> None:
        self._likes, self._pictures = likes, count

    def line(self, number: int, photo: PhotoFile, kept: Kept) -> Line:
        evidence = kept.evidence
        session = self._session
        row = session.get_one(Photo, self._ids[number])
        visit = session.get_one(Inspection, row.inspection_id)
        told = told_of(session, row)
        prepared = Prepared(evidence, self._likeness(kept))
        case = gather(session, row, visit, prepared, told)
        line = full_line(photo, photo.parcel or "", evidence, examine(case, self._thresholds))
        line |= {
            "photo": row.id,
            "inspection": row.inspection_id,
            "recorded_verdict": row.verdict,
            "alike": alike_of(case.likes),
            "same_as": [name for name in self._names[evidence.sha256] if name != photo.name],
        }
        return line

    def _likeness(self, kept: Kept) -> Likeness:
        """What the run found, as the records find it for a new photo."""
        if not kept.fingerprint:
            return Likeness(None)
        likes = self._likes.get(kept.evidence.sha256, ())
        found = tuple(
            Found(
                like.sha256,
                Hit(0, like.bits, like.how, Turn.MIRRORED if like.mirrored else Turn.AS_IS),
                like.match,
            )
            for like in likes
        )
        return Likeness(Fingerprint.from_bytes(kept.fingerprint), found, self._pictures - 1)


@contextmanager
def _closing(database: DatabaseEngine) -> Iterator[None]:
    try:
        yield
    finally:
        database.dispose()


def _read_only() -> DatabaseEngine:
    url = make_url(settings().database)
    if url.get_backend_name() != "sqlite":
        options = {"options": "-c default_transaction_read_only=on"}
        return create_engine(url, connect_args=options)
    path = Path(url.database or "")
    if not path.is_file():
        raise NOT_FOUND(what=f"数据库“{path}”")
    database = create_engine(url.set(database=f"file:{path}", query={"mode": "ro", "uri": "true"}))

    @event.listens_for(database, "connect")
    def _prepare(connection: object, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")  # type: ignore[attr-defined]
        connection.execute("PRAGMA busy_timeout=30000")  # type: ignore[attr-defined]

    return database


def _require_current(session: Session) -> None:
    scripts = ScriptDirectory(str(ROOT / "models" / "migrations"))
    found = MigrationContext.configure(session.connection()).get_current_revision()
    if found != scripts.get_current_head():
        raise BAD_INPUT(
            what="数据库是另一个版本的。请先用本版本启动一次系统（serve），升级后再检查。"
        )
