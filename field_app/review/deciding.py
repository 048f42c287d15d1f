"""What a supervisor decides: a word on a photo, confirm, send back, reject.

Each decision is one transaction that begins by claiming the inspection at the edition the person
saw, so that of two decisions at once only one is kept, and the other is told.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, update

from field_app import clock, drafts, events
from field_app.db import reading, writing
from field_app.ledger import entries, presets
from field_app.ledger.entries import Upheld
from field_app.ledger.presets import Proposal, UnitChoice
from field_app.problems import (
    BAD_INPUT,
    CHANGED_MEANWHILE,
    NO_PHOTO_STANDS,
    NOT_FOUND,
    PHOTOS_UNDECIDED,
    REASON_NEEDED,
    SECOND_PERSON_NEEDED,
    WRONG_STATE,
)
from field_app.review import records
from field_app.review.records import Opinions
from field_app.review.standing import Decision, open_question, stands
from field_app.roles import Action, Who, require
from field_app.second_look import outcomes
from models.tables import Finding, Inspection, Parcel, Photo, PhotoDecision, Project, Task
from models.taxonomy import categories
from models.vocabulary import InspectionState, Purpose, Verdict

_WHAT = "核查记录"
_PHOTO_WHY_MAX, _WHY_MAX = 400, 1000  # what the columns hold


def decide_photo(
    photo_id: int,
    decision: Decision,
    *,
    why: str,
    who: Who,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Puts a person's word beside the machine's verdict, which stays as it is.

    `seen` is the verdict that the person had before them. Where all photos were examined again
    meanwhile and it is another now, CHANGED_MEANWHILE: a word counts for what was seen.
    """
    require(who, Action.REVIEW)
    why = _reason(why, str(decision), _WHY_MAX)
    with writing() as session:
        photo = session.get(Photo, photo_id)
        if photo is None or photo.removed_at is not None:
            raise NOT_FOUND(what="照片")
        if seen is not None and photo.verdict != seen:
            raise CHANGED_MEANWHILE()
        inspection = records.inspection_or_refusal(session, photo.inspection_id)
        _other_person(session, inspection, who, str(decision))
        # The edition grows, so that somebody who is about to confirm on the old word is told.
        if records.proves_rectification(session, inspection, photo):
            inspection.edition += 1
        else:
            _claim(session, inspection, inspection.edition, {}, str(decision), now)
        before = records.opinions(session, [photo_id])[photo_id].standing
        session.add(
            PhotoDecision(photo_id=photo_id, person_id=who.id, decision=decision, why=why, at=now)
        )
        events.note(
            session,
            "photo",
            photo_id,
            str(decision),
            at=now,
            person_id=who.id,
            old={"decision": str(before or "")},
            new={"decision": str(decision), "verdict": photo.verdict},
            why=why,
        )


def proposal(inspection_id: int, who: Who, category: int | None = None) -> Proposal | None:
    """The preset of the entry that a confirmation would make, for `category` or the one that the
    inspector chose; None where nothing was found."""
    require(who, Action.REVIEW)
    with reading() as session:
        inspection = records.inspection_or_refusal(session, inspection_id)
        finding = records.finding_of(session, inspection_id)
        if finding is None:
            return None
        return _propose(session, inspection, finding, category or finding.category)


def units(who: Who) -> list[UnitChoice]:
    """The units to choose from."""
    require(who, Action.REGISTER_CLUE)
    with reading() as session:
        return presets.unit_choices(session)


