"""What the early fraud warnings endpoints take."""

from app.wire.params import ListParams, Text


class EarlyFraudWarningList(ListParams):
    charge = Text()
    payment_intent = Text()
