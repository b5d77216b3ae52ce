"""What the top-ups endpoints take."""

from app.domain.money import AMOUNT_MAX
from app.wire.params import Currency, Enum, Integer, ListParams, Metadata, RangeQuery, RetrieveParams, Text


class TopupUpdate(RetrieveParams):
    description = Text()
    metadata = Metadata()


class TopupCreate(RetrieveParams):
    amount = Integer(required=True, minimum=1, maximum=AMOUNT_MAX)
    currency = Currency(required=True)
    description = Text()
    metadata = Metadata()
    source = Text()
    statement_descriptor = Text(max=15)
    transfer_group = Text()


class TopupList(ListParams):
    amount = RangeQuery()
    created = RangeQuery()
    status = Enum(("canceled", "failed", "pending", "succeeded"))
