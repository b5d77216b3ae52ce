"""What an account looks like, to its platform and to itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.db.roots import Account
from app.domain.capabilities import nothing_due
from app.domain.choices import Choices
from app.domain.fees import SETTLING_DAYS
from app.domain.payout_schedules import Schedule, schedule_of
from app.domain.statement_descriptors import PREFIX_MAX, descriptor_of, host_of
from app.render import OMIT, render, view_of
from app.render.fields import Attr, Const, Derived, DerivedRefs, Sublist
from app.render.view import View
from app.resources.files.tables import File

_LISTED: Final = 10
_ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")
_PROFILE: Final = ("mcc", "name", "product_description", "support_address", "support_email", "support_phone", "support_url",
                   "url")
_NO_DOCUMENT: Final = {"back": None, "details": None, "details_code": None, "front": None}


def _nulls(names: tuple[str, ...], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """What was given of these members, and null for the others."""
    return dict.fromkeys(names) | dict(given or {})


def _business_profile(account: Account) -> dict[str, Any]:
    profile = _nulls(_PROFILE, account.business_profile or {"name": account.display_name})
    if profile["support_address"] is not None:
        profile["support_address"] = _nulls(_ADDRESS, profile["support_address"])
    return profile


def _hides_its_owner(account: Account) -> bool:
    """Whether who is behind the account is for its holder alone to see: of all but Custom ones, once onboarding began."""
    return account.type != "custom" and (account.platform_id is None or account.onboarding_started_at is not None)


def _of_connected(function: Callable[[Account], Any]) -> Callable[[Account], Any]:
    """What a platform's own account does not have, by the reference's list of its keys."""
    return lambda account: OMIT if account.platform_id is None else function(account)


def _company(account: Account) -> Any:
    if _hides_its_owner(account):
        return OMIT
    given = _of_the_individual(account) | (account.company or {})
    shown = {"address": _nulls(_ADDRESS, given.pop("address", None)), "directors_provided": False, "executives_provided": False,
             "name": None, "owners_provided": False, "phone": None, "tax_id_provided": False,
             "verification": {"document": _NO_DOCUMENT | given.pop("verification", {}).get("document", {})}} | given
    return dict(sorted(shown.items()))


def _of_the_individual(account: Account) -> dict[str, Any]:
    """What the company behind the account of an individual is: themselves."""
    if account.business_type != "individual":
        return {}
    given: dict[str, Any] = dict.fromkeys(("directors_provided", "executives_provided", "owners_provided"), True)
    person = _representative(account)
    if person is not None:
        given |= {"address": person.address, "phone": person.phone}
    return given


def _representative(account: Account) -> Any:
    return next((person for person in account.__dict__["persons"] if person.representative), None)


def _settings(account: Account) -> dict[str, Any]:
    """What was chosen, what follows from the profile, and the defaults of the rest."""
    chosen = account.settings or {}
    profile = account.business_profile or {}
    payments = _nulls(("statement_descriptor", "statement_descriptor_kana", "statement_descriptor_kanji"), chosen.get("payments"))
    payments["statement_descriptor"] = payments["statement_descriptor"] or descriptor_of(profile.get("url"))
    cards = _nulls(("statement_descriptor_prefix", "statement_descriptor_prefix_kana", "statement_descriptor_prefix_kanji"),
                   chosen.get("card_payments"))
    if cards["statement_descriptor_prefix"] is None and payments["statement_descriptor"] is not None:
        cards["statement_descriptor_prefix"] = payments["statement_descriptor"].upper()[:PREFIX_MAX]
    payouts = chosen.get("payouts", {})
    shown = {
        "bacs_debit_payments": {},
        "branding": _nulls(("icon", "logo", "primary_color", "secondary_color"), chosen.get("branding")),
        "card_issuing": {"tos_acceptance": _terms(chosen.get("card_issuing"))},
        "card_payments": {"decline_on": {"avs_failure": False, "cvc_failure": False} | cards.pop("decline_on", {}), **cards},
        "dashboard": {"display_name": account.display_name or _display_name(profile), "timezone": "Etc/UTC"},
        "payments": payments,
        "payouts": {
            "debit_negative_balances": payouts.get("debit_negative_balances", account.type != "custom"),
            "schedule": _schedule(account).as_shown(),
            "statement_descriptor": payouts.get("statement_descriptor"),
        },
        "sepa_debit_payments": {},
    }
    if any(row.id == "treasury" and row.requested for row in account.__dict__["capabilities"]):
        shown["treasury"] = {"tos_acceptance": _terms(chosen.get("treasury"))}
    return shown


def _terms(group: Mapping[str, Any] | None) -> dict[str, Any]:
    return _nulls(("date", "ip"), (group or {}).get("tos_acceptance"))


def _display_name(profile: Mapping[str, Any]) -> str | None:
    """The name of the business, or of its site without the last part of its host."""
    host = host_of(profile.get("url"))
    name: str | None = profile.get("name") or (host.rpartition(".")[0] or host if host is not None else None)
    return name


def _schedule(account: Account) -> Schedule:
    """When the account is paid out: a platform as the settings of the sandbox say, any other as its own do."""
    if account.platform_id is not None:
        return schedule_of(account.country, (account.settings or {}).get("payouts", {}).get("schedule", {}))
    choices = Choices().with_overrides(account.choices or {})
    return Schedule(choices.payout_interval, SETTLING_DAYS, choices.payout_weekly_anchor, choices.payout_monthly_anchor)


def _capabilities(account: Account) -> dict[str, str]:
    """The status of each capability that is requested. Platforms have what they need."""
    if account.platform_id is None:
        return {"card_payments": "active", "transfers": "active"}
    return {row.id: row.status for row in account.__dict__["capabilities"] if row.requested}


def _individual(account: Account) -> Any:
    """The person behind the account of an individual; left out for all others."""
    if account.business_type != "individual" or _hides_its_owner(account):
        return OMIT
    person = _representative(account)
    return OMIT if person is None else render(person)


def _controller(account: Account) -> dict[str, Any]:
    """Who controls it: the application of the platform that has made it, or nobody but itself."""
    return {"type": "account"} if account.platform_id is None else {"is_controller": True, "type": "application"}


def _uploaders(account: Account) -> list[str]:
    """Whose files it may show: its own, and what its platform has uploaded for it."""
    return [id for id in (account.id, account.platform_id) if id is not None]


def _sides(*documents: str) -> list[str]:
    return [f"{document}.{side}" for document in documents for side in ("back", "front")]


@view_of(Account)
class AccountView(View):
    id = Attr()
    object = Const("account")
    business_profile = Derived(_business_profile)
    business_type = Derived(lambda row: OMIT if _hides_its_owner(row) else row.business_type)
    capabilities = Derived(_capabilities, needs="capabilities")
    charges_enabled = Derived(lambda row: row.platform_id is None or row.charges_enabled)
    company = DerivedRefs(_company, paths=_sides("verification.document"), table=File, owners=_uploaders)
    controller = Derived(_controller)
    country = Attr()
    created = Derived(_of_connected(lambda row: row.created))
    default_currency = Attr()
    details_submitted = Derived(lambda row: row.platform_id is None or row.details_submitted)
    email = Attr()
    # Our choice: a platform's own account shows them, too, as there is no Dashboard to look them up for payouts.
    external_accounts = Sublist("/v1/accounts/{id}/external_accounts", "bank_accounts", also="cards", limit=_LISTED,
                                only=lambda row: row.is_external_account)
    future_requirements = Derived(_of_connected(lambda row: nothing_due()))
    individual = DerivedRefs(
        _individual, paths=_sides("verification.document", "verification.additional_document"), table=File, owners=_uploaders,
        needs="persons")
    metadata = Derived(_of_connected(lambda row: row.metadata_))
    payouts_enabled = Derived(lambda row: row.platform_id is None or row.payouts_enabled)
    requirements = Derived(_of_connected(lambda row: row.requirements or nothing_due()))
    settings = DerivedRefs(_settings, paths=("branding.icon", "branding.logo"), table=File, owners=_uploaders,
                           needs="capabilities")
    tos_acceptance = Derived(_of_connected(lambda row: _nulls(("date", "ip", "user_agent"), row.tos_acceptance)))
    type = Derived(lambda row: row.type or "standard")
