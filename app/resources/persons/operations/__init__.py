"""What happens to the persons of connected accounts."""

from app.resources.persons.operations.assessing import facts_of, settle
from app.resources.persons.operations.reducing import reduced, reduced_company, reduced_document, reduced_number
from app.resources.persons.operations.writing import (
    all_persons,
    check_access,
    create_person,
    delete_person,
    find_person,
    individual_of,
    update_person,
    write_individual,
)

__all__ = [
    "all_persons", "check_access", "create_person", "delete_person", "facts_of", "find_person", "individual_of", "reduced",
    "reduced_company", "reduced_document", "reduced_number", "settle", "update_person", "write_individual",
]  # fmt: skip
