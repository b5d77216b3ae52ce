"""granian's servers as `billyard serve` runs them: over sockets of its own, and in one process for one worker.

What they override is not granian's documented API: pyproject.toml names the versions for which this was read and tried.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import MPServer, MTServer
from granian.server.common import AbstractServer

from app.control import Refused

BACKLOG = 1024
"""How many connections wait until a worker accepts them."""
# Its stub knows no arguments.
_HOLDER: Any = SocketHolder
STOP_S = 10
"""How long a worker that is told to stop may take for the requests that it is at."""

NOT_LOADED = 3
"""What the process of a worker exits with that could not begin to serve."""


def listen(host: str, port: int, workers: int) -> list[socket.socket]:
    """A socket for each worker, all listening at the address, at any free port for 0.

    The kernel shares out the connections among them. Raises Refused when somebody else listens there. granian's own
    sockets would let any process of the same user join in: a second server then took half of the requests, without a word.
    """
    listeners: list[socket.socket] = []
    try:
        for _ in range(workers if sys.platform == "linux" else 1):
            listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            listeners.append(listener)
            # In spite of the connections of a server before. Only one can listen, even if several are bound.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if listeners[1:]:
                # The first was there alone, and lets in no more than these: another server's first does not ask to share.
                for each in listeners:
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            listener.bind((host, port))
            listener.listen(BACKLOG)
            # As granian makes its own. Connections inherit this: the end of an answer does not wait for a receipt of its start.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            listener.setblocking(False)
            port = listener.getsockname()[1]
    except OSError as problem:
        for each in listeners:
            each.close()
        raise Refused(f"Cannot listen at {host}:{port}: {problem.strerror}.") from None
    return listeners


def in_one_piece(application: Callable[..., Iterable[bytes]]) -> Callable[..., list[bytes]]:
    """The application with the body of each answer as a single text, which granian sends together with the head.

    It would send the head alone, and ask for the body piece by piece: a twentieth more for each request.
    """
    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        pieces = application(environ, start_response)
        try:
            return [b"".join(pieces)]
        finally:
            if close := getattr(pieces, "close", None):
                close()

    return answer


class _OverListeners(AbstractServer[Any]):
    """Each worker accepts from a socket that this process has bound, and keeps for the one that may take its place."""

    def __init__(self, listeners: list[socket.socket], workers: int, log_level: LogLevels) -> None:
        host, port = listeners[0].getsockname()[:2]
        super().__init__(
            "billyard", host, port, interface=Interfaces.WSGI, workers=workers, backlog=BACKLOG,
            # One thread for Python in each worker, as more would only take turns (DECISIONS, "WSGI server").
            blocking_threads=1, http=HTTPModes.http1, websockets=False, log_level=log_level, log_access=False,
            respawn_failed_workers=workers > 1, workers_kill_timeout=STOP_S)
        self._listeners = listeners

    def _init_shared_socket(self) -> None:
        """Nothing is shared."""

    def _drop_shared_socket(self) -> None:
        for listener in self._listeners:
            listener.close()

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> Any:  # type: ignore[override]
        listener = self._listeners[idx % len(self._listeners)]
        self._shd: Any = _HOLDER(listener.fileno(), False, BACKLOG)
        self._sso: Any = listener
        return super()._spawn_worker(idx, target, callback_loader)  # type: ignore[call-arg]


class ProcessServer(_OverListeners, MPServer):
    """Each worker is a child of this process, and is replaced when it dies."""

    def __init__(self, listeners: list[socket.socket], workers: int) -> None:
        super().__init__(listeners, workers, LogLevels.warning)

    def _respawn_workers(self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        """Not for one that could not begin: another would fare no better, and granian takes two in turn for bad luck."""
        if any(self.wrks[idx].inner.exitcode == NOT_LOADED for idx in workers):
            self.shutdown(exit_code=1)  # type: ignore[no-untyped-call]
        super()._respawn_workers(workers, spawn_target, target_loader, delay)


class ThreadServer(_OverListeners, MTServer):
    """One worker, as a thread of this process: there is no parent that would hold 28 MB to watch it.

    granian offers it to interpreters without the lock only, because elsewhere several threads would take turns.
    """

    def __init__(self, listeners: list[socket.socket]) -> None:
        # It would warn that Python without the lock is an experiment.
        super().__init__(listeners, 1, LogLevels.error)

    def _check_gil(self) -> None:
        """The lock is no reason against a single thread."""

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> Any:  # type: ignore[override]
        worker = super()._spawn_worker(idx, target, callback_loader)
        # The thread closes it.
        self._listeners[idx].detach()
        return worker

    @property
    def is_stuck(self) -> bool:
        """Whether the worker has not stopped in time: there is still a request that it is at."""
        return any(thread.name == "granian-worker" for thread in threading.enumerate())
