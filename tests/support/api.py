"""The client of the tests: form-encoded calls as the SDKs make them, in this process."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import orjson
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.wire.endpoint import Server
from tests.support.reference import conforms

_keys = itertools.count(1)
_FILES = {"application/pdf", "image/png", "text/csv; charset=utf-8"}


class Answer:
    """What a call came back with; the `body` of a file is its bytes."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str]) -> None:
        self.status, self.body, self.headers = status, body, headers

    @property
    def error(self) -> dict[str, Any]:
        """The `error` member, for a refusal."""
        return self.body["error"]


class Api:
    """Calls in one sandbox. `get`, `post` and `delete` answer the JSON of a success and fail on a refusal."""

    def __init__(self, server: Server, key: str | None = None, *, account: str = "") -> None:
        self.server = server
        self.key = key or f"sk_test_tests{next(_keys):06d}abcdef"
        self.account = account
        """The connected account that every call is for; empty for the key's own."""
        self._client = server.flask.test_client()

    def call(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Any call, answered whatever its status."""
        fields = urlencode(list(form_fields(params or {})))
        acting = {"Stripe-Account": self.account} if self.account else {}
        sent = {"Authorization": f"Bearer {self.key}"} | acting | dict(headers or {})
        if method == "POST":
            reply = self._client.open(
                path,
                method=method,
                headers=sent,
                data=body if body is not None else fields,
                content_type=sent.pop("Content-Type", "application/x-www-form-urlencoded"),
            )
        else:
            reply = self._client.open(f"{path}?{fields}" if fields else path, method=method, headers=sent)
        if reply.headers["Content-Type"] in _FILES:
            return Answer(reply.status_code, reply.data, reply.headers)
        return Answer(reply.status_code, orjson.loads(reply.data) if reply.data else None, reply.headers)

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        return self._succeed("GET", path, params)

    def post(self, path: str, **params: Any) -> dict[str, Any]:
        return self._succeed("POST", path, params)

    def delete(self, path: str, **params: Any) -> dict[str, Any]:
        return self._succeed("DELETE", path, params)

    def send_file(self, content: bytes, filename: str, path: str = "/v1/files", **params: Any) -> Answer:
        """A call with a file as its parameter `file`, answered whatever its status."""
        fields: dict[str, Any] = {**dict(form_fields(params)), "file": FileStorage(BytesIO(content), filename)}
        boundary, body = encode_multipart(fields)
        return self.call("POST", path, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}, body=body)

    def upload(self, content: bytes, filename: str, **params: Any) -> dict[str, Any]:
        """The file that was uploaded."""
        answer = self.send_file(content, filename, **params)
        assert answer.status == 200, answer.body
        conforms(answer.body)
        return answer.body

    def refused(self, method: str, path: str, /, **params: Any) -> Answer:
        """A call that must be refused and leave no event behind."""
        before = self.event_types()
        answer = self.call(method, path, params)
        assert answer.status >= 400, f"{method} {path} was accepted: {answer.body}"
        assert self.event_types() == before, "a refused call emitted an event"
        return answer

    def events(self, **params: Any) -> list[dict[str, Any]]:
        """All events, oldest first."""
        found: list[dict[str, Any]] = []
        page = self.get("/v1/events", limit=100, **params)
        while True:
            found += page["data"]
            if not page["has_more"]:
                return found[::-1]
            page = self.get("/v1/events", limit=100, starting_after=found[-1]["id"], **params)

    def event_types(self) -> list[str]:
        """The types of all events, oldest first."""
        return [event["type"] for event in self.events()]

    def _succeed(self, method: str, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.call(method, path, params)
        assert answer.status == 200, f"{method} {path} {dict(params)}: {answer.status} {answer.body}"
        if path.startswith("/v1/") and "expand" not in params:
            conforms(answer.body)
        return answer.body


def form_fields(params: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """`{"a": {"b": [1]}}` as `a[b][0]=1`, with Python's True and False as the SDK sends them."""
    items = params.items() if isinstance(params, Mapping) else enumerate(params)
    for key, value in items:
        name = f"{prefix}[{key}]" if prefix else str(key)
        if isinstance(value, (Mapping, list, tuple)):
            yield from form_fields(value, name)
        elif value is not None:
            yield name, str(value)
