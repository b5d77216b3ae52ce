"""What the endpoints of files and their links take."""

from app.domain.files import PURPOSES, UPLOADS
from app.wire.params import (
    Boolean,
    Enum,
    Hash,
    ListParams,
    Metadata,
    Params,
    RangeQuery,
    RetrieveParams,
    Text,
    Timestamp,
    TimestampOr,
)
from app.wire.uploads import UploadedFile


class LinkData(Params):
    create = Boolean(required=True)
    expires_at = Timestamp()
    metadata = Metadata()


class FileCreate(RetrieveParams):
    file = UploadedFile(required=True)
    file_link_data = Hash(LinkData)
    purpose = Enum(UPLOADS, required=True)


class FileList(ListParams):
    created = RangeQuery()
    purpose = Enum(PURPOSES)


class FileLinkCreate(RetrieveParams):
    expires_at = Timestamp()
    file = Text(required=True)
    metadata = Metadata()


class FileLinkUpdate(RetrieveParams):
    expires_at = TimestampOr("now", unsettable=True)
    metadata = Metadata()


class FileLinkList(ListParams):
    created = RangeQuery()
    expired = Boolean()
    file = Text()
