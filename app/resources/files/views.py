"""What files and their links look like."""

from __future__ import annotations

from app.render import view_of
from app.render.fields import Attr, Const, Ref, Sublist
from app.render.view import View
from app.resources.files.tables import File, FileLink


@view_of(File)
class FileView(View):
    id = Attr()
    object = Const("file")
    created = Attr()
    # Our choice: an upload is kept for good.
    expires_at = Const(None)
    filename = Attr()
    links = Sublist("/v1/file_links?file={id}", "links", limit=10)
    purpose = Attr()
    size = Attr()
    title = Const(None)
    type = Attr()
    url = Attr()


@view_of(FileLink)
class FileLinkView(View):
    id = Attr()
    object = Const("file_link")
    created = Attr()
    expired = Attr()
    expires_at = Attr()
    file = Ref()
    livemode = Const(False)
    metadata = Attr("metadata_")
    url = Attr()
