"""What the issuer of a card does, or a reviewer, when an operator says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.context import Context
from app.control.params import ChargeDispute, DebitFailure, FraudWarning
from app.db.base import StripeObject
from app.errors import InvalidRequest
from app.resources.charges.tables import Charge
from app.resources.disputes.operations import open_dispute
from app.resources.early_fraud_warnings.operations import warn
from app.resources.invoices.operations import settle_debit_now
from app.resources.reviews.operations import open_review
from app.wire.params import Params, RetrieveParams

Deed = Callable[[Context, Charge, Mapping[str, Any]], StripeObject]


def warn_of_fraud(ctx: Context, charge: Charge, values: Mapping[str, Any]) -> StripeObject:
    """The issuer warns of fraud. Raises InvalidRequest for a charge that took nothing."""
    return warn(ctx, _paid_by_somebody(charge), values["fraud_type"])


def review(ctx: Context, charge: Charge, values: Mapping[str, Any]) -> StripeObject:
    """Somebody wants to look at the charge. Raises InvalidRequest where there is nothing to decide."""
    return open_review(ctx, _paid_by_somebody(charge))


def dispute(ctx: Context, charge: Charge, values: Mapping[str, Any]) -> StripeObject:
    """The customer's bank takes the money back, or asks. Raises InvalidRequest for more than there is."""
    return open_dispute(ctx, _paid_by_somebody(charge), **values)


def _paid_by_somebody(charge: Charge) -> Charge:
    """Raises InvalidRequest for what another account has paid, which no issuer and no reviewer knows of."""
    if charge.source_transfer_id is not None:
        raise InvalidRequest(f"Charge {charge.id} came by a transfer from another account.", param="charge")
    return charge


def settle(ctx: Context, charge: Charge, values: Mapping[str, Any]) -> StripeObject:
    """The bank that was asked for the charge answers now, as it would in time. Raises InvalidRequest where none was asked."""
    settle_debit_now(ctx, charge)
    return charge


def fail(ctx: Context, charge: Charge, values: Mapping[str, Any]) -> StripeObject:
    """The bank refuses for a `failure_code`. Raises InvalidRequest where none was asked."""
    settle_debit_now(ctx, charge, values["failure_code"])
    return charge


DEEDS: dict[str, tuple[Deed, Params]] = {
    "early_fraud_warning": (warn_of_fraud, FraudWarning()),
    "dispute": (dispute, ChargeDispute()),
    "fail": (fail, DebitFailure()),
    "review": (review, RetrieveParams()),
    "settle": (settle, RetrieveParams()),
}
"""What can be done to a charge, by the last word of its `/_sim` route, with what that takes."""
