"""Hashes of parameters that more than one slice takes, so that each is declared once.

What only one slice takes stays in its `params`.
"""

from app.domain.currencies import MAXIMUM_UNIT_AMOUNT
from app.domain.tax_ids import TYPES
from app.wire.params import (
    Boolean,
    Currency,
    DecimalNumber,
    Enum,
    Hash,
    Integer,
    IntegerOr,
    ListOf,
    MapOf,
    Metadata,
    Params,
    Percent,
    Text,
    Timestamp,
)

COLLECTION_METHODS = ("charge_automatically", "send_invoice")
INTERVALS = ("day", "month", "week", "year")
PRORATION_BEHAVIORS = ("always_invoice", "create_prorations", "none")
PAYMENT_METHOD_TYPES = (
    "ach_credit_transfer", "ach_debit", "acss_debit", "au_becs_debit", "bacs_debit", "bancontact", "boleto", "card",
    "customer_balance", "fpx", "giropay", "grabpay", "ideal", "konbini", "link", "paynow", "promptpay", "sepa_debit",
    "sofort", "us_bank_account", "wechat_pay",
)  # fmt: skip
VERIFICATION_METHODS = ("automatic", "instant", "microdeposits")
TAX_BEHAVIORS = ("exclusive", "inclusive", "unspecified")

DAYS_UNTIL_DUE_MAX = 36_500
"""Our choice: a hundred years at most, so that every due date lies in the calendar."""


def price_amount(*, required: bool = False) -> Integer:
    """A price's amount in minor units."""
    return Integer(minimum=0, maximum=MAXIMUM_UNIT_AMOUNT, required=required)


def price_amount_decimal() -> DecimalNumber:
    """A price's amount in minor units and fractions of them."""
    return DecimalNumber(max_places=12, minimum=0, maximum=MAXIMUM_UNIT_AMOUNT)


def signed_amount(*, required: bool = False) -> Integer:
    """An amount in minor units that may be negative, as on an invoice or a customer's balance."""
    return Integer(minimum=-MAXIMUM_UNIT_AMOUNT, maximum=MAXIMUM_UNIT_AMOUNT, required=required)


def signed_amount_decimal() -> DecimalNumber:
    """The same, with fractions of minor units."""
    return DecimalNumber(max_places=12, minimum=-MAXIMUM_UNIT_AMOUNT, maximum=MAXIMUM_UNIT_AMOUNT)


class AddressParams(Params):
    city = Text()
    country = Text()
    line1 = Text()
    line2 = Text()
    postal_code = Text()
    state = Text()


class AutomaticTaxParams(Params):
    enabled = Boolean(required=True)


class CustomFieldParams(Params):
    name = Text(max=30, required=True)
    value = Text(max=30, required=True)


class RenderingOptionsParams(Params):
    amount_tax_display = Enum(("exclude_tax", "include_inclusive_tax"), unsettable=True)


class DiscountParams(Params):
    coupon = Text()
    discount = Text()


class PeriodParams(Params):
    end = Timestamp(required=True)
    start = Timestamp(required=True)


class ThresholdsParams(Params):
    amount_gte = Integer(minimum=0)
    reset_billing_cycle_anchor = Boolean()


class ItemThresholdsParams(Params):
    usage_gte = Integer(minimum=0, required=True)


class TransferDataParams(Params):
    amount_percent = Percent()
    destination = Text(required=True)


class TaxIdParams(Params):
    """A tax id to be."""

    type = Enum(TYPES, required=True)
    value = Text(required=True)


class TierParams(Params):
    flat_amount = price_amount()
    flat_amount_decimal = price_amount_decimal()
    unit_amount = price_amount()
    unit_amount_decimal = price_amount_decimal()
    up_to = IntegerOr("inf", minimum=1, required=True)


class CustomUnitAmountParams(Params):
    enabled = Boolean(required=True)
    maximum = price_amount()
    minimum = price_amount()
    preset = price_amount()


class CurrencyOptionParams(Params):
    custom_unit_amount = Hash(CustomUnitAmountParams)
    tax_behavior = Enum(TAX_BEHAVIORS)
    tiers = ListOf(Hash(TierParams))
    unit_amount = price_amount()
    unit_amount_decimal = price_amount_decimal()


class RecurringParams(Params):
    interval = Enum(INTERVALS, required=True)
    interval_count = Integer(minimum=1)


class PriceDataParams(Params):
    """A one-time price in place of an id; on an invoice it may be negative."""

    currency = Currency(required=True)
    product = Text(required=True)
    tax_behavior = Enum(TAX_BEHAVIORS)
    unit_amount = signed_amount()
    unit_amount_decimal = signed_amount_decimal()


class RecurringPriceDataParams(Params):
    """A recurring price in place of an id."""

    currency = Currency(required=True)
    product = Text(required=True)
    recurring = Hash(RecurringParams, required=True)
    tax_behavior = Enum(TAX_BEHAVIORS)
    unit_amount = price_amount()
    unit_amount_decimal = price_amount_decimal()


class AddInvoiceItemParams(Params):
    price = Text()
    price_data = Hash(PriceDataParams)
    quantity = Integer(minimum=0)
    tax_rates = ListOf(Text(), unsettable=True)


class InvoiceItemParams(Params):
    amount = signed_amount()
    description = Text()
    discountable = Boolean()
    discounts = ListOf(Hash(DiscountParams), unsettable=True)
    metadata = Metadata()
    period = Hash(PeriodParams)
    price = Text()
    price_data = Hash(PriceDataParams)
    quantity = Integer(minimum=0)
    tax_rates = ListOf(Text(), unsettable=True)
    unit_amount = signed_amount()
    unit_amount_decimal = signed_amount_decimal()


class MandateOptionsParams(Params):
    transaction_type = Enum(("business", "personal"))


class AcssDebitParams(Params):
    mandate_options = Hash(MandateOptionsParams)
    verification_method = Enum(VERIFICATION_METHODS)


class BancontactParams(Params):
    preferred_language = Enum(("de", "en", "fr", "nl"))


class EuBankTransferParams(Params):
    country = Text(required=True)


class BankTransferParams(Params):
    eu_bank_transfer = Hash(EuBankTransferParams)
    type = Text()


class CustomerBalanceParams(Params):
    bank_transfer = Hash(BankTransferParams)
    funding_type = Text()


class FinancialConnectionsParams(Params):
    permissions = ListOf(Enum(("balances", "ownership", "payment_method", "transactions")))


class UsBankAccountParams(Params):
    financial_connections = Hash(FinancialConnectionsParams)
    verification_method = Enum(VERIFICATION_METHODS)


class SharedPaymentMethodOptionsParams(Params):
    """All but `card`, which is not the same on invoices and subscriptions."""

    acss_debit = Hash(AcssDebitParams, unsettable=True)
    bancontact = Hash(BancontactParams, unsettable=True)
    customer_balance = Hash(CustomerBalanceParams, unsettable=True)
    # Our choice: the reference gives it no members of its own, so any are taken, and ignored.
    konbini = MapOf(Text(), unsettable=True)
    us_bank_account = Hash(UsBankAccountParams, unsettable=True)
