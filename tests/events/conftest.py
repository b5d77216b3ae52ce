"""Deliveries are looked at alone: each test has a database, a wall clock and a receiver of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.wire.endpoint import Server
from tests.support.receiver import Receiver
from tests.support.wall import Wall


@pytest.fixture
def server(fresh_server: Server, wall: Wall) -> Server:
    return fresh_server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Answers 200, unless it is told otherwise."""
    with Receiver() as receiver:
        yield receiver
