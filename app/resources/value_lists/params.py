"""What the endpoints of value lists and their items take."""

from app.domain.radar import ITEM_TYPES, VALUE_MAX
from app.wire.params import Enum, ListParams, Metadata, Params, RangeQuery, RetrieveParams, Text


class ValueListCreate(RetrieveParams):
    alias = Text(max=100, required=True)
    item_type = Enum(ITEM_TYPES, load_default="string")
    metadata = Metadata(unsettable=False)
    name = Text(max=100, required=True)


class ValueListUpdate(RetrieveParams):
    alias = Text(max=100)
    metadata = Metadata(unsettable=False)
    name = Text(max=100)


class ValueListList(ListParams):
    alias = Text(max=100)
    contains = Text(max=VALUE_MAX)
    created = RangeQuery()


class ItemCreate(RetrieveParams):
    value = Text(max=VALUE_MAX, required=True)
    value_list = Text(required=True)


class ItemList(ListParams):
    created = RangeQuery()
    value = Text(max=VALUE_MAX)
    value_list = Text(required=True)


class Deletion(Params):
    """Nothing."""
