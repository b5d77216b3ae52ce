"""Lists: the envelope, the order, cursors both ways, ranges, and pages of every size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app.wire.pagination
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.wall import NEW_YEAR, Wall

URL = "/v1/customers"


def ids(page: dict[str, Any]) -> list[str]:
    return [each["id"] for each in page["data"]]


def told(api: Api, **params: Any) -> tuple[int, str, str | None, str | None]:
    answer = api.refused("GET", URL, **params)
    return answer.status, answer.error["message"], answer.error.get("code"), answer.error.get("param")


@pytest.fixture
def crowd(api: Api, wall: Wall) -> list[str]:
    """Twenty-three customers, newest first: 7, 7 and 9 in one second each."""
    made = []
    for size in (9, 7, 7):
        made += [api.post(URL)["id"] for _ in range(size)]
        wall.advance(10)
    return made[::-1]


def test_an_empty_list_is_an_envelope(api: Api) -> None:
    assert api.get(URL) == {"object": "list", "data": [], "has_more": False, "url": URL}


def test_a_page_has_ten_unless_asked_otherwise(api: Api, crowd: list[str]) -> None:
    page = api.get(URL)
    assert (ids(page), page["has_more"], page["url"]) == (crowd[:10], True, URL)
    assert ids(api.get(URL, limit=3)) == crowd[:3]
    whole = api.get(URL, limit=23)
    assert (ids(whole), whole["has_more"]) == (crowd, False)
    assert api.get(URL, limit=22)["has_more"]


@pytest.mark.parametrize(("limit", "length"), [(0, 1), (-5, 1), (1, 1), (101, 23), (2**63 - 1, 23), (-(2**63), 1)])
def test_a_limit_out_of_range_is_drawn_into_it(api: Api, crowd: list[str], limit: int, length: int) -> None:
    assert len(api.get(URL, limit=limit)["data"]) == length


def test_a_sandbox_can_choose_to_refuse_such_a_limit(api: Api, crowd: list[str]) -> None:
    api.post("/_sim/settings", clamp_list_limit=False)
    code = "parameter_invalid_integer"
    assert told(api, limit=0) == (400, "This value must be greater than or equal to 1.", code, "limit")
    assert told(api, limit=101) == (400, "This value must be less than or equal to 100.", code, "limit")
    assert ids(api.get(URL, limit=1)) == crowd[:1]
    assert ids(api.get(URL, limit=100)) == crowd
    assert ids(Api(api.server).get(URL, limit=101)) == []


def test_a_limit_that_is_no_integer_is_refused(api: Api) -> None:
    assert told(api, limit="many") == (400, "Invalid integer: many", "parameter_invalid_integer", "limit")
    assert told(api, limit=2**63)[1] == "Invalid integer: 9223372036854775808"


def test_starting_after_is_what_comes_next(api: Api, crowd: list[str]) -> None:
    page = api.get(URL, limit=5, starting_after=crowd[4])
    assert (ids(page), page["has_more"]) == (crowd[5:10], True)
    last = api.get(URL, limit=5, starting_after=crowd[17])
    assert (ids(last), last["has_more"]) == (crowd[18:], False)
    assert api.get(URL, starting_after=crowd[-1])["data"] == []


def test_ending_before_is_what_comes_just_before_newest_first(api: Api, crowd: list[str]) -> None:
    page = api.get(URL, limit=5, ending_before=crowd[10])
    assert (ids(page), page["has_more"]) == (crowd[5:10], True)
    first = api.get(URL, limit=5, ending_before=crowd[5])
    assert (ids(first), first["has_more"]) == (crowd[:5], False)
    assert api.get(URL, ending_before=crowd[0])["data"] == []


def test_an_unknown_cursor_is_refused_before_two_cursors_are(api: Api, crowd: list[str]) -> None:
    for name in ("starting_after", "ending_before"):
        assert told(api, **{name: "cus_x"}) == (400, "No such customer: 'cus_x'", "resource_missing", name)
        other = "ending_before" if name == "starting_after" else "starting_after"
        assert told(api, **{name: "cus_x", other: crowd[0]})[3] == name
    both = "Received both starting_after and ending_before parameters. Please pass in only one."
    assert told(api, starting_after=crowd[0], ending_before=crowd[5]) == (400, both, None, None)


def test_a_strangers_customer_is_no_cursor(api: Api, server: Server) -> None:
    stranger = Api(server).post(URL)["id"]
    assert told(api, starting_after=stranger)[1] == f"No such customer: '{stranger}'"


def test_a_cursor_need_not_match_the_filters_nor_be_there_still(api: Api, wall: Wall) -> None:
    made = []
    for email in ("a@example.com", "b@example.com", "a@example.com", "b@example.com"):
        made.append(api.post(URL, email=email)["id"])
        wall.advance(1)
    assert ids(api.get(URL, email="a@example.com", starting_after=made[3])) == [made[2], made[0]]
    assert ids(api.get(URL, email="a@example.com", ending_before=made[1])) == [made[2]]
    api.delete(f"{URL}/{made[1]}")
    assert ids(api.get(URL, starting_after=made[1])) == [made[0]]
    assert ids(api.get(URL)) == [made[3], made[2], made[0]]


@pytest.mark.parametrize(("created", "found"), [
    (NEW_YEAR, [14, 23]), (NEW_YEAR + 1, [0, 0]),
    ({"gt": NEW_YEAR}, [0, 14]), ({"gte": NEW_YEAR}, [0, 23]), ({"lt": NEW_YEAR + 20}, [7, 23]),
    ({"lte": NEW_YEAR + 20}, [0, 23]),
    ({"gt": NEW_YEAR, "lt": NEW_YEAR + 20}, [7, 14]), ({"gte": NEW_YEAR + 10, "lte": NEW_YEAR + 10}, [7, 14]),
    ({"gt": NEW_YEAR + 20}, [0, 0]), ({"gte": -(2**63)}, [0, 23]), ({"lte": 2**63 - 1}, [0, 23]),
])
def test_created_is_matched_exactly_or_by_bounds(
        api: Api, crowd: list[str], created: int | dict[str, int], found: list[int]) -> None:
    assert ids(api.get(URL, limit=100, created=created)) == crowd[found[0]:found[1]]


def test_bounds_and_cursors_work_together(api: Api, crowd: list[str]) -> None:
    page = api.get(URL, limit=3, created={"lt": NEW_YEAR + 20}, starting_after=crowd[2])
    assert (ids(page), page["has_more"]) == (crowd[7:10], True)
    page = api.get(URL, limit=3, created={"lt": NEW_YEAR + 20}, ending_before=crowd[9])
    assert (ids(page), page["has_more"]) == (crowd[7:9], False)


@pytest.mark.parametrize(("created", "message", "code", "param"), [
    ("soon", "Invalid integer: soon", "parameter_invalid_integer", "created"),
    ({"gte": "1.5"}, "Invalid integer: 1.5", "parameter_invalid_integer", "created[gte]"),
    ({"after": 1}, "Received unknown parameter: created[after]", "parameter_unknown", "created[after]"),
    ([1], "Received unknown parameter: created[0]", "parameter_unknown", "created[0]"),
])
def test_bounds_that_make_no_sense_are_refused(
        api: Api, created: object, message: str, code: str | None, param: str) -> None:
    assert told(api, created=created) == (400, message, code, param)


def test_the_total_is_not_to_be_had(api: Api) -> None:
    assert told(api, expand=["total_count"]) == (400, "This property cannot be included (total_count)", None, None)


def test_long_lists_of_values_are_read(api: Api) -> None:
    made = [api.post("/v1/products", name=f"Product {number}")["id"] for number in range(3)]
    for filler in (200, 400, 1_500):
        wanted = [made[0], made[2], *(f"prod_{number}" for number in range(filler))]
        page = api.get("/v1/products", ids=wanted, limit=1)
        assert (ids(page), page["has_more"]) == ([made[2]], True)
        assert ids(api.get("/v1/products", ids=wanted)) == [made[2], made[0]]


def test_statements_are_not_kept_without_end(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.wire.pagination, "STATEMENTS_MAX", 5)
    monkeypatch.setattr(app.wire.pagination, "_STATEMENTS", {})
    for length in range(1, 12):
        api.get("/v1/products", ids=[f"prod_{number}" for number in range(length)])
    assert len(app.wire.pagination._STATEMENTS) <= 5


# Pages of every size


def forwards(api: Api, sizes: Iterator[int], **filters: Any) -> list[str]:
    found, more = [], True
    while more:
        cursor = {"starting_after": found[-1]} if found else {}
        page = api.get(URL, limit=next(sizes), **cursor, **filters)
        found += ids(page)
        more = page["has_more"]
    return found


def backwards(api: Api, sizes: Iterator[int], start: str, **filters: Any) -> list[str]:
    found, more = [start], True
    while more:
        page = api.get(URL, limit=next(sizes), ending_before=found[0], **filters)
        found = ids(page) + found
        more = page["has_more"]
    return found


@pytest.mark.parametrize("email", [None, "even@example.com"])
def test_pages_of_any_sizes_make_up_the_list(api: Api, wall: Wall, email: str | None) -> None:
    made = []
    for number in range(40):
        made.append(api.post(URL, email="even@example.com" if number % 2 == 0 else "odd@example.com")["id"])
        wall.advance((0, 0, 1, 0, 5)[number % 5])
    wanted = (made if email is None else made[::2])[::-1]
    filters = {} if email is None else {"email": email}

    @settings(max_examples=25, deadline=None, derandomize=True, database=None)
    @given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
    def walk(sizes: list[int]) -> None:
        assert forwards(api, _again(sizes), **filters) == wanted
        assert backwards(api, _again(sizes), wanted[-1], **filters) == wanted

    walk()


def _again(sizes: list[int]) -> Iterator[int]:
    while True:
        yield from sizes
