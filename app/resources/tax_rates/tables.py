"""The tax rates table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import HasMetadata, StripeObject, list_index
from app.db.types import Decimals, ObjectId


class TaxRate(StripeObject, HasMetadata):
    """A tax rate. `percentage` 8.875 is 8.875 %; it and `inclusive` never change, so invoices keep what they show."""

    __tablename__ = "tax_rates"
    __table_args__ = (list_index(),)
    object_name = "tax_rate"
    missing_name = "tax rate"
    path_param = "tax_rate"
    id_prefix = "txr_"

    active: Mapped[bool]
    country: Mapped[str | None] = mapped_column(String(5000))
    description: Mapped[str | None] = mapped_column(String(5000))
    display_name: Mapped[ObjectId]
    inclusive: Mapped[bool]
    jurisdiction: Mapped[ObjectId | None]
    percentage: Mapped[Decimals]
    state: Mapped[ObjectId | None]
    tax_type: Mapped[ObjectId | None]
