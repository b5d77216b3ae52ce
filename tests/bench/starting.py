"""How long a server takes to answer, and how much memory it holds then."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

from tests.bench.client import Requests
from tests.bench.processes import memory_mb
from tests.support.live import ROOT

_TIMEOUT_S = 30.0


def start_once(url: str, workers: int) -> tuple[float, float, float]:
    """Milliseconds from the start of the process to the first 200 of `/_sim/health`; memory as `memory_mb` has it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(port), "--workers", str(workers)], cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.DEVNULL)
    try:
        while not _healthy(port):
            assert time.perf_counter() - started < _TIMEOUT_S, "the server does not answer"
        elapsed = time.perf_counter() - started
        return elapsed * 1000, *memory_mb(process.pid)
    finally:
        process.terminate()
        process.wait()


def _healthy(port: int) -> bool:
    request = Requests(f"http://127.0.0.1:{port}", "").get("/_sim/health")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(request)
            return connection.recv(4096)[9:12] == b"200"
    except OSError:
        return False
