"""The rules of files: what may be uploaded for which purpose, and what kind of file some bytes are."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Final, NamedTuple

_KIB, _MIB = 1 << 10, 1 << 20


class Kind(NamedTuple):
    """What may be uploaded for a purpose: the types, and at most so many bytes."""

    types: tuple[str, ...]
    bytes: int


# Our choice: all but the row of identity documents, where the types, the size and the pixels are documented.
UPLOADS: Final[Mapping[str, Kind]] = MappingProxyType({
    "account_requirement": Kind(("jpg", "pdf", "png"), 10 * _MIB),
    "additional_verification": Kind(("jpg", "pdf", "png"), 10 * _MIB),
    "business_icon": Kind(("gif", "jpg", "png"), 512 * _KIB),
    "business_logo": Kind(("gif", "jpg", "png"), 512 * _KIB),
    "customer_signature": Kind(("gif", "jpg", "png"), 4 * _MIB),
    "dispute_evidence": Kind(("jpg", "pdf", "png"), 5 * _MIB),
    "identity_document": Kind(("jpg", "png"), 10 * _MIB),
    "pci_document": Kind(("pdf",), 16 * _MIB),
    "tax_document_user_upload": Kind(("csv", "jpg", "pdf", "png"), 16 * _MIB),
})
"""The purposes for which callers may upload."""

PURPOSES: Final = tuple(sorted((
    *UPLOADS, "document_provider_identity_document", "finance_report_run", "identity_document_downloadable", "selfie",
    "sigma_scheduled_query")))
"""Those and the ones of files that Stripe makes."""

# Our choice: the list, which the reference does not have.
LINKABLE: Final = frozenset({
    "business_icon", "business_logo", "customer_signature", "dispute_evidence", "pci_document", "tax_document_user_upload"})
"""The purposes of uploaded files that a link may open: none that shows who somebody is."""

# Our choice: which, since the reference only says that there are some.
BROWSER_PURPOSES: Final = ("account_requirement", "additional_verification", "business_icon", "business_logo",
                           "identity_document")
"""What a browser may upload for with a publishable key."""
IDENTITY_PURPOSES: Final = frozenset({"account_requirement", "additional_verification", "identity_document"})
"""Our choice: files with any of these purposes are taken for any document of an account or a person."""

MAGIC_DOCUMENTS: Final[Mapping[str, bool]] = MappingProxyType({
    "file_identity_document_success": True, "file_identity_document_failure": False})
"""Names that stand for documents which convince, or do not."""

SAMPLE_IMAGE: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6368"
    "00000082008177cd72b60000000049454e44ae426082")
"""What such a document shows: one grey point, as PNG."""

IDENTITY_PIXELS: Final = 8_000
"""How wide and how high the image of an identity document may be."""

MEDIA_TYPES: Final[Mapping[str, str]] = MappingProxyType({
    "csv": "text/csv; charset=utf-8", "gif": "image/gif", "jpg": "image/jpeg", "pdf": "application/pdf", "png": "image/png"})

_IMAGES: Final = {"GIF": "gif", "JPEG": "jpg", "PNG": "png"}


def type_of(content: bytes, filename: str) -> str | None:
    """The type that the bytes have, whatever the name says; only a table of text goes by its name. None for any other."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if (image := _image(content)) is not None:
        return image[0]
    if filename.lower().endswith(".csv") and b"\0" not in content:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return "csv"
    return None


def problem_with(content: bytes, filename: str, purpose: str) -> str | None:
    """Why the file cannot be uploaded for the purpose, in a sentence; None where it can."""
    allowed = UPLOADS[purpose]
    # Our choice: the words of all of them.
    if not content:
        return "The file is empty."
    if len(content) > allowed.bytes:
        return f"The file has {len(content)} bytes, and may have {allowed.bytes} for the purpose {purpose}."
    if type_of(content, filename) not in allowed.types:
        return f"The type of the file must be one of these for the purpose {purpose}: {', '.join(allowed.types)}."
    image = _image(content) if purpose == "identity_document" else None
    if image is not None and max(image[1:]) > IDENTITY_PIXELS:
        return (f"The image is {image[1]} by {image[2]} pixels, and may be {IDENTITY_PIXELS} by {IDENTITY_PIXELS} for the "
                f"purpose {purpose}.")
    return None


def _image(content: bytes) -> tuple[str, int, int] | None:
    """Type, width and height of an image, by its header alone."""
    # Not imported before somebody uploads: most processes never need it.
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=tuple(_IMAGES)) as image:
            return _IMAGES[str(image.format)], image.width, image.height
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
