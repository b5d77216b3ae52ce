"""The early_fraud_warnings table."""

from sqlalchemy.orm import Mapped, relationship

from app.db.base import OnClock, StripeObject, belongs_to, list_index, to_one
from app.db.types import ObjectId
from app.resources.charges.tables import Charge


class EarlyFraudWarning(StripeObject, OnClock):
    """What an issuer has said of one charge."""

    __tablename__ = "early_fraud_warnings"
    __table_args__ = (
        belongs_to("charges", "charge_id"),
        belongs_to("payment_intents", "payment_intent_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index("test_clock_id"),
        list_index("charge_id"),
        list_index("payment_intent_id"),
    )
    object_name = "radar.early_fraud_warning"
    missing_name = "early_fraud_warning"
    path_param = "early_fraud_warning"
    id_prefix = "issfr_"

    actionable: Mapped[bool]
    """Whether a refund can still prevent a dispute: the charge is neither disputed nor refunded in full."""
    charge_id: Mapped[ObjectId]
    fraud_type: Mapped[ObjectId]
    """One of `domain.radar.FRAUD_TYPES`."""
    payment_intent_id: Mapped[ObjectId | None]

    charge: Mapped[Charge] = relationship(
        Charge, viewonly=True, primaryjoin=to_one("EarlyFraudWarning", "charge_id", "Charge"))
    payment_intent: Mapped[object] = relationship(
        "PaymentIntent", viewonly=True, primaryjoin=to_one("EarlyFraudWarning", "payment_intent_id", "PaymentIntent"))
