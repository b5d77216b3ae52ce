"""The prices table."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, belongs_to, list_index, to_one
from app.db.types import Cents, Decimals, Document, Documents, ObjectId
from app.resources.products.tables import Product


class Price(StripeObject, HasMetadata):
    """What one unit, package or tier of a product costs, in minor units of `currency`, once or at an interval.

    The `recurring_…` columns are null for a one-time price.
    """

    __tablename__ = "prices"
    __table_args__ = (
        belongs_to("products", "product_id"),
        list_index(),
        list_index("product_id"),
        Index(None, "account_id", "lookup_key", unique=True),
    )
    object_name = "price"
    path_param = "price"
    id_prefix = "price_"

    active: Mapped[bool]
    billing_scheme: Mapped[ObjectId]
    """`per_unit` or `tiered`."""
    currency: Mapped[ObjectId]
    currency_options: Mapped[Document | None]
    """By currency, `currency` included: the amounts and the tax behavior as rendered."""
    custom_unit_amount: Mapped[Document | None]
    former_options: Mapped[Document | None]
    """Options that were taken away, by currency: subscriptions that are billed in it go on at what they say."""
    lookup_key: Mapped[ObjectId | None]
    nickname: Mapped[str | None] = mapped_column(String(5000))
    product_id: Mapped[ObjectId]
    recurring_aggregate_usage: Mapped[ObjectId | None]
    recurring_interval: Mapped[ObjectId | None]
    recurring_interval_count: Mapped[int | None] = mapped_column(Integer)
    recurring_trial_period_days: Mapped[int | None] = mapped_column(Integer)
    recurring_usage_type: Mapped[ObjectId | None]
    """`licensed` or `metered`."""
    removed: Mapped[bool]
    """Deleted as a plan: not found any more, but whatever uses it goes on showing it."""
    tax_behavior: Mapped[ObjectId]
    tiers: Mapped[Documents | None]
    """In rising order, hashes of `up_to`, `unit_amount`, `flat_amount` and their `…_decimal`."""
    tiers_mode: Mapped[ObjectId | None]
    transform_quantity: Mapped[Document | None]
    """`divide_by` and `round`."""
    type: Mapped[ObjectId]
    """`one_time` or `recurring`."""
    unit_amount: Mapped[Cents | None]
    """Null for tiers, for custom amounts, and where `unit_amount_decimal` is no whole number."""
    unit_amount_decimal: Mapped[Decimals | None]

    product: Mapped[Product] = relationship(
        Product, viewonly=True, primaryjoin=to_one("Price", "product_id", "Product"))

    def option_in(self, currency: str) -> Mapping[str, Any]:
        """`unit_amount`, `unit_amount_decimal` and `tiers` in a currency that the price has or had, as rendered."""
        if currency == self.currency:
            return {"unit_amount": self.unit_amount, "unit_amount_decimal": self.unit_amount_decimal, "tiers": self.tiers}
        option: Mapping[str, Any] | None = (self.currency_options or {}).get(currency)
        return (self.former_options or {})[currency] if option is None else option


class Plan(Price):
    """A recurring price in the shape of the older plans API: the same rows under another view. Only read as such."""

    object_name = "plan"
    path_param = "plan"
