"""The settings of a sandbox: its own choices over the defaults of the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from app.context import Context
from app.resources.payouts.operations import plan_payouts


def settings_of(ctx: Context) -> dict[str, Any]:
    """Every choice in force for the account."""
    return {"object": "settings"} | asdict(ctx.choices)


def change_settings(ctx: Context, values: Mapping[str, Any]) -> dict[str, Any]:
    """Store the given choices for the sandbox, None taking one back to its default; answers all of them.

    They are its platform's, whichever of its accounts is acted for.
    """
    account = ctx.platform
    ctx = ctx.acting_as(account)
    ctx.session.lock(account)
    stored = {name: str(value) if isinstance(value, Decimal) else value
              for name, value in ((account.choices or {}) | dict(values)).items() if value is not None}
    account.choices = stored
    ctx.session.memo.pop(("choices", ctx.account_id), None)
    if any(name.startswith("payout_") for name in values):
        plan_payouts(ctx)
    return settings_of(ctx)
