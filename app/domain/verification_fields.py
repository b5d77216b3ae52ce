"""What has to be known of an account before it may be paid, by its country and kind, as the country specs list it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, Literal, NamedTuple

Kind = Literal["company", "individual"]


class VerificationFields(NamedTuple):
    """Paths of an account's attributes, in the alphabet's order: `individual.dob.day`."""

    minimum: tuple[str, ...]
    """Needed of every account of the kind."""
    additional: tuple[str, ...]
    """What may be asked for later."""


# `address(city line1)` stands for address.city and address.line1; `dob` for its three parts.
_ALWAYS: Final = "business_type external_account tos_acceptance(date ip)"
"""Asked for everywhere."""
_ELSEWHERE: Final = ""
"""Stands for all of Europe and for New Zealand."""

_INDIVIDUAL: Final[Mapping[str, tuple[str, str]]] = {
    _ELSEWHERE: (
        "business_profile(mcc url) individual(address(city line1 postal_code) dob email first_name last_name phone)",
        "individual(verification(additional_document document))"),
    "AE": (
        """business_profile(mcc product_description support_phone url) company(name structure tax_id)
        individual(address(line1 state) business_vat_id_number dob email first_name id_number last_name nationality
        phone relationship(executive title))""",
        "documents(company_license(files)) individual(documents(passport(files)))"),
    "AU": (
        "business_profile(mcc url) individual(address(city line1 postal_code state) dob email first_name last_name phone)",
        "individual(verification(document))"),
    "BR": (
        """business_profile(mcc product_description)
        individual(address(city line1 postal_code state) dob email first_name id_number last_name phone
        political_exposure)""",
        "individual(verification(document))"),
    "CA": (
        "individual(address(city line1 postal_code state) dob first_name last_name)",
        "individual(verification(document))"),
    "HK": (
        "business_profile(mcc url) individual(address(city line1) dob email first_name id_number last_name phone)",
        "individual(verification(document))"),
    "IN": (
        "individual(address(city line1 postal_code state) dob first_name id_number last_name)",
        "individual(verification(document))"),
    "JP": (
        """business_profile(mcc product_description url)
        individual(address_kana(city line1 postal_code state town) address_kanji(city line1 postal_code state town) dob
        email first_name_kana first_name_kanji last_name_kana last_name_kanji phone)""",
        "individual(verification(document))"),
    "MX": (
        """business_profile(mcc url)
        individual(address(city line1 postal_code state) dob email first_name id_number last_name phone)""",
        "individual(verification(document))"),
    "MY": (
        "business_profile(url) individual(address(city line1 postal_code) dob first_name id_number last_name)",
        "individual(verification(document))"),
    "SG": (
        """business_profile(mcc url)
        individual(address(line1 postal_code) dob email first_name full_name_aliases id_number last_name nationality
        phone)""",
        "individual(verification(document))"),
    "US": (
        """business_profile(mcc url)
        individual(address(city line1 postal_code state) dob email first_name id_number last_name phone ssn_last_4
        verification(document))""",
        ""),
}

_COMPANY: Final[Mapping[str, tuple[str, str]]] = {
    _ELSEWHERE: (
        """business_profile(mcc url)
        company(address(city line1 postal_code) directors_provided executives_provided name owners_provided phone
        tax_id) directors(dob email first_name last_name relationship(title))
        executives(address(city line1 postal_code) dob email first_name last_name verification(additional_document
        document))
        owners(address(city line1 postal_code) dob email first_name last_name verification(additional_document
        document))
        representative(address(city line1 postal_code) dob email first_name last_name phone relationship(executive
        title))""",
        "company(verification(document)) representative(verification(additional_document document))"),
    "AE": (
        """business_profile(mcc product_description support_phone url)
        company(address(line1 state) business_vat_id_number executives_provided name owners_provided phone structure
        tax_id)
        executives(address(line1 state) dob documents(passport(files)) first_name id_number last_name nationality)
        owners(address(line1 state) dob documents(passport(files)) first_name id_number last_name nationality)
        representative(address(line1 state) dob email first_name id_number last_name nationality phone
        relationship(executive title))""",
        """documents(bank_account_ownership_verification(files) company_license(files)
        company_memorandum_of_association(files)) representative(documents(passport(files)))"""),
    "AU": (
        """business_profile(mcc url)
        company(address(city line1 postal_code state) directors_provided executives_provided name owners_provided phone
        registration_number tax_id) directors(dob email first_name last_name relationship(title))
        executives(address(city line1 postal_code state) dob email first_name last_name relationship(title)
        verification(document))
        owners(address(city line1 postal_code state) dob email first_name last_name relationship(percent_ownership
        title) verification(document))
        representative(address(city line1 postal_code state) dob email first_name last_name phone relationship(executive
        title))""",
        "company(verification(document)) representative(verification(document))"),
    "BR": (
        """business_profile(mcc product_description)
        company(address(city line1 postal_code state) directors_provided executives_provided name owners_provided phone
        tax_id)
        directors(address(city line1 postal_code state) dob email first_name id_number last_name political_exposure
        relationship(title) verification(document))
        executives(address(city line1 postal_code state) dob email first_name id_number last_name political_exposure
        relationship(title) verification(document))
        owners(address(city line1 postal_code state) dob first_name id_number last_name political_exposure
        relationship(percent_ownership) verification(document))
        representative(address(city line1 postal_code state) dob email first_name id_number last_name phone
        political_exposure relationship(executive title))""",
        "company(verification(document)) representative(verification(document))"),
    "CA": (
        """company(address(city line1 postal_code state) name tax_id)
        representative(address(city line1 postal_code state) dob first_name last_name)""",
        "representative(verification(document))"),
    "HK": (
        """business_profile(mcc url) company(address(city line1) name owners_provided phone registration_number)
        owners(address(city line1) dob email first_name id_number last_name relationship(title) verification(document))
        representative(address(city line1) dob email first_name id_number last_name phone relationship(executive title))""",
        "company(verification(document)) representative(verification(document))"),
    "IN": (
        """company(address(city line1 postal_code state) business_cross_border_transaction_classifications name pan
        registration_number)
        owners(address(city line1 postal_code state) dob first_name id_number last_name verification(document))
        representative(address(city line1 postal_code state) dob first_name id_number last_name)""",
        "company(verification(document)) representative(verification(document))"),
    "JP": (
        """business_profile(mcc product_description url)
        company(address_kana(city line1 postal_code state town) address_kanji(city line1 postal_code state town)
        directors_provided name name_kana name_kanji phone tax_id)
        directors(dob first_name_kana first_name_kanji last_name_kana last_name_kanji)
        representative(address_kana(city line1 postal_code state town) address_kanji(city line1 postal_code state town)
        dob email first_name_kana first_name_kanji last_name_kana last_name_kanji phone relationship(title))""",
        "company(verification(document)) representative(verification(document))"),
    "MX": (
        """business_profile(mcc url) company(address(city line1 postal_code state) name owners_provided phone tax_id)
        owners(address(city line1 postal_code state) dob email first_name id_number last_name
        relationship(percent_ownership) verification(document))
        representative(address(city line1 postal_code state) dob email first_name id_number last_name phone)""",
        "company(verification(document)) representative(verification(document))"),
    "MY": (
        """business_profile(url) company(address(city line1 postal_code) name owners_provided tax_id)
        owners(address(city line1 postal_code) dob first_name id_number last_name)
        representative(address(city line1 postal_code) dob first_name id_number last_name relationship(executive))""",
        "company(verification(document)) owners(verification(document)) representative(verification(document))"),
    "SG": (
        """business_profile(mcc url) company(address(line1 postal_code) name phone tax_id) owners(verification(document))
        representative(address(line1 postal_code) dob email first_name full_name_aliases id_number last_name nationality
        phone relationship(executive title))""",
        "company(verification(document)) representative(verification(document))"),
    "US": (
        """business_profile(mcc url) company(address(city line1 postal_code state) name owners_provided phone tax_id)
        owners(address(city line1 postal_code state) dob email first_name id_number last_name phone ssn_last_4
        verification(document))
        representative(address(city line1 postal_code state) dob email first_name id_number last_name phone
        relationship(executive title) ssn_last_4 verification(document))""",
        ""),
}


@cache
def verification_fields(country: str, kind: Kind) -> VerificationFields:
    """What an account of the country has to say; a country without rules of its own follows the European ones."""
    # Our choice: so do the countries that have no spec.
    known = _INDIVIDUAL if kind == "individual" else _COMPANY
    minimum, additional = known.get(country, known[_ELSEWHERE])
    if country == "IE":
        # Irish addresses are told apart by their county.
        minimum = minimum.replace("postal_code", "state")
    return VerificationFields(_paths(f"{_ALWAYS} {minimum}"), _paths(additional))


def _paths(text: str) -> tuple[str, ...]:
    found, prefixes = [], [""]
    for name, opens, closes in re.findall(r"(\w+)(\()?|(\))", text.replace("dob", "dob(day month year)")):
        if closes:
            prefixes.pop()
        elif opens:
            prefixes.append(f"{prefixes[-1]}{name}.")
        else:
            found.append(prefixes[-1] + name)
    return tuple(sorted(found))
