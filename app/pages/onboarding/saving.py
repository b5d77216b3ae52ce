"""What becomes of the answers on an onboarding page: the same parameters that the API takes, and the same operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from werkzeug.datastructures import FileStorage

from app.context import Context
from app.db.roots import Account
from app.domain.onboarding import Field, Step
from app.resources.accounts.operations import fill_in, reviewing
from app.resources.accounts.params import AccountUpdate
from app.resources.files.operations import create_file
from app.resources.persons.operations import create_person, find_person, individual_of, update_person
from app.resources.persons.params import PersonWrite
from app.wire.params import load_params, params_of

FILE_BYTES_MAX: Final = 12 * 1024 * 1024
"""What a form with a file may have."""

_ROLE_ATTRIBUTES: Final = {"individual": "representative", "representative": "representative", "owners": "owner",
                           "directors": "director", "executives": "executive"}


def save(ctx: Context, account: Account, step: Step, answers: Mapping[str, str], files: Mapping[str, FileStorage], *,
         ip: str) -> None:
    """Take the answers of a step over, which came from the address `ip`. Raises InvalidRequest as the API does."""
    if step.key == "terms":
        fill_in(ctx, account, load_params(params_of(AccountUpdate), {"tos_acceptance": {"date": str(ctx.now), "ip": ip}}))
        return
    given: dict[str, Any] = {}
    for field in step.fields:
        value = _answer(ctx, field, answers, files)
        if value is not None:
            _put(given, field.name, value)
    if _is_of_person(step):
        _save_person(ctx, account, step.key, given.get(step.key, {}))
        return
    if "external_account" in given:
        given["external_account"]["object"] = "bank_account"
    fill_in(ctx, account, load_params(params_of(AccountUpdate), given))


def field_of(step: Step, param: str) -> str | None:
    """The field to which a refusal belongs that names this parameter."""
    path = param.replace("[", ".").replace("]", "")
    if _is_of_person(step):
        path = f"{step.key}.{path}"
    found = [field.name for field in step.fields if field.name == path or path.startswith(f"{field.name}.")]
    return found[0] if found else None


def _answer(ctx: Context, field: Field, answers: Mapping[str, str], files: Mapping[str, FileStorage]) -> Any:
    """What the field says, as the API takes it; None where it was left empty."""
    if field.kind != "file":
        text = answers.get(field.name, "").strip()
        if field.name.endswith(".full_name_aliases"):
            return [name.strip() for name in text.split(",") if name.strip()] or None
        return text or None
    upload, test = files.get(field.name), answers.get(f"{field.name}.test", "")
    if upload is not None and upload.filename:
        purpose = "identity_document" if ".verification." in field.name else "account_requirement"
        return create_file(ctx, upload.read(), upload.filename[:255], {"purpose": purpose}).id
    return test or None


def _put(given: dict[str, Any], name: str, value: Any) -> None:
    """Put a value where its dotted name says; a document where its front or its files are."""
    parts = name.split(".")
    if parts[-1] in ("document", "additional_document"):
        parts.append("front")
    inner = given
    for part in parts[:-1]:
        inner = inner.setdefault(part, {})
    inner[parts[-1]] = [value] if parts[-1] == "files" else value


def _is_of_person(step: Step) -> bool:
    """Whether it is saved as a person. Also an individual, for more can be said of persons than the account's parameter takes."""
    return step.key in _ROLE_ATTRIBUTES or step.key.startswith("person_")


def _save_person(ctx: Context, account: Account, key: str, given: dict[str, Any]) -> None:
    person = individual_of(ctx, account) if key == "individual" else None
    if person is None and key in _ROLE_ATTRIBUTES:
        given.setdefault("relationship", {})[_ROLE_ATTRIBUTES[key]] = "true"
        values = load_params(params_of(PersonWrite), given)
        with reviewing(ctx, account) as telling:
            telling.first.append(("person.created", create_person(ctx, account, values)))
        return
    values = load_params(params_of(PersonWrite), given)
    person = person or find_person(ctx, account, key)
    with reviewing(ctx, account) as telling:
        telling.first.append(("person.updated", person))
        update_person(ctx, account, person, values)
