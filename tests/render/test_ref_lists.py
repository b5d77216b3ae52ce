from collections.abc import Iterator
from typing import Any

import pytest

from app.context import Context
from app.db.session import Session
from app.render import load_for_rendering, parse_expand, render
from app.render.fields import Attr, Const, RefList
from app.render.view import VIEWS, View, compile_view
from app.resources.subscriptions.tables import SubscriptionItem
from app.resources.tax_rates.tables import TaxRate
from app.wire.endpoint import Server

ACCOUNT = "acct_1RefLists"


class WholeView(View):
    id = Attr()
    object = Const("subscription_item")
    tax_rates = RefList(table=TaxRate, whole=True)


class ExpandableView(View):
    id = Attr()
    object = Const("subscription_item")
    taxes = RefList("tax_rates", table=TaxRate)


class SingleView(View):
    id = Attr()
    object = Const("subscription_item")
    tax = RefList("tax_rates", table=TaxRate, single=True)


class CountingSession(Session):
    """Counts the statements that read many rows."""

    statements = 0

    def rows(self, *args: Any, **values: Any) -> Any:
        self.statements += 1
        return super().rows(*args, **values)


@pytest.fixture
def session(server: Server) -> Iterator[CountingSession]:
    with server.database.writing() as writing:
        ctx = Context(session=writing, ids=server.database.ids, account_id=ACCOUNT, now=1_659_312_000)
        for id, percentage in (("txr_gst", "5"), ("txr_pst", "9.975"), ("txr_vat", "20")):
            if ctx.get(TaxRate, id) is None:
                ctx.add(TaxRate(id=id, active=True, display_name=id, inclusive=False, percentage=percentage))
    with server.database.reading() as reading:
        yield CountingSession(reading.connection, writing=False)


def item(id: str, tax_rates: list[str] | None) -> SubscriptionItem:
    return SubscriptionItem(account_id=ACCOUNT, id=id, tax_rates=tax_rates)


def ids_of(rendered: dict[str, Any], key: str) -> list[str]:
    return [rate["id"] for rate in rendered[key]]


def test_whole_lists_of_all_rows_are_read_by_one_statement(
        session: CountingSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VIEWS, SubscriptionItem, compile_view(WholeView))
    items = [item("si_1", ["txr_pst", "txr_gst"]), item("si_2", []), item("si_3", ["txr_vat", "txr_gst"])]
    load_for_rendering(session, list(items))
    assert session.statements == 1
    rendered = [render(row) for row in items]
    assert [ids_of(each, "tax_rates") for each in rendered] == [["txr_pst", "txr_gst"], [], ["txr_vat", "txr_gst"]]
    assert rendered[0]["tax_rates"][0]["object"] == "tax_rate"
    assert rendered[0]["tax_rates"][0]["percentage"] == 9.975


def test_empty_and_null_lists_are_shown_as_they_are_without_a_statement(
        session: CountingSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VIEWS, SubscriptionItem, compile_view(WholeView))
    items = [item("si_1", []), item("si_2", None)]
    load_for_rendering(session, list(items))
    assert [render(row)["tax_rates"] for row in items] == [[], None]
    assert session.statements == 0


def test_a_list_that_changed_is_loaded_afresh(session: CountingSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VIEWS, SubscriptionItem, compile_view(WholeView))
    row = item("si_1", ["txr_vat", "txr_gst"])
    load_for_rendering(session, [row])
    row.tax_rates = ["txr_gst"]
    load_for_rendering(session, [row])
    assert ids_of(render(row), "tax_rates") == ["txr_gst"]
    assert session.statements == 1


def test_an_expandable_list_shows_ids_until_it_is_expanded(
        session: CountingSession, monkeypatch: pytest.MonkeyPatch) -> None:
    view = compile_view(ExpandableView)
    monkeypatch.setitem(VIEWS, SubscriptionItem, view)
    row = item("si_1", ["txr_gst", "txr_pst"])
    load_for_rendering(session, [row])
    assert render(row) == {"id": "si_1", "object": "subscription_item", "taxes": ["txr_gst", "txr_pst"]}
    assert session.statements == 0
    tree = parse_expand(["taxes"], view, is_list=False)
    load_for_rendering(session, [row], tree)
    assert session.statements == 1
    assert [rate["percentage"] for rate in render(row, tree)["taxes"]] == [5.0, 9.975]


def test_an_empty_list_expands_to_an_empty_list(session: CountingSession, monkeypatch: pytest.MonkeyPatch) -> None:
    view = compile_view(ExpandableView)
    monkeypatch.setitem(VIEWS, SubscriptionItem, view)
    row, tree = item("si_1", []), parse_expand(["taxes"], view, is_list=False)
    load_for_rendering(session, [row], tree)
    assert render(row, tree)["taxes"] == []
    assert session.statements == 0


def test_a_single_is_the_one_object_that_the_list_names(
        session: CountingSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VIEWS, SubscriptionItem, compile_view(SingleView))
    items = [item("si_1", ["txr_gst"]), item("si_2", ["txr_gst", "txr_vat"]), item("si_3", []), item("si_4", None)]
    load_for_rendering(session, list(items))
    assert session.statements == 1
    shown = [render(row)["tax"] for row in items]
    assert shown[0]["id"] == "txr_gst"
    assert shown[1:] == [None, None, None]
