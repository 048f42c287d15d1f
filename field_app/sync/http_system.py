"""The county's system behind an HTTP address: a POST for each change, a GET for its answers."""

from field_app.settings import settings
from field_app.sync import protocol
from field_app.sync.http_line import LineDown, call
from field_app.sync.states import Ending, Message, Outcome


def send(message: Message, _handed: bool) -> Outcome:
    """One attempt."""
    headers = _secret() | {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": message.key,
    }
    try:
        answer = call(
            "POST",
            settings().sync_url,
            headers=headers,
            seconds=settings().sync_timeout_s,
            body=protocol.envelope(message),
        )
    except LineDown as down:
        return Outcome(Ending.PASSING, str(down))
    return protocol.outcome(answer.status, answer.body, message.key, answer.again_s)


def answers(since: str) -> bytes:
    """A page of answers from `since` on, the first with an empty one. Raises LineDown."""
    answer = call(
        "GET",
        settings().sync_answers_url,
        headers=_secret(),
        seconds=settings().sync_timeout_s,
        query={"since": since},
    )
    if answer.status != 200:
        raise LineDown(f"问答复时对方回答 {answer.status}")
    return answer.body


def _secret() -> dict[str, str]:
    key, name = settings().sync_key.get_secret_value(), settings().sync_key_header
    if not key:
        return {}
    return {name: f"Bearer {key}" if name.lower() == "authorization" else key}
