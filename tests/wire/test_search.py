"""Search: the envelope, pages and their tokens, what is refused, and how the database gets there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.db.session import Session
from app.domain.search import Clause, Query, fold, write
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.wall import Wall
from tests.wire.test_lists import ids

URL = "/v1/customers/search"


def told(api: Api, **params: Any) -> tuple[int, str, str | None, str | None]:
    answer = api.refused("GET", URL, **params)
    return answer.status, answer.error["message"], answer.error.get("code"), answer.error.get("param")


@pytest.fixture
def crowd(api: Api, wall: Wall) -> list[str]:
    """Twelve customers, newest first: seven and five in one second each; every third of them has no name."""
    made = []
    for number in range(12):
        made.append(api.post("/v1/customers", name=f"Jenny Rosen {number}" if number % 3 else None)["id"])
        if number == 6:
            wall.advance(10)
    return made[::-1]


def test_an_empty_result_is_an_envelope(api: Api) -> None:
    assert api.get(URL, query='name:"Jenny"') == {
        "object": "search_result", "data": [], "has_more": False, "next_page": None, "url": URL}


def test_pages_follow_one_another_newest_first(api: Api, crowd: list[str]) -> None:
    assert ids(api.get(URL, query="created>0")) == crowd[:10]
    for size in (1, 3, 5, 12):
        gone_through: list[str] = []
        page = api.get(URL, query="created>0", limit=size)
        while page["has_more"]:
            gone_through += ids(page)
            assert len(page["data"]) == size
            page = api.get(URL, query="created>0", limit=size, page=page["next_page"])
        assert gone_through + ids(page) == crowd
        assert page["next_page"] is None
    named = [each for place, each in enumerate(crowd) if (11 - place) % 3]
    page = api.get(URL, query="-name:null", limit=5)
    assert ids(page) + ids(api.get(URL, query="-name:null", limit=100, page=page["next_page"])) == named


def test_a_page_stays_where_it_is_while_customers_come_and_go(api: Api, crowd: list[str]) -> None:
    page = api.get(URL, query="created>0", limit=4)
    api.post("/v1/customers")
    api.delete(f"/v1/customers/{crowd[3]}")
    api.delete(f"/v1/customers/{crowd[5]}")
    following = api.get(URL, query="created>0", limit=4, page=page["next_page"])
    assert ids(following) == [crowd[4], *crowd[6:9]]
    assert api.get(URL, query="created>0", limit=4)["next_page"] != page["next_page"]
    assert api.get(URL, query="  created>'0' ", limit=4, page=page["next_page"]) == following, "one query, written otherwise"


def test_a_page_belongs_to_its_query_and_sandbox(api: Api, crowd: list[str], server: Server) -> None:
    token = api.get(URL, query="created>0", limit=4)["next_page"]
    wrong = (400, "Invalid page: pass the `next_page` of a search result with the same query.", None, "page")
    for other in ("created>1", "created>0 name:null", "-created>0", "created>=0"):
        assert told(api, query=other, page=token) == wrong
    for broken in (token[:-1], token + "AAAA", token[::-1], "1", "é" * 32, "=" * 32, token.replace(token[4], "!", 1)):
        assert told(api, query="created>0", page=broken) == wrong
    assert told(Api(server), query="created>0", page=token) == wrong
    assert api.call("GET", "/v1/products/search", {"query": "created>0", "page": token}).status == 400
    assert told(api, query="created>0", page="")[2:] == ("parameter_invalid_empty", "page")


def test_all_can_be_counted(api: Api, crowd: list[str]) -> None:
    page = api.get(URL, query="created>0", limit=2, expand=["total_count", "data.test_clock"])
    assert (page["total_count"], ids(page)) == (12, crowd[:2])
    following = api.get(URL, query="created>0", limit=2, expand=["total_count"], page=page["next_page"])
    assert (following["total_count"], ids(following)) == (12, crowd[2:4])
    assert api.get(URL, query="name:null", expand=["total_count"])["total_count"] == 4
    assert told(api, query="created>0", expand=["test_clock"])[1] == (
        "This property cannot be expanded (test_clock). You may want to try expanding 'data.test_clock' instead.")
    assert api.refused("GET", "/v1/customers", expand=["total_count"]).status == 400


def test_limits_are_those_of_lists(api: Api, crowd: list[str]) -> None:
    assert ids(api.get(URL, query="created>0", limit=0)) == crowd[:1]
    assert ids(api.get(URL, query="created>0", limit=1_000)) == crowd
    api.post("/_sim/settings", clamp_list_limit=False)
    assert told(api, query="created>0", limit=101)[3] == "limit"


def test_a_search_stays_in_its_sandbox(api: Api, crowd: list[str], server: Server) -> None:
    assert Api(server).get(URL, query="created>0 OR name:null OR -name:null", expand=["total_count"])["total_count"] == 0


def test_new_data_can_be_held_back(api: Api, crowd: list[str], wall: Wall) -> None:
    api.post("/_sim/settings", search_lag_s=60)
    assert ids(api.get(URL, query="created>0")) == []
    wall.advance(50)
    assert ids(api.get(URL, query="created>0")) == crowd[5:]
    wall.advance(10)
    assert ids(api.get(URL, query="created>0", limit=20)) == crowd


def test_words_can_be_enough(api: Api) -> None:
    one, two = (api.post("/v1/customers", name=name, email=email)["id"] for name, email in (
        ("One two three four", "amy@rocketrides.io"), ("One two  three", "amy@rocketrides.io.uk")))
    assert ids(api.get(URL, query='name:"one two three"')) == []
    api.post("/_sim/settings", search_strings="words")
    for query, expected in {
        'name:"ONE two three"': [one], 'name:"one two"': [two, one], 'name:" two   three "': [one], 'name:"two"': [two, one],
        'name:"one three"': [], 'name:"on"': [], 'name:"hree"': [], '-name:"four"': [two], 'email:"amy@rocketrides.io"': [one],
        'email:"amy"': [], 'name:""': [],
    }.items():
        assert ids(api.get(URL, query=query)) == expected, query


@pytest.mark.parametrize(("query", "message"), [
    ("asdf", 'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata '
             'or key:"value" to query for other fields.'),
    ("name:null OR name:null AND name:null", "We were unable to parse your search query. You cannot combine `AND` and `OR` in "
                                              "one query."),
    ('name~"ab"', "The value of `name~` must have at least 3 characters."),
    ('-email~""', "The value of `email~` must have at least 3 characters."),
    ('name>"abc"', "Operator `>` is not supported for search field `name`. Supported: `:`, `~`."),
    ('metadata["k"]~"abc"', "Operator `~` is not supported for search field `metadata`. Supported: `:`."),
    ('created~"123"', "Operator `~` is not supported for search field `created`. Supported: `:`, `>`, `>=`, `<`, `<=`."),
    ('created:"today"', "Field `created` is numeric, so that its value must be an integer."),
    ("created>1.5", "Field `created` is numeric, so that its value must be an integer."),
])
def test_what_cannot_be_answered_is_refused(api: Api, query: str, message: str) -> None:
    assert told(api, query=query) == (400, message, None, "query")


def test_a_query_is_asked_for(api: Api) -> None:
    assert told(api) == (400, "Missing required param: query.", "parameter_missing", "query")
    assert told(api, query="")[2:] == ("parameter_invalid_empty", "query")
    assert told(api, query="created>0", starting_after="cus_1")[1:] == (
        "Received unknown parameter: starting_after", "parameter_unknown", "starting_after")
    assert api.call("POST", URL).status == 404, "there is no customer with the id `search`"


@pytest.mark.parametrize(("path", "params"), [
    (URL, {"query": 'email:"jenny@example.com"'}), (URL, {"query": 'name:"jenny"'}), (URL, {"query": "-name:null"}),
    ("/v1/invoices/search", {"query": 'customer:"cus_1"'}), ("/v1/invoices/search", {"query": 'subscription:"sub_1" total>0'}),
    ("/v1/prices/search", {"query": 'product:"prod_1"'}), ("/v1/products/search", {"query": 'name~"gold"'}),
    ("/v1/customers", {}), ("/v1/customers", {"email": "jenny@example.com"}), ("/v1/subscriptions", {}),
    ("/v1/subscriptions", {"status": "ended"}), ("/v1/invoices", {}), ("/v1/invoiceitems", {"pending": True}),
])
def test_an_index_has_the_rows_in_order(api: Api, monkeypatch: pytest.MonkeyPatch, path: str, params: dict[str, Any]) -> None:
    plans: list[str] = []

    def explained(session: Session, sql: str, values: Any) -> Any:
        if "ORDER BY" in sql:
            if session.connection.dialect.name == "postgresql":
                # Three rows are read whole and sorted, unless that is forbidden.
                for way in ("seqscan", "bitmapscan", "sort"):
                    session.connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
            explain = "EXPLAIN" if session.connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
            plans.extend(str(row[-1]) for row in run(session, f"{explain} {sql}", values).fetchall())
        return run(session, sql, values)

    run = Session._run
    monkeypatch.setattr(Session, "_run", explained)
    api.get(path, **params)
    plan = "\n".join(plans)
    assert "index" in plan.lower() and "TEMP B-TREE" not in plan and "Sort" not in plan.replace("Sort Key", ""), plan


LETTERS = "aAkK\u212aßẞσςΣıİiIéÉюЮ%_\\\"' 7"
"""Letters whose case is not that of ASCII, and characters that are special somewhere."""
texts = st.text(st.sampled_from(LETTERS), max_size=6)
some = texts.filter(bool)
people = st.fixed_dictionaries({}, optional={
    "email": some, "name": some, "metadata": st.dictionaries(some, some, max_size=2)})


def clauses_about(known: list[str]) -> st.SearchStrategy[Clause]:
    """Clauses that ask for the known texts, for parts of them, and for others."""
    pieces = st.one_of(st.sampled_from(known).flatmap(lambda text: st.integers(0, len(text)).map(lambda n: text[n:].swapcase())),
                       st.sampled_from(known), texts)
    of_texts = st.builds(lambda field, value, part, negated: Clause(
        field, "~" if part and value is not None and len(fold(value)) >= 3 else ":", value, None, negated),
        st.sampled_from(("email", "name")), st.none() | pieces, st.booleans(), st.booleans())
    of_metadata = st.builds(lambda key, value, negated: Clause("metadata", ":", value, key, negated),
                            pieces, st.none() | pieces, st.booleans())
    return of_texts | of_metadata


def is_met(clause: Clause, person: dict[str, Any]) -> bool:
    present = person["metadata"].get(clause.key) if clause.key is not None else person[clause.field]
    if clause.value is None:
        met = present is None
    elif clause.operator == "~":
        met = present is not None and fold(clause.value) in fold(present)
    else:
        met = present is not None and fold(present) == fold(clause.value)
    return met != clause.negated


@settings(max_examples=8, deadline=None, derandomize=True, database=None)
@given(st.lists(people, min_size=1, max_size=6), st.data())
def test_what_is_found_is_what_meets_the_query(shared_server: Server, made: list[dict[str, Any]], data: st.DataObject) -> None:
    api = Api(shared_server)
    customers = [api.post("/v1/customers", **values) for values in made][::-1]
    known = [text for each in customers for text in (each["email"], each["name"], *each["metadata"], *each["metadata"].values())
             if text] or [" "]
    for _ in range(12):
        asked = data.draw(st.lists(clauses_about(known), min_size=1, max_size=3))
        query = Query(tuple(asked), any=len(asked) > 1 and data.draw(st.booleans()))
        needed = any if query.any else all
        expected = [each["id"] for each in customers if needed(is_met(clause, each) for clause in asked)]
        assert ids(api.get(URL, query=write(query), limit=100)) == expected, write(query)
