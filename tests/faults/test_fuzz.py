"""Strangers at every route: whatever they send, no answer is a 500, and what is refused is refused properly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.config import Config
from app.db.database import Database
from app.db.ids import IdSource
from app.factory import create_app
from app.registry import BLUEPRINTS
from app.wire.endpoint import Server
from app.wire.params import params_of
from tests.faults.strategies import NEW_YEAR, Pedant, Pool, Raw, Stranger
from tests.support.api import Answer, Api
from tests.support.connected import connected
from tests.support.copies import copied
from tests.support.money import fund
from tests.support.rows import row_counts

EXAMPLES = 12
KEY = "sk_test_fuzzfuzzfuzz"
ERROR_TYPES = {"api_error", "card_error", "idempotency_error", "invalid_request_error"}


class Route(NamedTuple):
    method: str
    rule: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def serve(url: str, id_seed: int) -> Server:
    config = Config(database_url=url, embedded_worker=False, request_log=False, webhook_hosts="loopback")
    server: Server = create_app(config, Database(url, ids=IdSource(id_seed))).extensions["billyard"]
    return server


def routes() -> list[Route]:
    from flask import Flask

    app = Flask("routes", static_folder=None)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    # Pages answer in HTML: `tests/pages` has strangers of its own.
    return sorted(Route(method, rule.rule) for rule in app.url_map.iter_rules()
                  if rule.rule.startswith(("/v1/", "/_sim/")) and rule.rule != "/_sim/health"
                  for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})


def seed(api: Api) -> None:
    """A small world: a customer of each kind, one with and one without a test clock, and what bills them."""
    recurring = {"currency": "usd", "recurring": {"interval": "month"}}
    gold = api.post("/v1/products", name="Gold", id="gold")["id"]
    flat = api.post("/v1/prices", product=gold, unit_amount=1_000, **recurring)["id"]
    more = api.post("/v1/prices", product=gold, unit_amount=250, **recurring)["id"]
    yearly = api.post("/v1/prices", product=gold, unit_amount=9_000, currency="usd", recurring={"interval": "year"})["id"]
    metered = api.post("/v1/prices", product=gold, currency="usd", billing_scheme="tiered", tiers_mode="graduated",
                       recurring={"interval": "month", "usage_type": "metered"},
                       tiers=[{"up_to": 10, "unit_amount": 5}, {"up_to": "inf", "unit_amount_decimal": "2.5"}])["id"]
    once = api.post("/v1/prices", product=gold, unit_amount=500, currency="usd")["id"]
    api.post("/v1/prices", product=gold, unit_amount=500, currency="jpy", recurring={"interval": "week"})
    rate = api.post("/v1/tax_rates", display_name="VAT", inclusive=False, percentage=20)["id"]
    half = api.post("/v1/coupons", id="half", percent_off=50, duration="repeating", duration_in_months=3)["id"]
    api.post("/v1/coupons", amount_off=500, currency="usd", duration="forever", max_redemptions=5)
    hook = api.post("/v1/webhook_endpoints", url="http://127.0.0.1:9/hook", enabled_events=["*"])["id"]
    api.post(f"/v1/webhook_endpoints/{hook}", disabled=True)
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=NEW_YEAR)["id"]
    for capture_method in ("automatic", "manual"):
        api.post("/v1/payment_intents", amount=2_000, currency="usd", payment_method="pm_card_visa", confirm=True,
                 capture_method=capture_method)
    api.post("/v1/payment_intents", amount=2_000, currency="usd", payment_method="pm_card_threeDSecure2Required", confirm=True)
    api.post("/v1/charges", amount=2_000, currency="usd", source="tok_visa", capture=False)
    agreed = {"customer_acceptance": {"type": "offline"}}
    for method in ("pm_card_visa", "pm_card_threeDSecure2Required"):
        api.post("/v1/setup_intents", payment_method=method, confirm=True, mandate_data=agreed)
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    for place in ({}, {"test_clock": clock}):
        customer = api.post("/v1/customers", email="jenny@example.com", **card, **place)["id"]
        api.post("/v1/subscriptions", customer=customer, items=[{"price": flat, "tax_rates": [rate]}], coupon=half)
        used = api.post("/v1/subscriptions", customer=customer, items=[{"price": metered}])
        item = used["items"]["data"][0]["id"]
        api.post(f"/v1/subscription_items/{item}/usage_records", quantity=5, timestamp="now", action="increment")
        api.post("/v1/subscription_schedules", customer=customer, start_date="now",
                 phases=[{"items": [{"price": flat}], "iterations": 2}, {"items": [{"price": yearly, "quantity": 2}]}])
        for due in ({}, {}, {"collection_method": "send_invoice", "days_until_due": 7}):
            api.post("/v1/invoiceitems", customer=customer, amount=700, currency="usd")
            drawn = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include", **due)["id"]
        api.post(f"/v1/invoices/{drawn}/finalize")
        api.post("/v1/credit_notes", invoice=drawn, amount=100)
        api.post("/v1/invoiceitems", customer=customer, amount=900, currency="usd")
        bought = api.post("/v1/invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
        api.post(f"/v1/invoices/{bought}/pay")
        line = api.get(f"/v1/invoices/{bought}")["lines"]["data"][0]["id"]
        api.post("/v1/credit_notes", invoice=bought, refund_amount=300, credit_amount=100, lines=[
            {"type": "invoice_line_item", "invoice_line_item": line, "amount": 400}])
        api.post("/v1/invoiceitems", customer=customer, amount=-200, currency="usd")
    api.post("/v1/subscriptions", customer=customer, items=[{"price": flat}, {"price": more, "quantity": 3}])
    stopped = api.post("/v1/subscriptions", customer=customer, items=[{"price": flat}])["id"]
    api.delete(f"/v1/subscriptions/{stopped}")
    for steps in ((), ("finalize",), ("finalize", "accept")):
        quote = api.post("/v1/quotes", customer=customer, line_items=[{"price": flat}, {"price": once}],
                         discounts=[{"coupon": half}])["id"]
        for step in steps:
            api.post(f"/v1/quotes/{quote}/{step}")
    if not api.account:
        seed_shared(api)
    api.post("/v1/quotes", test_clock=clock)
    api.post("/v1/products", name="Lead")
    api.post("/v1/apps/secrets", name="api-key", payload="hush", scope={"type": "account"})
    api.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})
    api.post("/v1/customers", test_clock=clock)
    api.delete(f"/v1/customers/{api.post('/v1/customers')['id']}")


def seed_shared(api: Api) -> None:
    """What a platform has of its connected accounts."""
    account = connected(api).account
    earned = api.post("/v1/payment_intents", amount=2_000, currency="usd", payment_method="pm_card_visa", confirm=True,
                      transfer_data={"destination": account}, application_fee_amount=100)["charges"]["data"][0]["application_fee"]
    api.post(f"/v1/application_fees/{earned}/refunds", amount=10)
    fund(api, 1_000)
    for _ in range(2):
        sent = api.post("/v1/transfers", amount=100, currency="usd", destination=account)["id"]
        api.post(f"/v1/transfers/{sent}/reversals", amount=10)


def recipes(pool: Pool) -> dict[str, dict[str, Raw]]:
    """For routes that rarely take what their declaration alone suggests: parameters that they do take."""
    (customer, *_), (product, *_), (price, *_) = (pool.ids(kind) for kind in ("customer", "product", "price"))
    # The first one is the platform's own.
    account = pool.ids("account")[-1]
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    amount = {"currency": "usd", "unit_amount": "1000"}
    scope = {"type": "account"}
    return {
        **{route.rule: {"query": 'created>0 -metadata["k"]:"v"'} for route in ROUTES if route.rule.endswith("/search")},
        "/_sim/time": {"advance": "86400"},
        "/v1/apps/secrets": {"name": "api-key", "payload": "hush", "scope": scope},
        "/v1/apps/secrets/delete": {"name": "api-key", "scope": scope},
        "/v1/apps/secrets/find": {"name": "api-key", "scope": scope},
        "/v1/application_fees/<id>/refund": {"amount": "1"},
        "/v1/application_fees/<id>/refunds": {"amount": "1"},
        "/v1/charges/<id>/refund": {"amount": "1"},
        "/v1/charges/<id>/refunds": {"amount": "1"},
        "/v1/coupons": {"percent_off": "25", "duration": "once"},
        "/v1/customers/<customer>/payment_methods": {"type": "card"},
        "/v1/invoiceitems": {"customer": customer, "amount": "700", "currency": "usd"},
        "/v1/invoices": {"customer": customer},
        "/v1/invoices/upcoming": {"customer": customer},
        "/v1/invoices/upcoming/lines": {"customer": customer},
        "/v1/payment_methods": {"type": "card", "card": card},
        "/v1/payment_methods/<id>/attach": {"customer": customer},
        "/v1/plans": {"amount": "700", "currency": "usd", "interval": "month", "product": product},
        "/v1/prices": amount | {"product": product, "recurring": {"interval": "month"}},
        "/v1/products": {"name": "Silver"},
        "/v1/refunds": {"charge": pool.ids("charge")[0], "amount": "1"},
        "/v1/quotes": {"customer": customer, "line_items": [{"price": price, "quantity": "2"}]},
        "/v1/subscription_items": {"subscription": pool.ids("subscription")[-1], "price": pool.ids("price")[1]},
        "/v1/subscription_schedules": {
            "customer": customer, "phases": [{"items": [{"price": price}], "iterations": "2"}], "start_date": "now"},
        "/v1/subscriptions": {"customer": customer, "items": [{"price": price}]},
        "/v1/tax_rates": {"display_name": "VAT", "inclusive": "false", "percentage": "20"},
        "/v1/test_helpers/test_clocks": {"frozen_time": str(NEW_YEAR)},
        "/v1/test_helpers/test_clocks/<id>/advance": {"frozen_time": str(NEW_YEAR + 40 * 86_400)},
        "/v1/transfers": {"amount": "1", "currency": "usd", "destination": account},
        "/v1/transfers/<id>/reversals": {"amount": "1"},
        "/v1/webhook_endpoints": {"url": "http://127.0.0.1:9/hook", "enabled_events": ["quote.accepted"]},
    }


def ids_of(api: Api) -> dict[str, list[str]]:
    """The ids of all objects that lists show, or that are inside of what they show, by kind."""
    found: dict[str, dict[str, None]] = {}

    def note(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("id"), str) and "object" in value:
                found.setdefault(value["object"], {})[value["id"]] = None
            for inner in value.values():
                note(inner)
        elif isinstance(value, list):
            for inner in value:
                note(inner)

    for _, rule in (route for route in ROUTES if route.method == "GET" and "<" not in route.rule):
        clocks = found.get("test_helpers.test_clock", {"none": None})
        for filters in ({}, {"limit": 100}, {"limit": 100, "test_clock": next(iter(clocks))}):
            answer = api.call("GET", rule, filters)
            if answer.status == 200:
                note(answer.body)
    return {kind: list(ids) for kind, ids in found.items()}


ROUTES = routes()


@pytest.fixture(scope="module")
def world(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Pool]:
    """The URL of a seeded database, and what is in it."""
    url = migrated(tmp_path_factory.mktemp("world"))
    server = serve(url, 1)
    api = Api(server, KEY)
    seed(api)
    pool = Pool(ids_of(api))
    server.database.close()
    return url, pool


@pytest.fixture
def server(world: tuple[str, Pool], tmp_path: Path, route: Route) -> Iterator[Server]:
    """Each route has a copy of the world to itself, so that what it does to it does not depend on the others."""
    with copied(world[0], tmp_path) as url:
        server = serve(url, 2 + ROUTES.index(route))
        yield server
        server.database.close()


def problem_with(answer: Answer) -> str | None:
    """What is wrong with the answer itself; None for a proper one."""
    if answer.status == 200:
        is_file = answer.headers["Content-Type"] == "application/pdf" and answer.body.startswith(b"%PDF-")
        return None if isinstance(answer.body, dict) or is_file else "no object"
    if answer.status not in (400, 402, 403, 404, 429):
        return "a status that no refusal has"
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    if not isinstance(error, dict) or list(answer.body) != ["error"]:
        return "no envelope"
    if list(error) != sorted(error) or None in error.values():
        return "members out of order, or null"
    if error.get("type") not in ERROR_TYPES or not error.get("message"):
        return "no type or message"
    if error.get("code") == "lock_timeout":
        return "a race without a rival"
    return None if isinstance(error.get("param", ""), str) else "a param that is no text"


class Siege:
    """Calls at one route, and what was wrong with the answers."""

    def __init__(self, server: Server, route: Route, pool: Pool) -> None:
        self.api, self.route, self.pool = Api(server, KEY), route, pool
        self.schema = schema_of(server, route)
        self.home = pool.kind_of(route.rule.partition("/<")[0].rpartition("/")[2])
        is_asked = route.method == "POST" or route.rule.startswith("/v1/invoices/upcoming") or route.rule.endswith(
            ("/search", "/find"))
        self.recipe = recipes(pool).get(route.rule, {}) if is_asked else {}
        self.failures: list[tuple[str, str, dict[str, Raw], int, Any]] = []
        self._rows = row_counts(server)

    def call(self, path: str, params: dict[str, Raw]) -> None:
        answer = self.api.call(self.route.method, quote(path), params)
        problem = problem_with(answer)
        if self.route.method != "GET":
            rows = row_counts(self.api.server)
            if rows != self._rows and answer.status not in (200, 402):
                problem = problem or "a refusal that wrote rows"
            self._rows = rows
        if problem is not None:
            self.failures.append((problem, path, params, answer.status, answer.body))

    def try_limits(self) -> None:
        """Call with every value that the route takes at each of its limits."""
        path = "/".join(self.pool.ids(self.home)[0] if part.startswith("<") else part
                        for part in self.route.rule.split("/"))
        for params in Pedant(self.pool).calls(self.schema, self.home, self.recipe):
            self.call(path, params)

    def let_time_pass(self) -> None:
        """Whatever was made of the world, time still passes in it."""
        clock = self.pool.ids("test_clock")[0]
        self.api.call("POST", f"/v1/test_helpers/test_clocks/{clock}/advance", {"frozen_time": NEW_YEAR + 33 * 86_400})
        self.api.server.worker.run_due()
        clocks = self.api.get("/v1/test_helpers/test_clocks")["data"]
        assert [clock for clock in clocks if clock["status"] != "ready"] == []


@pytest.mark.parametrize("route", ROUTES, ids=map(str, ROUTES))
def test_no_stranger_gets_a_500(route: Route, server: Server, world: tuple[str, Pool]) -> None:
    siege = Siege(server, route, world[1])
    siege.try_limits()

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(st.data(), st.sampled_from((0, 0, 15)))
    def attack(data: st.DataObject, rude: int) -> None:
        stranger = Stranger(data.draw, siege.pool, rude)
        siege.call(stranger.path(route.rule), stranger.parameters(siege.schema, siege.home, siege.recipe))

    attack()
    if siege.failures:
        pytest.fail(f"{len(siege.failures)} wrong answers, such as {siege.failures[0]!r}")
    if route.method != "GET":
        siege.let_time_pass()


def schema_of(server: Server, route: Route) -> Any:
    """The declaration of the route's parameters."""
    import inspect

    for rule in server.flask.url_map.iter_rules():
        if rule.rule == route.rule and route.method in (rule.methods or ()):
            answers = server.flask.view_functions[rule.endpoint].__dict__["answers"]
            return params_of(inspect.getclosurevars(answers).nonlocals["schema"])
    raise AssertionError(route)
