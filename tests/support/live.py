"""A real server: `billyard serve` in processes of its own, for the SDK's tests and the benches."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import urllib3

ROOT = Path(__file__).parents[2]
_READY = re.compile(r"Billyard serves (\S+) from ")
_STOP_S = 20


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers at `base_url` until it is stopped."""

    base_url: str
    process: subprocess.Popen[str]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it as an operator does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=_STOP_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@contextmanager
def live_server(database_url: str, workers: int = 1, **env: str) -> Iterator[str]:
    """The base URL of a server over the database, on a free port; `env` are further environment variables."""
    server = start_server(database_url, workers, **env)
    try:
        yield server.base_url
    finally:
        server.stop()


def start_server(database_url: str, workers: int = 1, **env: str) -> Server:
    """A server that answers. Whoever starts it stops it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--port", "0", "--workers", str(workers)], cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url} | env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if match := _READY.match(line):
            # It listens already, but may be about to find out that it cannot serve.
            urllib3.request("GET", f"{match[1]}/_sim/health", retries=urllib3.Retry(200, backoff_factor=0.002))
            return Server(match[1], process)
    process.stdout.close()
    raise AssertionError(f"the server ended with {process.wait()} before it was ready")
