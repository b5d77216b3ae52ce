"""`billyard serve` as it is used: a process of its own, the real SDK, a signal to end it."""

from __future__ import annotations

import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
import stripe
from click.testing import CliRunner
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app.cli import main
from app.control.startup import READY_KEY
from tests.bench.processes import workers
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


def serving(port: int, url: str, *options: str) -> subprocess.Popen[str]:
    """`billyard serve` as it is typed, and whatever becomes of it."""
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(port), "--database", url, *options], cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_an_address_in_use_is_a_failure_that_is_told(tmp_path: Path, options: tuple[str, ...]) -> None:
    with socket.socket() as taken:
        # As granian and others do who let themselves be joined.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(port, f"sqlite:///{tmp_path}/b.db", *options) as refused:
            assert refused.communicate() == ("", f"Error: Cannot listen at 127.0.0.1:{port}: Address already in use.\n")
    assert refused.returncode == 1


@pytest.mark.parametrize("counts", [("1", "1"), ("1", "2"), ("2", "2")])
def test_of_two_servers_that_start_at_once_one_has_the_port(
    migrated: Callable[[Path], str], tmp_path: Path, counts: tuple[str, str]
) -> None:
    port, url = free_port(), migrated(tmp_path)
    started = [serving(port, url, "--workers", count) for count in counts]
    try:
        (told,), _, _ = select.select([server.stderr for server in started], [], [], 20)
        (loser,) = [server for server in started if server.stderr is told]
        assert loser.communicate() == ("", f"Error: Cannot listen at 127.0.0.1:{port}: Address already in use.\n")
        assert loser.returncode == 1
        (winner,) = {*started} - {loser}
        assert winner.stdout is not None
        assert winner.stdout.readline().startswith(f"Billyard serves http://127.0.0.1:{port} from ")
    finally:
        for server in started:
            server.terminate()
            server.communicate()
    assert winner.returncode == 0


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_a_database_that_cannot_be_had_is_a_failure_that_is_told(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("no folder")
    with serving(0, f"sqlite:///{tmp_path}/file/b.db", *options) as refused:
        assert refused.communicate()[1] == f"Error: Cannot keep a database at {tmp_path}/file/b.db: File exists.\n"
    assert refused.returncode == 1


def test_a_database_of_a_newer_program_is_left_alone(migrated: Callable[[Path], str], tmp_path: Path) -> None:
    url = migrated(tmp_path)
    with create_engine(url, poolclass=NullPool).begin() as database:
        database.execute(text("UPDATE alembic_version SET version_num = 'fedcba987654'"))
    with serving(0, url) as refused:
        assert refused.communicate() == (
            "", "Error: The database is at revision fedcba987654, which this program does not know; a newer one may.\n")
    assert refused.returncode == 1


def test_one_worker_is_one_process_and_a_second_one_that_dies_is_replaced(
    migrated: Callable[[Path], str], tmp_path: Path
) -> None:
    url = migrated(tmp_path)
    alone = start_server(url)
    assert workers(alone.process.pid) == [alone.process.pid]
    assert alone.stop() == 0
    several = start_server(url, workers=2)
    killed = workers(several.process.pid)[0]
    os.kill(killed, signal.SIGKILL)
    with sdk(several.base_url):
        # Nobody is turned away meanwhile, wherever the kernel puts a new connection.
        ids = [made.id for made in (stripe.Customer.create() for _ in range(4))]
    for id in ids:
        with sdk(several.base_url):
            assert stripe.Customer.retrieve(id).id == id
    assert killed not in workers(several.process.pid)
    assert several.stop() == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_request_that_is_under_way_is_answered_before_the_server_ends(
    migrated: Callable[[Path], str], tmp_path: Path, how: signal.Signals
) -> None:
    url = migrated(tmp_path)
    server = start_server(url)
    port = int(server.base_url.rpartition(":")[2])
    body = b"name=Jenny&email=jenny@example.com"
    with closing(HTTPConnection("127.0.0.1", port)) as idle, socket.create_connection(("127.0.0.1", port)) as busy:
        idle.request("GET", "/_sim/health")
        assert b'"ok"' in idle.getresponse().read()
        busy.sendall(b"POST /v1/customers HTTP/1.1\r\nHost: billyard\r\nAuthorization: Bearer %b\r\n"
                     b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n"
                     b"Expect: 100-continue\r\n\r\n" % (READY_KEY.encode(), len(body)))
        # So the server has begun to read it.
        assert busy.recv(65536).startswith(b"HTTP/1.1 100")
        server.process.send_signal(how)
        # It has heard the signal when it lets go of a connection on which nothing is under way.
        assert idle.sock.recv(1) == b""
        busy.sendall(body)
        assert busy.recv(65536).startswith(b"HTTP/1.1 200")
    assert server.stop(how) == 0
    with create_engine(url, poolclass=NullPool).connect() as database:
        logged = database.execute(text("SELECT method, path, status FROM request_log")).all()
    assert logged == [("POST", "/v1/customers", 200)]


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
