"""The issuer_reports table: what is still to be said."""

from sqlalchemy.orm import Mapped, relationship

from app.db.base import StripeObject, TimeDriven, belongs_to, partial_index, to_one
from app.db.types import ObjectId, UnixTime
from app.resources.customers.tables import Customer


class IssuerReport(StripeObject, TimeDriven):
    """What an issuer will say of a charge; gone once it is said. No API object."""

    __tablename__ = "issuer_reports"
    __table_args__ = (
        belongs_to("charges", "charge_id"),
        belongs_to("customers", "customer_id"),
        belongs_to("test_clocks", "test_clock_id"),
        partial_index("ix_issuer_reports_due", "test_clock_id", "due_at", where="due_at IS NOT NULL"),
    )
    object_name = "issuer_report"
    id_prefix = "issrep_"

    behavior: Mapped[ObjectId]
    """What the card causes, as `domain.cards` writes it."""
    charge_id: Mapped[ObjectId]
    customer_id: Mapped[ObjectId | None]
    reports_at: Mapped[UnixTime | None]

    customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("IssuerReport", "customer_id", "Customer"))
