"""What the test clock endpoints take."""

from app.wire.params import ListParams, Params, RetrieveParams, Text, Timestamp


class TestClockCreate(RetrieveParams):
    __test__ = False

    frozen_time = Timestamp(required=True)
    name = Text(max=300)


class TestClockAdvance(RetrieveParams):
    __test__ = False

    frozen_time = Timestamp(required=True)


class TestClockDelete(Params):
    __test__ = False


class TestClockList(ListParams):
    __test__ = False
