"""The `/_sim` routes: health without a key, the rest with the sandbox's own key."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from app.context import Context
from app.control import banking, issuing, sandbox_time
from app.control.health import check_health
from app.control.params import (
    BankAccountCreate,
    BankAccountUpdate,
    ChargeDispute,
    DebitFailure,
    Failure,
    FraudWarning,
    SettingsUpdate,
    TimeAdvance,
)
from app.control.settings import change_settings, settings_of
from app.db.base import StripeObject
from app.render import to_json
from app.resources.charges.tables import Charge
from app.resources.external_accounts import operations as external_accounts
from app.resources.external_accounts.operations import ExternalAccount
from app.resources.payouts.tables import Payout
from app.resources.refunds import operations as refunds
from app.resources.refunds.tables import Refund
from app.resources.topups.tables import Topup
from app.wire.endpoint import endpoint, this_server
from app.wire.params import RetrieveParams

blueprint = Blueprint("control", __name__)


@blueprint.get("/_sim/health")
def retrieve_health() -> Response:
    """GET /_sim/health: no key; 200 when this process can serve, else 503."""
    health = check_health(this_server().database)
    return Response(to_json(health), 200 if health["status"] == "ok" else 503,
                    {"Cache-Control": "no-store"}, content_type="application/json")


@blueprint.get("/_sim/doctor")
@endpoint(RetrieveParams)
def retrieve_problems(ctx: Context, params: dict[str, Any]) -> dict[str, Any]:
    """GET /_sim/doctor: what `billyard doctor` finds in the rows of the sandbox and of the accounts connected to it."""
    # Imported here because hardly any server is asked: it takes 1 MB.
    from app.control.doctor import examine_own

    return examine_own(ctx)


@blueprint.get("/_sim/settings")
@endpoint(RetrieveParams)
def retrieve_settings(ctx: Context, params: dict[str, Any]) -> dict[str, Any]:
    """GET /_sim/settings"""
    return settings_of(ctx)


@blueprint.post("/_sim/settings")
@endpoint(SettingsUpdate)
def update_settings(ctx: Context, params: dict[str, Any]) -> dict[str, Any]:
    """POST /_sim/settings: the given choices change, an empty value takes one back to its default."""
    return change_settings(ctx, params)


@blueprint.get("/_sim/time")
@endpoint(RetrieveParams)
def retrieve_time(ctx: Context, params: dict[str, Any]) -> dict[str, Any]:
    """GET /_sim/time: what the wall clock of the sandbox shows."""
    return sandbox_time.time_of(ctx)


@blueprint.post("/_sim/time")
@endpoint(TimeAdvance, then=sandbox_time.see_it_arrive)
def advance_time(ctx: Context, params: dict[str, Any]) -> dict[str, Any]:
    """POST /_sim/time: set it forward, and answer when all that is due until then has happened."""
    return sandbox_time.set_forward(ctx, advance=params.get("advance"), now=params.get("now"))


@blueprint.post("/_sim/topups/<id>/settle")
@endpoint(RetrieveParams)
def settle_topup(ctx: Context, params: dict[str, Any], id: str) -> Topup:
    """POST /_sim/topups/:id/settle: the bank answers now, as it would have in time."""
    return banking.settle_topup(ctx, ctx.find(Topup, id), params)


@blueprint.post("/_sim/topups/<id>/fail")
@endpoint(Failure)
def fail_topup(ctx: Context, params: dict[str, Any], id: str) -> Topup:
    """POST /_sim/topups/:id/fail: the bank refuses; what has come already it takes back."""
    return banking.fail_topup(ctx, ctx.find(Topup, id), params)


@blueprint.post("/_sim/refunds/<id>/settle")
@endpoint(RetrieveParams)
def settle_refund(ctx: Context, params: dict[str, Any], id: str) -> Refund:
    """POST /_sim/refunds/:id/settle: the customer names their bank account, or the money arrives there."""
    return banking.settle_refund(ctx, refunds.held_refund(ctx, id), params)


@blueprint.post("/_sim/charges/<id>/early_fraud_warning")
@endpoint(FraudWarning)
def warn_of_fraud(ctx: Context, params: dict[str, Any], id: str) -> StripeObject:
    """POST /_sim/charges/:id/early_fraud_warning: the issuer of the card warns of fraud."""
    return issuing.warn_of_fraud(ctx, ctx.find(Charge, id), params)


@blueprint.post("/_sim/charges/<id>/review")
@endpoint(RetrieveParams)
def review_charge(ctx: Context, params: dict[str, Any], id: str) -> StripeObject:
    """POST /_sim/charges/:id/review: somebody places the payment in review."""
    return issuing.review(ctx, ctx.find(Charge, id), params)


@blueprint.post("/_sim/charges/<id>/dispute")
@endpoint(ChargeDispute)
def dispute_charge(ctx: Context, params: dict[str, Any], id: str) -> StripeObject:
    """POST /_sim/charges/:id/dispute: the customer's bank takes the money back, or asks about it."""
    return issuing.dispute(ctx, ctx.find(Charge, id), params)


@blueprint.post("/_sim/charges/<id>/settle")
@endpoint(RetrieveParams)
def settle_charge(ctx: Context, params: dict[str, Any], id: str) -> StripeObject:
    """POST /_sim/charges/:id/settle: the bank that was asked for it answers now, as it would have in time."""
    return issuing.settle(ctx, ctx.find(Charge, id), params)


@blueprint.post("/_sim/charges/<id>/fail")
@endpoint(DebitFailure)
def fail_charge(ctx: Context, params: dict[str, Any], id: str) -> StripeObject:
    """POST /_sim/charges/:id/fail: the bank that was asked for it refuses."""
    return issuing.fail(ctx, ctx.find(Charge, id), params)


@blueprint.post("/_sim/payouts/<id>/settle")
@endpoint(RetrieveParams)
def settle_payout(ctx: Context, params: dict[str, Any], id: str) -> Payout:
    """POST /_sim/payouts/:id/settle: the payout is paid now, or fails, as it would have in time."""
    return banking.settle_payout(ctx, ctx.find(Payout, id), params)


@blueprint.post("/_sim/payouts/<id>/fail")
@endpoint(Failure)
def fail_payout(ctx: Context, params: dict[str, Any], id: str) -> Payout:
    """POST /_sim/payouts/:id/fail: the bank sends the money back, also where it seemed to be paid."""
    return banking.fail_payout(ctx, ctx.find(Payout, id), params)


@blueprint.post("/_sim/bank_accounts")
@endpoint(BankAccountCreate)
def create_bank_account(ctx: Context, params: dict[str, Any]) -> ExternalAccount:
    """POST /_sim/bank_accounts: what the owner of an account does on Stripe's dashboard, where the API has no call for it."""
    return banking.add_bank_account(ctx, params)


@blueprint.post("/_sim/bank_accounts/<id>")
@endpoint(BankAccountUpdate)
def update_bank_account(ctx: Context, params: dict[str, Any], id: str) -> ExternalAccount:
    """POST /_sim/bank_accounts/:id: without any parameter one that is errored is put right."""
    return banking.update_bank_account(ctx, external_accounts.find_external_account(ctx, id), params)
