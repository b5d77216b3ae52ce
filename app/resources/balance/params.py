"""What the balance transactions endpoints take."""

from app.wire.params import Currency, ListParams, RangeQuery, Text


class BalanceTransactionList(ListParams):
    created = RangeQuery()
    currency = Currency()
    payout = Text()
    source = Text()
    type = Text()
