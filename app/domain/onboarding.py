"""What an onboarding page asks: requirements, as the engine names them, arranged into steps of labelled fields.

A field's name is the requirement that it meets (`individual.dob.day`), so that a form needs no table of its own to be
read back. Nothing here knows of HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from app.domain.banks import account_in
from app.domain.requirements import GIVEN_AS

ROLES: Final = ("representative", "owners", "directors", "executives")
"""The words before the fields of people who are not known yet."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `kind` is how it is answered: text, email, tel, url, number, choice, check or file."""

    name: str
    label: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    """What can be chosen: what is sent, and what is read."""
    autocomplete: str = "off"
    hint: str | None = None
    passing: str = ""
    """A value that verification accepts in test mode."""
    secret: bool = False
    """Whether the answer must never be shown again."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked at once: `key` stands in the address of the page."""

    key: str
    title: str
    fields: tuple[Field, ...]


BUSINESS_TYPES: Final = (
    ("individual", "An individual"), ("company", "A company"), ("non_profit", "A non-profit organization"),
    ("government_entity", "A government entity"),
)

_MCCS: Final = (
    ("5734", "Software"), ("5045", "Computers and equipment"), ("5812", "Restaurants"), ("5999", "Shops of other kinds"),
    ("7299", "Personal services"), ("7392", "Consulting"), ("8299", "Education"), ("8398", "Charities"),
    ("9399", "Government services"), ("4121", "Taxis and rides"), ("7011", "Lodging"), ("5691", "Clothing"),
)
_STRUCTURES: Final = (
    ("private_corporation", "Private corporation"), ("public_corporation", "Public corporation"), ("llc", "LLC"),
    ("multi_member_llc", "Multi-member LLC"), ("single_member_llc", "Single-member LLC"),
    ("sole_proprietorship", "Sole proprietorship"), ("private_partnership", "Private partnership"),
    ("public_partnership", "Public partnership"), ("incorporated_non_profit", "Incorporated non-profit"),
    ("unincorporated_non_profit", "Unincorporated non-profit"), ("governmental_unit", "Governmental unit"),
)
_EXPOSURES: Final = (("none", "No"), ("existing", "Yes"))

_IN_TEST_MODE: Final = "In test mode, a file of any content that is allowed for it is taken."

_BUSINESS: Final = (
    Field("business_type", "Who is it that sells?", "choice", BUSINESS_TYPES, passing="individual"),
    Field("business_profile.mcc", "What is sold?", "choice", _MCCS, passing="5734"),
    Field("business_profile.url", "Website", "url", autocomplete="url", passing="https://accessible.stripe.com"),
    Field("business_profile.product_description", "What is sold, in a few words",
          passing="Handmade billiard cues"),
    Field("business_profile.support_phone", "Phone number for customers", "tel", autocomplete="tel", passing="0000000000"),
)
_COMPANY: Final = (
    Field("name", "Legal name", autocomplete="organization", passing="Cue & Chalk"),
    Field("name_kana", "Legal name (kana)", passing="キューアンドチョーク"),
    Field("name_kanji", "Legal name (kanji)", passing="球技商会"),
    Field("structure", "Legal form", "choice", _STRUCTURES, passing="private_corporation"),
    Field("tax_id", "Tax number", passing="000000000", secret=True),
    Field("registration_number", "Registration number", passing="000000000", secret=True),
    Field("vat_id", "VAT number", passing="000000000", secret=True),
    Field("phone", "Phone number", "tel", autocomplete="tel", passing="0000000000"),
    Field("verification.document", "A document that shows the company", "file", hint=_IN_TEST_MODE),
)
_PEOPLE_TOLD: Final = (
    Field("owners_provided", "Everybody who owns a quarter or more of the company has been named", "check", passing="true"),
    Field("directors_provided", "Every director of the company has been named", "check", passing="true"),
    Field("executives_provided", "Every executive of the company has been named", "check", passing="true"),
)
_HUMAN: Final = (
    Field("first_name", "First name", autocomplete="given-name", passing="Jenny"),
    Field("last_name", "Last name", autocomplete="family-name", passing="Rosen"),
    Field("first_name_kana", "First name (kana)", passing="ジェニー"),
    Field("last_name_kana", "Last name (kana)", passing="ローゼン"),
    Field("first_name_kanji", "First name (kanji)", passing="虚偽"),
    Field("last_name_kanji", "Last name (kanji)", passing="名字"),
    Field("full_name_aliases", "Other names", passing="Jen Rosen"),
    Field("email", "Email", "email", autocomplete="email", passing="jenny.rosen@example.com"),
    Field("phone", "Phone number", "tel", autocomplete="tel", passing="0000000000"),
    Field("dob.day", "Day of birth", "number", autocomplete="bday-day", passing="1"),
    Field("dob.month", "Month of birth", "number", autocomplete="bday-month", passing="1"),
    Field("dob.year", "Year of birth", "number", autocomplete="bday-year", passing="1902"),
    Field("relationship.title", "Title in the company", autocomplete="organization-title", passing="Owner"),
    Field("relationship.executive", "Has a say in how the company is run", "check", passing="true"),
    Field("relationship.percent_ownership", "Share of the company, in percent", "number", passing="100"),
    Field("nationality", "Nationality (two letters)", passing="{country}"),
    Field("political_exposure", "Holds a public office of weight, or is close to somebody who does", "choice", _EXPOSURES,
          passing="none"),
    Field("ssn_last_4", "Last four digits of the Social Security number", passing="0000", secret=True),
    Field("id_number", "Identity number", passing="222222222", secret=True),
    Field("id_number_secondary", "Second identity number", passing="222222222", secret=True),
    Field("verification.document", "A document that shows who this is", "file", hint=_IN_TEST_MODE),
    Field("verification.additional_document", "A document that shows the home address", "file", hint=_IN_TEST_MODE),
    Field("documents.passport.files", "Passport", "file", hint=_IN_TEST_MODE),
    Field("documents.company_authorization.files", "Authorization by the company", "file", hint=_IN_TEST_MODE),
    Field("documents.visa.files", "Visa", "file", hint=_IN_TEST_MODE),
)
_BANK: Final = (
    Field("external_account.country", "Country of the bank (two letters)", passing="{country}"),
    Field("external_account.currency", "Currency (three letters)", passing="{currency}"),
    Field("external_account.account_number", "Account number or IBAN", passing="{account_number}", secret=True),
    Field("external_account.routing_number", "Routing number or sort code, if the bank has one", passing="{routing_number}"),
)
_TERMS: Final = (Field("tos_acceptance", "I accept the terms of service", "check", passing="true"),)

