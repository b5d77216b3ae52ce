"""What must hold of money that goes from account to account: transfers, application fees, and what comes back of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.control.checks import Books, Problem
from app.resources.application_fees.tables import ApplicationFee, ApplicationFeeRefund
from app.resources.balance.tables import BalanceTransaction
from app.resources.charges.tables import Charge
from app.resources.refunds.tables import Refund
from app.resources.transfers.tables import Transfer, TransferReversal


def transfers_have_come_back_by_their_reversals(books: Books) -> Iterator[Problem]:
    """amount_reversed = Σ reversals ≤ amount"""
    yield from _given_back(books, Transfer, Transfer.amount_reversed, TransferReversal, TransferReversal.transfer_id)


def fees_have_gone_back_by_their_refunds(books: Books) -> Iterator[Problem]:
    """amount_refunded = Σ refunds ≤ amount"""
    yield from _given_back(books, ApplicationFee, ApplicationFee.amount_refunded, ApplicationFeeRefund,
                           ApplicationFeeRefund.fee_id)


def transfers_take_no_more_than_their_charge(books: Books) -> Iterator[Problem]:
    """Σ transfers of a charge ≤ what was captured of it"""
    def query() -> Any:
        total = func.sum(Transfer.amount)
        return select(Charge.account_id, Charge.id, Charge.amount_captured, total).join(
            Transfer, (Transfer.account_id == Charge.account_id) & (Transfer.source_transaction_id == Charge.id)).where(
            books.of(Charge)).group_by(Charge.account_id, Charge.id, Charge.amount_captured).having(
            total > Charge.amount_captured)

    for account_id, id, captured, sent in books.values(query):
        yield Problem(account_id, "charge", id, f"{captured} were captured, and {sent} transferred")


def transfers_arrive_as_they_left(books: Books) -> Iterator[Problem]:
    """a transfer is a payment of its amount on the other side, and its reversals are refunds of that; on both balances"""
    left, come = aliased(BalanceTransaction), aliased(BalanceTransaction)
    statement = select(Transfer.account_id, Transfer.id).join(
        Charge, and_(Charge.account_id == Transfer.destination_id, Charge.id == Transfer.destination_payment_id)).outerjoin(
        left, and_(_is_for(left, Transfer, "transfer", Transfer.id), left.amount == -Transfer.amount)).outerjoin(
        come, and_(_is_for(come, Charge, "payment", Charge.id), come.amount == Transfer.amount)).where(
        books.of(Transfer), or_(
            left.id.is_(None), come.id.is_(None), Charge.amount != Transfer.amount, Charge.currency != Transfer.currency,
            Charge.amount_refunded != Transfer.amount_reversed, Charge.source_transfer_id.is_distinct_from(Transfer.id)))
    for account_id, id in books.values(statement):
        yield Problem(account_id, "transfer", id, "is not the same on both sides")
    back, gone = aliased(BalanceTransaction), aliased(BalanceTransaction)
    reversal = TransferReversal
    returned = select(reversal.account_id, reversal.id).join(
        Refund, and_(Refund.account_id == reversal.destination_id,
                     Refund.id == reversal.destination_payment_refund_id)).outerjoin(
        back, and_(_is_for(back, reversal, "transfer_refund", reversal.transfer_id), back.amount == reversal.amount)).outerjoin(
        gone, and_(_is_for(gone, Refund, "payment_refund", Refund.id), gone.amount == -reversal.amount)).where(
        books.of(reversal), or_(
            back.id.is_(None), gone.id.is_(None), Refund.amount != reversal.amount,
            Refund.source_transfer_reversal_id.is_distinct_from(reversal.id),
            Refund.transfer_reversal_id.is_distinct_from(reversal.id)))
    for account_id, id in books.values(returned):
        yield Problem(account_id, "transfer_reversal", id, "is not the same on both sides")


def fees_are_kept_of_their_payment(books: Books) -> Iterator[Problem]:
    """a payment has the application fee that was taken of it among its fees, and the platform has it on its balance"""
    for fee in books.rows(ApplicationFee, relations=("balance_transaction", "charge.balance_transaction")):
        earned, charge = fee.balance_transaction, fee.charge
        if charge is None:
            # It went with its test clock.
            continue
        taken = charge.balance_transaction
        kept = [each["amount"] for each in taken.fee_details or () if each["type"] == "application_fee"] if taken else []
        named = charge.application_fee_id, charge.application_fee_amount
        if (earned.type, earned.source_id, earned.amount) != ("application_fee", fee.id, fee.amount) or kept != [
                fee.amount] or named != (fee.id, fee.amount):
            yield Problem(fee.account_id, "application_fee", fee.id,
                          f"is {fee.amount}; the platform got {earned.amount}, and the payment names {named} and lost {kept}")


def charges_are_sent_on_as_they_ask(books: Books) -> Iterator[Problem]:
    """what was captured of a destination charge, or the part that it asks for, has gone to its destination, less a fee at most"""
    def query() -> Any:
        asked = func.coalesce(Charge.transfer_amount, Charge.amount_captured)
        part = case((asked < Charge.amount_captured, asked), else_=Charge.amount_captured)
        return select(Charge.account_id, Charge.id, Charge.transfer_id).outerjoin(
            Transfer, and_(Transfer.account_id == Charge.account_id, Transfer.id == Charge.transfer_id,
                           Transfer.source_transaction_id == Charge.id, Transfer.destination_id == Charge.transfer_destination_id,
                           Transfer.amount == part)).where(
            books.of(Charge), or_(
                Charge.transfer_id.is_not(None) & Transfer.id.is_(None),
                Charge.transfer_destination_id.is_not(None) & Charge.captured.is_(True) & (part > 0) & Transfer.id.is_(None)))

    for account_id, id, transfer in books.values(query):
        yield Problem(account_id, "charge", id, f"names the transfer {transfer}, which is not what it asks for")


def charges_earn_the_fee_that_they_name(books: Books) -> Iterator[Problem]:
    """a charge that names a fee, or is captured and was to bring one, has it, of its amount, on the platform's side"""
    def query() -> Any:
        fee, other = ApplicationFee, and_(Charge.platform_id.is_not(None), Charge.platform_id != Charge.account_id)
        owner = case((other, Charge.platform_id), else_=Charge.account_id)
        taken_of_it = or_(and_(fee.charge_id == Charge.id, fee.charged_account_id == Charge.account_id),
                          fee.originating_transaction_id == Charge.id)
        due = Charge.captured.is_(True) & (Charge.application_fee_amount > 0)
        return select(Charge.account_id, Charge.id, Charge.application_fee_amount, Charge.application_fee_id).outerjoin(
            fee, and_(fee.account_id == owner, fee.id == Charge.application_fee_id, fee.amount == Charge.application_fee_amount,
                      taken_of_it)).where(
            # The platform's fee of what came from a test clock of its own goes with that clock.
            books.of(Charge), Charge.source_transfer_id.is_(None), fee.id.is_(None),
            or_(Charge.application_fee_id.is_not(None), due))

    for account_id, id, amount, named in books.values(query):
        yield Problem(account_id, "charge", id, f"was to bring a fee of {amount}, and names {named}")


