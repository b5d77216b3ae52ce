"""What the payouts endpoints take."""

from app.domain.money import AMOUNT_MAX
from app.wire.params import Currency, Enum, Integer, ListParams, Metadata, RangeQuery, RetrieveParams, Text


class PayoutReverse(RetrieveParams):
    metadata = Metadata(unsettable=False)


class PayoutCreate(PayoutReverse):
    amount = Integer(required=True, minimum=1, maximum=AMOUNT_MAX)
    currency = Currency(required=True)
    description = Text()
    destination = Text()
    method = Enum(("instant", "standard"), load_default="standard")
    source_type = Enum(("bank_account", "card", "fpx"), load_default="card")
    statement_descriptor = Text(max=22)


class PayoutUpdate(RetrieveParams):
    metadata = Metadata()


class PayoutList(ListParams):
    arrival_date = RangeQuery()
    created = RangeQuery()
    destination = Text()
    status = Text()
