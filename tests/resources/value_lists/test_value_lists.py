"""Value lists: made, filled, searched, emptied."""

from __future__ import annotations

from typing import Any

import pytest

from app.control.doctor import examine
from app.db.session import entity
from app.domain.radar import ITEM_TYPES
from app.resources.value_lists.tables import ValueList
from app.wire.endpoint import Server
from tests.support.api import Api
from tests.support.wall import NEW_YEAR, Wall

LISTS, ITEMS = "/v1/radar/value_lists", "/v1/radar/value_list_items"


@pytest.fixture(autouse=True)
def new_year(wall: Wall) -> Wall:
    return wall


def made(api: Api, alias: str = "blocked", **values: Any) -> str:
    return str(api.post(LISTS, alias=alias, name=alias.title(), **values)["id"])


def item(api: Api, value_list: str, value: str) -> str:
    return str(api.post(ITEMS, value_list=value_list, value=value)["id"])


def test_a_list_and_its_items(api: Api, server: Server, wall: Wall) -> None:
    value_list = api.post(LISTS, alias="custom_ips", name="Custom IPs", item_type="ip_address", metadata={"by": "Jenny"})
    account = api.get("/v1/account")["id"]
    assert value_list == {
        "id": value_list["id"], "object": "radar.value_list", "alias": "custom_ips", "created": NEW_YEAR,
        "created_by": account, "item_type": "ip_address", "livemode": False, "metadata": {"by": "Jenny"},
        "list_items": {"object": "list", "data": [], "has_more": False, "url": f"{ITEMS}?value_list={value_list['id']}"},
        "name": "Custom IPs"}
    assert value_list["id"].startswith("rsl_1")
    wall.advance(5)
    first = api.post(ITEMS, value_list=value_list["id"], value="1.2.3.4")
    assert first == {
        "id": first["id"], "object": "radar.value_list_item", "created": NEW_YEAR + 5, "created_by": account,
        "livemode": False, "value": "1.2.3.4", "value_list": value_list["id"]}
    assert first["id"].startswith("rsli_1")
    others = [item(api, value_list["id"], f"10.0.0.{number}") for number in range(10)]
    shown = api.get(f"{LISTS}/{value_list['id']}")["list_items"]
    assert ([each["id"] for each in shown["data"]], shown["has_more"]) == (others[::-1], True)
    assert api.get(f"{ITEMS}/{first['id']}") == first
    path = f"{ITEMS}/{first['id']}"
    assert api.call("DELETE", path).body == {"id": first["id"], "object": "radar.value_list_item", "deleted": True}
    refused = api.refused("GET", path)
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        404, "item", f"No such value_list_item: '{first['id']}'")
    changed = api.post(f"{LISTS}/{value_list['id']}", alias="ips", name="IPs", metadata={"by": "", "at": "night"})
    assert (changed["alias"], changed["name"], changed["metadata"]) == ("ips", "IPs", {"at": "night"})
    assert api.post(f"{LISTS}/{value_list['id']}", alias="ips") == changed
    gone = api.call("DELETE", f"{LISTS}/{value_list['id']}").body
    assert gone == {"id": value_list["id"], "object": "radar.value_list", "deleted": True}
    for path, name in ((f"{LISTS}/{value_list['id']}", "value_list"), (f"{ITEMS}/{others[0]}", "value_list_item")):
        assert api.call("GET", path).error["message"] == f"No such {name}: '{path.rsplit('/')[-1]}'"
    assert made(api, "ips") != value_list["id"]
    assert api.event_types() == []
    assert examine(server.database, account=api.key) == []


def test_a_list_shows_its_ten_newest_items_and_reads_no_more(api: Api, server: Server, wall: Wall) -> None:
    small, large = made(api, "small"), made(api, "large")
    kept = item(api, small, "kept")
    items = []
    for number in range(25):
        items.insert(0, item(api, large, f"value {number}"))
        wall.advance(number % 2)
    shown = {each["id"]: each["list_items"] for each in api.get(LISTS)["data"]}
    assert [each["id"] for each in shown[large]["data"]] == items[:10]
    assert ([each["id"] for each in shown[small]["data"]], shown[small]["has_more"]) == ([kept], False)
    assert (shown[large]["has_more"], api.get(f"{LISTS}/{large}")["list_items"]) == (True, shown[large])
    with server.database.reading() as session:
        [row] = [row for row in session.rows(ValueList, entity(ValueList)) if row.id == large]
        session.load([row], "items")
        assert len(row.items) == 11


