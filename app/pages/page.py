"""How pages are answered: opened by an address that holds a secret, with strict headers, and refused in words."""

from __future__ import annotations

import functools
import hmac
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import HTTPException

from app.clock.now import wall_seconds
from app.clock.sandbox import on_sandbox_time
from app.context import PAGE_SECRET_LENGTH, Context
from app.db.base import StripeObject
from app.db.roots import Account
from app.errors import InvalidRequest
from app.paper.pdf import MEDIA_TYPE
from app.resources.single_use import SingleUseLink
from app.wire.endpoint import refusal_for, this_server

S = TypeVar("S", bound=StripeObject)

blueprint = Blueprint("pages", __name__, template_folder="templates")

FORM_BYTES_MAX: Final = 10_000

_ACCOUNT: Final = re.compile(r"acct_[A-Za-z0-9]{1,64}", re.ASCII)
_SECRET: Final = re.compile(rf"test_([A-Za-z0-9_]{{1,64}})[A-Za-z0-9]{{{PAGE_SECRET_LENGTH}}}", re.ASCII)

_PLAIN: Final = re.compile(r"[A-Za-z0-9 ._-]+")

_POLICY: Final = ("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{elsewhere}; base-uri 'none'; "
                  "frame-ancestors 'none'")

_HEADERS: Final = {
    # Nothing from elsewhere, no script at all, and no frame around a form that pays.
    "Content-Security-Policy": _POLICY.format(elsewhere=""),
    "X-Content-Type-Options": "nosniff",
    # The address is a secret: it must neither be found nor be passed on.
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_STATIC: Final = {name: (Path(__file__).with_name("static") / name).read_bytes() for name in ("billyard.css", "icon.svg")}
_STATIC_TYPES: Final = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml"}

_PROBLEMS: Final = {
    404: ("There is no such page", "The link may be incomplete. Ask whoever sent it to you for another one."),
    413: ("That is too much", "The form that was sent is larger than any of ours."),
    429: ("Not right now", "Something else is at work here. Try again in a moment."),
}
_UNFORESEEN: Final = ("Something went wrong", "It is our fault, and nothing was done. Try again in a moment.")


def page(function: Callable[..., Response]) -> Callable[..., Response]:
    """Make a route's function answer whatever happens with a page: a refusal is told in words."""

    @functools.wraps(function)
    def view(**path: str) -> Response:
        try:
            return function(**path)
        except HTTPException as problem:
            status = problem.code or 500
        except Exception as problem:  # noqa: BLE001 - the one place where a bug becomes a page
            # The path is not for the log, because it holds the secret.
            status = refusal_for(problem, f"{request.method} a page").status
        title, text = _PROBLEMS.get(status, _UNFORESEEN)
        return html("problem.html", status=status, title=title, text=text)

    return view


def html(template: str, *, status: int = 200, sends_to: str | None = None, **values: Any) -> Response:
    """A page from a template. `sends_to` is an address outside to which what comes of its form may lead."""
    # Links are relative, so that pages work on whatever host and below whatever path they were opened.
    root = "../" * (request.path.count("/") - 1)
    headers = _HEADERS
    if sends_to is not None:
        parts = urlsplit(sends_to)
        site = f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
        headers = headers | {"Content-Security-Policy": _POLICY.format(elsewhere=f" {site}")}
    return Response(render_template(template, root=root, static=_static_path, **values), status, headers,
                    content_type="text/html; charset=utf-8")


def sent_on(target: str) -> Response:
    """Send the browser on to an address, relative to this page's or elsewhere; it keeps nothing of this one."""
    return Response(status=303, headers={"Location": target, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"})


def pdf(content: bytes, name: str) -> Response:
    """A PDF that browsers show, and save under this name."""
    return inline_file(content, MEDIA_TYPE, f"{name}.pdf")


def inline_file(content: bytes, media_type: str, filename: str) -> Response:
    """A file that browsers show, and save under this name."""
    # Only what cannot break out of the header stands in it as it is.
    named = f'filename="{filename}"' if _PLAIN.fullmatch(filename) else f"filename*=UTF-8''{quote(filename, safe='')}"
    return Response(content, 200, _HEADERS | {"Content-Disposition": f"inline; {named}"}, content_type=media_type)


@contextmanager
def visiting(account_id: str, *, writing: bool = False) -> Iterator[Context]:
    """A transaction in the account whose page is opened. Raises InvalidRequest (404) where there is none, and RateLimited
    where it is to write while the sandbox's clock is being set forward."""
    server = this_server()
    with server.database.writing() if writing else server.database.reading() as session:
        if not _ACCOUNT.fullmatch(account_id) or session.get(Account, account_id) is None:
            raise _missing()
        # What somebody does on a page is not what time does: its events name a request.
        request_id = server.database.ids.new("req_", 14) if writing else None
        yield on_sandbox_time(Context(
            session=session, ids=server.database.ids, account_id=account_id, now=wall_seconds(),
            default_choices=server.default_choices, request_id=request_id, base_url=server.config.base_url))


def shown_row(ctx: Context, table: type[S], token: str, *, column: str) -> S:
    """The row whose page ends in the token; `column` holds the address. Raises InvalidRequest (404) for any other token.

    A deleted account has no pages any more; a link to one leads back to where it came from. The context is on the row's
    clock from here on; RateLimited is raised when that advances and this transaction writes.
    """
    match = _SECRET.fullmatch(token)
    # An id of the table's other kind stands there whole.
    other = match is not None and match[1].startswith(table.other_prefix or "/")
    id = "" if match is None else match[1] if other else table.id_prefix + match[1]
    row = ctx.get(table, id) if match else None
    url: str | None = None if row is None else getattr(row, column)
    is_gone = bool(ctx.account.deleted) and not issubclass(table, SingleUseLink)
    if url is None or is_gone or not hmac.compare_digest(url.removesuffix("/pdf").rpartition("/")[2], token):
        raise _missing()
    return ctx.find(table, id)


def row_of_secret(ctx: Context, tables: Iterable[type[S]], secret: str) -> S:
    """The row with this `client_secret`, which begins with its id. Raises as `shown_row` does."""
    id = secret.partition("_secret_")[0]
    for table in tables:
        row = ctx.get(table, id) if id.startswith(table.id_prefix) and not ctx.account.deleted else None
        if row is not None and hmac.compare_digest(row.__dict__["client_secret"].encode(), secret.encode()):
            return ctx.find(table, id)
    raise _missing()


@blueprint.get("/_pages/<name>")
@page
def retrieve_static_file(name: str) -> Response:
    """GET /_pages/:name: the style sheet and the icon."""
    if name not in _STATIC:
        raise _missing()
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(_STATIC[name], 200, headers, content_type=_STATIC_TYPES[name.rpartition(".")[2]])


def _static_path(name: str) -> str:
    """Where the file is; that changes with its content, so that it can be kept for good."""
    return f"_pages/{name}?{sha256(_STATIC[name]).hexdigest()[:12]}"


def _missing() -> InvalidRequest:
    return InvalidRequest("There is no such page.", status=404)
