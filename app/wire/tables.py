"""Keys, remembered idempotent requests, and the request log."""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base
from app.db.types import ObjectId, UnixTime


class ApiKey(Base):
    """A key, as the SHA-256 of its text; the text itself is never stored."""

    __tablename__ = "api_keys"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[ObjectId] = mapped_column(ForeignKey("accounts.id"), index=True)
    hint: Mapped[ObjectId]
    """The key with its middle starred, to be recognised by its owner."""
    kind: Mapped[ObjectId]
    """`sk`, `rk` or `pk`."""
    created: Mapped[UnixTime]
    revoked_at: Mapped[UnixTime | None]


class IdempotencyKey(Base):
    """The first answer to a POST with an `Idempotency-Key`, to be given again."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created"),)

    account_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    path: Mapped[str] = mapped_column(Text)
    params_digest: Mapped[ObjectId]
    request_id: Mapped[ObjectId]
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[UnixTime]
    """Wall time."""


class RequestLog(Base):
    """One line for each request. `params` holds no secret, no card number and no account number."""

    __tablename__ = "request_log"
    __table_args__ = (Index(None, "account_id", "seq"),)

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[ObjectId | None]
    created: Mapped[UnixTime]
    method: Mapped[ObjectId]
    path: Mapped[str] = mapped_column(Text)
    status: Mapped[int] = mapped_column(Integer)
    duration_us: Mapped[int] = mapped_column(Integer)
    idempotency_key: Mapped[ObjectId | None]
    params: Mapped[str | None] = mapped_column(Text)
    """JSON text."""
