"""What a message or a button leads to, done by the functions that the form uses, too."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from field_app import drafts, inspections
from field_app.chat import deciding, places, shooting, turns
from field_app.chat.answer import Answer
from field_app.chat.deciding import Act, Decision
from field_app.chat.talk import Ask, Pending, Standing, standing
from field_app.chat.turns import Turn
from field_app.chat.understanding import Understood
from field_app.inspections import InspectionView
from field_app.inspections.marks import mark
from field_app.problems import INCOMPLETE, Problem
from field_app.roles import Who
from field_app.words import plain
from models.vocabulary import FilledBy


def press(
    made: Answer,
    do: Mapping[str, Any],
    view: InspectionView,
    thread: Sequence[Turn],
    stands: Standing,
    pending: Pending,
    label: str,
    who: Who,
    *,
    now: datetime,
) -> None:
    """What a button stands for. A value that was chosen by its name needs no second look; words
    that were only offered (`unseen`) do."""
    # What else was offered stands until it is settled.
    made.pending = pending.after(ask="", clear=False)
    if "set" in do:
        words = mark(FilledBy.CHAT, label)
        marks = {n: {**words, "confirmed": not do.get("unseen")} for n in do["set"]}
        _change(made, do["set"], marks, view, stands, None, who, now=now)
        judged = {"has_problem", "problem_type"} & set(do["set"])
        made.pending = made.pending.after(
            unsure=tuple(x for x in pending.unsure if x["name"] not in do["set"]),
            problems=() if judged else pending.problems,
        )
    elif do.get("clear"):
        made.pending = made.pending.after(unsure=(), problems=())
        _act(made, Act.CLEAR, view, thread, stands, who, now=now)
    elif do.get("confirm"):
        inspections.confirm(view.id, do["confirm"], who, now=now)
        made.lines.append("好，都确认了。")
    elif do.get("submit"):
        _act(made, Act.SUBMIT, view, thread, stands, who, now=now)
    elif "ask" in do:
        made.pending = made.pending.after(ask=str(do["ask"]), unsure=(), problems=())
        made.lines.append("好，请说。")
    elif "skip" in do:
        made.pending = made.pending.after(
            skip=tuple(dict.fromkeys([*pending.skip, str(do["skip"])]))
        )
        made.lines.append("好，先放着，最后再问。")
    elif do.get("dismiss"):
        if do.get("text") is not None:
            made.pending = made.pending.settled
        elif not pending.clear:
            made.pending = made.pending.after(unsure=pending.unsure[1:])
        made.lines.append("好。")


def carry_out(
    made: Answer,
    decided: Decision,
    u: Understood,
    text: str,
    view: InspectionView,
    thread: Sequence[Turn],
    stands: Standing,
    asked: Ask,
    sent: Sequence[str],
    who: Who,
    *,
    now: datetime,
) -> None:
    """What a message said, with the photos (sha256) that were `sent` with it."""
    made.lines += decided.lines
    made.pending = decided.pending
    made.told = places.without(text, u.parcel) if decided.told else ""
    act = decided.act
    if act is Act.UNDO and decided.changes:  # “撤销，是林地”: one after the other
        _act(made, act, view, thread, stands, who, now=now)
        view, act = inspections.view(view.id, who), Act.NONE
        stands = standing(view, spoken=stands.spoken)
    if decided.changes:
        _change(made, decided.changes, decided.marks, view, stands, u, who, now=now)
    if sent:
        taken, lines = shooting.take(sent, u.photo_kinds, asked.photo, view, who, now=now)
        there = {p.id for p in view.photos}
        made.photos += [i for i in dict.fromkeys(taken) if i not in there]
        made.lines += lines
        made.pending = made.pending.after(photos=tuple(taken))
    elif u.photo_kinds:
        made.lines += shooting.rename(u.photo_kinds, text, made.pending.photos, view, who, now=now)
    if act is not Act.NONE:
        _act(made, act, view, thread, stands, who, now=now)


def _change(
    made: Answer,
    changes: Mapping[str, Any],
    marks: Mapping[str, Mapping[str, Any] | None],
    view: InspectionView,
    stands: Standing,
    u: Understood | None,
    who: Who,
    *,
    now: datetime,
) -> None:
    # What stands already needs no second look because it was said again.
    news = {
        n: v
        for n, v in changes.items()
        if view.answers.get(n) != v or (marks.get(n) or {}).get("confirmed")
    }
    marked = {n: m for n, m in marks.items() if n in news}
    answers = inspections.save(view.id, news, who, seen=view.answers, now=now, marks=marked)
    names = dict.fromkeys([*view.answers, *answers])
    made.changes |= {
        n: [view.answers.get(n), answers.get(n), view.marks.get(n)]
        for n in names
        if view.answers.get(n) != answers.get(n)
    }
    after = inspections.view(view.id, who)
    # What an answer has opened is asked at once: the reason for no photos, then its note.
    before = {q.name for q in drafts.applicable(stands.form, view.answers, stands.about)}
    opened = [n for n in after.wrongs if n not in before]
    if opened and not made.pending.ask:
        made.pending = made.pending.after(ask=opened[0])
    lines = deciding.recorded(stands, after.answers, after.wrongs, u)
    same = [n for n in changes if n not in made.changes and not after.wrongs.get(n)]
    if same and not lines:
        lines = ["已经是这样填的。"]
    made.lines += lines


def _act(
    made: Answer,
    act: Act,
    view: InspectionView,
    thread: Sequence[Turn],
    stands: Standing,
    who: Who,
    *,
    now: datetime,
) -> None:
    if act is Act.UNDO:
        _undo(made, view, thread, stands, who, now=now)
    elif act is Act.CLEAR:
        _change(made, dict.fromkeys(view.answers), {}, view, stands, None, who, now=now)
    elif act is Act.STATUS:
        todo = inspections.view(view.id, who).missing
        made.lines.append("还差：\n\n" + _listed(todo) if todo else "都齐了。")
        if again := shooting.what_else(view.id, who):
            made.lines.append("照片还可以补得更全：\n\n" + _listed(again))
    elif act is Act.REMOVE_PHOTO:
        made.lines.append(shooting.remove_last(view, who, now=now))
    elif act is Act.CONFIRM:
        # What stood there when it was said; what this message has filled nobody has seen yet.
        new = [n for n in made.changes if made.changes[n][1] is not None]
        values = {n: view.answers[n] for n in view.unconfirmed if n not in made.changes}
        inspections.confirm(view.id, values, who, now=now)
        if values or not new:
            made.lines.append("好，都确认了。" if values else "没有需要确认的。")
        if new:
            made.lines.append("这句里新填的，请看过再确认。")
    elif act is Act.SUBMIT:
        fresh = inspections.view(view.id, who)
        try:
            inspections.submit(view.id, fresh.edition, who, now=now)
        except Problem as problem:
            if problem.kind is not INCOMPLETE:
                raise
            todo = problem.facts["missing"]
            made.lines.append("还不能提交：\n\n" + _listed(todo))
        else:
            made.lines.append("已提交，等待督导审核。")


def _listed(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {plain(s)}" for s in sentences)


def _undo(
    made: Answer,
    view: InspectionView,
    thread: Sequence[Turn],
    stands: Standing,
    who: Who,
    *,
    now: datetime,
) -> None:
    """Takes back what the last answer changed, except what was changed again since."""
    last = turns.last_changing(thread)
    if last is None:
        made.lines.append("没有可以撤销的了。表单里填的请到表单里改。")
        return
    back: dict[str, Any] = {}
    marks: dict[str, Any] = {}
    for name, (old, new, old_mark) in last.payload.get("changes", {}).items():
        if view.answers.get(name) == new:
            back[name], marks[name] = old, old_mark
        elif name in view.form.by_name:
            label = plain(view.form.question(name).label)
            made.lines.append(f"“{label}”后来又改过，没有动。")
    if back:
        answers = inspections.save(view.id, back, who, seen=view.answers, now=now, marks=marks)
        made.lines += deciding.recorded(stands, answers, {})
    for photo in last.payload.get("photos", ()):
        made.lines.append(shooting.remove(photo, view, who, now=now))
    made.lines.insert(0, "撤销了上一步。")
    made.undone = last.id
