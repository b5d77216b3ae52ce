"""The file that a link opens for whoever has been given its address, until the link expires."""

from __future__ import annotations

from flask import Blueprint, Response

from app.domain.files import MEDIA_TYPES
from app.errors import InvalidRequest
from app.pages.page import inline_file, page, shown_row, visiting
from app.resources.files.operations import contents_of, is_over
from app.resources.files.tables import File, FileLink

blueprint = Blueprint("linked_file", __name__)


@blueprint.get("/links/<account>/<token>")
@page
def open_file_link(account: str, token: str) -> Response:
    """GET /links/:account/:token: `url` of a file link."""
    with visiting(account) as ctx:
        link = shown_row(ctx, FileLink, token, column="url")
        file = ctx.find(File, link.file_id)
        if is_over(ctx, link):
            raise InvalidRequest("This link has expired.", status=404)
        content = contents_of(ctx, file)
    return inline_file(content, MEDIA_TYPES[file.type], file.filename)
