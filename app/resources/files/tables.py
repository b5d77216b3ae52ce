"""The tables of files, their contents and their links."""

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import Base, HasMetadata, StripeObject, TimeDriven, belongs_to, list_index, to_many, to_one
from app.db.types import ObjectId, UnixTime


class File(StripeObject):
    """What is known of a file; its bytes are `FileContents`, so that no list reads them."""

    __tablename__ = "files"
    __table_args__ = (list_index(), list_index("purpose"))
    object_name = "file"
    path_param = "file"
    id_prefix = "file_"

    filename: Mapped[str] = mapped_column(Text)
    purpose: Mapped[ObjectId]
    """One of `domain.files.UPLOADS`."""
    size: Mapped[int] = mapped_column(BigInteger)
    """In bytes."""
    type: Mapped[ObjectId]
    """One of `domain.files.MEDIA_TYPES`."""
    url: Mapped[str] = mapped_column(Text)
    """Where whoever has a key gets the contents."""

    links: Mapped[list["FileLink"]] = relationship(
        "FileLink", viewonly=True, uselist=True, order_by="desc(FileLink.seq)",
        primaryjoin=to_many("File", "FileLink", "file_id"))
    """Newest first."""


class FileContents(Base):
    """The bytes of a file."""

    __tablename__ = "file_contents"
    __table_args__ = (belongs_to("files", "file_id"),)

    account_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    file_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class FileLink(StripeObject, HasMetadata, TimeDriven):
    """An address that opens a file without a key until it expires."""

    __tablename__ = "file_links"
    __table_args__ = (
        belongs_to("files", "file_id"),
        belongs_to("test_clocks", "test_clock_id"),
        list_index(),
        list_index("file_id"),
        Index(None, "test_clock_id", "due_at"),
    )
    object_name = "file_link"
    missing_name = "file link"
    path_param = "link"
    id_prefix = "link_"

    expired: Mapped[bool]
    expires_at: Mapped[UnixTime | None]
    """The first second at which it opens nothing; null for never."""
    file_id: Mapped[ObjectId]
    url: Mapped[str] = mapped_column(Text)

    file: Mapped[File] = relationship(File, viewonly=True, primaryjoin=to_one("FileLink", "file_id", "File"))
