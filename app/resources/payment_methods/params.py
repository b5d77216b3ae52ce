"""What the payment methods endpoints take."""

from app.wire.params import Enum, Hash, Integer, ListParams, Metadata, Params, RetrieveParams, Text

TYPES = (
    "acss_debit", "affirm", "afterpay_clearpay", "alipay", "au_becs_debit", "bacs_debit", "bancontact", "blik",
    "boleto", "card", "customer_balance", "eps", "fpx", "giropay", "grabpay", "ideal", "klarna", "konbini", "link",
    "oxxo", "p24", "paynow", "promptpay", "sepa_debit", "sofort", "us_bank_account", "wechat_pay",
)


class AddressParams(Params):
    city = Text(unsettable=True)
    country = Text(unsettable=True)
    line1 = Text(unsettable=True)
    line2 = Text(unsettable=True)
    postal_code = Text(unsettable=True)
    state = Text(unsettable=True)


class BillingDetailsParams(Params):
    address = Hash(AddressParams, unsettable=True)
    email = Text(unsettable=True)
    name = Text(unsettable=True)
    phone = Text(unsettable=True)


class CardParams(Params):
    cvc = Text()
    exp_month = Integer()
    exp_year = Integer()
    number = Text()
    token = Text()


class PaymentMethodCreate(RetrieveParams):
    billing_details = Hash(BillingDetailsParams)
    card = Hash(CardParams)
    metadata = Metadata()
    # Our choice: cards are the only type that can be made.
    type = Enum(("card",), required=True)


class CardUpdateParams(Params):
    exp_month = Integer()
    exp_year = Integer()


class PaymentMethodUpdate(RetrieveParams):
    billing_details = Hash(BillingDetailsParams)
    card = Hash(CardUpdateParams)
    metadata = Metadata()


class PaymentMethodAttach(RetrieveParams):
    customer = Text(required=True)


class CustomerPaymentMethodList(ListParams):
    # The published parameters require it; connectors leave it out, and get all types.
    type = Enum(TYPES)


class PaymentMethodList(CustomerPaymentMethodList):
    customer = Text()
