"""What happens to files and their links. Stripe has an event only for files that it makes itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.context import Context
from app.domain.files import (
    BROWSER_PURPOSES,
    IDENTITY_PURPOSES,
    LINKABLE,
    MAGIC_DOCUMENTS,
    SAMPLE_IMAGE,
    problem_with,
    type_of,
)
from app.domain.metadata import merged
from app.errors import InvalidRequest, no_such
from app.resources.files.tables import File, FileContents, FileLink


def create_file(ctx: Context, content: bytes, filename: str, values: Mapping[str, Any]) -> File:
    """Keep the bytes for a `purpose`, and make a link to them where `file_link_data` asks for one.

    Raises InvalidRequest for a type or size that the purpose does not take, and for a purpose or a link that a publishable
    key may not ask for.
    """
    purpose = values["purpose"]
    if ctx.publishable and (purpose not in BROWSER_PURPOSES or "file_link_data" in values):
        # Our choice: the words.
        raise InvalidRequest(f"A publishable key uploads files for these purposes alone, and without links: "
                             f"{', '.join(BROWSER_PURPOSES)}.", param="purpose", code="secret_key_required", status=403)
    problem = problem_with(content, filename, purpose)
    if problem is not None:
        raise InvalidRequest(problem, param="file")
    file = File(filename=filename, purpose=purpose, size=len(content), type=type_of(content, filename), url="")
    file = ctx.add(file)
    file.url = f"{ctx.base_url}/v1/files/{file.id}/contents"
    file.__dict__["links"] = []
    ctx.session.add(FileContents(account_id=ctx.account_id, file_id=file.id, content=content))
    link_data = values.get("file_link_data")
    if link_data is not None and link_data["create"]:
        file.__dict__["links"] = [create_link(ctx, file, link_data, path="file_link_data[{}]")]
    return file


def contents_of(ctx: Context, file: File) -> bytes:
    """The bytes that were uploaded."""
    contents = ctx.session.get(FileContents, ctx.account_id, file.id)
    assert contents is not None, "a file is kept with its contents"
    return contents.content


def identity_file(ctx: Context, named: str, *, param: str) -> tuple[str, bool]:
    """The file that shows who somebody is, as one of the account in view, and whether it convinces.

    `named` is a magic name, which becomes a file here, or an upload of the account or its platform. Raises InvalidRequest
    for a file that is unknown or was uploaded for another purpose.
    """
    if named in MAGIC_DOCUMENTS:
        return create_file(ctx, SAMPLE_IMAGE, f"{named}.png", {"purpose": "identity_document"}).id, MAGIC_DOCUMENTS[named]
    file = ctx.get(File, named) or _from_platform(ctx, named)
    if file is None:
        raise no_such("file", named, param=param, status=400)
    if file.purpose not in IDENTITY_PURPOSES:
        raise InvalidRequest(f"A file with the purpose {file.purpose} does not show who somebody is: {named}.", param=param)
    # Our choice: what is uploaded convinces unless its name says that it fails, as those of the samples do.
    return file.id, "fail" not in file.filename.lower()


def _from_platform(ctx: Context, id: str) -> File | None:
    """A file of the platform, which is from here on the connected account's as well, under the same id."""
    platform = ctx.platform
    file = ctx.session.get(File, platform.id, id)
    if file is None or platform.id == ctx.account_id:
        return None
    content = contents_of(ctx.acting_as(platform), file)
    copy = ctx.add(File(id=file.id, created=file.created, filename=file.filename, purpose=file.purpose, size=file.size,
                        type=file.type, url=file.url))
    ctx.session.add(FileContents(account_id=ctx.account_id, file_id=file.id, content=content))
    return copy


def create_link(ctx: Context, file: File, values: Mapping[str, Any], *, path: str = "{}") -> FileLink:
    """A new address of the file. `path` says how a parameter is named in a refusal.

    Raises InvalidRequest for a file that shows who somebody is, and for a moment that is over.
    """
    # Our choice: the words of all refusals of links.
    if file.purpose not in LINKABLE:
        raise InvalidRequest(f"Files with the purpose {file.purpose} cannot be opened by a link.",
                             param="file" if path == "{}" else "purpose")
    expires_at = values.get("expires_at")
    if expires_at is not None and expires_at <= ctx.now:
        raise _in_the_past(path.format("expires_at"))
    link = ctx.add(FileLink(expired=False, expires_at=expires_at, file_id=file.id, url="",
                            metadata_=merged({}, values.get("metadata", {}))))
    link.url = ctx.page_url("links", link)
    return link


def update_link(ctx: Context, link: FileLink, values: Mapping[str, Any]) -> FileLink:
    """Change metadata, or when the link expires; `now` lets it expire at once. Raises InvalidRequest where it has."""
    if is_over(ctx, link):
        raise InvalidRequest("Expired file links can no longer be updated.")
    if "expires_at" in values:
        moment = values["expires_at"]
        if moment == "now":
            link.expires_at, link.expired = ctx.now, True
        elif moment is not None and moment <= ctx.now:
            raise _in_the_past("expires_at")
        else:
            link.expires_at = moment
    if "metadata" in values:
        link.metadata_ = merged(link.metadata_, values["metadata"])
    return link


def is_over(ctx: Context, link: FileLink) -> bool:
    """Whether the link opens nothing any more, also where its expiry has not been noted yet."""
    return link.expired or (link.expires_at is not None and link.expires_at <= ctx.now)


def expire_link(ctx: Context, link: FileLink) -> None:
    """Its time is over."""
    ctx.session.lock(link)
    # Somebody may have given it more time while this waited.
    link.expired = is_over(ctx, link)


def _in_the_past(param: str) -> InvalidRequest:
    return InvalidRequest(f"{param} must be in the future.", param=param)