_PASSING_PLACES: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType({
    "US": ("San Francisco", "94111", "CA"), "GB": ("London", "SW1A 1AA", "England"), "DE": ("Berlin", "10115", "Berlin"),
    "FR": ("Paris", "75001", "Paris"), "CA": ("Toronto", "M5V 2T6", "ON"), "AU": ("Sydney", "2000", "NSW"),
    "IE": ("Dublin", "D02 XY45", "Dublin"), "JP": ("渋谷区", "1500001", "東京都"), "SG": ("Singapore", "018989", "Singapore"),
})
_SOMEWHERE: Final = ("Springfield", "10000", "State")

_ADDRESSES: Final = (("address", ""), ("registered_address", "Registered address: "), ("address_kana", "Address (kana): "),
                     ("address_kanji", "Address (kanji): "))
_ADDRESS: Final = (
    ("line1", "Street and number", "address-line1"), ("line2", "Apartment, floor", "address-line2"),
    ("town", "Town", "address-level3"), ("city", "City", "address-level2"), ("state", "State or province", "address-level1"),
    ("postal_code", "Postal code", "postal-code"), ("country", "Country (two letters)", "country"),
)


def _addresses() -> tuple[Field, ...]:
    return tuple(
        Field(f"{address}.{part}", (before + label).capitalize() if before else label, autocomplete=hint,
              passing={"line1": "address_full_match"}.get(part, f"{{{part}}}"))
        for address, before in _ADDRESSES for part, label, hint in _ADDRESS)


_LEGAL: Final = (*_HUMAN, *_addresses())
_COMPANY_FIELDS: Final = (*_COMPANY, *_addresses())

_OF_ROLE: Final = MappingProxyType({
    "representative": "Who represents the company", "owners": "Somebody who owns the company",
    "directors": "A director of the company", "executives": "An executive of the company",
})

_DOCUMENTS: Final = MappingProxyType({
    "bank_account_ownership_verification": "A document that shows who owns the bank account",
    "company_license": "The company's license", "company_memorandum_of_association": "The memorandum of association",
    "company_ministerial_decree": "The ministerial decree", "company_registration_verification": "The company's registration",
    "company_tax_id_verification": "A document that shows the company's tax number",
    "proof_of_registration": "A proof of the company's registration",
})
_PEOPLE_TOLD_NAMES: Final = frozenset(field.name for field in _PEOPLE_TOLD)

