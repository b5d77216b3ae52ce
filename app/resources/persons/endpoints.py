"""The routes of persons, under both of their names."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.context import Context
from app.db.roots import Account
from app.resources.accounts.operations import find_connected, reviewing
from app.resources.persons import operations
from app.resources.persons.params import PersonList, PersonWrite
from app.resources.persons.tables import Person
from app.wire.endpoint import endpoint
from app.wire.pagination import Page, list_page
from app.wire.params import RetrieveParams

blueprint = Blueprint("persons", __name__)


@blueprint.post("/v1/accounts/<account>/persons")
@blueprint.post("/v1/accounts/<account>/people")
@endpoint(PersonWrite)
def create_person(ctx: Context, params: dict[str, Any], account: str) -> Person:
    """POST /v1/accounts/:account/persons"""
    found = _account(ctx, account)
    with reviewing(ctx, found) as telling:
        person = operations.create_person(ctx, found, params)
        telling.first.append(("person.created", person))
    return person


@blueprint.get("/v1/accounts/<account>/persons")
@blueprint.get("/v1/accounts/<account>/people")
@endpoint(PersonList)
def list_persons(ctx: Context, params: dict[str, Any], account: str) -> Page:
    """GET /v1/accounts/:account/persons: those who are all that the filter asks for."""
    wanted = params.get("relationship") or {}
    filters = {role: (getattr(Person, role), wanted.get(role)) for role in ("director", "executive", "owner", "representative")}
    return list_page(ctx.acting_as(_account(ctx, account)), Person, params, f"/v1/accounts/{account}/persons", filters=filters)


@blueprint.get("/v1/accounts/<account>/persons/<person>")
@blueprint.get("/v1/accounts/<account>/people/<person>")
@endpoint(RetrieveParams)
def retrieve_person(ctx: Context, params: dict[str, Any], account: str, person: str) -> Person:
    """GET /v1/accounts/:account/persons/:person"""
    return operations.find_person(ctx, _account(ctx, account), person)


@blueprint.post("/v1/accounts/<account>/persons/<person>")
@blueprint.post("/v1/accounts/<account>/people/<person>")
@endpoint(PersonWrite)
def update_person(ctx: Context, params: dict[str, Any], account: str, person: str) -> Person:
    """POST /v1/accounts/:account/persons/:person"""
    found = _account(ctx, account)
    row = operations.find_person(ctx, found, person)
    with reviewing(ctx, found) as telling:
        telling.first.append(("person.updated", row))
        return operations.update_person(ctx, found, row, params)


@blueprint.delete("/v1/accounts/<account>/persons/<person>")
@blueprint.delete("/v1/accounts/<account>/people/<person>")
@endpoint(RetrieveParams)
def delete_person(ctx: Context, params: dict[str, Any], account: str, person: str) -> dict[str, Any]:
    """DELETE /v1/accounts/:account/persons/:person"""
    found = _account(ctx, account)
    row = operations.find_person(ctx, found, person)
    with reviewing(ctx, found) as telling:
        telling.first.append(("person.deleted", row))
        operations.delete_person(ctx, found, row)
    return {"id": row.id, "object": "person", "deleted": True}


def _account(ctx: Context, id: str) -> Account:
    account = find_connected(ctx, id)
    operations.check_access(account)
    return account
