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
    # Our choice: the limit, where the reference names none; lists look groups up by an index.
    transfer_group = Text(max=255)


class TopupList(ListParams):
    amount = RangeQuery()
    created = RangeQuery()
    status = Enum(("canceled", "failed", "pending", "succeeded"))
