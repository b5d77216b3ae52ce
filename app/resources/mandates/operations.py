"""What happens to mandates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
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


def create_mandate(ctx: Context, method: PaymentMethod, acceptance: Mapping[str, Any], *,
                   single_use: dict[str, Any] | None = None) -> Mandate:
    """The customer's permission to charge this payment method. Stripe has no event for it."""
    return ctx.add(Mandate(customer_acceptance=dict(acceptance), payment_method_id=method.id, single_use=single_use,
                           status="active"))


def mandate_for(ctx: Context, id: str, method: PaymentMethod) -> Mandate:
    """The mandate that the parameter names, where it is for this payment method. Raises InvalidRequest otherwise."""
    mandate = ctx.find(Mandate, id, param="mandate")
    if mandate.payment_method_id != method.id:
        # Our choice: the words.
        raise InvalidRequest(f"The mandate {id} is not for the payment method {method.id}.", param="mandate")
    return mandate
