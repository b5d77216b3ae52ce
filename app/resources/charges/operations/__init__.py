"""What happens to charges."""

from app.resources.charges.operations.charging import (
    THREE_D_SECURE,
    capture_charge,
    charge_card,
    release_charge,
)
from app.resources.charges.operations.checking import check_chargeable, check_group, check_texts
from app.resources.charges.operations.connecting import refusal_of_sharing, shared_by, sharing_columns
from app.resources.charges.operations.debiting import (
    accept_debit,
    answer_for_bank_account,
    charge_otherwise,
    debit_bank_account,
    payer_of,
    refuse_debit,
)
from app.resources.charges.operations.requesting import create_charge, set_for_capture, update_charge
from app.resources.charges.operations.sharing import announce_fee, announce_transfer

__all__ = [
    "THREE_D_SECURE",
    "accept_debit",
    "announce_fee",
    "announce_transfer",
    "answer_for_bank_account",
    "capture_charge",
    "charge_card",
    "charge_otherwise",
    "check_chargeable",
    "check_group",
    "check_texts",
    "create_charge",
    "debit_bank_account",
    "payer_of",
    "refusal_of_sharing",
    "refuse_debit",
    "release_charge",
    "set_for_capture",
    "shared_by",
    "sharing_columns",
    "update_charge",
]
