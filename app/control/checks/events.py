"""What must hold of the events (behaviour reference, 12: 9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from app.control.checks import Books, Problem
from app.db.base import StripeObject
from app.events.catalog import EVENT_TYPES
from app.events.tables import Event
from app.render.view import VIEWS
from app.resources.prices.tables import Plan


def _tables_with_created() -> list[tuple[Any, str]]:
    """The tables whose objects are announced when they are made, and with which event."""
    found = []
    for table in VIEWS:
        if isinstance(table, type) and issubclass(table, StripeObject):
            for type_ in (f"{table.object_name}.created", f"customer.{table.object_name}.created"):
                if type_ in EVENT_TYPES:
                    found.append((table, type_))
    return found


def objects_were_created_once(books: Books) -> Iterator[Problem]:
    """exactly one *.created event for each object"""
    for table, type in _tables_with_created():
        # Counted before they are joined: else SQLite looks through all events of the type for each object.
        created = select(Event.account_id, Event.object_id, func.count().label("number")).where(
            books.of(Event), Event.type == type).group_by(Event.account_id, Event.object_id).subquery()
        number_of_events = func.coalesce(created.c.number, 0)
        # A one-time price is no plan, though it stands in the table that plans are read from.
        there = [table.type == "recurring"] if table is Plan else []
        statement = select(table.account_id, table.id, number_of_events).outerjoin(
            created, (created.c.account_id == table.account_id) & (created.c.object_id == table.id)).where(
            books.of(table), number_of_events != 1, *there)
        for account_id, id, number in books.values(statement):
            yield Problem(account_id, table.object_name, id, f"has {number} {type} events")


def objects_were_created_first(books: Books) -> Iterator[Problem]:
    """no event on an object before its *.created"""
    earlier = aliased(Event)
    types = {type for _, type in _tables_with_created()}
    statement = select(Event.account_id, Event.object_id, Event.type).where(
        books.of(Event), Event.type.in_(types),
        exists().where(earlier.account_id == Event.account_id, earlier.object_id == Event.object_id,
                       earlier.seq < Event.seq, ~earlier.type.endswith(".created")))
    for account_id, id, type in books.values(statement):
        yield Problem(account_id, type.removesuffix(".created"), id, f"had an event before {type}")


def previous_attributes_have_changed(books: Books) -> Iterator[Problem]:
    """every key of previous_attributes differs from the object's"""
    for row in books.rows(Event, Event.previous_attributes.is_not(None)):
        before, after = orjson.loads(row.previous_attributes), orjson.loads(row.data)
        unchanged = [key for key, value in before.items() if _same(value, after.get(key))]
        if unchanged or not before:
            yield Problem(row.account_id, "event", row.id, f"{row.type} names {unchanged or 'nothing'} as changed")


def _same(before: Any, after: Any) -> bool:
    """Whether nothing of what `before` lists is different now; hashes list only their changed keys."""
    if isinstance(before, dict) and isinstance(after, dict) and before:
        return all(_same(value, after.get(key)) for key, value in before.items())
    return bool(before == after)
