"""What the payment intents endpoints take."""

from app.wire.params import ListParams, RangeQuery, RetrieveParams, Text


class PaymentIntentRetrieve(RetrieveParams):
    client_secret = Text()


class PaymentIntentList(ListParams):
    created = RangeQuery()
    customer = Text()
