"""What time does to quotes."""

from app.clock.ticker import Ticker
from app.resources.quotes import operations
from app.resources.quotes.tables import Quote

EXPIRY = Ticker("quotes.expiry", Quote, fire=operations.expire_quote,
                due=lambda row: row.expires_at if row.status in ("draft", "open") else None)
