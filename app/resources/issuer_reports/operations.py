"""What issuers say of the charges on their test cards."""

from __future__ import annotations

from app.context import Context
from app.domain.radar import TEST_CARDS_FRAUD
from app.resources.charges.tables import Charge
from app.resources.early_fraud_warnings.operations import warn
from app.resources.issuer_reports.tables import IssuerReport
from app.resources.payment_methods.tables import PaymentMethod


def charge_succeeded(ctx: Context, charge: Charge) -> None:
    """The card may be one whose issuer has something to say of it: at once, or when the sandbox's delay is over."""
    method = ctx.get(PaymentMethod, charge.payment_method_id)
    if method is None or method.behavior != "early_fraud_warning":
        return
    delay = ctx.choices.early_fraud_warning_after_s
    if delay:
        ctx.add(IssuerReport(behavior=method.behavior, charge_id=charge.id, customer_id=charge.customer_id,
                             reports_at=ctx.now + delay, test_clock_id=charge.test_clock_id))
    else:
        _report(ctx, charge)


def arrive(ctx: Context, report: IssuerReport) -> None:
    """The delay is over."""
    charge = ctx.find(Charge, report.charge_id)
    report.reports_at = None
    ctx.session.delete(report)
    _report(ctx, charge)


def _report(ctx: Context, charge: Charge) -> None:
    warn(ctx, charge, TEST_CARDS_FRAUD)
