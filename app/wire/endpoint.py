"""`@endpoint(Params)`: from the request's bytes to the answer's, the same way for every route.

Order of work, as Stripe's: authentication, route, unknown parameters, each parameter's own rule, look-ups, business
rules. One request is one transaction: it is committed when the answer is ready, and a refusal leaves nothing behind.
"""

from __future__ import annotations

import functools
import logging
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import sqlalchemy.exc
from flask import Flask, Response, current_app, request

from app.clock.now import stopwatch, wall_seconds
from app.clock.sandbox import on_sandbox_time
from app.config import Config
from app.context import API_VERSION, Context
from app.db.base import Base
from app.db.database import Database, driver_errors
from app.db.roots import Account
from app.domain.cards import without_numbers
from app.domain.choices import Choices
from app.domain.metadata import TooManyKeys
from app.errors import (
    ApiError,
    ApiFault,
    AuthenticationError,
    InvalidRequest,
    RateLimited,
    no_access,
    unrecognized_url,
)
from app.render import load_for_rendering, parse_expand, render, to_json
from app.render.view import VIEWS, list_object
from app.wire.application import Answer
from app.wire.auth import Authenticator, Caller
from app.wire.forms import FormLimits, decode
from app.wire.idempotency import Attempt, IdempotencyDesk
from app.wire.pagination import Page
from app.wire.params import Params, load_params, params_of
from app.wire.request_log import RequestRecorder
from app.wire.scalars import printable
from app.wire.search import SearchPage
from app.wire.uploads import MEDIA_TYPE as MULTIPART
from app.wire.uploads import add_parts, told

log = logging.getLogger("billyard.wire")

# A release's name and the flags of previews may follow: `2025-02-24.acacia`, `2022-08-01; orders_beta=v4`.
_VERSION = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(\.[a-z]+)?(; ?[a-z0-9_]+=v[0-9]+)*")
_RACE_CODES = frozenset({"55P03", "40P01", "40001", "23503", "23505"})
"""PostgreSQL: lock not available, deadlock detected, serialization failure; and what only a race can bring about,
because it was looked up before: the other of two rows with one key, and a row that names one which is gone."""
_NOT_FORMS = ("application/json", "multipart/")


class DatabaseFault(ApiFault):
    """The database failed and nothing was done, so that the call may be repeated with the same idempotency key."""


class BackgroundWork(Protocol):
    """What a server can ask of the worker (`app.work.worker`), which stands above it."""

    def wake(self) -> None: ...
    def run_due(self) -> bool: ...
    def stop(self) -> None: ...


