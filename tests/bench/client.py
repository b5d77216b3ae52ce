"""A client that costs little: kept connections, one request under way on each, answers hardly looked at."""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tests.bench.processes import connections_by_process

Unit = Generator[bytes, bytes, None]
"""What is counted as one: yields requests, and is sent the answer to each."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ID = re.compile(rb'"id": ?"([^"]+)"')
_TRIES_PER_CONNECTION = 32


@dataclass(frozen=True, slots=True)
class Sample:
    """What a run came to: so many units in so many seconds, how long each took, and what a request cost the client."""

    seconds: float
    latencies: list[float]
    client_us: float

    @property
    def rate(self) -> float:
        """Units in a second."""
        return len(self.latencies) / self.seconds

    def quantile_ms(self, fraction: float) -> float:
        """The time in milliseconds within which this part of the units was done."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * fraction), len(ordered) - 1)] * 1000


class Requests:
    """Encodes requests with one key."""

    def __init__(self, base_url: str, key: str) -> None:
        host = urlsplit(base_url).netloc
        self._head = f" HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n".encode()
        self._form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "

    def get(self, path: str) -> bytes:
        """A GET; the path has its query."""
        return b"GET " + path.encode() + self._head + b"\r\n"

    def post(self, path: str, **fields: object) -> bytes:
        """A POST of form fields, nested ones as `**{"recurring[interval]": "month"}`."""
        body = urlencode(fields).encode()
        return b"".join((b"POST ", path.encode(), self._head, self._form, str(len(body)).encode(), b"\r\n\r\n", body))


def with_key(request: bytes, idempotency_key: str) -> bytes:
    """The request with an `Idempotency-Key`."""
    line, _, rest = request.partition(b"\r\n")
    return b"%b\r\nIdempotency-Key: %b\r\n%b" % (line, idempotency_key.encode(), rest)


def id_of(answer: bytes) -> str:
    """The id of the object that was answered."""
    match = _ID.search(answer)
    assert match is not None, answer
    return match[1].decode()


class Client:
    """Kept connections to a server, the same number to each of its processes: by chance one may get them all."""

    def __init__(self, base_url: str, pids: list[int], connections: int) -> None:
        port = urlsplit(base_url).port
        assert port is not None
        share, self._sockets = max(connections // len(pids), 1), list[socket.socket]()
        held = dict.fromkeys(pids, 0)
        spare = []
        for _ in range(connections * _TRIES_PER_CONNECTION):
            made = socket.create_connection(("127.0.0.1", port))
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # Only an answer proves that a process has taken the connection.
            _exchange(made, Requests(base_url, "").get("/_sim/health"))
            pid = connections_by_process(pids, port).get(made.getsockname()[1])
            if pid is not None and held[pid] < share:
                held[pid] += 1
                self._sockets.append(made)
            else:
                spare.append(made)
            if min(held.values()) == share:
                break
        for each in spare:
            each.close()

    def ask(self, request: bytes) -> bytes:
        """The answer to one request."""
        return _exchange(self._sockets[0], request)

    def run(self, begin: Callable[[], Unit], seconds: float = 0.0, count: int = 0) -> Sample:
        """Work on one unit after the other on each connection for so many seconds, or until `count` were begun."""
        loop = _Loop(begin, seconds, count)
        cpu, started = time.process_time(), time.perf_counter()
        ended = loop.run(self._sockets)
        cost = (time.process_time() - cpu) / max(loop.requests, 1)
        return Sample(ended - started, loop.latencies, cost * 1e6)

    def close(self) -> None:
        """Close the connections."""
        for each in self._sockets:
            each.close()


class _Loop:
    def __init__(self, begin: Callable[[], Unit], seconds: float, count: int) -> None:
        self._begin, self._seconds, self._count = begin, seconds, count
        self.latencies: list[float] = []
        self.requests = 0

    def run(self, sockets: list[socket.socket]) -> float:
        """Run until all is answered; when that was."""
        now = time.perf_counter()
        deadline, begun = now + self._seconds, 0
        poll = select.epoll()
        underway: dict[int, tuple[socket.socket, Unit, float]] = {}
        for each in sockets[:self._count or None]:
            poll.register(each.fileno(), select.EPOLLIN)
            unit = self._begin()
            underway[each.fileno()] = each, unit, now
            begun += 1
            each.sendall(next(unit))
        while underway:
            for number, _ in poll.poll():
                each, unit, since = underway[number]
                answer = _receive(each)
                self.requests += 1
                try:
                    each.sendall(unit.send(answer))
                    continue
                except StopIteration:
                    now = time.perf_counter()
                    self.latencies.append(now - since)
                if (begun < self._count) if self._count else (now < deadline):
                    unit = self._begin()
                    underway[number] = each, unit, now
                    begun += 1
                    each.sendall(next(unit))
                else:
                    poll.unregister(number)
                    del underway[number]
        poll.close()
        return now


def _exchange(connection: socket.socket, request: bytes) -> bytes:
    connection.sendall(request)
    return _receive(connection)


def _receive(connection: socket.socket) -> bytes:
    """One whole answer; of its head only the status and the length are read."""
    answer = connection.recv(1 << 18)
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += _more(connection)
    length = _LENGTH.search(answer, 0, end)
    assert length is not None, answer
    whole = end + 4 + int(length[1])
    while len(answer) < whole:
        answer += _more(connection)
    assert answer[9:12] == b"200", answer.decode()
    return answer[end + 4:]


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 18)
    assert data, "the server closed the connection"
    return data
