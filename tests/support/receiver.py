"""A receiver of webhooks: a real HTTP server on this machine that answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import orjson


class Received(NamedTuple):
    """One request as it came in."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The body's JSON."""
        event: dict[str, Any] = orjson.loads(self.body)
        return event


class Receiver:
    """`with Receiver(500, 500) as receiver:` answers the first two requests with 500 and all others with 200.

    A status of None never answers: the request hangs until the receiver is closed.
    """

    def __init__(self, *statuses: int | None) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self._script = list(statuses)
        self._arrived = threading.Condition()
        self._closed = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.receiver = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def types(self) -> list[str]:
        """The types of the received events, in the order of arrival."""
        return [each.event["type"] for each in self.received]

    def answer_next(self, *statuses: int | None) -> None:
        """Answer the next requests with these."""
        self._script += statuses

    def wait_for(self, count: int, timeout: float = 10.0) -> None:
        """Return once so many requests have come in. Only for workers with threads of their own."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= count, timeout), self.types

    def take(self, received: Received) -> int | None:
        """Note a request; the status to answer it with."""
        with self._arrived:
            self.received.append(received)
            self._arrived.notify_all()
            return self._script.pop(0) if self._script else 200

    def connect(self) -> None:
        """Count a connection."""
        with self._arrived:
            self.connections += 1

    def hang(self) -> None:
        """Return when the receiver is closed."""
        self._closed.wait()


class _Server(ThreadingHTTPServer):
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.receiver.connect()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.receiver.take(Received(dict(self.headers), body))
        if status is None:
            self.server.receiver.hang()
            self.close_connection = True
            return
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", self.server.receiver.url)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""
