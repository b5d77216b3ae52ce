"""What the `/_sim` routes take: one parameter for each choice, of the type that its default has."""

from __future__ import annotations

from dataclasses import fields
from typing import cast

from app.domain.banks import FAILURES
from app.domain.choices import ALLOWED, Choices
from app.domain.disputes import REASONS
from app.domain.radar import FRAUD_TYPES, TEST_CARDS_FRAUD
from app.domain.ways_to_pay import FAILURES as DEBIT_FAILURES
from app.resources.payment_shapes import AccountOrCardParams
from app.wire.params import (
    Boolean,
    Enum,
    HashOrText,
    Integer,
    ListOf,
    Metadata,
    Params,
    Percent,
    RetrieveParams,
    Text,
    Timestamp,
)
from app.wire.scalars import Parameter

# Our choice: durations of at most ten years, so that their sum with any moment stays within the calendar.
_MAXIMA = {"_anchor": 31, "_s": 10 * 366 * 86_400, "_days": 3_660}
# A receiver that may take no time at all could never be reached.
_MINIMA = {"payout_monthly_anchor": 1, "webhook_timeout_s": 1}
_LARGEST_AMOUNT = 99_999_999
_LONGEST_LIST = 50


def _integer(name: str, **options: bool) -> Integer:
    maximum = next((limit for unit, limit in _MAXIMA.items() if name.endswith(unit)), _LARGEST_AMOUNT)
    return Integer(minimum=_MINIMA.get(name, 0), maximum=maximum, **options)


def _parameter(name: str, default: object) -> Parameter:
    if name in ALLOWED:
        return Enum(ALLOWED[name], unsettable=True)
    if isinstance(default, bool):
        return Boolean(unsettable=True)
    if isinstance(default, int):
        return _integer(name, unsettable=True)
    if isinstance(default, tuple):
        return ListOf(_integer(name), max=_LONGEST_LIST, unsettable=True)
    assert name.endswith("_percent"), f"{name} is a text of no known kind"
    return Percent(max_places=4, unsettable=True)


class TimeAdvance(RetrieveParams):
    """Where the wall clock of a sandbox goes, by seconds or to a moment of its own, and how many seconds may be waited for it."""

    advance = Integer(minimum=1)
    now = Timestamp()
    wait = Integer(minimum=0, maximum=60, load_default=30)


class Failure(RetrieveParams):
    """Why a bank refuses, where it is not for the most general of reasons."""

    failure_code = Enum(tuple(FAILURES), load_default="could_not_process")


class DebitFailure(RetrieveParams):
    """Why a bank refuses what it was asked for."""

    failure_code = Enum(tuple(DEBIT_FAILURES), load_default="generic_decline")


class FraudWarning(RetrieveParams):
    """What an issuer says of a charge that may be fraudulent."""

    fraud_type = Enum(FRAUD_TYPES, load_default=TEST_CARDS_FRAUD)


class BankAccountUpdate(RetrieveParams):
    """What may be changed of one's own bank account."""

    account_holder_name = Text(unsettable=True)
    account_holder_type = Enum(("company", "individual"), unsettable=True)
    account_type = Enum(("checking", "futsu", "savings", "toza"), unsettable=True)
    default_for_currency = Boolean()
    metadata = Metadata()


class BankAccountCreate(RetrieveParams):
    """What POST /v1/accounts/:id/external_accounts takes: a token such as `btok_us_verified_noAccount`, or a hash."""

    external_account = HashOrText(AccountOrCardParams, required=True)
    default_for_currency = Boolean()
    metadata = Metadata()


class ChargeDispute(RetrieveParams):
    """What a customer's bank takes back, where it is not all that is left, and why; an inquiry takes nothing."""

    amount = Integer(minimum=1)
    inquiry = Boolean(load_default=False)
    reason = Enum(REASONS, load_default="fraudulent")


SettingsUpdate = cast(type[Params], RetrieveParams.from_dict(
    {field.name: _parameter(field.name, field.default) for field in fields(Choices)}, name="SettingsUpdate"))
"""Every choice, each to be taken back to its default by an empty value; an empty list is a value of its own."""
