"""Seeded ids: the same whenever the same is done on a new database, and never twice on one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.config import Config
from app.control.opening import open_database
from app.control.startup import prepare
from app.db.database import Database
from app.db.ids import IdSource
from app.factory import create_app
from tests.support.api import Api

KEY = "sk_test_seeded_world"


@contextmanager
def process(url: str) -> Iterator[Api]:
    """A server as `billyard serve` starts it, with a seed."""
    config = Config(database_url=url, id_seed=7, embedded_worker=False, request_log=False)
    database = Database(url, ids=IdSource(config.id_seed))
    prepare(database, config)
    yield Api(create_app(config, database).extensions["billyard"], KEY)
    database.close()


def made(api: Api) -> list[str]:
    """The ids of a few objects, some short and some long."""
    customer = api.post("/v1/customers", email="ada@example.com")
    price = api.post("/v1/prices", currency="usd", unit_amount=5, recurring={"interval": "month"},
                     product_data={"name": "Gold"})
    coupon = api.post("/v1/coupons", percent_off=5, duration="once")
    return [customer["id"], customer["invoice_prefix"], price["id"], price["product"], coupon["id"],
            *(event["id"] for event in api.events())]


@pytest.fixture
def new(migrated: Callable[[Path], str], tmp_path: Path) -> Callable[[], str]:
    """Hands out databases without rows."""
    def make() -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        return migrated(folder)
    return make


def test_the_same_calls_on_a_new_database_make_the_same_ids(new: Callable[[], str]) -> None:
    with process(new()) as one, process(new()) as other:
        for _ in range(3):
            other.call("GET", "/v1/customers/cus_unknown")  # asking changes nothing
        assert made(one) == made(other)


def test_a_restart_goes_on_and_repeats_nothing(new: Callable[[], str]) -> None:
    url, again = new(), new()
    histories = []
    for each in (url, again):
        with process(each) as first:
            before = made(first)
        with process(each) as second:
            after = made(second)[:5]
            newest = [event["id"] for event in second.events()]
            # What was made later comes later in a list, although the clock may not have moved on in between.
            assert [row["id"] for row in second.get("/v1/customers")["data"]] == [after[0], before[0]]
        assert not set(after) & set(before)
        assert newest[:len(before) - 5] == before[5:]
        assert len(set(newest)) == len(newest)
        histories.append((before, after, newest))
    assert histories[0] == histories[1]


def test_processes_at_the_same_time_make_different_ids(new: Callable[[], str]) -> None:
    url = new()
    with process(url) as web, process(url) as worker:
        command = open_database(Config(database_url=url, id_seed=7))
        ids = [made(web)[:5], made(worker)[:5], made(web)[:5]]
        assert len({id for each in ids for id in each}) == 15
        newest_first = [row["id"] for row in web.get("/v1/customers")["data"]]
        assert newest_first == [ids[2][0], ids[1][0], ids[0][0]]
        assert command.ids.new("cus_", 14) not in newest_first
        command.close()


def test_ids_of_a_later_run_sort_after_those_of_an_earlier_one() -> None:
    source = IdSource(7)
    first = [source.new("evt_", 24, "1") for _ in range(2_500)]
    assert [id[:11] for id in first] == sorted(id[:11] for id in first)
    source.begin_run(1)
    assert source.new("evt_", 24, "1") > max(first)
    assert {len(id) for id in first} == {28}
