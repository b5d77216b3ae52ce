"""What changes the balance."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from app.context import Context
from app.domain.fees import available_on, processing_fee
from app.resources.balance.tables import BalanceTransaction


def record_charge(ctx: Context, *, amount: int, currency: str, description: str | None, source_id: str,
                  at_once: bool = False) -> BalanceTransaction:
    """The transaction of a charge that succeeded: its amount less the processing fee.

    `at_once` makes the money available immediately instead of in two business days.
    """
    fee = processing_fee(amount, _percent(ctx.choices.fee_percent), ctx.choices.fee_fixed)
    return ctx.add(BalanceTransaction(
        amount=amount, available_on=ctx.now if at_once else available_on(ctx.now), currency=currency,
        description=description, fee=fee, net=amount - fee, reporting_category="charge", source_id=source_id,
        type="charge"))


def record_refund(ctx: Context, charge_transaction: BalanceTransaction, *, amount: int, description: str | None,
                  source_id: str) -> BalanceTransaction:
    """The transaction of a refund of `amount`: the fee of the charge stays paid.

    `charge_transaction` is that of the charge; while its money is pending, what goes back is pending too.
    `description` is the charge's.
    """
    return ctx.add(BalanceTransaction(
        amount=-amount, available_on=max(ctx.now, charge_transaction.available_on), currency=charge_transaction.currency,
        description="REFUND FOR CHARGE" + (f" ({description})" if description else ""), fee=0, net=-amount,
        reporting_category="refund", source_id=source_id, type="refund"))


def note_availability(ctx: Context, transactions: Iterable[BalanceTransaction]) -> None:
    """Let the view say `available` for transactions of the wall clock whose day has come."""
    for transaction in transactions:
        transaction.__dict__["available"] = transaction.available_on <= ctx.now


_percent = lru_cache(maxsize=64)(Decimal)