def confirm(
    inspection_id: int,
    edition: int,
    *,
    upheld: Upheld | None = None,
    as_new: bool = True,
    why: str = "",
    who: Who,
    now: datetime,
) -> str | None:
    """Confirms a submitted inspection; returns the number of the new entry, or None where nothing
    was found. `upheld` says what the finding is entered as; without it the preset is taken, and
    what differs from the preset needs a reason. With `as_new` False what a second look found is
    confirmed without an entry of its own: a person opens the closed one again for it.

    Raises PHOTOS_UNDECIDED, NO_PHOTO_STANDS, REASON_NEEDED, SECOND_PERSON_NEEDED,
    CHANGED_MEANWHILE, WRONG_STATE, BAD_INPUT.
    """
    require(who, Action.REVIEW)
    with writing() as session:
        inspection = _for_review(session, inspection_id)
        _other_person(session, inspection, who, "确认")
        decided = {"state": InspectionState.CONFIRMED, "decided_by": who.id, "decided_at": now}
        _claim(session, inspection, edition, decided, "确认", now)
        finding = records.finding_of(session, inspection_id)
        photos = records.cited(finding, records.photos_of(session, inspection_id))
        said = records.opinions(session, [p.id for p in photos if p.id])
        if photos or drafts.empty(inspection.answers.get("no_photo_reason")):
            _rests_on(photos, said)
        else:  # the inspector could take none and said why; that is a person's to accept
            why = _reason(why, "在没有照片的情况下确认", _WHY_MAX)
        old: dict[str, Any] = {"state": str(InspectionState.SUBMITTED)}
        new: dict[str, Any] = {"state": str(InspectionState.CONFIRMED)}
        number = None
        if finding is not None and not as_new:
            if (
                drawn := outcomes.of_task(session, inspection.task_id)
            ) is None or not drawn.entry_id:
                raise BAD_INPUT(what="只有回头看抽中的条目，才可以不另立新条目。")
            new["of_entry"] = drawn.entry_number
        elif finding is not None:
            preset = _propose(
                session, inspection, finding, upheld.category if upheld else finding.category
            )
            upheld = upheld or _as_preset(finding, preset)
            before, after = _differences(session, finding, preset, upheld)
            if after:
                why = _reason(why, "改动问题类别、措施、期限或责任单位", _WHY_MAX)
            entry = entries.post(
                session,
                finding,
                inspection,
                upheld,
                found_on=_found_on(finding),
                photos_say=_photos_say(photos, said),
                who=who,
                now=now,
                why=why,
            )
            number = entry.number
            old, new = old | before, new | after | {"number": number}
        elif upheld is not None:
            raise BAD_INPUT(what="这条核查记录没有问题线索，不能登记台账。")
        _close_task(session, inspection, now)
        _note(session, inspection_id, "确认", old, new, why, who, now)
        return number


def send_back(
    inspection_id: int,
    edition: int,
    photo_whys: Mapping[int, str],
    *,
    why: str = "",
    who: Who,
    now: datetime,
) -> None:
    """Returns an inspection: `photo_whys` names the photos to shoot again, each with its reason;
    `why` is a reason about the whole. One of the two is needed."""
    require(who, Action.REVIEW)
    photo_whys = {
        photo_id: _reason(text, "退回这张照片", _PHOTO_WHY_MAX)
        for photo_id, text in photo_whys.items()
    }
    if not photo_whys:
        why = _reason(why, "退回", _WHY_MAX)
    with writing() as session:
        inspection = _for_review(session, inspection_id)
        _other_person(session, inspection, who, "退回")
        returned = {"state": InspectionState.RETURNED, "returned_why": why.strip()[:_WHY_MAX]}
        _claim(session, inspection, edition, returned, "退回", now)
        photos = {p.id: p for p in records.photos_of(session, inspection_id)}
        if not photo_whys.keys() <= photos.keys():
            raise NOT_FOUND(what="要退回的照片")
        for photo_id, photo in photos.items():
            photo.reshoot_why = photo_whys.get(photo_id or 0, "")
            session.add(photo)
        old = {"state": str(InspectionState.SUBMITTED)}
        new = {
            "state": str(InspectionState.RETURNED),
            "photos": {str(photo_id): text for photo_id, text in photo_whys.items()},
        }
        _note(session, inspection_id, "退回补拍", old, new, why, who, now)


def reject(inspection_id: int, edition: int, *, why: str, who: Who, now: datetime) -> None:
    """Decides that the finding does not hold. The task is done: it was looked at and judged."""
    require(who, Action.REVIEW)
    why = _reason(why, "判定不成立", _WHY_MAX)
    with writing() as session:
        inspection = _for_review(session, inspection_id)
        _other_person(session, inspection, who, "判定不成立")
        decided = {
            "state": InspectionState.REJECTED,
            "decided_by": who.id,
            "decided_at": now,
            "returned_why": why,
        }
        _claim(session, inspection, edition, decided, "判定不成立", now)
        _close_task(session, inspection, now)
        old = {"state": str(InspectionState.SUBMITTED)}
        new = {"state": str(InspectionState.REJECTED)}
        _note(session, inspection_id, "不成立", old, new, why, who, now)


def _for_review(session: Session, inspection_id: int) -> Inspection:
    """A visit that is decided here. What a unit proves is decided with its entry, in the ledger."""
    inspection = records.inspection_or_refusal(session, inspection_id)
    if session.get_one(Task, inspection.task_id).purpose == Purpose.PROOF:
        raise BAD_INPUT(what="这是责任单位的整改举证，请在台账条目里同意销号或退回整改。")
    return inspection


def _reason(why: str, action: str, limit: int) -> str:
    why = why.strip()
    if not why:
        raise REASON_NEEDED(action=action)
    if len(why) > limit:
        raise BAD_INPUT(what=f"理由最多 {limit} 个字，现在有 {len(why)} 个。")
    return why


