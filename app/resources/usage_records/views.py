"""What usage records and their summaries look like."""

from app.render import view_of
from app.render.fields import Attr, Const, Hash
from app.render.view import View
from app.resources.usage_records.tables import UsageRecord, UsageRecordSummary


@view_of(UsageRecord)
class UsageRecordView(View):
    id = Attr()
    object = Const("usage_record")
    livemode = Const(False)
    quantity = Attr()
    subscription_item = Attr("subscription_item_id")
    timestamp = Attr()


@view_of(UsageRecordSummary)
class UsageRecordSummaryView(View):
    id = Attr()
    object = Const("usage_record_summary")
    invoice = Attr("invoice_id")
    livemode = Const(False)
    period = Hash(end=Attr("period_end"), start=Attr("period_start"))
    subscription_item = Attr("subscription_item_id")
    total_usage = Attr()
