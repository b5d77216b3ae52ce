"""`billyard serve` as it is used: a process of its own, the real SDK, a signal to end it."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import stripe
from click.testing import CliRunner

from app.cli import main
from app.control.startup import READY_KEY
from tests.support.live import ROOT, live_server, start_server


@contextmanager
def sdk(base_url: str) -> Iterator[None]:
    """The SDK pointed at the server, with no connection left open behind it."""
    stripe.api_base, stripe.api_key = base_url, READY_KEY
    stripe.default_http_client = stripe.http_client.RequestsClient()
    try:
        yield
    finally:
        stripe.default_http_client.close()
        stripe.default_http_client = None


def test_a_customer_is_still_there_after_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'folder' / 'billyard.db'}"
    first = start_server(url)
    with sdk(first.base_url):
        created = stripe.Customer.create(email="jenny@example.com", metadata={"plan": "gold"})
        assert stripe.Customer.retrieve(created.id).email == "jenny@example.com"
    assert first.stop() == 0
    with live_server(url) as base_url, sdk(base_url):
        found = stripe.Customer.retrieve(created.id)
        assert (found.email, found.metadata.plan) == ("jenny@example.com", "gold")


def test_two_workers_serve_one_database_and_stop_together(tmp_path: Path) -> None:
    server = start_server(f"sqlite:///{tmp_path / 'billyard.db'}", workers=2)
    with sdk(server.base_url):
        ids = {stripe.Customer.create().id for _ in range(8)}
        assert {customer.id for customer in stripe.Customer.list(limit=100).auto_paging_iter()} == ids
    assert server.stop() == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_requests_are_in_the_log_when_the_server_has_stopped(tmp_path: Path, how: signal.Signals) -> None:
    server = start_server(f"sqlite:///{tmp_path / 'billyard.db'}")
    with sdk(server.base_url):
        stripe.Customer.create(name="Jenny Rosen")
    assert server.stop(how) == 0
    with closing(sqlite3.connect(tmp_path / "billyard.db")) as database:
        logged = database.execute("SELECT method, path, status FROM request_log").fetchall()
    assert logged == [("POST", "/v1/customers", 200)]


def test_a_worker_works_until_it_is_told_to_stop(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    url = migrated(tmp_path)
    worker = subprocess.Popen([sys.executable, "-m", "app.cli", "worker", "--database", url], cwd=ROOT,
                              stdout=subprocess.PIPE, text=True)
    with worker:
        assert worker.stdout is not None and worker.stdout.readline().startswith("Billyard works on ")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=20) == 0


def test_an_address_in_use_is_a_failure_that_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(port), "--database", f"sqlite:///{tmp_path}/b.db"],
            cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr == f"Error: Cannot listen at 127.0.0.1:{port}: Address already in use.\n"


@pytest.mark.parametrize(("variable", "value", "words"), [
    ("BILLYARD_OPEN_SANDBOXES", "perhaps", "'perhaps' is neither true nor false"),
    ("BILLYARD_LIMITS", "none", "'none' is none of documented, off and strict"),
    ("BILLYARD_WEBHOOK_HOSTS", "all", "'all' is neither any nor loopback"),
    ("BILLYARD_BODY_LIMIT_BYTES", "0", "'0' is no positive number"),
    ("BILLYARD_COUNTRY", "Utopia", "'Utopia' is no code of two capital letters"),
    ("DATABASE_URL", "mysql://me:secret@db/x",
     "'mysql://…@db/x' is neither sqlite:///path nor postgresql://user:password@host/name"),
    ("DATABASE_URL", "sqlite:///:memory:",
     "'sqlite:///:memory:' is neither sqlite:///path nor postgresql://user:password@host/name"),
])
def test_a_setting_that_makes_no_sense_is_a_usage_error(variable: str, value: str, words: str) -> None:
    for command in ("serve", "worker", "doctor"):
        refused = CliRunner(env={variable: value}).invoke(main, [command])
        assert refused.exit_code == 2
        assert refused.output.endswith(f"Error: {variable}: {words}\n")
