"""The persons table."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import HasMetadata, StripeObject, belongs_to, list_index, of_account, to_one
from app.db.types import Decimals, Document, Documents, ObjectId
from app.resources.files.tables import File


class Person(StripeObject, HasMetadata):
    """A person of the connected account whose row it is. No identity number is kept, only what verification makes of it."""

    __tablename__ = "persons"
    __table_args__ = (
        of_account(),
        belongs_to("files", "document_back_id"), belongs_to("files", "document_front_id"),
        belongs_to("files", "additional_document_back_id"), belongs_to("files", "additional_document_front_id"),
        list_index(),
    )
    object_name = "person"
    path_param = "person"
    id_prefix = "person_"

    address: Mapped[Document | None]
    address_kana: Mapped[Document | None]
    address_kanji: Mapped[Document | None]
    dob: Mapped[Document | None]
    email: Mapped[str | None] = mapped_column(String(5000))
    first_name: Mapped[str | None] = mapped_column(String(5000))
    first_name_kana: Mapped[str | None] = mapped_column(String(5000))
    first_name_kanji: Mapped[str | None] = mapped_column(String(5000))
    full_name_aliases: Mapped[Documents | None]
    """Empty where somebody has said that there are none."""
    gender: Mapped[str | None] = mapped_column(String(5000))
    last_name: Mapped[str | None] = mapped_column(String(5000))
    last_name_kana: Mapped[str | None] = mapped_column(String(5000))
    last_name_kanji: Mapped[str | None] = mapped_column(String(5000))
    maiden_name: Mapped[str | None] = mapped_column(String(5000))
    nationality: Mapped[str | None] = mapped_column(String(5000))
    phone: Mapped[str | None] = mapped_column(String(5000))
    political_exposure: Mapped[str | None] = mapped_column(String(5000))
    registered_address: Mapped[Document | None]

    id_number: Mapped[ObjectId | None]
    """What comes of the number, as `domain.requirements.identity_outcome` says; the number is not kept."""
    id_number_secondary: Mapped[ObjectId | None]
    ssn_last_4: Mapped[ObjectId | None]
    documents: Mapped[Documents]
    """Of which kinds there are files: `passport`, `visa`, `company_authorization`."""

    director: Mapped[bool]
    executive: Mapped[bool]
    owner: Mapped[bool]
    percent_ownership: Mapped[Decimals | None]
    representative: Mapped[bool]
    title: Mapped[str | None] = mapped_column(Text)

    document: Mapped[ObjectId | None]
    """What comes of the document: `success` or `failure`; null where there is none."""
    document_back_id: Mapped[ObjectId | None]
    document_front_id: Mapped[ObjectId | None]
    additional_document: Mapped[ObjectId | None]
    additional_document_back_id: Mapped[ObjectId | None]
    additional_document_front_id: Mapped[ObjectId | None]
    check: Mapped[Document | None]
    """How far verification is: a `domain.requirements.Check`."""
    requirements: Mapped[Document]
    """As they were last derived."""
    verification_details: Mapped[str | None] = mapped_column(String(5000))
    verification_details_code: Mapped[ObjectId | None]
    verification_status: Mapped[ObjectId]
    """`unverified`, `pending` or `verified`."""

    document_back: Mapped[File | None] = relationship(
        File, viewonly=True, primaryjoin=to_one("Person", "document_back_id", "File"))
    document_front: Mapped[File | None] = relationship(
        File, viewonly=True, primaryjoin=to_one("Person", "document_front_id", "File"))
    additional_document_back: Mapped[File | None] = relationship(
        File, viewonly=True, primaryjoin=to_one("Person", "additional_document_back_id", "File"))
    additional_document_front: Mapped[File | None] = relationship(
        File, viewonly=True, primaryjoin=to_one("Person", "additional_document_front_id", "File"))
