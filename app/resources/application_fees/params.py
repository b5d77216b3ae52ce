"""What the application fees endpoints take."""

from app.domain.money import AMOUNT_MAX
from app.wire.params import Integer, ListParams, Metadata, RangeQuery, RetrieveParams, Text


class ApplicationFeeList(ListParams):
    charge = Text()
    created = RangeQuery()


class ApplicationFeeRefundUpdate(RetrieveParams):
    metadata = Metadata()


class ApplicationFeeRefundCreate(ApplicationFeeRefundUpdate):
    amount = Integer(minimum=1, maximum=AMOUNT_MAX)


class ApplicationFeeRefundWhole(RetrieveParams):
    amount = Integer(minimum=1, maximum=AMOUNT_MAX)
    directive = Text()
