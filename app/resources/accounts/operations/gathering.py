"""What the requirements engine has to know of an account, gathered from its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.db.roots import Account
from app.domain.requirements import AccountFacts
from app.resources.accounts.tables import AccountVerification
from app.resources.persons.operations import facts_of as facts_of_person

_ADDRESSES = ("address", "address_kana", "address_kanji")
_PROFILE = ("mcc", "product_description", "support_phone", "url")
_COMPANY = ("name", "name_kana", "name_kanji", "phone", "structure")
_FLAGS = ("directors_provided", "executives_provided", "owners_provided")
_UNSHOWN = ("registration_number", "tax_id", "vat_id")


def facts_of(account: Account, verification: AccountVerification) -> AccountFacts:
    """What is known of the account; its relationships are loaded."""
    rows = account.__dict__
    company, unshown = account.company or {}, account.unshown or {}
    return AccountFacts(
        country=account.country, type=account.type or "standard", business_type=account.business_type,
        given=frozenset(_given(account)),
        capabilities={row.id: row.status for row in rows["capabilities"] if row.requested},
        persons=tuple(facts_of_person(row) for row in rows["persons"]), structure=company.get("structure"),
        line1=next((company[name].get("line1") for name in _ADDRESSES if company.get(name)), None),
        tax_id=unshown.get("tax_id"), document=unshown.get("document"),
        bank_ownership=_ownership(account.external_accounts, verification.checked_banks), rejected=account.rejected_reason,
        form_completed=account.onboarding_finished_at is not None)


def _given(account: Account) -> Iterator[str]:
    """The account's attributes that have a value, by their paths."""
    company, unshown = account.company or {}, account.unshown or {}
    if account.business_type is not None:
        yield "business_type"
    yield from _present("business_profile", account.business_profile or {}, _PROFILE)
    yield from _present("company", company, (*_COMPANY, *_FLAGS))
    yield from _present("company", unshown, _UNSHOWN)
    for name in _ADDRESSES:
        yield from _present(f"company.{name}", company.get(name) or {})
    yield from (f"documents.{name}.files" for name in unshown.get("documents") or ())
    yield from _present("tos_acceptance", account.tos_acceptance or {}, ("date", "ip"))
    if account.external_accounts:
        yield "external_account"


def _present(head: str, values: Mapping[str, Any], names: Iterable[str] | None = None) -> Iterator[str]:
    return (f"{head}.{name}" for name in (values if names is None else names) if values.get(name))


def _ownership(external_accounts: Iterable[Any], checked: Iterable[str]) -> str | None:
    """Whether the owner of a bank account has to be proven, or is being looked at."""
    behaviors = {row.id: row.behavior for row in external_accounts}
    if "ownership:asked" in behaviors.values():
        return "asked"
    waits = any(behavior == "ownership:checked" and id not in checked for id, behavior in behaviors.items())
    return "checking" if waits else None
