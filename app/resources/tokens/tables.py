"""The tokens table."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import StripeObject
from app.db.types import Document, ObjectId


class Token(StripeObject):
    """What a browser sent instead of the server, good for one use. No number, code or identity is kept.

    It is made in wall time, and lives on no clock: whoever uses it says on which one that happens.
    """

    __tablename__ = "tokens"
    object_name = "token"
    path_param = "token"
    id_prefix = "tok_"

    bank_account: Mapped[Document | None]
    """The bank account as rendered; null for the other types."""
    card: Mapped[Document | None]
    """The card as rendered, in the older shape of `object: card`; null for the other types."""
    client_ip: Mapped[str | None] = mapped_column(String(255))
    makes: Mapped[Document | None]
    """What using it makes, as columns: of a payment method from a card, of an external account from a bank account; or as
    parameters in which each number is reduced to what verification makes of it, of an account or a person."""
    type: Mapped[ObjectId]
    """`account`, `bank_account`, `card`, `cvc_update`, `person` or `pii`."""
    used: Mapped[bool]
