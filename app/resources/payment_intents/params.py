"""What the payment intents endpoints take."""

from app.domain.method_details import METHOD_TYPES
from app.resources.payment_intents.options import PaymentMethodOptionsParams
from app.resources.payment_shapes import (
    ConfirmMandateDataParams,
    MandateDataParams,
    PaymentMethodDataParams,
    RadarOptionsParams,
    ShippingParams,
)
from app.wire.params import (
    Boolean,
    BooleanOr,
    Currency,
    Enum,
    Hash,
    Integer,
    ListOf,
    ListParams,
    Metadata,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
)

_USAGES = ("off_session", "on_session")
_CAPTURE_METHODS = ("automatic", "manual")


class AutomaticPaymentMethodsParams(Params):
    enabled = Boolean(required=True)


class TransferAmountParams(Params):
    amount = Integer(minimum=0)


class TransferDataParams(TransferAmountParams):
    destination = Text(required=True)


class PaymentIntentRetrieve(RetrieveParams):
    client_secret = Text()


class PaymentIntentList(ListParams):
    created = RangeQuery()
    customer = Text()


class PaymentIntentCreate(RetrieveParams):
    amount = Integer(minimum=1, required=True)
    application_fee_amount = Integer(minimum=0)
    automatic_payment_methods = Hash(AutomaticPaymentMethodsParams)
    capture_method = Enum(_CAPTURE_METHODS)
    confirm = Boolean()
    confirmation_method = Enum(("automatic", "manual"))
    currency = Currency(required=True)
    customer = Text()
    description = Text(max=1000)
    error_on_requires_action = Boolean()
    mandate = Text()
    mandate_data = Hash(MandateDataParams)
    metadata = Metadata()
    off_session = BooleanOr("one_off", "recurring")
    on_behalf_of = Text()
    payment_method = Text()
    payment_method_data = Hash(PaymentMethodDataParams)
    payment_method_options = Hash(PaymentMethodOptionsParams)
    payment_method_types = ListOf(Enum(METHOD_TYPES))
    radar_options = Hash(RadarOptionsParams)
    receipt_email = Text(max=255)
    return_url = Text()
    setup_future_usage = Enum(_USAGES)
    shipping = Hash(ShippingParams)
    statement_descriptor = Text(max=22)
    statement_descriptor_suffix = Text(max=22)
    transfer_data = Hash(TransferDataParams)
    # Our choice: the limit, where the reference names none; lists look groups up by an index.
    transfer_group = Text(max=255)
    use_stripe_sdk = Boolean()


class PaymentIntentUpdate(RetrieveParams):
    amount = Integer(minimum=1)
    application_fee_amount = Integer(minimum=0, unsettable=True)
    capture_method = Enum(_CAPTURE_METHODS)
    currency = Currency()
    customer = Text()
    description = Text(max=1000)
    metadata = Metadata()
    payment_method = Text()
    payment_method_data = Hash(PaymentMethodDataParams)
    payment_method_options = Hash(PaymentMethodOptionsParams)
    payment_method_types = ListOf(Enum(METHOD_TYPES))
    receipt_email = Text(max=255, unsettable=True)
    setup_future_usage = Enum(_USAGES, unsettable=True)
    shipping = Hash(ShippingParams, unsettable=True)
    statement_descriptor = Text(max=22)
    statement_descriptor_suffix = Text(max=22)
    transfer_data = Hash(TransferAmountParams)
    transfer_group = Text(max=255)


class PaymentIntentConfirm(RetrieveParams):
    capture_method = Enum(_CAPTURE_METHODS)
    client_secret = Text()
    error_on_requires_action = Boolean()
    mandate = Text()
    mandate_data = Hash(ConfirmMandateDataParams)
    off_session = BooleanOr("one_off", "recurring")
    payment_method = Text()
    payment_method_data = Hash(PaymentMethodDataParams)
    payment_method_options = Hash(PaymentMethodOptionsParams)
    payment_method_types = ListOf(Enum(METHOD_TYPES))
    radar_options = Hash(RadarOptionsParams)
    receipt_email = Text(max=255, unsettable=True)
    return_url = Text()
    setup_future_usage = Enum(_USAGES, unsettable=True)
    shipping = Hash(ShippingParams, unsettable=True)
    use_stripe_sdk = Boolean()


class PaymentIntentCancel(RetrieveParams):
    cancellation_reason = Enum(("abandoned", "duplicate", "fraudulent", "requested_by_customer"))


class PaymentIntentCapture(RetrieveParams):
    amount_to_capture = Integer(minimum=1)
    application_fee_amount = Integer(minimum=0)
    statement_descriptor = Text(max=22)
    statement_descriptor_suffix = Text(max=22)
    transfer_data = Hash(TransferAmountParams)


class PaymentIntentIncrement(RetrieveParams):
    amount = Integer(minimum=1, required=True)
    application_fee_amount = Integer(minimum=0)
    description = Text(max=1000)
    metadata = Metadata()
    transfer_data = Hash(TransferAmountParams)


class PaymentIntentApplyBalance(RetrieveParams):
    amount = Integer(minimum=1)
    currency = Currency()


class PaymentIntentVerify(RetrieveParams):
    amounts = ListOf(Integer(minimum=0), max=2)
    client_secret = Text()
    descriptor_code = Text()
