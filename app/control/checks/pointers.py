"""Whether what a row names exists, where no foreign key of the database says so."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import RelationshipProperty, aliased

from app.control.checks import Books, Problem
from app.db.base import Base, StripeObject
from app.db.roots import Account
from app.render.fields import RefAmong
from app.render.view import VIEWS
from app.resources.balance.tables import BalanceTransaction


@cache
def pointers_without_a_foreign_key() -> list[tuple[Any, str, RelationshipProperty[Any]]]:
    """Table, column and relationship of every to-one relationship that the schema does not guard.

    Those are the pointers that go round in circles: a subscription's latest invoice, an invoice's charge. One that
    `outlives` what it names is left out.
    """
    found = []
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__):
        table: Any = mapper.local_table
        guarded = {column for constraint in table.foreign_key_constraints for column in constraint.column_keys}
        for relationship in mapper.relationships:
            names = {local.name for local, _ in relationship.local_remote_pairs or ()} - {"account_id"}
            if relationship.info.get("outlives"):
                continue
            if not relationship.uselist and issubclass(mapper.class_, StripeObject) and names and not names & guarded:
                found.append((mapper.class_, names.pop(), relationship))
    return found


def pointers_lead_to_rows(books: Books) -> Iterator[Problem]:
    """what a row names exists in its own account, or is an account"""
    def query(table: Any, column: str, relationship: RelationshipProperty[Any]) -> Any:
        target: Any = aliased(relationship.mapper.class_)
        pointer = getattr(table, column)
        found = target.id == pointer
        if relationship.mapper.class_ is not Account:
            found &= target.account_id == table.account_id
        return select(table.account_id, table.id, pointer).outerjoin(target, found).where(
            books.of(table), pointer.is_not(None), target.id.is_(None), *_not_deleted(table))

    for table, column, relationship in pointers_without_a_foreign_key():
        for account_id, id, named in books.values(query, table, column, relationship) if books.have(table) else ():
            yield Problem(account_id, table.object_name, id, f"{column} names {named}, which does not exist")


def pointers_to_one_of_several_tables_lead_to_rows(books: Books) -> Iterator[Problem]:
    """an id that may name a row of several tables names one of its own account"""
    def query(table: Any, name: str, targets: tuple[Any, ...]) -> Any:
        pointer = getattr(table, f"{name}_id")
        missing = [~exists().where(target.account_id == table.account_id, target.id == pointer)
                   for target in (aliased(target) for target in targets)]
        return select(table.account_id, table.id, pointer).where(
            books.of(table), pointer.is_not(None), *missing, *_not_deleted(table))

    for table, name, targets in pointers_among_tables():
        for account_id, id, named in books.values(query, table, name, targets) if books.have(table) else ():
            yield Problem(account_id, table.object_name, id, f"{name} names {named}, which does not exist")


def _not_deleted(table: Any) -> list[Any]:
    # A customer who was deleted stays as a stub, and what it named may have gone.
    return [table.deleted.is_(False)] if "deleted" in table.column_keys else []


@cache
def pointers_among_tables() -> list[tuple[Any, str, tuple[Any, ...]]]:
    """Table, name and targets of what names a row of any of several tables.

    The sources of balance transactions are left out: some are another account's, and the checks of money hold them.
    """
    return [(table, name, field.tables) for table, view in VIEWS.items()
            if issubclass(table, StripeObject) and table is not BalanceTransaction
            for name, field in view.fields.items() if isinstance(field, RefAmong)]
