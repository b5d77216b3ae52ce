"""The settings of a connected account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from app.context import Context
from app.db.roots import Account
from app.domain.payout_schedules import DELAY_DAYS_MAX, intervals_of, minimum_delay
from app.domain.statement_descriptors import problem_of
from app.errors import InvalidRequest, no_such
from app.resources.accounts.operations.describing import merged_document
from app.resources.files.tables import File
from app.resources.payouts.operations import plan_payouts

_COLOR: Final = re.compile("#(?:[0-9A-Fa-f]{3}){1,2}")
_ANCHORS: Final = {"weekly": "weekly_anchor", "monthly": "monthly_anchor"}
_DESCRIPTORS: Final = (("card_payments", "statement_descriptor_prefix", 2), ("payments", "statement_descriptor", 5),
                       ("payouts", "statement_descriptor", 5))
"""Where a statement descriptor stands, and how long it is at the least."""


def choose(ctx: Context, account: Account, settings: Mapping[str, Any]) -> None:
    """Note the settings that the parameter `settings` chooses. Raises InvalidRequest."""
    _check_branding(ctx, account, settings.get("branding", {}))
    for group, name, shortest in _DESCRIPTORS:
        text = settings.get(group, {}).get(name)
        problem = None if text is None else problem_of(name, text, shortest=shortest)
        if problem is not None:
            raise InvalidRequest(problem, param=f"settings[{group}][{name}]")
    change = dict(settings)
    schedule = settings.get("payouts", {}).get("schedule")
    if schedule is not None:
        chosen = (account.settings or {}).get("payouts", {}).get("schedule", {})
        change["payouts"] = {**settings["payouts"], "schedule": _schedule(account.country, chosen, schedule)}
    account.settings = merged_document(account.settings, change)
    if schedule is not None:
        plan_payouts(ctx.acting_as(account))


def _schedule(country: str, chosen: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """What is chosen of the schedule after the change; what does not belong to its interval is unset.

    Our choice: the words of all refusals.
    """
    param = "settings[payouts][schedule]"
    interval = change.get("interval") or chosen.get("interval") or ("weekly" if country == "JP" else "daily")
    if interval not in intervals_of(country):
        raise InvalidRequest(f"Accounts in {country} are paid out daily.", param=f"{param}[interval]")
    for of, anchor in _ANCHORS.items():
        if anchor in change and interval != of:
            raise InvalidRequest(f"A `{anchor}` is for payouts with the interval `{of}` alone.", param=f"{param}[{anchor}]")
        if interval == of and anchor not in change and anchor not in chosen and change.get("interval") == of:
            raise InvalidRequest(f"Payouts with the interval `{of}` need a `{anchor}`.", code="parameter_missing",
                                 param=f"{param}[{anchor}]")
    unset = {anchor: None for of, anchor in _ANCHORS.items() if of != interval}
    delay, least = change.get("delay_days"), minimum_delay(country)
    if delay == "minimum":
        return {**change, **unset, "delay_days": None}
    if delay is not None and not least <= delay <= DELAY_DAYS_MAX:
        raise InvalidRequest(f"Payouts of this account can be delayed by {least} to {DELAY_DAYS_MAX} days.",
                             param=f"{param}[delay_days]")
    return {**change, **unset}


def _check_branding(ctx: Context, account: Account, branding: Mapping[str, Any]) -> None:
    for name in ("icon", "logo"):
        id = branding.get(name)
        # The platform may have uploaded it for the account, or as the account.
        if id is not None and ctx.get(File, id) is None and ctx.acting_as(account).get(File, id) is None:
            raise no_such("file", id, param=f"settings[branding][{name}]", status=400)
    for name in ("primary_color", "secondary_color"):
        if name in branding and not _COLOR.fullmatch(branding[name]):
            # Our choice: the words.
            raise InvalidRequest(f"Invalid color: {branding[name]}; must be a CSS hex color such as #635bff",
                                 param=f"settings[branding][{name}]")
