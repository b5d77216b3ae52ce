"""What time does to refunds: it is known whether they have arrived, or there is money for them."""

from app.clock.ticker import Ticker
from app.resources.refunds import operations
from app.resources.refunds.tables import Refund

SETTLE = Ticker("refunds.settle", Refund, due=lambda row: row.settles_at, fire=operations.settle_refund)
