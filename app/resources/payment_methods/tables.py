"""The payment_methods table."""

from sqlalchemy.orm import Mapped, relationship

from app.db.base import HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, partial_index, to_one
from app.db.types import Document, ObjectId, UnixTime
from app.resources.customers.tables import Customer
from app.resources.external_accounts.tables import BankAccount


class PaymentMethod(StripeObject, HasMetadata, TimeDriven):
    """A card or another means of payment, as far as it may be kept: never its number. It lives on the clock of its customer."""

    __tablename__ = "payment_methods"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("customer_id"),
        partial_index("ix_payment_methods_due", "test_clock_id", "due_at", where="due_at IS NOT NULL"),
    )
    object_name = "payment_method"
    missing_name = "PaymentMethod"
    path_param = "payment_method"
    id_prefix = "pm_"

    behavior: Mapped[ObjectId | None]
    """What using it causes, as `domain.cards.TestCard` and `domain.ways_to_pay.account_behavior` word it, or `detached`; null
    where all succeeds."""
    billing_details: Mapped[Document]
    card: Mapped[Document | None]
    """Brand, expiry, fingerprint, last4 and the like, as rendered."""
    details: Mapped[Document | None]
    """What the hash of another type shows; null for a card."""
    customer_id: Mapped[ObjectId | None]
    expiring_at: Mapped[UnixTime | None]
    """When the last month of a source begins; null where that has been told, and for what is no source."""
    radar_options: Mapped[Document | None]
    set_up: Mapped[bool]
    """Whether its holder has authenticated it for payments without them; of a bank account, whether it is verified."""
    type: Mapped[ObjectId]
    used: Mapped[bool]
    """Whether it has paid: without a customer it is then good for nothing more."""

    customer: Mapped[Customer | None] = relationship(
        Customer, viewonly=True, primaryjoin=to_one("PaymentMethod", "customer_id", "Customer"))

    @property
    def is_source(self) -> bool:
        """Whether it came as a card of the older sources API, and shows itself as one as well."""
        return self.id.startswith(CustomerCard.id_prefix)


class CustomerCard(PaymentMethod):
    """A card that came as a source, in the shape of the older API: the same rows under another view. Only read as such."""

    object_name = "card"
    missing_name = "source"
    path_param = "id"
    id_prefix = "card_"


Payer = PaymentMethod | BankAccount
"""What a charge can be made to."""
SOURCES = (CustomerCard, BankAccount, PaymentMethod)
"""What a `default_source` may name: sources, and payment methods that never were any."""
