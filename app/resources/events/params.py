"""What the events endpoints take."""

from app.wire.params import Boolean, ListOf, ListParams, RangeQuery, Text


class EventList(ListParams):
    created = RangeQuery()
    delivery_success = Boolean()
    type = Text()
    types = ListOf(Text(), max=20)
