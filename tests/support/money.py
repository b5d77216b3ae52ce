"""Money on the balance of a sandbox, without a customer who pays."""

from __future__ import annotations

from sqlalchemy import text

from app.clock.now import wall_seconds
from tests.support.api import Api


def fund(api: Api, amount: int, currency: str = "usd") -> None:
    """Bring money in by a top-up that has settled."""
    source = {"usd": "btok_us_verified", "gbp": "btok_gb_gbp"}[currency]
    topup = api.post("/v1/topups", amount=amount, currency=currency, source=source)["id"]
    api.post(f"/_sim/topups/{topup}/settle")


def available(api: Api, currency: str = "usd") -> int:
    """What of a currency is available by now, in minor units."""
    return _held(api, "available", currency)


def pending(api: Api, currency: str = "usd") -> int:
    """What of a currency is still to become available, in minor units."""
    return _held(api, "pending", currency)


def _held(api: Api, state: str, currency: str) -> int:
    return sum(entry["amount"] for entry in api.get("/v1/balance")[state] if entry["currency"] == currency)


def pay_out_by_itself(api: Api) -> None:
    """Let the midnight be now at which all that is available is paid out."""
    api.post("/_sim/settings", payout_interval="daily")
    account = api.get("/v1/account")["id"]
    with api.server.database.writing() as session:
        session.connection.execute(text("UPDATE payout_schedules SET runs_at = :now, due_at = :now WHERE account_id = :account"),
                                   {"now": wall_seconds(), "account": account})
    api.server.worker.run_due()
    api.post("/_sim/settings", payout_interval="manual")
