"""What happens to transfers."""

from app.resources.transfers.operations.reversing import reverse_transfer, update_transfer_reversal
from app.resources.transfers.operations.sending import (
    cannot_receive,
    create_transfer,
    debit_account,
    is_in_reach,
    transfer_charge,
    transfer_group_of,
    update_transfer,
)

__all__ = [
    "cannot_receive",
    "create_transfer",
    "debit_account",
    "is_in_reach",
    "reverse_transfer",
    "transfer_charge",
    "transfer_group_of",
    "update_transfer",
    "update_transfer_reversal",
]
