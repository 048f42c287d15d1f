"""A form in an office's words: its questions, and what is new, changed or gone against another."""

from dataclasses import dataclass

from field_app.forms.definition import Choice, Form, Kind, Question

KINDS = {
    Kind.SELECT_ONE: "单选",
    Kind.SELECT_MULTIPLE: "多选",
    Kind.TEXT: "文字",
    Kind.INTEGER: "整数",
    Kind.DECIMAL: "小数",
    Kind.DATE: "日期",
    Kind.NOTE: "提示语",
    Kind.HIDDEN: "系统填写",
}
_PARTS = {
    "label": "题目",
    "section": "分组",
    "hint": "提示",
    "required": "必填",
    "relevant": "出现的条件",
    "constraint": "答案的限制",
    "constraint_message": "不合限制时的话",
    "choice_filter": "选项的筛选",
    "default": "默认值",
    "say": "说法",
}
_NAMED = 3  # so many choices are named, of a list and of what changed in it


@dataclass(frozen=True, slots=True)
class Differences:
    """What a form asks otherwise than the one before it; `changed` says what of each question."""

    new: tuple[Question, ...]
    changed: tuple[tuple[Question, str], ...]
    gone: tuple[Question, ...]
    moved: bool

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone or self.moved)


def seen(form: Form) -> list[Question]:
    """What an inspector meets: the hidden facts are not."""
    return [q for q in form.questions if q.kind is not Kind.HIDDEN]


def about(form: Form, q: Question) -> str:
    """A question's kind, whether it must be answered, and its choices: `单选，必填：是、否`."""
    facts = [KINDS[q.kind]]
    if q.required == "true()":
        facts.append("必填")
    elif q.required:
        facts.append("有时必填")
    if q.relevant:
        facts.append("有条件才问")
    choices = form.lists.get(q.list_name, ())
    named = "、".join(c.label for c in choices[:_NAMED])
    more = f" 等 {len(choices)} 项" if len(choices) > _NAMED else ""
    return "，".join(facts) + (f"：{named}{more}" if choices else "")


def differences(before: Form, after: Form) -> Differences:
    """What is different for whoever answers; titles and versions are told elsewhere."""
    old = {q.name: q for q in seen(before)}
    new = {q.name: q for q in seen(after)}
    changed = [
        (q, said)
        for name, q in new.items()
        if name in old and (said := _changed(before, old[name], after, q))
    ]
    both = [n for n in new if n in old]
    return Differences(
        tuple(q for name, q in new.items() if name not in old),
        tuple(changed),
        tuple(q for name, q in old.items() if name not in new),
        both != [n for n in old if n in new],
    )


def _changed(before: Form, was: Question, after: Form, q: Question) -> str:
    said = []
    if was.kind is not q.kind:
        said.append(f"题型由{KINDS[was.kind]}改为{KINDS[q.kind]}")
    for part, words in _PARTS.items():
        if getattr(was, part) == getattr(q, part):
            continue
        named = part == "label"
        said.append(f"{words}原来是“{was.label}”" if named else f"{words}有改动")
    said += _choices(before.lists.get(was.list_name, ()), after.lists.get(q.list_name, ()))
    return "，".join(said)


def _choices(was: tuple[Choice, ...], now: tuple[Choice, ...]) -> list[str]:
    """What became of a list's choices."""
    old, new = {c.value: c for c in was}, {c.value: c for c in now}
    sorts = (
        ("增加", [c.label for v, c in new.items() if v not in old]),
        ("去掉", [c.label for v, c in old.items() if v not in new]),
        ("修改", [c.label for v, c in new.items() if v in old and c != old[v]]),
    )
    said = [
        f"选项{what} {len(labels)} 个（{'、'.join(labels[:_NAMED])}{'…' if labels[_NAMED:] else ''}）"
        for what, labels in sorts
        if labels
    ]
    if not said and list(old) != list(new):
        said.append("选项的顺序有改动")
    return said
