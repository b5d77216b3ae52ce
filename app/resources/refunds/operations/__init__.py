"""What happens to refunds."""

from app.resources.refunds.operations.asking import name_account
from app.resources.refunds.operations.refunding import (
    EXPIRED,
    cancel_refund,
    create_refund,
    expire_refund,
    held_refund,
    money_came,
    note_release,
    refund_charge,
    released_of,
    settle_refund,
    update_refund,
)

__all__ = [
    "EXPIRED",
    "cancel_refund",
    "create_refund",
    "expire_refund",
    "held_refund",
    "money_came",
    "name_account",
    "note_release",
    "refund_charge",
    "released_of",
    "settle_refund",
    "update_refund",
]
