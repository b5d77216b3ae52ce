"""What the charges endpoints take."""

from app.wire.params import ListParams, RangeQuery, Text


class ChargeList(ListParams):
    created = RangeQuery()
    customer = Text()
    payment_intent = Text()
    transfer_group = Text()
