"""Two sandboxes and two accounts that are connected to one of them, with an object of every kind on each side."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from typing import Any

from PIL import Image

from app.config import Config
from app.db.database import Database
from app.db.ids import IdSource
from app.factory import create_app
from app.wire.endpoint import Server
from tests.faults.strategies import Pedant, Pool
from tests.faults.test_fuzz import ROUTES, Route, ids_of, recipes, schema_of, seed
from tests.support.api import Answer, Api
from tests.support.connected import connected
from tests.support.copies import copied
from tests.support.money import fund

_ASKING = {"/v1/apps/secrets/find", "/v1/invoices/upcoming", "/v1/invoices/upcoming/lines"}
"""Routes that are read with parameters of their own."""

TRIED_MAX = 2000
"""How many ids, or pairs of ids, are tried to find an object that a route is for."""


class _Noting(Api):
    """A client that remembers the ids of all objects that it was shown."""

    def __init__(self, server: Server, key: str, *, account: str = "") -> None:
        super().__init__(server, key, account=account)
        self.ids: dict[str, dict[str, None]] = {}

    def call(self, method: str, path: str, params: Mapping[str, Any] | None = None,
             headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Answer:
        answer = super().call(method, path, params, headers, body)
        self._note(answer.body)
        return answer

    def _note(self, value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("id"), str) and "object" in value:
                self.ids.setdefault(value["object"], {})[value["id"]] = None
            value = list(value.values())
        for inner in value if isinstance(value, list) else ():
            self._note(inner)


@dataclass(frozen=True)
class Side:
    """Whoever owns objects, and calls: a key, or a key with an account in the header."""

    name: str
    api: Api
    pool: Pool
    ids: frozenset[str]
    """Those of its objects, without what everybody can name: countries, tax codes, capabilities, ids that callers chose."""
    paths: Mapping[Route, str]
    """For each route with an id in it, the path at which there is one of its own objects."""

    def parameters(self, route: Route) -> dict[str, Any]:
        """Parameters that the route takes from this side."""
        pedant, schema = Pedant(self.pool), schema_of(self.api.server, route)
        home = self.pool.kind_of(route.rule.partition("/<")[0].rpartition("/")[2])
        asked = route.method == "POST" or route.rule in _ASKING or route.rule.endswith("/search")
        return pedant.simple(schema, home) | (recipes(self.pool).get(route.rule, {}) if asked else {})


@dataclass(frozen=True)
class World:
    """The platform and its two accounts, and somebody else's sandbox."""

    server: Server
    platform: Side
    account: Side
    sibling: Side
    stranger: Side


def build_world(url: str, folder: Path) -> World:
    """Everything, on an empty database."""
    server = _serve(url, 1)
    platform = _Noting(server, "sk_test_isolation_platform")
    stranger = _Noting(server, "sk_test_isolation_stranger")
    accounts = [_Noting(server, each.key, account=connected(each).account) for each in (platform, platform, stranger)]
    for side in (platform, stranger, *accounts[:2]):
        fill(side)
    share(platform, accounts[0])
    share(stranger, accounts.pop())
    server.database.close()
    shared = _shared_ids(platform, stranger, *accounts)
    sides = []
    for api in (platform, *accounts, stranger):
        # What one of them deletes, another one still has: each looks in a copy of its own.
        with copied(url, folder) as copy:
            server = _serve(copy, 2)
            side = _Found(server, api, shared)
            side.find_paths()
            sides.append(side)
            server.database.close()
    server = _serve(url, 3)
    names = ("the platform", "an account", "another account", "a stranger")
    return World(server, *(side.on(server, name) for side, name in zip(sides, names, strict=True)))


def fill(api: Api) -> None:
    """What the fuzzer's world has, and what else there is."""
    seed(api)
    fund(api, 100_000)
    image = io.BytesIO()
    Image.new("RGB", (8, 8)).save(image, "PNG")
    file = api.upload(image.getvalue(), "a.png", purpose="dispute_evidence")["id"]
    api.post("/v1/file_links", file=file)
    customer = api.post("/v1/customers", payment_method="pm_card_visa", coupon="half")["id"]
    api.post(f"/v1/customers/{customer}/tax_ids", type="eu_vat", value="DE123456789")
    api.post(f"/v1/customers/{customer}/balance_transactions", amount=-500, currency="usd")
    api.post(f"/v1/customers/{customer}/sources", source={
        "object": "bank_account", "account_number": "000123456789", "country": "US", "currency": "usd",
        "routing_number": "110000000"})
    api.post("/v1/promotion_codes", coupon="half", code="HALF")
    for number in ("000123456789", "000111111116"):
        api.post("/_sim/bank_accounts", external_account={
            "object": "bank_account", "account_number": number, "country": "US", "currency": "usd",
            "routing_number": "110000000"})
    api.post("/v1/payouts", amount=100, currency="usd")
    api.post("/v1/topups", amount=500, currency="usd", description="more", statement_descriptor="more")
    api.post("/v1/tokens", card={"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"})
    values = api.post("/v1/radar/value_lists", alias="friends", name="Friends", item_type="email")["id"]
    api.post("/v1/radar/value_list_items", value_list=values, value="jenny@example.com")
    for what in ("early_fraud_warning", "review", "dispute"):
        charge = api.post("/v1/charges", amount=1_000, currency="usd", source="tok_visa")["id"]
        api.post(f"/_sim/charges/{charge}/{what}")
    api.post("/v1/refunds", charge=api.post("/v1/charges", amount=1_000, currency="usd", source="tok_visa")["id"], amount=10)
    api.get("/v1/setup_intents", expand=["data.mandate"])
    if api.account:
        api.get(f"/v1/accounts/{api.account}/capabilities")
    ids_of(api)


