"""What a person looks like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.domain.capabilities import nothing_due
from app.domain.requirements import DOCUMENT_FAILED
from app.render import OMIT, view_of
from app.render.fields import Attr, Const, Derived, Hash, Ref
from app.render.view import View
from app.resources.persons.tables import Person


def _future_requirements(_person: Person) -> dict[str, Any]:
    """None are announced. A person has no deadline and no reason of their own."""
    return {name: value for name, value in nothing_due().items() if name not in ("current_deadline", "disabled_reason")}


def _if_failed(column: str, value: str) -> Callable[[Person], str | None]:
    return lambda person: value if person.__dict__[column] == "failure" else None


def _document(name: str) -> Hash:
    return Hash(
        back=Ref(f"{name}_back", f"{name}_back_id"),
        details=Derived(_if_failed(name, DOCUMENT_FAILED)),
        details_code=Derived(_if_failed(name, "document_failed_other")),
        front=Ref(f"{name}_front", f"{name}_front_id"),
    )


@view_of(Person)
class PersonView(View):
    id = Attr()
    object = Const("person")
    account = Attr("account_id")
    address = Attr(omit_null=True)
    address_kana = Attr(omit_null=True)
    address_kanji = Attr(omit_null=True)
    created = Attr()
    dob = Derived(lambda person: person.dob or {"day": None, "month": None, "year": None})
    email = Attr(omit_null=True)
    first_name = Attr()
    first_name_kana = Attr(omit_null=True)
    first_name_kanji = Attr(omit_null=True)
    full_name_aliases = Attr(omit_null=True)
    future_requirements = Derived(_future_requirements)
    gender = Attr(omit_null=True)
    id_number_provided = Derived(lambda person: person.id_number is not None)
    id_number_secondary_provided = Derived(lambda person: OMIT if person.id_number_secondary is None else True)
    last_name = Attr()
    last_name_kana = Attr(omit_null=True)
    last_name_kanji = Attr(omit_null=True)
    maiden_name = Attr(omit_null=True)
    metadata = Attr("metadata_")
    nationality = Attr(omit_null=True)
    phone = Attr(omit_null=True)
    political_exposure = Attr(omit_null=True)
    registered_address = Attr(omit_null=True)
    relationship = Hash(
        director=Attr(),
        executive=Attr(),
        owner=Attr(),
        percent_ownership=Derived(
            lambda person: None if person.percent_ownership is None else float(person.percent_ownership)),
        representative=Attr(),
        title=Attr(),
    )
    requirements = Attr()
    ssn_last_4_provided = Derived(lambda person: person.ssn_last_4 is not None)
    verification = Hash(
        additional_document=_document("additional_document"),
        details=Attr("verification_details"),
        details_code=Attr("verification_details_code"),
        document=_document("document"),
        status=Attr("verification_status"),
    )
