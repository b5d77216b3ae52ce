"""`create_app`: a Flask application over a database. Nothing else."""

from __future__ import annotations

from functools import partial

from flask import Flask, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from app.clock.engine import Engine
from app.config import Config
from app.db.database import Database
from app.db.ids import IdSource
from app.domain.choices import Choices
from app.registry import BLUEPRINTS, TICKERS
from app.resources.test_clocks.operations import delete_clock
from app.wire.application import Application
from app.wire.endpoint import Call, Server
from app.work.deliveries import SENDERS, Deliveries
from app.work.idempotency import ExpiredKeys
from app.work.worker import Worker


def create_app(config: Config, database: Database | None = None) -> Flask:
    """The application of this process. The database must have been migrated."""
    app = Application("billyard", static_folder=None)
    # An empty id in a path leaves two slashes: that is an unknown route, and no redirection.
    app.url_map.merge_slashes = False
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    database = database or Database(config.database_url, ids=IdSource(config.id_seed), secret_key=config.secret_key)
    server = Server(config, database)
    app.extensions["billyard"] = server
    server.flask = app
    server.build_engine = partial(build_engine, config, database)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for problem in (NotFound, MethodNotAllowed):
        app.register_error_handler(problem, lambda _: Call(server, request.environ).refuse_route().response())
    worker = server.worker = build_worker(config, database, senders=SENDERS if config.embedded_worker else 0)
    if config.embedded_worker:
        server.wake = worker.wake
        worker.start()
    return app


def build_worker(config: Config, database: Database, *, senders: int = SENDERS) -> Worker:
    """The worker of this process, not started. Without `senders` whoever calls `run_due` sends the webhooks."""
    worker = Worker(database)
    worker.add(Deliveries(Choices(limits=config.limits), hosts=config.webhook_hosts, senders=senders,
                          on_result=worker.wake))
    worker.add(build_engine(config, database))
    worker.add(ExpiredKeys())
    return worker


def build_engine(config: Config, database: Database) -> Engine:
    """What moves clocks, and the wall-clock world."""
    return Engine(
        TICKERS, database.ids, Choices(limits=config.limits), delete_clock=delete_clock, base_url=config.base_url)
