"""The products table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, list_index, to_one
from app.db.types import Document, Documents, ObjectId, UnixTime


class Product(StripeObject, HasMetadata):
    """A good or service."""

    __tablename__ = "products"
    __table_args__ = (list_index(),)
    object_name = "product"
    id_prefix = "prod_"
    id_length = 14
    id_lead = ""

    active: Mapped[bool]
    default_price_id: Mapped[ObjectId | None]
    deleted: Mapped[bool]
    description: Mapped[str | None] = mapped_column(String(40000))
    images: Mapped[Documents]
    name: Mapped[str] = mapped_column(String(5000))
    package_dimensions: Mapped[Document | None]
    """Height, length and width in inches, weight in ounces."""
    shippable: Mapped[bool | None]
    statement_descriptor: Mapped[ObjectId | None]
    tax_code_id: Mapped[ObjectId | None]
    unit_label: Mapped[ObjectId | None]
    updated: Mapped[UnixTime]
    url: Mapped[str | None] = mapped_column(String(5000))

    default_price: Mapped[object] = relationship(
        "Price", viewonly=True, primaryjoin=to_one("Product", "default_price_id", "Price"))