_TITLES: Final = MappingProxyType({
    "kind": "Who sells", "business": "What is sold", "company": "The company", "individual": "About you",
    "people": "Who else belongs to the company", "bank": "Where payouts go", "documents": "Documents",
    "terms": "Terms of service", "more": "What else is needed",
})  # fmt: skip
_ORDER: Final = ("kind", "business", "company", "individual", "representative", "person", "owners", "directors", "executives",
                 "people", "bank", "documents", "terms", "more")

Naming = Callable[[str], str]
"""How the people who are known already are called, by their ids."""


def steps_for(wanted: Iterable[str], *, called: Naming) -> tuple[Step, ...]:
    """The steps that ask for these requirements, in the order in which people expect to be asked, and for nothing else."""
    asked: dict[str, dict[str, tuple[int, Field]]] = {}
    for requirement in wanted:
        for key, place, field in _questions(requirement):
            asked.setdefault(key, {})[field.name] = (place, field)
    return tuple(Step(key, _title(key, called), tuple(field for _, field in sorted(asked[key].values(), key=lambda at: at[0])))
                 for key in sorted(asked, key=lambda key: (_ORDER.index(_sort_of(key)), key)))


def people_step(role: str, *, called: Naming) -> Step:
    """The step that adds somebody in a role, though nobody has to be added."""
    names = ("first_name", "last_name", "email", "dob.day", "dob.month", "dob.year")
    return steps_for([f"{role}.{name}" for name in names], called=called)[0]


def known_values(document: Mapping[str, Any], head: str) -> dict[str, str]:
    """What an object shows of what the fields under `head` ask, by their names; a secret is an empty text where it is known."""
    fields = {"business_profile": _BUSINESS, "company": _COMPANY_FIELDS}.get(head, _LEGAL)
    prefix = "" if head == "business_profile" else f"{head}."
    found = {}
    for field in fields:
        path = field.name.removeprefix("business_profile.")
        value = _at(document, f"{path}_provided" if field.secret else path)
        if value not in (None, False, "") and field.kind != "file":
            found[prefix + field.name] = "" if field.secret else _text(value)
    return found


def passing_value(field: Field, country: str, currency: str) -> str:
    """What verification accepts in test mode; a file's is the name of a test document."""
    if field.kind == "file":
        return "file_identity_document_success"
    city, postal_code, state = _PASSING_PLACES.get(country, _SOMEWHERE)
    bank = account_in(country)
    return field.passing.format(
        city=city, postal_code=postal_code, state=state, town="Cueton", line2="", country=country, currency=currency,
        account_number=bank.number if bank else "", routing_number=(bank and bank.routing_number) or "")


def _questions(requirement: str) -> Iterable[tuple[str, int, Field]]:
    """The steps, places in them and fields that a requirement asks."""
    requirement = GIVEN_AS.get(requirement.partition(".")[2], requirement)
    head, _, rest = requirement.partition(".")
    match head:
        case "business_type":
            yield "kind", 0, _BUSINESS[0]
        case "business_profile":
            yield ("business", *_field(_BUSINESS, requirement, ""))
        case "company":
            told = rest in _PEOPLE_TOLD_NAMES
            yield ("people" if told else "company", *_field(_PEOPLE_TOLD if told else _COMPANY_FIELDS, rest, "company."))
        case "external_account":
            for place, field in enumerate(_BANK):
                yield "bank", place, field
        case "documents":
            label = _DOCUMENTS.get(rest.removesuffix(".files"), "A document")
            yield "documents", 0, Field(requirement, label, "file", hint=_IN_TEST_MODE)
        case "tos_acceptance":
            yield "terms", 0, _TERMS[0]
        case _ if _sort_of(head) != "more":
            yield (head, *_field(_LEGAL, rest, f"{head}."))
        case _:
            yield ("more", *_field((), requirement, ""))


def _field(fields: tuple[Field, ...], name: str, prefix: str) -> tuple[int, Field]:
    """The field with this name, and its place; one that nobody foresaw is asked as a text by its own name."""
    for place, field in enumerate(fields):
        if field.name == name:
            return place, replace(field, name=prefix + name)
    words = name.rpartition(".")[2].replace("_", " ")
    return len(fields), Field(prefix + name, words.capitalize())


def _sort_of(key: str) -> str:
    """Of which kind a step is."""
    return "person" if key.startswith("person_") else key if key in _ORDER else "more"


def _title(key: str, called: Naming) -> str:
    return called(key) if _sort_of(key) == "person" else _OF_ROLE.get(key) or _TITLES[key]


def _at(document: Mapping[str, Any], path: str) -> Any:
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
