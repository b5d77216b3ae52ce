"""What the setup attempts endpoint takes."""

from app.wire.params import ListParams, RangeQuery, Text


class SetupAttemptList(ListParams):
    created = RangeQuery()
    setup_intent = Text(required=True)
