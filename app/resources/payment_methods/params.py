"""What the payment methods endpoints take."""

from app.resources.payment_shapes import MADE_TYPES, Memberless, PaymentMethodDataParams
from app.wire.params import Enum, Hash, Integer, ListParams, Metadata, Params, RetrieveParams, Text


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


class PaymentMethodCreate(RetrieveParams, PaymentMethodDataParams):
    billing_details = Hash(BillingDetailsParams)
    customer = Text()
    payment_method = Text()
    # Only what is copied from another payment method needs none.
    type = Enum(MADE_TYPES)


class CardUpdateParams(Params):
    exp_month = Integer()
    exp_year = Integer()


class UsBankAccountUpdateParams(Params):
    account_holder_type = Enum(("company", "individual"))


class PaymentMethodUpdate(RetrieveParams):
    billing_details = Hash(BillingDetailsParams)
    card = Hash(CardUpdateParams)
    link = Memberless()
    metadata = Metadata()
    us_bank_account = Hash(UsBankAccountUpdateParams)


class PaymentMethodAttach(RetrieveParams):
    customer = Text(required=True)


class CustomerPaymentMethodList(ListParams):
    # The published parameters require it; connectors leave it out, and get all types.
    type = Enum(MADE_TYPES)


class PaymentMethodList(CustomerPaymentMethodList):
    customer = Text()
