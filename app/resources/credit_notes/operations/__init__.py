"""What happens to credit notes: issued, changed in what is only told, voided."""

from app.resources.credit_notes.operations.issuing import create_credit_note, update_credit_note
from app.resources.credit_notes.operations.voiding import void_credit_note

__all__ = ["create_credit_note", "update_credit_note", "void_credit_note"]
