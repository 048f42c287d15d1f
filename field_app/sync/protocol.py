"""What travels between us and the other systems, as JSON; see docs/sync.md. Pure.

Nothing that the others say is trusted: it is read by these models, in bounded length, without
control characters, and what does not fit is told in words.
"""

import json
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)

from field_app import words
from field_app.sync.states import Ending, Message, Outcome, UnknownAnswer

MOST_ANSWERS = 500
MAX_INT = 2**31 - 1
SAID_MAX = 400


Clean = Annotated[str, AfterValidator(lambda said: words.clean(said).strip())]
Shortened = Annotated[str, AfterValidator(lambda said: words.clean(said).strip()[:SAID_MAX])]


class TheirWord(BaseModel):
    """What the other side says of an entry: their number for it, its state there, in their words.
    `edition` is the one of ours that they speak of; `version` grows with each change of theirs."""

    model_config = ConfigDict(extra="ignore", strict=True)

    their_number: Clean = Field(default="", max_length=60)
    their_state: Clean = Field(default="", max_length=20)
    words: Shortened = ""
    edition: int | None = Field(default=None, ge=1, le=MAX_INT)
    version: int | None = Field(default=None, ge=0, le=MAX_INT)


class Receipt(TheirWord):
    """The answer to a change; `key` names the change, and must be the one that was sent."""

    key: str = Field(max_length=200)


class Said(TheirWord):
    """One answer about an entry of ours, `number`, at a time of their choosing."""

    number: Clean = Field(max_length=40)


class Answers(BaseModel):
    """A page of answers. `next` is where to go on, as they name it."""

    model_config = ConfigDict(extra="ignore", strict=True)

    answers: list[Any] = Field(max_length=MOST_ANSWERS)
    next: str = Field(default="", max_length=200)
    more: bool = False


def envelope(message: Message) -> bytes:
    """The message as it travels: byte for byte the same each time, so that the other side can
    tell a repetition from another message under the same key."""
    whole = {"key": message.key, "topic": message.topic, "line": message.line, "body": message.body}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def receipt(body: bytes, key: str) -> Receipt:
    """The receipt for `key`. Raises UnknownAnswer with what is wrong with it."""
    try:
        found = Receipt.model_validate_json(body)
    except ValidationError:
        raise UnknownAnswer("回答里没有合规的回执") from None
    if found.key != key:
        raise UnknownAnswer("回执是另一条变更的")
    return found


def answers(body: bytes) -> tuple[list[Said], int, str, bool]:
    """A page of answers: those that fit, how many do not, where to go on, whether there are more.
    One that does not fit holds up no other. Raises UnknownAnswer."""
    try:
        page = Answers.model_validate_json(body)
    except ValidationError:
        raise UnknownAnswer("答复的格式不合规") from None
    taken: list[Said] = []
    for each in page.answers:
        try:
            taken.append(Said.model_validate(each))
        except ValidationError:
            continue
    return taken, len(page.answers) - len(taken), words.clean(page.next), page.more


_LATER = frozenset({408, 423, 425, 429})
_NOT_THIS_MESSAGE = frozenset({401, 403, 404, 405, 407, 410, 421})
"""Not of the message but of the address or the secret: sending it again works once that is set
right, and no message must be given up for it."""


def outcome(status: int, body: bytes, key: str, again_s: float | None) -> Outcome:
    """What an HTTP answer to `key` means for the message."""
    if 200 <= status < 300:
        try:
            return Outcome(Ending.TAKEN, receipt=given(receipt(body, key)))
        except UnknownAnswer as error:
            return Outcome(Ending.UNCLEAR, f"{error}（{status}）")
    told = f"{_reason(body)}（{status}）"
    if status == 409:
        word = _their_word(body)
        # Without a state of theirs it is the 409 of Idempotency-Key: they still work on it.
        if word is None or not word.their_state:
            return Outcome(Ending.PASSING, told, again_s=again_s)
        return Outcome(Ending.CLASH, told, receipt=given(word))
    if status in _NOT_THIS_MESSAGE:
        return Outcome(Ending.PASSING, f"对方的地址或凭据不对：{told}", again_s=again_s)
    if 300 <= status < 400:
        return Outcome(Ending.PASSING, f"对方要转到别处，没有跟过去（{status}）")
    if status >= 500 or status in _LATER or status < 200:
        return Outcome(Ending.PASSING, told, again_s=again_s)
    return Outcome(Ending.REFUSED, told)


def given(word: TheirWord) -> dict[str, Any]:
    """What is kept of an answer: only what was said."""
    return word.model_dump(exclude_defaults=True)


def _their_word(body: bytes) -> TheirWord | None:
    try:
        return TheirWord.model_validate_json(body)
    except ValidationError:
        return None


def _reason(body: bytes) -> str:
    """The words of a refusal: `detail` or `words` of a JSON object, else nothing of it."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return "对方没有说明"
    if isinstance(found, dict):
        for name in ("detail", "words", "message", "title"):
            said = found.get(name)
            if isinstance(said, str) and said.strip():
                return words.clean(said).strip()[:300]
    return "对方没有说明"
