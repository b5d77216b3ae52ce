"""What time does to payments that are only held."""

from app.clock.ticker import Ticker
from app.resources.charges.tables import Charge
from app.resources.payment_intents import operations

CAPTURE_EXPIRY = Ticker(
    "charges.expired", Charge, due=lambda row: row.capture_before, fire=operations.expire_authorization)
