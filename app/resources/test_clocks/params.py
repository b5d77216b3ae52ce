"""What the test clock endpoints take."""

from app.wire.params import ListParams, RetrieveParams, Text, Timestamp


class TestClockCreate(RetrieveParams):
    __test__ = False

    frozen_time = Timestamp(required=True)
    name = Text(max=300)


class TestClockAdvance(RetrieveParams):
    __test__ = False

    frozen_time = Timestamp(required=True)


class TestClockDelete(RetrieveParams):
    __test__ = False


class TestClockList(ListParams):
    __test__ = False