class Ageing(Protocol):
    """What a request can ask of the clock's engine (`app.clock.engine`), which only the registry's tickers make."""

    def age_sandbox(self, database: Database, platform_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Download:
    """What an endpoint answers that hands out a file in place of JSON."""

    content: bytes
    media_type: str


class Server:
    """What all requests of a process share."""

    def __init__(self, config: Config, database: Database) -> None:
        self.config, self.database = config, database
        self.default_choices = Choices(limits=config.limits)
        self.authenticator = Authenticator(database, config)
        self.recorder = RequestRecorder(database, enabled=config.request_log)
        self.desk = IdempotencyDesk()
        self.flask: Flask
        self.worker: BackgroundWork
        self.build_engine: Callable[[], Ageing]
        self.form_limits = FormLimits(body_bytes=config.body_limit_bytes)
        self.wake: Callable[[], None] = lambda: None
        """Called after a write: the worker looks whether there is anything to do."""


Sequel = Callable[[Server, Caller, dict[str, Any], bytes], bytes]
"""What follows a POST once it is committed: from who called, the parameters and the answer's body to the body to send."""


def this_server() -> Server:
    """The server that the current request came to."""
    server: Server = current_app.extensions["billyard"]
    return server


def endpoint(schema: type[Params], *, tries: bool = False, publishable: bool = False, uploads: bool = False,
             sealed: bool = False, then: Sequel | None = None) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Make a route's function: `def retrieve_customer(ctx, params, id) -> row | Page | dict | Download`.

    The function gets the converted parameters without `expand`. GET runs in a reading transaction, POST and DELETE in a
    writing one; only a POST heeds `Idempotency-Key`. A GET that `tries` may write too, to show what would come of it:
    nothing of that stays, and no event tells of it. Only a `publishable` route can be called with a publishable key.
    One that `uploads` takes multipart bodies too, as large as the process lets them be. What a `sealed` one is sent and
    answers is kept for its idempotency key in a form that only this server reads. What is to come of a POST after it has
    been committed is `then`'s to see to; it may put another body in the answer's place.
    """
    def decorate(function: Callable[..., Any]) -> Callable[..., Response]:
        def answers(server: Server, environ: dict[str, Any], path: Mapping[str, Any]) -> Answer:
            return Call(server, environ, sealed=sealed).answer(
                function, params_of(schema), path, tries=tries, publishable=publishable, uploads=uploads, then=then)

        @functools.wraps(function)
        def view(**path: Any) -> Response:
            return answers(this_server(), request.environ, path).response()

        view.__dict__["answers"] = answers
        return view

    return decorate


class Call:
    """One request on its way through."""

    def __init__(self, server: Server, environ: dict[str, Any], *, sealed: bool = False) -> None:
        self.server, self.seal = server, server.database.seal if sealed else None
        self.started = stopwatch()
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        path: str = environ["PATH_INFO"]
        # WSGI hands out the path's bytes one character each.
        self.path = path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace")
        self.request_id = server.database.ids.new("req_", 14)
        self.caller: Caller | None = None
        self.raw: dict[str, Any] = {}
        self.media_type = "application/json"
        self.headers: dict[str, str] = {"Request-Id": self.request_id, "Stripe-Version": API_VERSION}
        self.key: str | None = environ.get("HTTP_IDEMPOTENCY_KEY") if self.method == "POST" else None

    def answer(self, function: Callable[..., Any], schema: Params, path: Mapping[str, Any], *, tries: bool,
               publishable: bool, uploads: bool, then: Sequel | None) -> Answer:
        """Run the endpoint and make its answer, whatever happens."""
        try:
            self.identify(publishable=publishable)
            raw = self._read(uploads=uploads)
            # What is in a file is neither logged nor kept to compare a repetition with.
            self.raw = told(raw) if uploads else raw
            params = load_params(schema, raw)
            expand = params.pop("expand", None) or ()
            if self.method in ("GET", "HEAD"):
                status, body = self._read_only(function, params, path, expand, tries=tries)
            else:
                status, body = self._write(function, params, path, expand)
                if then is not None and status == 200:
                    assert self.caller is not None
                    body = then(self.server, self.caller, params, body)
        except Exception as problem:  # noqa: BLE001 - the one place where a bug becomes a 500
            status, body = self._refusal(refusal_for(problem, self.place))
        return self.respond(status, body)

    @property
    def place(self) -> str:
        """What the log calls the request."""
        return f"{self.method} {self.path}"

    def refuse_route(self) -> Answer:
        """The answer to a path or method that does not exist; a bad key is told first."""
        try:
            self.identify()
            refusal: ApiError = unrecognized_url(self.method, self.path)
        except Exception as problem:  # noqa: BLE001 - see `answer`
            refusal = refusal_for(problem, self.place)
        return self.respond(*self._refusal(refusal))

    def identify(self, *, publishable: bool = False) -> None:
        """Authenticate, and take in the headers that hold for every call."""
        environ = self.environ
        stripe_account = environ.get("HTTP_STRIPE_ACCOUNT")
        self.caller = self.server.authenticator.caller(environ.get("HTTP_AUTHORIZATION"), stripe_account)
        if self.caller.kind == "pk" and not publishable:
            raise AuthenticationError(
                "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a "
                "list of your API keys at https://dashboard.stripe.com/account/apikeys.", code="secret_key_required")
        if stripe_account is not None:
            self.headers["Stripe-Account"] = stripe_account
        version = environ.get("HTTP_STRIPE_VERSION")
        if version is not None:
            if not _is_version(version):
                raise InvalidRequest(f"Invalid Stripe API version: {printable(version)}")
            self.headers["Stripe-Version"] = version
        if self.key is not None:
            # A server may hand out an empty text for a header that is not ASCII: such keys must not be taken for one.
            if not 1 <= len(self.key) <= 255:
                key, self.key = self.key, None
                raise InvalidRequest(f"Idempotency keys have 1 to 255 ASCII characters, but this one has {len(key)}.")
            self.headers["Idempotency-Key"] = self.key
        if "\0" in self.path:
            raise InvalidRequest("Invalid request: NUL characters are not accepted.")

    def respond(self, status: int, body: bytes) -> Answer:
        """The answer, and its line in the request log."""
        if status == 401:
            self.headers["WWW-Authenticate"] = 'Basic realm="Stripe"'
        self.server.recorder.record(
            self.request_id, self.caller.account_id if self.caller else None, wall_seconds(), self.method, self.path,
            status, int((stopwatch() - self.started) * 1e6), self.key, self.raw)
        return Answer(status, [
            ("Content-Type", self.media_type), ("Content-Length", str(len(body))), *self.headers.items()], body)

    def _read(self, *, uploads: bool) -> dict[str, Any]:
        """The parameters of the query string and of the body; where both have one, the body's counts."""
        limits = self.server.form_limits
        query: str = self.environ.get("QUERY_STRING") or ""
        raw = query.encode("latin-1", "replace")
        if self.method not in ("GET", "HEAD"):
            content_type: str = self.environ.get("CONTENT_TYPE") or ""
            kind = content_type.partition(";")[0].strip().lower()
            if uploads and kind == MULTIPART:
                most = self.server.config.upload_limit_bytes
                values = decode(raw, limits=limits)
                add_parts(values, self._read_body(most), content_type, limits=limits, most=most)
                return values
            body = self._read_body(limits.body_bytes, refused=kind if kind.startswith(_NOT_FORMS) else None)
            raw = raw + b"&" + body if raw and body else raw or body
        return decode(raw, limits=limits) if raw else {}

    def _read_body(self, most: int, *, refused: str | None = None) -> bytes:
        """The body, or the first `most` bytes and one more of it; never a part of one that broke off.

        `refused` is its media type where a body of that type is not read.
        """
        environ = self.environ
        length: str = environ.get("CONTENT_LENGTH") or ""
        if length in ("", "0"):
            # Without a length only a server that ends the stream itself can be asked for what a chunked body holds.
            if length or "HTTP_TRANSFER_ENCODING" not in environ or not environ.get("wsgi.input_terminated"):
                return b""
            wanted = most + 1
        elif not (length.isascii() and length.isdigit() and len(length) < 19):
            raise InvalidRequest("Invalid request: Content-Length is not a number.")
        else:
            wanted = min(int(length), most + 1)
        if refused is not None:
            raise InvalidRequest("Your request body must be form-encoded (Content-Type: application/"
                                 f"x-www-form-urlencoded), not {refused}.")
        body: bytes = environ["wsgi.input"].read(wanted)
        if length and len(body) < wanted:
            raise InvalidRequest("Invalid request: the body ended before its Content-Length.")
        return body

    def _context(self, session: Any) -> Context:
        caller, server = self.caller, self.server
        assert caller is not None
        if caller.account_id != caller.platform_id:
            # A key is trusted for a second, but an account may have been deleted in it.
            account = session.get(Account, caller.account_id)
            if account is None or account.deleted:
                raise no_access(caller.hint, caller.account_id)
        ctx = Context(session=session, ids=server.database.ids, account_id=caller.account_id, now=wall_seconds(),
                      default_choices=server.default_choices, request_id=self.request_id, idempotency_key=self.key,
                      publishable=caller.kind == "pk", client_ip=self.environ.get("REMOTE_ADDR"),
                      user_agent=self.environ.get("HTTP_USER_AGENT"),
                      base_url=server.config.base_url, key_hint=caller.hint)
        if session.writing:
            return on_sandbox_time(ctx)
        ctx.now += caller.time_offset
        return ctx

    def _read_only(self, function: Callable[..., Any], params: dict[str, Any], path: Mapping[str, Any],
                   expand: Any, *, tries: bool) -> tuple[int, bytes]:
        database = self.server.database
        with database.writing(kept=False) if tries else database.reading() as session:
            result = function(self._context(session), params, **path)
            if isinstance(result, Download):
                self.media_type = result.media_type
                return 200, result.content
            return 200, _body(session, result, expand)

    def _write(self, function: Callable[..., Any], params: dict[str, Any], path: Mapping[str, Any],
               expand: Any) -> tuple[int, bytes]:
        assert self.caller is not None
        attempt = Attempt(self.caller.account_id, self.key, self.path, self.raw, self.request_id, seal=self.seal)
        with self.server.desk.holding(attempt):
            try:
                with self.server.database.writing() as session:
                    replayed = attempt.replay(session)
                    if replayed is not None:
                        self.headers |= {"Idempotent-Replayed": "true", "Original-Request": replayed.request_id}
                        return replayed.status, attempt.body_of(replayed)
                    try:
                        body, status = _body(session, function(self._context(session), params, **path), expand), 200
                    except ApiError as refusal:
                        if not refusal.commits:
                            raise
                        status, body = self._refusal(refusal)
                    attempt.remember(session, status, body)
            except Exception as problem:  # noqa: BLE001 - see `answer`
                reason = refusal_for(problem, self.place)
                status, body = self._refusal(reason)
                # The endpoint has not had its say where another request was in the way, or the database failed.
                if reason.type != "idempotency_error" and reason.status != 429 and type(reason) is not DatabaseFault:
                    attempt.remember_after(self.server.database, status, body)
                return status, body
        self.server.wake()
        return status, body

    def _refusal(self, refusal: ApiError) -> tuple[int, bytes]:
        if refusal.code == "lock_timeout":
            # The SDKs repeat no other 429 by themselves.
            self.headers["Stripe-Should-Retry"] = "true"
        # Our choice: a card's number that was sent where none belongs is not repeated, because answers are kept with their key.
        refusal.message = without_numbers(refusal.message)
        refusal.param = None if refusal.param is None else without_numbers(refusal.param)
        return refusal.status, to_json(refusal.envelope(self.request_id))


def _body(session: Any, result: Any, expand: Any) -> bytes:
    if isinstance(result, Base):
        tree = parse_expand(expand, VIEWS[type(result)], is_list=False) if expand else None
        session.flush()
        load_for_rendering(session, [result], tree)
        return to_json(render(result, tree))
    if isinstance(result, Page):
        is_search = isinstance(result, SearchPage)
        paths = [path for path in expand if not (is_search and path == "total_count")]
        tree = parse_expand(paths, VIEWS[result.table], is_list=True) if paths else None
        load_for_rendering(session, result.rows, tree)
        objects = [render(row, tree) for row in result.rows]
        if isinstance(result, SearchPage):
            return to_json(result.envelope(objects, counted=len(paths) < len(expand)))
        return to_json(list_object(objects, result.url, has_more=result.has_more))
    if expand:
        parse_expand(expand, None, is_list=result["object"] == "list")
    return to_json(result)


def _is_version(text: str) -> bool:
    match = _VERSION.fullmatch(text)
    try:
        return match is not None and date.fromisoformat(match[1]) is not None
    except ValueError:
        return False


def refusal_for(problem: Exception, place: str) -> ApiError:
    """What the caller is told. A lost race for a row is a 429, as Stripe answers it; what is unforeseen is a 500.

    `place` is what the log calls the request.
    """
    if isinstance(problem, ApiError):
        return problem
    if isinstance(problem, TooManyKeys):
        return InvalidRequest(str(problem), param="metadata")
    cause = getattr(problem, "orig", None) or problem
    if getattr(cause, "sqlstate", None) in _RACE_CODES or (
            isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)):
        return RateLimited(
            "This object cannot be accessed right now because another API request or Stripe process is currently "
            "accessing it. If you see this error intermittently, retry the request. If you see this error frequently "
            "and are making multiple concurrent requests to a single object, make your requests serially or at a lower "
            "rate.", code="lock_timeout")
    if isinstance(problem, (sqlalchemy.exc.SQLAlchemyError, OSError, *driver_errors(sqlite3.Error, "Error"))):
        log.error("%s: the database failed: %s", place, type(cause).__name__)
        return DatabaseFault()
    log.exception("%s failed", place)
    return ApiFault()
