"""`billyard serve`: one process, or several under granian's parent, and what each of them does around serving.

Nothing heavy is imported here: where there are several, each is a child of this process and imports the application itself.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from app.control import refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

    from flask import Flask

BANNER = """\
Billyard serves {base_url} from {database}

    import stripe
    stripe.api_base, stripe.api_key = "{base_url}", "{key}"
    print(stripe.Customer.create(email="jenny@example.com").id)
"""


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT. All other settings come from the environment, which the workers inherit.

    One worker is this process itself; several are its children, and die one by one without harm. Raises Refused when the
    address cannot be had or the database not be prepared, and SystemExit when workers could not be kept alive.
    """
    from app.granian_servers import listen

    listeners = listen(host, port, workers)
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    os.environ.setdefault("BILLYARD_BASE_URL", f"http://{reachable}:{listeners[0].getsockname()[1]}")
    if workers == 1:
        _serve_alone(listeners)
    else:
        _serve_by_children(listeners, workers)


def _serve_alone(listeners: list[socket]) -> None:
    from app.granian_servers import ThreadServer, in_one_piece

    application, banner = _load()
    server = ThreadServer(listeners)
    # Only now, because whoever waits for it may send a signal at once.
    server.on_startup(partial(print, banner, flush=True))
    try:
        server.serve(target_loader=lambda: in_one_piece(application), wrap_loader=False)
    finally:
        if server.is_stuck:
            # Nobody can end a thread of Python; its transaction was not committed, and so has not happened.
            print("Billyard ends although a request has not been answered.", file=sys.stderr, flush=True)
            os._exit(1)
        _stop(application)


def _serve_by_children(listeners: list[socket], workers: int) -> None:
    from multiprocessing import Semaphore

    from app.granian_servers import ProcessServer

    ProcessServer(listeners, workers).serve(target_loader=partial(_load_in_child, Semaphore(1)), wrap_loader=False)


def work() -> None:
    """Do the background work until SIGTERM or SIGINT."""
    import signal

    from app.config import Config
    from app.control.startup import prepare
    from app.db.database import Database
    from app.db.ids import IdSource
    from app.factory import build_worker

    ends = {signal.SIGTERM, signal.SIGINT}
    # Blocked before any thread starts, so that every thread inherits it and only this one takes the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    config = Config.from_environment()
    database = Database(config.database_url, ids=IdSource(config.id_seed), secret_key=config.secret_key)
    prepare(database, config)
    worker = build_worker(config, database)
    worker.start()
    print(f"Billyard works on {database.url.render_as_string()}", flush=True)
    signal.sigwait(ends)
    worker.stop()
    database.close()


def _load() -> tuple[Flask, str]:
    """Prepare the database, and make the application and its banner."""
    import gc

    # What is imported stays: not looking for garbage in it saves a tenth of the start, and some of every request.
    gc.disable()

    from app.config import Config
    from app.control.startup import READY_KEY, prepare
    from app.db.database import Database
    from app.db.ids import IdSource
    from app.factory import create_app

    config = Config.from_environment()
    database = Database(config.database_url, ids=IdSource(config.id_seed), secret_key=config.secret_key)
    ready = prepare(database, config).ready
    # Requests are answered in other threads; a connection to SQLite holds 1.4 MB for the schema.
    database.close_thread()
    application = create_app(config, database)
    gc.freeze()
    gc.enable()
    return application, BANNER.format(base_url=config.base_url, database=database.url.render_as_string(),
                                      key=READY_KEY if ready else "sk_test_YOUR_KEY")


def _load_in_child(first: Any) -> Callable[..., Any]:
    """The same in a child of granian's. The first tells how the server is reached, or why it cannot be."""
    import signal
    from multiprocessing.util import Finalize

    from app.granian_servers import NOT_LOADED, in_one_piece

    # Until granian asks for them: the parent's handlers, which a child has inherited, would have it load in peace.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        application, banner = _load()
    except Exception as problem:  # noqa: BLE001 - whatever it is, the operator is told
        if first.acquire(block=False):
            if refused := refusal_of(problem):
                print(f"Error: {refused}", file=sys.stderr, flush=True)
            else:
                sys.excepthook(type(problem), problem, problem.__traceback__)
        raise SystemExit(NOT_LOADED) from None
    # Runs when granian has answered the last request; `atexit` would not, in a child of multiprocessing.
    Finalize(None, _stop, (application,), exitpriority=1)
    if first.acquire(block=False):
        print(banner, flush=True)
    return in_one_piece(application)


def _stop(application: Flask) -> None:
    server = application.extensions["billyard"]
    server.worker.stop()
    server.recorder.stop()
    server.database.close()
