"""The register of packages: sealing one of an entry, listing them, and giving the file out again.

A package is not kept whole: its photos are in the photo store already, under the same sha256. The
small members are put into the store beside them, and since every byte of the file follows from its
members, it can be given out again for ever, the same to the byte, also after the program changed.
"""

import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from field_app import events
from field_app.db import reading, writing
from field_app.inspections.held import bytes_of, store, store_answers
from field_app.packages import (
    archive,
    contents,
    dossier,
    gathering,
    keys,
    manifest,
    opening,
    page,
    sealing,
    transfer,
)
from field_app.packages.dossier import Maker
from field_app.packages.gathering import Gathered
from field_app.packages.manifest import Manifest, Sealed
from field_app.packages.sealing import BytesOf, SealedPackage
from field_app.packages.shots_told import Preview
from field_app.pictures import picture
from field_app.problems import NO_PREVIEW, NOT_FOUND, Problem
from field_app.roles import Action, Who, require
from models.tables import Entry, EvidencePackage, HandOver, Person
from models.vocabulary import PackagePurpose

SEALED = "封存证据包"
PROGRAM = "0.1.0"
"""The version of this program, as pyproject.toml says it, which is not installed with it."""
_PREVIEW_PX, _PREVIEW_QUALITY = 800, 72
_MOST_SMALL_BYTES = 200_000_000
Still = Callable[[], None]
"""Asked between the pieces of a long work whether it goes on; what it raises ends the work."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One package as a page lists it."""

    id: int
    sha256: str
    size: int
    photos: int
    key_id: str
    purpose: str
    by: str
    at: datetime

    @property
    def url(self) -> str:
        """Where the file is given out, to those who may have it."""
        return f"/packages/{self.id}"


@dataclass(frozen=True, slots=True)
class Given:
    """A file to give out: its name, its size, its bytes in parts."""

    name: str
    size: int
    parts: Iterator[bytes]


def seal(entry_id: int, purpose: PackagePurpose, *, who: Who, now: datetime) -> Registered:
    """Seals a package of an entry and writes it into the register. Raises NO_OFFICE_KEY,
    NOT_ALLOWED, NOT_FOUND, PACKAGE_TOO_LARGE, EVIDENCE_DAMAGED."""
    row = made(entry_id, purpose, who=who, now=now)
    with writing() as session:
        enter(session, row)
    return _shown(row, who.display)


def made(
    entry_id: int, purpose: PackagePurpose, *, who: Who, now: datetime, still: Still = lambda: None
) -> EvidencePackage:
    """A package of the entry as it is now, sealed and kept, that stands in no register yet: left
    there it is harmless. Raises what `seal` raises, and what `still` does."""
    require(who, Action.HAND_OVER)
    key = keys.office_key()
    with reading() as session:
        found = gathering.gather(session, entry_id)
    photos, previews = _photos(found, still)
    small = _small(found, previews, Maker(who.display, now, purpose))
    still()
    package = sealing.seal(_said(found, purpose, who, now), small, photos, key)
    small[manifest.KEY] = key.public.pem
    rest = b"".join(_rest(package, small))
    with store_answers():
        rest_sha256 = store().put(rest)
    return EvidencePackage(
        entry_id=entry_id,
        sha256=_digest(package, small, still),
        size=package.size,
        photos=len(photos),
        rest_sha256=rest_sha256,
        key_id=package.said.key_id,
        purpose=str(purpose),
        person_id=who.id or None,
        at=now,
    )


def enter(session: Session, row: EvidencePackage) -> int:
    """Writes a package into the register, and beside its entry that it was sealed; its number."""
    session.add(row)
    session.flush()
    assert row.id is not None
    events.note(
        session,
        "package",
        row.id,
        SEALED,
        at=row.at,
        person_id=row.person_id,
        new={"entry_id": row.entry_id, "sha256": row.sha256, "purpose": row.purpose},
    )
    return row.id


def called(number: str) -> int:
    """The entry of that number. NOT_FOUND."""
    with reading() as session:
        found = session.exec(select(Entry.id).where(Entry.number == number.strip())).first()
    if found is None:
        raise NOT_FOUND(what=f"台账条目“{number.strip()[:40]}”")
    return found


def listed(entry_id: int, who: Who) -> list[Registered]:
    """The packages of an entry, the newest first, for those who may seal one."""
    require(who, Action.HAND_OVER)
    with reading() as session:
        query = (
            select(EvidencePackage, Person.display)
            .outerjoin(Person, col(Person.id) == EvidencePackage.person_id)
            .where(EvidencePackage.entry_id == entry_id)
            .order_by(col(EvidencePackage.id).desc())
        )
        return [_shown(row, by or "命令行") for row, by in session.exec(query)]


def give(package_id: int, who: Who) -> Given:
    """The file of a package, the same bytes as when it was sealed. Raises NOT_FOUND, NOT_ALLOWED,
    EVIDENCE_DAMAGED."""
    require(who, Action.HAND_OVER)
    with reading() as session:
        row = session.get(EvidencePackage, package_id)
        if row is None:
            raise NOT_FOUND(what="证据包")
        number = session.get_one(Entry, row.entry_id).number
    made, small = _kept(row)
    name = f"{number}-{row.sha256[:8]}.zip"
    return Given(name, row.size, made.stream(_from_store(small)))


