"""What may be kept of what callers say of persons and companies: numbers are reduced to what verification makes of them.

It is done before anything is stored, also in tokens that nobody has used yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.context import Context
from app.domain.requirements import identity_outcome, tax_id_outcome
from app.errors import InvalidRequest
from app.resources.files.operations import identity_file
from app.resources.spending_tokens import spend_token

_NUMBERS = ("id_number", "id_number_secondary", "ssn_last_4")
_COMPANY_NUMBERS = ("registration_number", "tax_id", "vat_id")


def reduced(ctx: Context, values: Mapping[str, Any], *, path: str = "{}") -> dict[str, Any]:
    """The parameters of a person as JSON can hold them, with each identity number as `{"outcome", "digits"}`.

    A number may stand in a PII token, which is spent. `path` says how a parameter is named in a refusal.
    """
    result = {name: _number(ctx, value, path.format(name)) if name in _NUMBERS else value for name, value in values.items()}
    if "metadata" in result:
        result["metadata"] = dict(result["metadata"])
    if "percent_ownership" in (result.get("relationship") or {}):
        percent = result["relationship"]["percent_ownership"]
        result["relationship"] = {**result["relationship"], "percent_ownership": None if percent is None else str(percent)}
    return result


def reduced_company(values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a company with each of its numbers as `{"outcome", "digits"}`."""
    return {name: _reduced_to(tax_id_outcome, value) if name in _COMPANY_NUMBERS and isinstance(value, str) else value
            for name, value in values.items()}


def reduced_number(number: str) -> dict[str, Any]:
    """What is kept of a number until it is written: what comes of it, and how many digits it has."""
    return _reduced_to(identity_outcome, number)


def _reduced_to(outcome: Callable[[str], str], number: str) -> dict[str, Any]:
    digits = number.replace("-", "").replace(" ", "")
    return {"outcome": outcome(number), "digits": len(digits) if digits.isascii() and digits.isdigit() else None}


def _number(ctx: Context, value: str | dict[str, Any], param: str) -> dict[str, Any]:
    if isinstance(value, dict):
        # It was reduced when a token was made of it.
        return value
    if value.startswith("pii_"):
        return spend_token(ctx, value, "pii", param=param).makes or {}
    return reduced_number(value)


def reduced_document(ctx: Context, given: Mapping[str, Any], *, param: str) -> tuple[dict[str, str | None], str]:
    """The files of the sides of a document, and what comes of it: `success` or `failure`.

    The files become the account's in view. Raises InvalidRequest for a file that is unknown or for another purpose.
    """
    sides = {side: identity_file(ctx, given[side], param=f"{param}[{side}]") for side in ("back", "front") if side in given}
    if not sides:
        raise InvalidRequest(f"Missing required param: {param}[front].", code="parameter_missing", param=f"{param}[front]")
    outcome = "success" if all(success for _, success in sides.values()) else "failure"
    return {side: file_id for side, (file_id, _) in sides.items()}, outcome