def refunds_name_the_reversals_that_they_asked_for(books: Books) -> Iterator[Problem]:
    """a refund that has fetched a transfer back, and the reversal by which it did, name each other"""
    asked = Refund.transfer_reversal_id.is_not(None) & Refund.source_transfer_reversal_id.is_(None)
    reversal = TransferReversal
    statement = select(Refund.account_id, Refund.id, Refund.transfer_reversal_id).outerjoin(
        reversal, and_(reversal.account_id == Refund.account_id, reversal.id == Refund.transfer_reversal_id,
                       reversal.source_refund_id == Refund.id)).where(books.of(Refund), asked, reversal.id.is_(None))
    for account_id, id, named in books.values(statement):
        yield Problem(account_id, "refund", id, f"names the reversal {named}, which does not name it")
    other = select(reversal.account_id, reversal.id, reversal.source_refund_id).join(
        Refund, and_(Refund.account_id == reversal.account_id, Refund.id == reversal.source_refund_id)).where(
        books.of(reversal), Refund.transfer_reversal_id.is_distinct_from(reversal.id))
    for account_id, id, named in books.values(other):
        yield Problem(account_id, "transfer_reversal", id, f"names the refund {named}, which does not name it")


def fee_refunds_arrive(books: Books) -> Iterator[Problem]:
    """what the platform gives back of a fee is on both balances"""
    def query() -> Any:
        given, got, fee = aliased(BalanceTransaction), aliased(BalanceTransaction), ApplicationFee
        refund = ApplicationFeeRefund
        return select(refund.account_id, refund.id).join(
            fee, and_(fee.account_id == refund.account_id, fee.id == refund.fee_id)).outerjoin(
            given, and_(_is_for(given, refund, "application_fee_refund", fee.id), given.amount == -refund.amount)).outerjoin(
            got, and_(got.account_id == fee.charged_account_id, got.source_id == refund.id, got.type == "adjustment",
                      got.amount == refund.amount)).where(
            books.of(refund), or_(given.id.is_(None), got.id.is_(None)))

    for account_id, id in books.values(query):
        yield Problem(account_id, "fee_refund", id, "is not the same on both sides")


def _is_for(transaction: Any, row: Any, type: str, source: Any) -> Any:
    """Whether this is the balance transaction that the row names, of this type and for this source."""
    return and_(transaction.account_id == row.account_id, transaction.id == row.balance_transaction_id,
                transaction.type == type, transaction.source_id == source)


def _given_back(books: Books, table: Any, total: Any, part: Any, parent: Any) -> Iterator[Problem]:
    parts = select(part.account_id, parent.label("parent"), func.sum(part.amount).label("amount")).where(
        books.of(part)).group_by(part.account_id, parent).subquery()
    amount = func.coalesce(parts.c.amount, 0)
    statement = select(table.account_id, table.id, table.amount, total, amount).outerjoin(
        parts, and_(parts.c.account_id == table.account_id, parts.c.parent == table.id)).where(
        books.of(table), or_(total != amount, total > table.amount))
    for account_id, id, whole, noted, summed in books.values(statement):
        yield Problem(account_id, table.object_name, id,
                      f"{noted} of {whole} are noted as given back, and the parts sum to {summed}")