def _other_person(session: Session, inspection: Inspection, who: Who, action: str) -> None:
    """Nobody judges their own visit, nor one that they took photos for."""
    assert inspection.id is not None
    hands = {p.person_id for p in records.photos_of(session, inspection.id)}
    if who.id in hands | {inspection.person_id}:
        raise SECOND_PERSON_NEEDED(action=action)


def _claim(
    session: Session,
    inspection: Inspection,
    edition: int,
    values: Mapping[str, Any],
    action: str,
    now: datetime,
) -> None:
    """Writes `values` where the inspection is still submitted, at the edition that was seen."""
    claimed = session.exec(
        update(Inspection)
        .where(
            col(Inspection.id) == inspection.id,
            col(Inspection.edition) == edition,
            col(Inspection.state) == InspectionState.SUBMITTED,
        )
        .values(**values, edition=edition + 1, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount == 1:
        session.refresh(inspection)
        return
    session.refresh(inspection)
    if inspection.edition == edition:
        raise WRONG_STATE(what=_WHAT, state=inspection.state, action=action)
    raise CHANGED_MEANWHILE()


def _rests_on(photos: Sequence[Photo], said: Mapping[int, Opinions]) -> None:
    """Refuses while a photo that is relied on has an open question, or none can be relied on."""
    words = [(p, said[p.id].standing) for p in photos if p.id]
    undecided = [p for p, word in words if open_question(p.verdict, word)]
    if undecided:
        names = "、".join(f"照片 {p.id}（{p.kind}，{p.verdict}）" for p in undecided)
        raise PHOTOS_UNDECIDED(photos=names, photo_ids=[p.id for p in undecided])
    if not any(stands(p.verdict, word) for p, word in words):
        raise NO_PHOTO_STANDS()


def _found_on(finding: Finding) -> date:
    """The day in China on which it was first submitted; sending back does not move it."""
    return clock.local(finding.created_at).date()


def _propose(session: Session, inspection: Inspection, finding: Finding, category: int) -> Proposal:
    if category not in categories():
        raise BAD_INPUT(what=f"没有问题大类 {category}。")
    parcel = session.get_one(Parcel, inspection.parcel_id)
    project = session.get(Project, parcel.project_id) if parcel.project_id else None
    return presets.propose(
        session,
        category=category,
        township_code=parcel.township_code or (project.township_code if project else None),
        found_on=_found_on(finding),
        measure=finding.measure,
    )


def _as_preset(finding: Finding, preset: Proposal) -> Upheld:
    return Upheld(
        finding.category, finding.problem_type, preset.measure, preset.due_on, preset.unit_ids
    )


def _differences(
    session: Session, finding: Finding, preset: Proposal, upheld: Upheld
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the supervisor changed: (old, new). Measure, deadline and units are compared with the
    preset of the category that is upheld, because they follow it."""
    names = {unit.id: unit.name for unit in presets.unit_choices(session)}
    pairs = {
        "category": (finding.category, upheld.category),
        "problem_type": (finding.problem_type, upheld.problem_type),
        "measure": (preset.measure, upheld.measure.strip()),
        "due_on": (preset.due_on.isoformat(), upheld.due_on.isoformat()),
        "units": (
            [unit.name for unit in preset.units],
            [names.get(unit_id, str(unit_id)) for unit_id in upheld.unit_ids],
        ),
    }
    changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return {n: pair[0] for n, pair in changed.items()}, {n: pair[1] for n, pair in changed.items()}


def _photos_say(photos: Sequence[Photo], said: Mapping[int, Opinions]) -> str:
    """`核验通过 3 张，存疑 1 张（采信 1）`: verdicts first, a person's word beside them."""
    parts = []
    for verdict in Verdict:
        of_it = [p for p in photos if p.verdict == verdict]
        words = Counter(said[p.id].standing for p in of_it if p.id)
        spoken = "、".join(f"{word} {words[word]}" for word in Decision if words[word])
        if of_it:
            parts.append(f"{verdict} {len(of_it)} 张" + (f"（{spoken}）" if spoken else ""))
    return "，".join(parts)


def _close_task(session: Session, inspection: Inspection, now: datetime) -> None:
    task = session.get_one(Task, inspection.task_id)
    task.done_at = now
    session.add(task)


def _note(
    session: Session,
    inspection_id: int,
    action: str,
    old: dict[str, Any],
    new: dict[str, Any],
    why: str,
    who: Who,
    now: datetime,
) -> None:
    events.note(
        session,
        "inspection",
        inspection_id,
        action,
        at=now,
        person_id=who.id,
        old=old,
        new=new,
        why=why.strip(),
    )
