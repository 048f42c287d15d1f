"""Pieces of the OpenAPI document that its parts have in common."""

from typing import Any

from field_app import problems
from field_app.problems import Kind
from field_app.routes import answers

Json = dict[str, Any]


def declared_problems() -> list[Kind]:
    """Every refusal that the product declares, by id."""
    kinds = (value for value in vars(problems).values() if isinstance(value, Kind))
    return sorted(kinds, key=lambda kind: kind.id)


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def words(values: Any) -> list[str]:
    return [str(v) for v in values]


def refusals(*kinds: Kind) -> Json:
    """The answers of these refusals, by status, naming each id."""
    by_status: dict[int, list[Kind]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {
        str(status): {
            "description": "；".join(f"`{k.id}` {k.title}" for k in same),
            "content": {answers.MEDIA_TYPE: {"schema": ref("Problem")}},
        }
        for status, same in sorted(by_status.items())
    }


def answer(description: str, schema: Json, media_type: str = "application/json") -> Json:
    return {"description": description, "content": {media_type: {"schema": schema}}}


SHA256: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
MOMENT: Json = {"type": "string", "format": "date-time"}
EVERYWHERE = (problems.SIGN_IN_NEEDED, problems.CRASHED)
DATABASE = (problems.CHANGED_MEANWHILE, problems.BUSY)
