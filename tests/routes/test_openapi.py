"""The description of the interface is true: of the routes, of the refusals, of the answers."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from starlette.routing import Route
from starlette.testclient import TestClient

from field_app.app import routes
from field_app.roles import Who
from field_app.routes import openapi
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.build import a_photo

As = Callable[[Who | None], TestClient]


def described() -> set[tuple[str, str]]:
    paths: dict[str, dict[str, Any]] = openapi.document()["paths"]
    return {(m.upper(), p) for p, item in paths.items() for m in item if m != "parameters"}


def really_there() -> set[tuple[str, str]]:
    found = set()
    for route in routes():
        if isinstance(route, Route) and route.path.startswith(("/api/v1/", "/api/ogc/")):
            found |= {(m, route.path) for m in route.methods or set() if m != "HEAD"}
    return found


def schema(name: str) -> OAS31Validator:
    document = openapi.document()
    return OAS31Validator(
        {**document["components"]["schemas"][name], "components": document["components"]}
    )


def test_the_document_is_openapi_3_1() -> None:
    validate(openapi.document())


def test_every_route_of_the_interface_is_described_and_no_other() -> None:
    assert described() == really_there()


def test_it_is_served_where_the_contract_says(as_: As) -> None:
    assert as_(None).get("/api/v1/openapi.json").json() == openapi.document()


def test_every_declared_refusal_is_listed_and_ids_are_unique() -> None:
    kinds = openapi.declared_problems()
    assert len({k.id for k in kinds}) == len(kinds)
    listed = openapi.document()["components"]["schemas"]["Problem"]["properties"]["id"]["enum"]
    assert listed == [k.id for k in kinds]


def test_what_is_really_answered_fits_the_description(as_: As, database: str) -> None:
    who = rows.a_person(Role.INSPECTOR, team="二组")
    visit = rows.an_inspection(who, state=InspectionState.DRAFT)
    data = a_photo()
    path = f"/api/v1/photos/{sha256(data).hexdigest()}"
    receipt = as_(who).put(f"{path}?inspection={visit}&kind=全景", content=data)
    schema("Receipt").validate(receipt.json())
    schema("Held").validate(as_(who).get(path).json())
    schema("Problem").validate(as_(None).get(path).json())
    schema("Problem").validate(as_(who).put(path, content=b"").json())
