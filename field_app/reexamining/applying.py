"""Putting a finished run in force: one transaction, so that everybody sees all of the old or all
of the new.

What was found stands ready in the run's own table; nothing is read or examined here. The large
part of it is not even copied: the new examinations point to it, and the worker moves it into them
afterwards, a little at a time, so that the transaction stays short.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, select, update
from sqlmodel import Session, col

from field_app import events, rulebook
from field_app.reexamining import difference
from field_app.reexamining.states import Step, after
from models.base import Json, UtcDateTime
from models.tables import Examination, Inspection, Photo, Reexamination, Trial, metadata
from models.vocabulary import InspectionState


def put_in_force(session: Session, run: Reexamination, *, now: datetime) -> None:
    """Writes the next version of the rule book, an examination for every photo, the photos' own
    columns, and an event for every verdict that changed.

    A decision of a person on such a photo has to be taken anew, because the newest verdict is not
    the one it was made on (`review.standing`); the edition of a case that waits for a decision
    grows, so that whoever is about to confirm it on the old verdict is told. What was confirmed
    stays confirmed, and nothing changes in the ledger.
    """
    assert run.id is not None
    summary = difference.summary(session, run)
    version = rulebook.add_version(
        session, run.thresholds, person_id=run.decided_by, why=run.why, now=now
    )
    counted = (
        col(Trial.run_id) == run.id,
        col(Trial.error) == "",
        col(Photo.id) == col(Trial.photo_id),
        col(Photo.removed_at).is_(None),
    )
    write = session.connection().execute
    changed = write(
        select(col(Trial.photo_id), col(Trial.old_verdict), col(Trial.verdict))
        .join(Photo, col(Photo.id) == Trial.photo_id)
        .where(*counted, col(Trial.verdict) != col(Trial.old_verdict))
        .order_by(col(Trial.photo_id))
    ).all()
    write(
        insert(Examination).from_select(
            [
                "photo_id",
                "at",
                "verdict",
                "results",
                "readings",
                "trial_id",
                "rule_book_id",
                "engine",
            ],
            select(
                col(Trial.photo_id),
                literal(now, UtcDateTime()),
                col(Trial.verdict),
                literal([], Json),
                literal([], Json),
                col(Trial.id),
                literal(version),
                literal(run.engine),
            )
            .select_from(Trial)
            .join(Photo, col(Photo.id) == Trial.photo_id)
            .where(*counted)
            .order_by(col(Trial.photo_id)),
        )
    )
    _settle(session, counted)
    for photo_id, old, new in changed:
        events.note(
            session,
            "photo",
            photo_id,
            "重新核验",
            at=now,
            person_id=run.decided_by,
            old={"verdict": old},
            new={"verdict": new, "核验规则": f"第 {version} 版"},
            why=run.why,
        )
    write(
        update(Inspection)
        .where(
            col(Inspection.state) == InspectionState.SUBMITTED,
            col(Inspection.id).in_(
                select(col(Photo.inspection_id))
                .join(Trial, col(Trial.photo_id) == Photo.id)
                .where(*counted, col(Trial.verdict) != col(Trial.old_verdict))
            ),
        )
        .values(edition=col(Inspection.edition) + 1)
        .execution_options(synchronize_session=False)
    )
    done = {
        "state": after(run.state, Step.APPLIED),
        "slot": None,
        "rule_book_id": version,
        "decided_at": now,
        "summary": summary,
        "total": summary["total"],
        "lease_by": "",
    }
    write(
        update(Reexamination)
        .where(col(Reexamination.id) == run.id)
        .values(**done)
        .execution_options(synchronize_session=False)
    )
    events.note(
        session,
        "rules",
        run.id,
        "启用新规则",
        at=now,
        person_id=run.decided_by,
        new={"version": version, "changed": len(changed)},
        why=run.why,
    )


def _settle(session: Session, counted: tuple[Any, ...]) -> None:
    """The columns of the photos' rows, the verdict among them, where they differ."""
    moments = {c.name for c in metadata.tables["photo"].columns if isinstance(c.type, UtcDateTime)}
    query = (
        select(col(Trial.photo_id), col(Trial.columns))
        .join(Photo, col(Photo.id) == Trial.photo_id)
        .where(*counted)
        .order_by(col(Trial.photo_id))
    )
    for photo_id, columns in session.connection().execute(query).all():
        if columns:
            values = {
                name: datetime.fromisoformat(value) if value and name in moments else value
                for name, value in columns.items()
            }
            session.connection().execute(
                update(Photo).where(col(Photo.id) == photo_id).values(values)
            )
