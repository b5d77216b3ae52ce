"""What the endpoints of cash balances take."""

from app.wire.params import Currency, Enum, Hash, Integer, ListOf, Params, RetrieveParams, Text


class FundingCountryParams(Params):
    country = Text(required=True)


class FundingTransferParams(Params):
    eu_bank_transfer = Hash(FundingCountryParams)
    requested_address_types = ListOf(Enum(("iban", "sort_code", "spei", "zengin")))
    type = Enum(("eu_bank_transfer", "gb_bank_transfer", "jp_bank_transfer", "mx_bank_transfer"), required=True)


class FundingInstructionsCreate(RetrieveParams):
    bank_transfer = Hash(FundingTransferParams, required=True)
    currency = Currency(required=True)
    funding_type = Enum(("bank_transfer",), required=True)


class CashBalanceFund(RetrieveParams):
    amount = Integer(minimum=1, maximum=99_999_999, required=True)
    currency = Currency(required=True)
    reference = Text()
