"""`GET /_sim/health`: what a load balancer or a container asks."""

from pathlib import Path

from app.config import Config
from app.db.database import Database
from app.db.migrate import head_revision
from app.factory import create_app
from app.wire.endpoint import Server


def test_a_migrated_database_is_healthy_and_no_key_is_asked_for(server: Server) -> None:
    answer = server.flask.test_client().get("/_sim/health")
    assert answer.status_code == 200
    assert answer.json == {"object": "health", "status": "ok", "database": server.database.url.get_backend_name(),
                           "revision": head_revision()}
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_database_without_tables_is_not_healthy(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    config, database = Config(database_url=url, embedded_worker=False, request_log=False), Database(url)
    answer = create_app(config, database).test_client().get("/_sim/health")
    database.close()
    assert answer.status_code == 503
    assert answer.json == {"object": "health", "status": "failing", "database": "sqlite", "revision": None}
