"""`billyard serve`: granian's parent process, which stays small, and what each of its workers does around serving.

Nothing heavy is imported here: a worker is a child of this process and imports the application itself.
"""

from __future__ import annotations

import os
import socket
from functools import partial
from typing import Any

BANNER = """\
Billyard serves {base_url} from {database}

    import stripe
    stripe.api_base, stripe.api_key = "{base_url}", "{key}"
    print(stripe.Customer.create(email="jenny@example.com").id)
"""


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT. All other settings come from the environment, which the workers inherit.

    Raises OSError when the address cannot be had, and SystemExit when the workers could not be kept alive.
    """
    from multiprocessing import Semaphore

    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    port = _free(host, port)
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    os.environ.setdefault("BILLYARD_BASE_URL", f"http://{reachable}:{port}")
    Granian(
        "app.wsgi", host, port, interface=Interfaces.WSGI, workers=workers,
        # One thread for Python in each worker, as more would only take turns (DECISIONS, "WSGI server").
        blocking_threads=1, http=HTTPModes.http1, websockets=False, log_level=LogLevels.warning, log_access=False,
        respawn_failed_workers=True, workers_kill_timeout=10,
    ).serve(target_loader=partial(_load, Semaphore(1)), wrap_loader=False)


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


def _free(host: str, port: int) -> int:
    """The port, or a free one for 0. Raises OSError when somebody listens there already.

    granian's workers share their port among sockets, so that a second server would silently take half of the requests.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        free: int = probe.getsockname()[1]
    return free


def _load(banner_is_due: Any) -> Any:
    """In a worker: prepare the database, and make the application. The first worker tells how it is reached."""
    import gc
    from multiprocessing.util import Finalize

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
    # Runs when granian has answered the last request; `atexit` would not, in a child of multiprocessing.
    Finalize(None, _stop, (application.extensions["billyard"],), exitpriority=1)
    if banner_is_due.acquire(block=False):
        print(BANNER.format(base_url=config.base_url, database=database.url.render_as_string(),
                            key=READY_KEY if ready else "sk_test_YOUR_KEY"), flush=True)
    return application


def _stop(server: Any) -> None:
    server.worker.stop()
    server.recorder.stop()
    server.database.close()
