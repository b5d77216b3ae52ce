"""What the charges endpoints take."""

from app.resources.payment_shapes import RadarOptionsParams, ShippingParams, SourceCardParams
from app.wire.params import (
    Boolean,
    Currency,
    Enum,
    Hash,
    HashOrText,
    Integer,
    ListParams,
    Metadata,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
)


class ChargeList(ListParams):
    created = RangeQuery()
    customer = Text()
    payment_intent = Text()
    # Our choice: the limit, where the reference names none; lists look groups up by an index.
    transfer_group = Text(max=255)


class DestinationParams(Params):
    account = Text(required=True)
    amount = Integer(minimum=0)


class TransferAmountParams(Params):
    amount = Integer(minimum=0)


class TransferDataParams(TransferAmountParams):
    destination = Text(required=True)


class ChargeCreate(RetrieveParams):
    amount = Integer(minimum=1, required=True)
    application_fee = Integer(minimum=0)
    application_fee_amount = Integer(minimum=0)
    capture = Boolean()
    card = HashOrText(SourceCardParams)
    currency = Currency(required=True)
    customer = Text(max=500)
    description = Text(max=40000)
    destination = HashOrText(DestinationParams)
    metadata = Metadata()
    on_behalf_of = Text()
    radar_options = Hash(RadarOptionsParams)
    receipt_email = Text(max=255)
    shipping = Hash(ShippingParams)
    source = Text()
    statement_descriptor = Text(max=22)
    statement_descriptor_suffix = Text(max=22)
    transfer_data = Hash(TransferDataParams)
    transfer_group = Text(max=255)


class FraudDetailsParams(Params):
    user_report = Enum(("fraudulent", "safe"), unsettable=True, required=True)


class ChargeUpdate(RetrieveParams):
    customer = Text()
    description = Text(max=40000)
    fraud_details = Hash(FraudDetailsParams)
    metadata = Metadata()
    receipt_email = Text(max=255)
    shipping = Hash(ShippingParams)
    transfer_group = Text(max=255)


class ChargeCapture(RetrieveParams):
    amount = Integer(minimum=1)
    application_fee = Integer(minimum=0)
    application_fee_amount = Integer(minimum=0)
    receipt_email = Text(max=255)
    statement_descriptor = Text(max=22)
    statement_descriptor_suffix = Text(max=22)
    transfer_data = Hash(TransferAmountParams)
    transfer_group = Text(max=255)
