"""What happens to transfers."""

from app.resources.transfers.operations.reversing import reverse_transfer, update_transfer_reversal
from app.resources.transfers.operations.sending import (
    create_transfer,
    transfer_charge,
    transfer_group_of,
    update_transfer,
)

__all__ = [
    "create_transfer",
    "reverse_transfer",
    "transfer_charge",
    "transfer_group_of",
    "update_transfer",
    "update_transfer_reversal",
]
