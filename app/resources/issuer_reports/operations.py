"""What issuers say of the charges on their test cards."""

from __future__ import annotations

from app.context import Context
from app.domain.radar import TEST_CARDS_FRAUD
from app.resources.charges.tables import Charge
from app.resources.disputes.operations import left_to_dispute, open_dispute
from app.resources.early_fraud_warnings.operations import warn
from app.resources.issuer_reports.tables import IssuerReport
from app.resources.payment_methods.operations import behavior_of

_WARNING = "early_fraud_warning"


def charge_succeeded(ctx: Context, charge: Charge) -> None:
    """The card may be one whose issuer has something to say of it: at once, or when the sandbox's delay is over."""
    behavior = behavior_of(ctx, charge.payment_method_id)
    if behavior == _WARNING:
        _expect(ctx, charge, behavior, ctx.choices.early_fraud_warning_after_s)
    elif charge.captured:
        charge_captured(ctx, charge)


def charge_captured(ctx: Context, charge: Charge) -> None:
    """Only what was taken can be disputed."""
    behavior = behavior_of(ctx, charge.payment_method_id)
    if behavior.startswith("dispute:"):
        _expect(ctx, charge, behavior, ctx.choices.dispute_after_s)


def arrive(ctx: Context, report: IssuerReport) -> None:
    """The delay is over."""
    charge = ctx.find(Charge, report.charge_id)
    report.reports_at = None
    ctx.session.delete(report)
    _report(ctx, charge, report.behavior)


def _expect(ctx: Context, charge: Charge, behavior: str, delay: int) -> None:
    if delay:
        ctx.add(IssuerReport(behavior=behavior, charge_id=charge.id, customer_id=charge.customer_id,
                             reports_at=ctx.now + delay, test_clock_id=charge.test_clock_id))
    else:
        _report(ctx, charge, behavior)


def _report(ctx: Context, charge: Charge, behavior: str) -> None:
    if behavior == _WARNING:
        warn(ctx, charge, TEST_CARDS_FRAUD)
        return
    left = left_to_dispute(ctx, charge)
    if charge.disputed and not left:
        # An operator has had all of it disputed meanwhile.
        return
    kind = behavior.partition(":")[2]
    if kind == "multiple":
        # Our choice: two, each of half the charge, because no more than all of it can be taken back.
        for amount in (left - left // 2, left // 2) if left > 1 else (None,):
            open_dispute(ctx, charge, amount=amount)
    elif kind == "inquiry":
        open_dispute(ctx, charge, inquiry=True)
    else:
        open_dispute(ctx, charge, reason=kind)
