"""Coupons, promotion codes and discounts."""

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, partial_index, to_one
from app.db.types import Cents, Decimals, Document, ObjectId, UnixTime
from app.resources.customers.tables import Customer


class Coupon(StripeObject, HasMetadata, TimeDriven):
    """A coupon: either `percent_off`, or `amount_off` in minor units of `currency`. It lives on the wall clock."""

    __tablename__ = "coupons"
    __table_args__ = (
        list_index("deleted"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "coupon"
    path_param = "coupon"
    id_prefix = ""
    id_length = 8
    id_lead = ""

    amount_off: Mapped[Cents | None]
    applies_to: Mapped[Document | None]
    """`{"products": […]}`; null where the coupon covers everything."""
    currency: Mapped[ObjectId | None]
    currency_options: Mapped[Document | None]
    """`amount_off` by currency, its own among them; null for a percentage."""
    deleted: Mapped[bool]
    duration: Mapped[ObjectId]
    duration_in_months: Mapped[int | None] = mapped_column(Integer)
    former_id: Mapped[ObjectId | None]
    """What a deleted coupon still shows as its id on its discounts, where another coupon has that id now."""
    max_redemptions: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[ObjectId | None] = mapped_column(String(40))
    percent_off: Mapped[Decimals | None]
    redeem_by: Mapped[UnixTime | None]
    times_redeemed: Mapped[int] = mapped_column(BigInteger)
    valid: Mapped[bool]


class PromotionCode(StripeObject, HasMetadata, TimeDriven):
    """A code with which customers redeem a coupon.

    It lives on the wall clock, or on the clock of the one customer who may redeem it.
    """

    __tablename__ = "promotion_codes"
    __table_args__ = (
        belongs_to("coupons", "coupon_id"),
        belongs_to("customers", "for_customer_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("coupon_id"),
        list_index("for_customer_id"),
        list_index("code_key"),
        partial_index("ix_promotion_codes_active_code", "account_id", "code_key", unique=True, where="active"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "promotion_code"
    missing_name = "promotion code"
    path_param = "promotion_code"
    id_prefix = "promo_"

    active: Mapped[bool]
    """Whether it can be redeemed: not once it or its coupon has expired or was used up, nor while it is switched off."""
    code: Mapped[str] = mapped_column(String(500))
    code_key: Mapped[str] = mapped_column(String(500))
    """The code in upper case: active codes differ in more than the case of their letters."""
    coupon_id: Mapped[ObjectId]
    expires_at: Mapped[UnixTime | None]
    first_time_transaction: Mapped[bool]
    for_customer_id: Mapped[ObjectId | None]
    """`customer`: who alone may redeem it. It is not called so, because the code is no part of their timeline."""
    max_redemptions: Mapped[int | None] = mapped_column(BigInteger)
    minimum_amount: Mapped[Cents | None]
    minimum_amount_currency: Mapped[ObjectId | None]
    minimum_amounts: Mapped[Document | None]
    """`minimum_amount` by currency, its own among them; null without any."""
    times_redeemed: Mapped[int] = mapped_column(BigInteger)

    coupon: Mapped[Coupon] = relationship(
        Coupon, viewonly=True, primaryjoin=to_one("PromotionCode", "coupon_id", "Coupon"))
    for_customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("PromotionCode", "for_customer_id", "Customer"))


class Discount(StripeObject, TimeDriven):
    """A coupon at work, from `start` to before `end`; times are unix seconds of its customer's clock.

    It is on a subscription, an invoice or an invoice item, or on the customer where all three are null. Once it has
    `ended` whatever refers to it takes it as gone, but invoices made before still show it.
    """

    __tablename__ = "discounts"
    __table_args__ = (
        belongs_to("coupons", "coupon_id"),
        belongs_to("customers", "customer_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("customer_id"),
        Index(None, "account_id", "coupon_id"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "discount"
    id_prefix = "di_"

    coupon_id: Mapped[ObjectId]
    customer_id: Mapped[ObjectId]
    end: Mapped[UnixTime | None]
    ended: Mapped[bool]
    invoice_id: Mapped[ObjectId | None]
    invoice_item_id: Mapped[ObjectId | None]
    promotion_code_id: Mapped[ObjectId | None]
    start: Mapped[UnixTime]
    subscription_id: Mapped[ObjectId | None]

    coupon: Mapped[Coupon] = relationship(
        Coupon, viewonly=True, primaryjoin=to_one("Discount", "coupon_id", "Coupon"))
    customer: Mapped[Customer] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("Discount", "customer_id", "Customer"))
    promotion_code: Mapped[PromotionCode | None] = relationship(
        PromotionCode, viewonly=True, primaryjoin=to_one("Discount", "promotion_code_id", "PromotionCode"))
