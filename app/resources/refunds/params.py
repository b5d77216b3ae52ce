"""What the refunds endpoints take."""

from app.wire.params import Boolean, Currency, Enum, Integer, ListParams, Metadata, RangeQuery, RetrieveParams, Text


class RefundUpdate(RetrieveParams):
    metadata = Metadata()


class ChargeRefund(RefundUpdate):
    amount = Integer(minimum=1)
    instructions_email = Text()
    payment_intent = Text()
    reason = Enum(("duplicate", "fraudulent", "requested_by_customer"))
    refund_application_fee = Boolean()
    reverse_transfer = Boolean()


class ChargeRefundCreate(ChargeRefund):
    currency = Currency()
    customer = Text()
    origin = Enum(("customer_balance",))


class RefundCreate(ChargeRefundCreate):
    charge = Text()


class RefundList(ListParams):
    charge = Text()
    created = RangeQuery()
    payment_intent = Text()
