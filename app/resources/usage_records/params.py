"""What the usage endpoints take."""

from app.wire.params import Enum, Integer, RetrieveParams, TimestampOr


class UsageRecordCreate(RetrieveParams):
    action = Enum(("increment", "set"), load_default="increment")
    quantity = Integer(minimum=0, required=True)
    timestamp = TimestampOr("now", load_default="now")
