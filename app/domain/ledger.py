"""Movements of money, as postings that sum to zero.

The rule: whatever an account gains or loses, somebody else loses or gains, in the same currency. The world outside is
somebody too: the card networks that bring what customers pay, the banks that payouts go to, and Stripe, which takes fees.
A posting that does not balance cannot be made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CARD_NETWORKS: Final = "card_networks"
"""Where charges come from, and refunds and chargebacks go to."""
BANKS: Final = "banks"
"""Where top-ups come from and payouts go to."""
CUSTOMER_CASH: Final = "customer_cash"
"""What customers have sent by bank transfer, until it has paid something or gone back to them."""
STRIPE: Final = "stripe"
"""Who keeps the fees."""
OTHER_CLOCKS: Final = "other_clocks"
"""Where money goes that crosses from a test clock to the wall clock, and where it comes from there."""
CONNECT_RESERVE: Final = "connect_reserve"
"""What a platform has set aside for connected accounts that are below zero."""
PROCESSING: Final = "Stripe processing fees"
"""What the fee of a charge is called."""


@dataclass(frozen=True, slots=True)
class Fee:
    """A part of an entry's amount that somebody else keeps; negative where it comes back.

    `type` is `stripe_fee`, `application_fee` or `tax`; `application` is the platform's, of an application fee.
    """

    amount: int
    description: str
    type: str = "stripe_fee"
    application: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a posting does to the balance of one account: a balance transaction.

    `amount` is in minor units of the posting's currency, positive for a gain, before `fees`. `source` is the id of the object
    that it is for, `available_on` the moment from which it counts as available (None, or one that has passed: at once),
    `source_type` the kind of funds: `card` or `bank_account`.
    """

    account: str
    type: str
    reporting_category: str
    amount: int
    source: str | None
    description: str | None = None
    fees: tuple[Fee, ...] = ()
    available_on: int | None = None
    source_type: str = "card"

    @property
    def fee(self) -> int:
        """What the fees come to."""
        return sum(fee.amount for fee in self.fees)

    @property
    def net(self) -> int:
        """By how much the account's balance changes."""
        return self.amount - self.fee


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of money: entries of accounts, and what the world `outside` gains or loses by them."""

    currency: str
    entries: tuple[Entry, ...]
    outside: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        residue = sum(entry.net for entry in self.entries) + sum(amount for _, amount in self.outside)
        assert residue == 0, f"a posting in {self.currency} is {residue} off balance"


@dataclass(frozen=True, slots=True)
class Earning:
    """The application fee that a platform takes of a connected account's payment.

    `application_fee` is the id of the object, `application` the platform's application, `words` what the payer's balance
    transaction says of it, `description` what the platform's says.
    """

    platform: str
    application_fee: str
    amount: int
    application: str
    words: str
    description: str

    @property
    def fee(self) -> Fee:
        """What the payment is less by."""
        return Fee(self.amount, self.words, "application_fee", self.application)

    def entry(self, available_on: int | None) -> Entry:
        """What the platform's balance is more by."""
        return Entry(self.platform, "application_fee", "platform_earning", self.amount, self.application_fee, self.description,
                     available_on=available_on)


def charge_posting(account: str, amount: int, currency: str, *, fee: int, charge: str, description: str | None,
                   available_on: int | None, earning: Earning | None = None) -> Posting:
    """A customer's payment of `amount`: the account gets it less the processing `fee`, and the platform what it earns by it.

    The entries are the charge and, where there is an `earning`, the platform's.
    """
    entries = _taken(account, amount, charge, description, fee, earning, available_on)
    return Posting(currency, entries, ((CARD_NETWORKS, -amount), (STRIPE, fee)))


def capture_posting(account: str, amount: int, released: int, currency: str, *, fee: int, charge: str, refund: str,
                    description: str | None, available_on: int | None, earning: Earning | None = None) -> Posting:
    """A part of an authorised `amount` is taken: the account gets it whole, less the `fee`, and `released` goes back.

    The entries are the charge, the platform's where there is an `earning`, and the refund.
    """
    entries = (*_taken(account, amount, charge, description, fee, earning, available_on),
               Entry(account, "refund", "partial_capture_reversal", -released, refund, _refund_words(description),
                     available_on=available_on))
    return Posting(currency, entries, ((CARD_NETWORKS, released - amount), (STRIPE, fee)))


