"""What time does to customers' tax ids."""

from app.clock.ticker import Ticker
from app.resources.customers import operations
from app.resources.customers.tables import TaxId

TAX_ID_CHECK = Ticker(
    "customers.tax_id_check", TaxId, fire=operations.verify_tax_id, due=lambda row: row.checks_at)
