"""The Dockerfile and the compose file name only what exists."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import fields
from typing import Any

import pytest
import yaml

from app.cli import main
from app.config import Config, variable_of
from app.registry import BLUEPRINTS
from tests.support.live import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OWN = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
SETTINGS = {variable_of(field.name) for field in fields(Config)}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their arguments, continued lines joined."""
    lines = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text()).splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line.strip() and not line.startswith("#")]


def arguments_of(name: str) -> list[str]:
    """What the instructions of one kind say."""
    return [argument for instruction, argument in instructions() if instruction == name]


def is_understood(command: list[str]) -> None:
    """Fails for what is no command of the tool, or has options that it does not take."""
    main.commands[command[0]].make_context(command[0], command[1:])


def test_the_image_copies_what_exists_and_installs_from_the_hashed_lock() -> None:
    copied = [source for argument in arguments_of("COPY") for source in argument.split()[:-1]]
    assert {"requirements.txt", "app", "migrations"} <= set(copied)
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert any("--require-hashes -r requirements.txt" in argument for argument in arguments_of("RUN"))


def test_the_image_runs_as_nobody_in_particular() -> None:
    (user,) = arguments_of("USER")
    order = [instruction for instruction, _ in instructions()]
    assert user != "root" and order.index("USER") < order.index("ENTRYPOINT")


def test_the_image_serves_and_its_health_is_a_route() -> None:
    (entrypoint,), (command,), (health,) = arguments_of("ENTRYPOINT"), arguments_of("CMD"), arguments_of("HEALTHCHECK")
    assert json.loads(entrypoint) == ["billyard"]
    assert json.loads(command) == ["serve", "--host", "0.0.0.0"]
    is_understood(json.loads(command))
    assert "/_sim/health" in health and "control" in {blueprint.name for blueprint in BLUEPRINTS}
    (port,) = arguments_of("EXPOSE")
    assert f":{port}/" in health


@pytest.mark.parametrize("name", OWN)
def test_a_service_runs_a_command_with_settings_that_exist(name: str) -> None:
    service = OWN[name]
    is_understood(shlex.split(service["command"]))
    assert set(service["environment"]) <= SETTINGS
    Config.from_environment(service["environment"])


def test_services_wait_for_what_has_a_health_and_keep_their_rows() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"web", "worker", "postgres", "redis"}
    for service in services.values():
        for waited_for, condition in service.get("depends_on", {}).items():
            assert condition == {"condition": "service_healthy"} and "test" in services[waited_for]["healthcheck"]
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in COMPOSE["volumes"]


def test_web_and_worker_share_the_database_and_the_work_is_done_once() -> None:
    web, worker = OWN["web"]["environment"], OWN["worker"]["environment"]
    assert web == worker
    assert web["DATABASE_URL"].startswith("postgresql://") and web["BILLYARD_EMBEDDED_WORKER"] == "false"
    postgres = COMPOSE["services"]["postgres"]["environment"]
    assert web["DATABASE_URL"] == (f"postgresql://{postgres['POSTGRES_USER']}:{postgres['POSTGRES_PASSWORD']}@postgres/"
                                   f"{postgres['POSTGRES_DB']}")