def test_lists_are_found_by_alias_time_and_content(api: Api, wall: Wall) -> None:
    strings = made(api, "strings")
    wall.advance(10)
    exact = made(api, "exact", item_type="case_sensitive_string")
    item(api, strings, "Fraud")
    item(api, exact, "fraud")

    def listed(**filters: Any) -> list[str]:
        return [each["id"] for each in api.get(LISTS, **filters)["data"]]

    assert listed() == [exact, strings]
    assert listed(alias="strings") == [strings]
    assert listed(alias="Strings") == []
    assert listed(created={"gt": NEW_YEAR}) == [exact]
    assert listed(contains="fraud") == [exact, strings]
    assert listed(contains="FRAUD") == [strings]
    assert listed(contains="frau") == []
    item(api, exact, "".join(chr(0x1F300 + number) for number in range(800)))
    assert listed(limit=1, starting_after=exact) == [strings]
    assert Api(api.server).get(LISTS)["data"] == []


def test_items_are_found_by_what_they_contain(api: Api, wall: Wall) -> None:
    emails, other = made(api, "emails", item_type="email"), made(api, "other")
    one = item(api, emails, "Jenny@example.com")
    wall.advance(10)
    two = item(api, emails, "jim%_\\@example.org")
    item(api, other, "jenny@example.com")

    def listed(**filters: Any) -> list[str]:
        return [each["id"] for each in api.get(ITEMS, value_list=emails, **filters)["data"]]

    assert listed() == [two, one]
    assert listed(value="jenny") == [one]
    assert listed(value="EXAMPLE.") == [two, one]
    assert listed(value="%_\\") == [two], "wildcards are letters"
    assert listed(value="%") == [two]
    assert listed(created=NEW_YEAR) == [one]
    assert listed(ending_before=one) == [two]
    refused = api.refused("GET", ITEMS)
    assert (refused.error["code"], refused.error["param"]) == ("parameter_missing", "value_list")
    refused = api.refused("GET", ITEMS, value_list="rsl_none")
    assert (refused.status, refused.error["message"]) == (400, "No such value_list: 'rsl_none'")


@pytest.mark.parametrize(("item_type", "good", "bad"), [
    ("card_bin", "424242", "42424a"), ("card_fingerprint", "Xt5EWLLDS7FJjR1c", "short"),
    ("case_sensitive_string", "Any", None), ("country", "DE", "DEU"), ("customer_id", "cus_1234", "jenny"),
    ("email", "jenny@example.com", "jenny"), ("ip_address", "2001:db8::1", "1.2.3"), ("string", "Any", None)])
def test_values_are_of_the_lists_type(api: Api, item_type: str, good: str, bad: str | None) -> None:
    assert item_type in ITEM_TYPES
    value_list = made(api, item_type, item_type=item_type)
    item(api, value_list, good)
    refused = api.refused("POST", ITEMS, value_list=value_list, value=good)
    assert (refused.status, refused.error["param"], refused.error["message"]) == (
        400, "value", f"The value list {value_list} has this value already.")
    if bad is not None:
        refused = api.refused("POST", ITEMS, value_list=value_list, value=bad)
        assert (refused.error["param"], refused.error["message"]) == ("value", f"The value must be a valid {item_type}.")
    turned = api.call("POST", ITEMS, {"value_list": value_list, "value": good.swapcase()}).status
    assert turned == (200 if item_type == "case_sensitive_string" or item_type == "card_fingerprint" else 400)
    assert len(api.get(ITEMS, value_list=value_list)["data"]) == 1 + (turned == 200)


@pytest.mark.parametrize(("path", "values", "param", "message"), [
    (LISTS, {"name": "A"}, "alias", "Missing required param: alias."),
    (LISTS, {"alias": "a"}, "name", "Missing required param: name."),
    (LISTS, {"alias": "taken", "name": "A"}, "alias", "A value list with the alias taken exists already."),
    (LISTS, {"alias": "a", "name": "A", "item_type": "phone"}, "item_type",
     "Invalid item_type: must be one of card_bin, card_fingerprint, case_sensitive_string, country, customer_id, email, "
     "ip_address, or string"),
    (LISTS, {"alias": "a" * 101, "name": "A"}, "alias", "Invalid string: aaaa...aaaa; must be at most 100 characters"),
    (f"{LISTS}/$other", {"alias": "taken"}, "alias", "A value list with the alias taken exists already."),
    (f"{LISTS}/rsl_none", {}, "value_list", "No such value_list: 'rsl_none'"),
    (ITEMS, {"value": "a"}, "value_list", "Missing required param: value_list."),
    (ITEMS, {"value_list": "$other", "value": "a" * 801}, "value",
     "Invalid string: aaaa...aaaa; must be at most 800 characters"),
    (ITEMS, {"value_list": "rsl_none", "value": "a"}, "value_list", "No such value_list: 'rsl_none'"),
])
def test_what_is_refused(api: Api, path: str, values: dict[str, str], param: str, message: str) -> None:
    made(api, "taken")
    other = made(api, "other")
    before = api.get(LISTS)
    refused = api.refused("POST", path.replace("$other", other), **{
        name: value.replace("$other", other) for name, value in values.items()})
    assert (refused.error["param"], refused.error["message"]) == (param, message)
    assert api.get(LISTS) == before
