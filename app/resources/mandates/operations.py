"""What happens to mandates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.errors import InvalidRequest
from app.resources.mandates.tables import Mandate
from app.resources.payment_methods.tables import PaymentMethod


def acceptance_document(ctx: Context, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The `customer_acceptance` of `mandate_data` as objects show it. Raises InvalidRequest for one that is half told."""
    acceptance = sent["customer_acceptance"]
    type = acceptance["type"]
    if type == "online" and "online" not in acceptance:
        raise InvalidRequest("You must provide `mandate_data[customer_acceptance][online]` for an acceptance of the type online.",
                             code="parameter_missing", param="mandate_data[customer_acceptance][online]")
    # Our choice: where nobody says when it was, it was now.
    document = {"accepted_at": acceptance.get("accepted_at", ctx.now), "type": type}
    if type == "online":
        return document | {"online": {"ip_address": None, "user_agent": None} | acceptance["online"]}
    return document | {"offline": {}}


_OF_METHOD = Prepared(entity(Mandate).where(
    Mandate.account_id == bindparam("account_id"), Mandate.payment_method_id == bindparam("payment_method_id"),
    Mandate.status == "active", Mandate.single_use.is_(None)).order_by(Mandate.created.desc(), Mandate.seq.desc()).limit(1))


def active_mandate(ctx: Context, method: PaymentMethod) -> Mandate | None:
    """The newest permission to charge this payment method whenever there is something to be paid."""
    return ctx.session.first(Mandate, _OF_METHOD, account_id=ctx.account_id, payment_method_id=method.id)


def create_mandate(ctx: Context, method: PaymentMethod, acceptance: Mapping[str, Any], *,
                   single_use: dict[str, Any] | None = None) -> Mandate:
    """The customer's permission to charge this payment method. Stripe has no event for it."""
    mandate = ctx.add(Mandate(customer_acceptance=dict(acceptance), payment_method_id=method.id, single_use=single_use,
                              status="active"))
    if method.type != "card":
        mandate.payment_method_details = _details(ctx, mandate, method.type)
    return mandate


def _details(ctx: Context, mandate: Mandate, type: str) -> dict[str, Any]:
    """What the scheme knows the mandate by. Our choice: references are made of the id, and no paper is shown at the address."""
    reference, url = mandate.id.removeprefix(Mandate.id_prefix)[:16].upper(), f"{ctx.base_url}/v1/mandates/{mandate.id}"
    details: dict[str, dict[str, Any]] = {
        "acss_debit": {"interval_description": None, "payment_schedule": "sporadic", "transaction_type": "personal"},
        "au_becs_debit": {"url": url},
        "bacs_debit": {"network_status": "accepted", "reference": reference, "url": url},
        "sepa_debit": {"reference": reference, "url": url},
    }
    return {type: details.get(type, {}), "type": type}


def mandate_for(ctx: Context, id: str, method: PaymentMethod) -> Mandate:
    """The mandate that the parameter names, where it is for this payment method. Raises InvalidRequest otherwise."""
    mandate = ctx.find(Mandate, id, param="mandate")
    if mandate.payment_method_id != method.id:
        # Our choice: the words.
        raise InvalidRequest(f"The mandate {id} is not for the payment method {method.id}.", param="mandate")
    return mandate
