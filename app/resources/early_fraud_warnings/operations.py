"""What happens to early fraud warnings."""

from __future__ import annotations

from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.errors import InvalidRequest
from app.events.emit import emit, tracked
from app.resources.charges.tables import Charge
from app.resources.disputes.tables import Dispute
from app.resources.early_fraud_warnings.tables import EarlyFraudWarning
from app.resources.refunds.tables import Refund

_OF_CHARGE = Prepared(entity(EarlyFraudWarning).where(
    EarlyFraudWarning.account_id == bindparam("account_id"), EarlyFraudWarning.charge_id == bindparam("charge_id")
).order_by(EarlyFraudWarning.created, EarlyFraudWarning.seq))


def warn(ctx: Context, charge: Charge, fraud_type: str) -> EarlyFraudWarning:
    """The issuer says that the charge may be fraudulent, in the way that `fraud_type` names.

    Emits radar.early_fraud_warning.created. Raises InvalidRequest for a charge that took nothing.
    """
    if not charge.paid:
        # Our choice: the words; only an operator can ask for it.
        raise InvalidRequest(f"Charge {charge.id} did not succeed, so that no issuer warns of it.", param="charge")
    warning = ctx.add(EarlyFraudWarning(
        actionable=_helps(charge), charge_id=charge.id,
        fraud_type=fraud_type, payment_intent_id=charge.payment_intent_id, test_clock_id=charge.test_clock_id))
    emit(ctx, "radar.early_fraud_warning.created", warning)
    return warning


def charge_refunded(ctx: Context, charge: Charge) -> None:
    """Nothing may be left to be refunded: warnings of it call for nothing. Emits radar.early_fraud_warning.updated."""
    _judge(ctx, charge.id)


def refund_updated(ctx: Context, refund: Refund) -> None:
    """It may have failed, so that there is something to be refunded again. Emits radar.early_fraud_warning.updated."""
    if refund.charge_id is not None and refund.status in ("canceled", "failed"):
        _judge(ctx, refund.charge_id)


def dispute_created(ctx: Context, dispute: Dispute) -> None:
    """It is too late for a refund. Emits radar.early_fraud_warning.updated."""
    _judge(ctx, dispute.charge_id)


def _judge(ctx: Context, charge_id: str) -> None:
    charge = ctx.get(Charge, charge_id)
    assert charge is not None, "the foreign key holds"
    for warning in ctx.session.rows(EarlyFraudWarning, _OF_CHARGE, account_id=ctx.account_id, charge_id=charge_id):
        with tracked(ctx, warning, "radar.early_fraud_warning.updated"):
            warning.actionable = _helps(charge)


def _helps(charge: Charge) -> bool:
    """Whether a refund can still prevent a dispute."""
    return not charge.disputed and charge.amount_refunded < charge.amount