def share(platform: Api, account: Api) -> None:
    """What passes between a platform and an account that is connected to it."""
    transfer = platform.post("/v1/transfers", amount=500, currency="usd", destination=account.account)["id"]
    platform.post(f"/v1/transfers/{transfer}/reversals", amount=100)
    fee = account.post("/v1/charges", amount=1_000, currency="usd", source="tok_visa", application_fee_amount=100)[
        "application_fee"]
    platform.post(f"/v1/application_fees/{fee}/refunds", amount=10)
    platform.post("/v1/charges", amount=1_000, currency="usd", source="tok_visa",
                  transfer_data={"destination": account.account})
    for path in ("/v1/application_fees", "/v1/charges", "/v1/transfers"):
        platform.get(path)
    platform.get(f"/v1/accounts/{account.account}/capabilities")


class _Found:
    """A side, while its paths are looked for in a copy of the world."""

    def __init__(self, server: Server, api: _Noting, shared: frozenset[str]) -> None:
        self.kinds = {kind: list(ids) for kind, ids in api.ids.items()}
        self.pool = Pool(self.kinds)
        self.api = Api(server, api.key, account=api.account)
        self.paths: dict[Route, str] = {}
        self._shared = shared

    def on(self, server: Server, name: str) -> Side:
        own = {id for ids in self.kinds.values() for id in ids}
        return Side(name, Api(server, self.api.key, account=self.api.account), self.pool, frozenset(own - self._shared),
                    self.paths)

    def find_paths(self) -> None:
        """Call every route that has ids in it, as its owner, until one is found; what deletes comes last, accounts at the end."""
        order = ("GET", "POST", "DELETE")
        for route in sorted(ROUTES, key=lambda route: (
                order.index(route.method), route.rule == "/v1/accounts/<id>", -route.rule.count("/"))):
            if "<" in route.rule:
                side = Side("", self.api, self.pool, frozenset(), {})
                for path in islice(self._candidates(route), TRIED_MAX):
                    if self.api.call(route.method, path, side.parameters(route)).status not in (403, 404):
                        self.paths[route] = path
                        break

    def _candidates(self, route: Route) -> Iterator[str]:
        segments = route.rule.split("/")
        gaps = [place for place, segment in enumerate(segments) if segment.startswith("<")]
        kinds = [self._kind_of(segments[1:place]) for place in gaps]
        for ids in product(*(self.pool.ids(kind) for kind in kinds)):
            filled = dict(zip(gaps, ids, strict=True))
            if any(id not in self._shared for id in ids):
                yield "/".join(filled.get(place, segment) for place, segment in enumerate(segments))


    def _kind_of(self, before: list[str]) -> str | None:
        if before[-1] == "history":
            return "balance_transaction"
        if before[-1] == "balance_transactions" and "customers" in before:
            return "customer_balance_transaction"
        if before[-1] == "refunds" and "application_fees" in before:
            return "fee_refund"
        if before[-1] in ("external_accounts", "sources"):
            return "bank_account"
        return self.pool.kind_of(before[-1])


def _shared_ids(*sides: _Noting) -> frozenset[str]:
    seen: dict[str, int] = {}
    for side in sides:
        for id in {id for ids in side.ids.values() for id in ids}:
            seen[id] = seen.get(id, 0) + 1
    return frozenset(id for id, times in seen.items() if times > 1 and not id.startswith("acct_"))


def _serve(url: str, id_seed: int) -> Server:
    config = Config(database_url=url, embedded_worker=False, request_log=False, webhook_hosts="loopback")
    server: Server = create_app(config, Database(url, ids=IdSource(id_seed))).extensions["billyard"]
    return server


Migrated = Callable[[Path], str]