def transfer_form(hand_over_id: int, who: Who, *, now: datetime) -> tuple[str, bytes]:
    """The 移送单 of a hand-over as PDF, with its file name. NOT_FOUND, NOT_ALLOWED."""
    require(who, Action.HAND_OVER)
    with reading() as session:
        row = session.get(HandOver, hand_over_id)
        if row is None or row.withdrawn_at is not None:
            raise NOT_FOUND(what="这次移送")
        found = gathering.gather(session, row.entry_id)
        newest = session.exec(
            select(EvidencePackage)
            .where(EvidencePackage.entry_id == row.entry_id)
            .order_by(col(EvidencePackage.id).desc())
            .limit(1)
        ).first()
    name = f"transfer-{found.entry.number}-{hand_over_id}.pdf"
    return name, transfer.transfer_form(found, row, newest, now)


# --- the pieces of sealing ------------------------------------------------------------------------


def _photos(found: Gathered, still: Still) -> tuple[list[Sealed], dict[str, Preview]]:
    """Every photo once: what the manifest keeps of it, and a small picture for the dossier. Only
    one of them is in memory at a time."""
    members: dict[str, Sealed] = {}
    previews: dict[str, Preview] = {}
    for shot in found.shots:
        if shot.row.sha256 in previews:
            continue
        still()
        data = bytes_of(shot.row.sha256)
        name = contents.photo_name(shot)
        members[name] = Sealed(name, len(data), zlib.crc32(data), shot.row.sha256)
        previews[shot.row.sha256] = _preview(data)
    return list(members.values()), previews


def _preview(data: bytes) -> Preview:
    try:
        return Preview(picture(data, _PREVIEW_PX, _PREVIEW_QUALITY))
    except Problem as problem:
        if problem.kind is not NO_PREVIEW:
            raise
        return Preview(None, str(problem.facts["why"]))


def _small(found: Gathered, previews: Mapping[str, Preview], maker: Maker) -> dict[str, bytes]:
    """The members that are no photos, in their order: what people open comes first."""
    map_svg = dossier.map_of(found)
    small = {
        manifest.DOSSIER: dossier.dossier(found, map_svg, previews, maker),
        manifest.PAGE: page.verify_page().encode(),
    }
    files = dict(contents.files(found))
    small[manifest.ENTRY] = files.pop(manifest.ENTRY)
    if map_svg is not None:
        small[manifest.MAP] = map_svg
    return small | files


def _said(found: Gathered, purpose: str, who: Who, now: datetime) -> Manifest:
    return Manifest(
        entry=found.entry.number,
        title=found.problem[: manifest.MOST_TEXT],
        office=dossier.office(),
        purpose=str(purpose),
        made_at=now,
        made_by=who.display,
        program=PROGRAM,
        engine=found.rules.engine,
        rules=found.rules.version,
        key_id="",
        members=(),
    )


def _rest(made: SealedPackage, small: Mapping[str, bytes]) -> Iterator[bytes]:
    """All but the photos, as a zip of the same form."""
    own = {manifest.MANIFEST: made.text, manifest.SIGNATURE: made.signature, **small}
    members = [m for m in made.members if m.name in own]
    pieces = archive.pieces(members, made.said.made_at)
    for member, piece in zip(members, pieces, strict=False):
        yield piece.data
        yield own[member.name]
    yield b"".join(piece.data for piece in pieces)


def _kept(row: EvidencePackage) -> tuple[SealedPackage, dict[str, bytes]]:
    """A package as it was sealed, from what was kept of it."""
    opened = opening.open_zip(io.BytesIO(bytes_of(row.rest_sha256)))
    small = {m.name: b"".join(opening.read(opened, m, _MOST_SMALL_BYTES)) for m in opened.members}
    text = small[manifest.MANIFEST]
    return SealedPackage(manifest.read(text), text, small[manifest.SIGNATURE]), small


def _digest(package: SealedPackage, small: Mapping[str, bytes], still: Still) -> str:
    digest = hashlib.sha256()
    for part in package.stream(_from_store(small)):
        still()
        digest.update(part)
    return digest.hexdigest()


def _from_store(small: Mapping[str, bytes]) -> BytesOf:
    """Small members from memory, photos in parts from the store."""

    def parts(name: str) -> Iterator[bytes]:
        if name in small:
            yield small[name]
        else:
            with store_answers():
                yield from store().chunks(_hash_in(name))

    return parts


def _hash_in(name: str) -> str:
    """`photos/<sha256>.jpg` → the sha256."""
    return name.removeprefix("photos/").partition(".")[0]


def _shown(row: EvidencePackage, by: str) -> Registered:
    assert row.id is not None
    return Registered(row.id, row.sha256, row.size, row.photos, row.key_id, row.purpose, by, row.at)
