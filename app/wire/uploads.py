"""Files among the parameters: multipart bodies, read by werkzeug, and the parameter that takes a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from app.errors import ApiError, InvalidRequest
from app.wire.forms import FormLimits, put
from app.wire.scalars import Parameter, Refusal, refusal, string

MEDIA_TYPE = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a request, wholly in memory; its text says which it is, and nothing of what is in it."""

    filename: str
    content: bytes = field(repr=False)

    def __str__(self) -> str:
        return f"{self.filename} ({len(self.content)} bytes, SHA-256 {sha256(self.content).hexdigest()})"


class UploadedFile(Parameter):
    """A file that was sent with its name; an Upload."""

    def convert(self, value: Any) -> Upload:
        if not isinstance(value, Upload):
            # Our choice: the words.
            raise refusal(f"A file must be sent as a part of {MEDIA_TYPE}, with its filename.")
        try:
            # Some browsers send the path as well.
            filename = string(value.filename).replace("\\", "/").rpartition("/")[2]
        except Refusal:
            raise refusal("The filename must not contain NUL characters or unpaired surrogates.") from None
        return Upload(filename[:255], value.content)


def add_parts(nested: dict[str, Any], body: bytes, content_type: str, *, limits: FormLimits, most: int) -> None:
    """Put the parts of a multipart body into the nested values, files as Upload.

    Raises ApiError with status 413 where it has more than `most` bytes, or more text than a form may have, and
    InvalidRequest for one that cannot be read.
    """
    if len(body) > most:
        raise ApiError(f"Request body is too large: at most {most} bytes are accepted.", status=413)
    _, options = parse_options_header(content_type)
    parser = FormDataParser(stream_factory=_in_memory, max_form_memory_size=limits.body_bytes,
                            max_form_parts=limits.fields, silent=False)
    try:
        _, form, files = parser.parse(BytesIO(body), MEDIA_TYPE, len(body), options)
    except RequestEntityTooLarge:
        raise ApiError(f"Request holds too many parameters: at most {limits.fields}, and {limits.body_bytes} bytes of "
                       "text, are accepted.", status=413) from None
    except ValueError:
        raise InvalidRequest(f"Invalid request: the body is no well-formed {MEDIA_TYPE}.") from None
    parts: list[tuple[str, Any]] = list(form.items(multi=True))
    parts += [(name, Upload(file.filename or "", file.stream.read())) for name, file in files.items(multi=True)]
    for name, value in parts:
        if "\0" in name or (isinstance(value, str) and "\0" in value):
            raise InvalidRequest("Invalid request: NUL characters are not accepted.")
        put(nested, name, value, limits.depth)


def told(value: Any) -> Any:
    """The nested values with the text of each file in its place, as they may be logged and compared."""
    match value:
        case dict():
            return {name: told(inner) for name, inner in value.items()}
        case list():
            return [told(inner) for inner in value]
    return str(value)


def _in_memory(*_: Any, **__: Any) -> BytesIO:
    return BytesIO()
