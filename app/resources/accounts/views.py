"""What an account looks like."""

from __future__ import annotations

from typing import Any

from app.db.roots import Account
from app.domain.capabilities import nothing_due
from app.domain.choices import Choices
from app.domain.fees import SETTLING_DAYS
from app.render import OMIT, render, view_of
from app.render.fields import Attr, Const, Derived, Sublist
from app.render.view import View

_LISTED = 10


def _settings(account: Account) -> dict[str, Any]:
    """What a dashboard would let its owner set."""
    return {
        "bacs_debit_payments": {},
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": account.display_name, "timezone": "Etc/UTC"},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": True,
            "schedule": _schedule(account),
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }


def _schedule(account: Account) -> dict[str, Any]:
    """When the account is paid out, as the settings of the sandbox say."""
    choices = Choices().with_overrides(account.choices or {})
    schedule: dict[str, Any] = {"delay_days": SETTLING_DAYS, "interval": choices.payout_interval}
    if choices.payout_interval == "monthly":
        schedule["monthly_anchor"] = choices.payout_monthly_anchor
    if choices.payout_interval == "weekly":
        schedule["weekly_anchor"] = choices.payout_weekly_anchor
    return schedule


def _capabilities(account: Account) -> dict[str, str]:
    """The status of each capability that is requested. Platforms have what they need."""
    if account.platform_id is None:
        return {"card_payments": "active", "transfers": "active"}
    return {row.id: row.status for row in account.__dict__["capabilities"] if row.requested}


def _individual(account: Account) -> Any:
    """The person behind the account of an individual; left out for all others."""
    if account.business_type != "individual":
        return OMIT
    return next((render(person) for person in account.__dict__["persons"] if person.representative), OMIT)


def _controller(account: Account) -> dict[str, Any]:
    """Who controls it: the application of the platform that has made it, or nobody but itself."""
    return {"type": "account"} if account.platform_id is None else {"is_controller": True, "type": "application"}


@view_of(Account)
class AccountView(View):
    id = Attr()
    object = Const("account")
    business_profile = Derived(
        lambda row: {
            "mcc": None,
            "name": row.display_name,
            "product_description": None,
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": None,
        }
    )
    business_type = Attr()
    capabilities = Derived(_capabilities, needs="capabilities")
    charges_enabled = Derived(lambda row: row.platform_id is None or row.charges_enabled)
    controller = Derived(_controller)
    country = Attr()
    created = Attr()
    default_currency = Attr()
    details_submitted = Derived(lambda row: row.platform_id is None or row.details_submitted)
    email = Attr()
    external_accounts = Sublist("/v1/accounts/{id}/external_accounts", "bank_accounts", also="cards", limit=_LISTED,
                                only=lambda row: row.is_external_account)
    future_requirements = Derived(lambda row: nothing_due())
    individual = Derived(_individual, needs="persons")
    metadata = Attr("metadata_")
    payouts_enabled = Derived(lambda row: row.platform_id is None or row.payouts_enabled)
    requirements = Derived(lambda row: row.requirements or nothing_due())
    settings = Derived(_settings)
    tos_acceptance = Derived(lambda row: {"date": None, "ip": None, "user_agent": None})
    type = Derived(lambda row: row.type or "standard")
