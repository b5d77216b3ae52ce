"""What time does to cards that came as sources."""

from app.clock.ticker import Ticker
from app.resources.payment_methods import operations
from app.resources.payment_methods.tables import PaymentMethod

SOURCE_EXPIRING = Ticker(
    "payment_methods.source_expiring", PaymentMethod, fire=operations.tell_expiring, due=lambda row: row.expiring_at)