def refund_posting(account: str, amount: int, currency: str, *, refund: str, description: str | None,
                   available_on: int | None, source_type: str = "card", payee: str = CARD_NETWORKS) -> Posting:
    """`amount` goes back to the customer; the fee of the charge stays paid. `description` is the charge's.

    The `payee` takes it for them: CARD_NETWORKS, BANKS, or CUSTOMER_CASH where it is theirs to pay with again.
    """
    type, what = ("refund", "CHARGE") if payee == CARD_NETWORKS else ("payment_refund", "PAYMENT")
    words = f"REFUND FOR {what}" + (f" ({description})" if description else "")
    entry = Entry(account, type, "refund", -amount, refund, words, available_on=available_on, source_type=source_type)
    return Posting(currency, (entry,), ((payee, amount),))


def refund_failure_posting(account: str, amount: int, currency: str, *, refund: str, description: str | None,
                           available_on: int | None, source_type: str = "card", payee: str = CARD_NETWORKS) -> Posting:
    """The `amount` of a refund comes back from the `payee`. `description` is the charge's."""
    # Our choice: the words after those of the reference's vocabulary, which end in dots.
    words = "REFUND FAILURE" + (f" ({description})" if description else "")
    entry = Entry(account, "refund_failure", "refund_failure", amount, refund, words, available_on=available_on,
                  source_type=source_type)
    return Posting(currency, (entry,), ((payee, -amount),))


def debit_posting(account: str, amount: int, currency: str, *, fee: int, charge: str, available_on: int | None,
                  source_type: str, failed: bool = False, earning: Earning | None = None, payer: str = BANKS) -> Posting:
    """A customer's payment by other means than a card; or it has `failed` after all, and all but the fee goes back.

    It comes from BANKS, or from CUSTOMER_CASH where that is the `payer`. The entries are the payment and, where there is
    an `earning`, the platform's.
    """
    fees, earned = _earned(earning, available_on)
    if failed:
        # The reference lists no fee beside it, so that what the processing cost stays paid.
        entry = Entry(account, "payment_failure_refund", "charge_failure", -amount, charge, available_on=available_on,
                      source_type=source_type)
    else:
        entry = Entry(account, "payment", "charge", amount, charge, fees=_processing(fee) + fees, available_on=available_on,
                      source_type=source_type)
    return Posting(currency, (entry, *earned), ((payer, -entry.amount), (STRIPE, fee)))


def cash_posting(amount: int, currency: str) -> Posting:
    """A customer's bank brings `amount` of cash, or takes it where it is negative: no account has any part in it."""
    return Posting(currency, (), ((BANKS, -amount), (CUSTOMER_CASH, amount)))


def dispute_posting(account: str, amount: int, currency: str, *, charge: str, dispute: str, fee: int,
                    source_type: str = "card") -> Posting:
    """The customer's bank takes `amount` back, and Stripe a `fee` for the trouble."""
    return _adjustment(account, -amount, currency, "dispute", dispute, f"Chargeback withdrawal for {charge}",
                       Fee(fee, "Dispute fee"), source_type)


def dispute_reversal_posting(account: str, amount: int, currency: str, *, charge: str, dispute: str, fee: int,
                             source_type: str = "card") -> Posting:
    """The bank gives `amount` back, and Stripe the `fee`."""
    return _adjustment(account, amount, currency, "dispute_reversal", dispute, f"Chargeback reversal for {charge}",
                       Fee(-fee, "Dispute fee refund"), source_type)


def topup_posting(account: str, amount: int, currency: str, *, topup: str, description: str | None,
                  back: bool = False) -> Posting:
    """`amount` has come from the account's bank; or it goes `back`, because the bank took it back."""
    type, amount = ("topup_reversal", -amount) if back else ("topup", amount)
    return Posting(currency, (Entry(account, type, type, amount, topup, description),), ((BANKS, -amount),))


def payout_posting(account: str, amount: int, currency: str, *, payout: str, description: str | None, source_type: str,
                   back: str | None = None) -> Posting:
    """`amount` leaves for a bank account of the account's; a negative one is fetched from there.

    `back` is the type with which the money of a payout comes back that did not arrive: `payout_cancel` or `payout_failure`.
    """
    words = description or "STRIPE PAYOUT"
    if back is None:
        entry = Entry(account, "payout", "payout", -amount, payout, words, source_type=source_type)
    else:
        # Our choice: the words; other money that comes back is described so.
        entry = Entry(account, back, "payout_reversal", amount, payout, f"REFUND FOR PAYOUT ({words})",
                      source_type=source_type)
    return Posting(currency, (entry,), ((BANKS, -entry.net),))


