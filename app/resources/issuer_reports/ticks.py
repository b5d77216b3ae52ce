"""What time does to the reports of issuers: they arrive."""

from app.clock.ticker import Ticker
from app.resources.issuer_reports import operations
from app.resources.issuer_reports.tables import IssuerReport

ARRIVAL = Ticker("issuer_reports.arrival", IssuerReport, due=lambda row: row.reports_at, fire=operations.arrive)
