"""What is said about a business: its profile, the company behind it, documents, and the terms that it has accepted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from app.context import Context
from app.db.roots import Account
from app.domain.requirements import DOCUMENT_FAILED
from app.domain.urls import is_url
from app.errors import InvalidRequest
from app.resources.files.operations import identity_file
from app.resources.legal_values import check_address, kept_phone
from app.resources.persons.operations import reduced_company, reduced_document

_MCC: Final = re.compile("[0-9]{4}")
_AMERICAN_DIGITS: Final = 9
_ADDRESSES: Final = ("address", "address_kana", "address_kanji")


def describe(ctx: Context, account: Account, values: Mapping[str, Any]) -> None:
    """Note what the parameters say about the business behind the account. Raises InvalidRequest."""
    if "business_profile" in values:
        account.business_profile = _profile(account, values["business_profile"])
    if "company" in values:
        _describe_company(ctx, account, values["company"])
    if "documents" in values:
        _hand_in(ctx, account, values["documents"])
    if "tos_acceptance" in values:
        _accept_terms(account, values["tos_acceptance"])


def merged_document(present: Mapping[str, Any] | None, change: Mapping[str, Any]) -> dict[str, Any]:
    """The document after a change: hashes in it are merged, and what is unset is left out."""
    result = dict(present or {})
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = merged_document(result.get(name), value)
        else:
            result[name] = value
    return result


def _profile(account: Account, change: Mapping[str, Any]) -> dict[str, Any]:
    if "mcc" in change and not _MCC.fullmatch(change["mcc"]):
        # Our choice: the words.
        raise InvalidRequest(f"Invalid mcc: {change['mcc']}; must be four digits", param="business_profile[mcc]")
    for name in ("support_url", "url"):
        if change.get(name) is not None and not is_url(_with_scheme(change[name])):
            raise InvalidRequest("Not a valid URL", code="url_invalid", param=f"business_profile[{name}]")
    change = dict(change)
    if "support_address" in change:
        check_address(change["support_address"], param="business_profile[support_address]")
    if "support_phone" in change:
        change["support_phone"] = kept_phone(change["support_phone"], account.country, param="business_profile[support_phone]")
    return merged_document(account.business_profile, change)


def _with_scheme(url: str) -> str:
    """Our choice: a site may be named as people do, without `https://`."""
    return url if "://" in url else f"https://{url}"


def _describe_company(ctx: Context, account: Account, values: Mapping[str, Any]) -> None:
    # Of numbers only what verification makes of them is kept.
    change, unshown = reduced_company(values), dict(account.unshown or {})
    for name in _ADDRESSES:
        if name in change:
            check_address(change[name], param=f"company[{name}]")
    if "phone" in change:
        change["phone"] = kept_phone(change["phone"], account.country, param="company[phone]")
    if "tax_id" in change:
        unshown["tax_id"] = _outcome_of_tax_id(change.pop("tax_id"), account.country)
        change["tax_id_provided"] = True
    if change.pop("vat_id", None) is not None:
        unshown["vat_id"] = change["vat_id_provided"] = True
    if change.pop("registration_number", None) is not None:
        unshown["registration_number"] = True
    document = change.pop("verification", {}).get("document")
    if document:
        change["verification"], unshown["document"] = _document(ctx, account, document)
    account.company, account.unshown = merged_document(account.company, change), unshown


def _outcome_of_tax_id(number: Mapping[str, Any], country: str) -> str:
    if country == "US" and number["digits"] != _AMERICAN_DIGITS:
        # Our choice: the words.
        raise InvalidRequest("Invalid tax id: a tax id in the United States has nine digits.", code="tax_id_invalid",
                             param="company[tax_id]")
    return str(number["outcome"])


def _document(ctx: Context, account: Account, given: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The hash `verification` after a document was given, and what comes of the document: `success` or `failure`."""
    files, outcome = reduced_document(ctx.acting_as(account), given, param="company[verification][document]")
    if outcome == "failure":
        return {"document": {"back": None, "details": DOCUMENT_FAILED, "details_code": "document_failed_other",
                             "front": None}}, outcome
    return {"document": {**files, "details": None, "details_code": None}}, outcome


def _hand_in(ctx: Context, account: Account, documents: Mapping[str, Any]) -> None:
    unshown = dict(account.unshown or {})
    kept = dict(unshown.get("documents", {}))
    for kind, given in documents.items():
        files = [identity_file(ctx.acting_as(account), named, param=f"documents[{kind}][files][{index}]")[0]
                 for index, named in enumerate(given.get("files", ()))]
        if files:
            kept[kind] = files
    account.unshown = {**unshown, "documents": kept}


def _accept_terms(account: Account, terms: Mapping[str, Any]) -> None:
    if terms.get("service_agreement") not in (None, "full", "recipient"):
        raise InvalidRequest("Invalid tos_acceptance[service_agreement]: must be one of full or recipient",
                             param="tos_acceptance[service_agreement]")
    account.tos_acceptance = merged_document(account.tos_acceptance, terms)