def transfer_posting(platform: str, account: str, amount: int, currency: str, *, transfer: str, payment: str,
                     description: str | None, source_type: str, available_on: int | None,
                     earning: Earning | None = None) -> Posting:
    """`amount` goes from the platform to a connected account, and what the platform earns by that comes back out of it.

    The entries are the transfer, the payment that it is there, and, where there is an `earning`, the platform's.
    """
    fees, earned = _earned(earning, available_on)
    return Posting(currency, (
        Entry(platform, "transfer", "transfer", -amount, transfer, description, available_on=available_on,
              source_type=source_type),
        Entry(account, "payment", "charge", amount, payment, fees=fees, available_on=available_on), *earned), ())


def reversal_posting(platform: str, account: str, amount: int, currency: str, *, transfer: str, refund: str,
                     description: str | None, payment_description: str | None, source_type: str,
                     available_on: int | None) -> Posting:
    """`amount` of a transfer comes back. `refund` is that of the payment; the descriptions are those of both."""
    return Posting(currency, (
        Entry(platform, "transfer_refund", "transfer_reversal", amount, transfer, _back_words("TRANSFER", description),
              available_on=available_on, source_type=source_type),
        Entry(account, "payment_refund", "refund", -amount, refund, _back_words("PAYMENT", payment_description),
              available_on=available_on)), ())


def fee_refund_posting(platform: str, account: str, amount: int, currency: str, *, application_fee: str, fee_refund: str,
                       available_on: int | None) -> Posting:
    """`amount` of an application fee goes back to the account that it was taken of."""
    return Posting(currency, (
        Entry(platform, "application_fee_refund", "platform_earning_refund", -amount, application_fee,
              _back_words("APPLICATION FEE", None), available_on=available_on),
        Entry(account, "adjustment", "fee", amount, fee_refund, "Application fee refund", available_on=available_on)), ())


def reserve_posting(platform: str, amount: int, currency: str, *, reserve_transaction: str) -> Posting:
    """`amount` of the platform's is set aside for a connected account that is below zero; a negative one is released."""
    entry = Entry(platform, "reserve_transaction", "connect_reserved_funds", -amount, reserve_transaction)
    return Posting(currency, (entry,), ((CONNECT_RESERVE, amount),))


def collection_posting(platform: str, account: str, amount: int, currency: str) -> Posting:
    """The platform makes up for the `amount` that a connected account has been below zero for too long."""
    type = "connect_collection_transfer"
    return Posting(currency, (Entry(platform, type, type, -amount, None), Entry(account, type, type, amount, None)), ())


def _taken(account: str, amount: int, charge: str, description: str | None, fee: int, earning: Earning | None,
           available_on: int | None) -> tuple[Entry, ...]:
    fees, earned = _earned(earning, available_on)
    return (Entry(account, "charge", "charge", amount, charge, description, _processing(fee) + fees, available_on), *earned)


def _earned(earning: Earning | None, available_on: int | None) -> tuple[tuple[Fee, ...], tuple[Entry, ...]]:
    return ((), ()) if earning is None else ((earning.fee,), (earning.entry(available_on),))


def _adjustment(account: str, amount: int, currency: str, category: str, dispute: str, words: str, fee: Fee,
                source_type: str) -> Posting:
    # Our choice: at once, also while the money of the charge is pending; a bank does not wait for that.
    entry = Entry(account, "adjustment", category, amount, dispute, words, (fee,) if fee.amount else (),
                  source_type=source_type)
    return Posting(currency, (entry,), ((CARD_NETWORKS, -amount), (STRIPE, entry.fee)))


def _refund_words(description: str | None) -> str:
    return _back_words("CHARGE", description)


def _back_words(what: str, description: str | None) -> str:
    return f"REFUND FOR {what}" + (f" ({description})" if description else "")


def _processing(fee: int) -> tuple[Fee, ...]:
    return (Fee(fee, PROCESSING),) if fee else ()
