"""What must hold of the events (behaviour reference, 12: 9)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import case, func, select

from app.control.checks import BATCH, Books, Problem
from app.db.base import StripeObject
from app.db.roots import Account
from app.db.session import Session
from app.events.catalog import EVENT_TYPES
from app.events.tables import TOLD_BY, Event
from app.render import load_for_rendering, render
from app.render.view import VIEWS
from app.resources.coupons.tables import Coupon
from app.resources.external_accounts.tables import BankAccount, Card
from app.resources.files.tables import File
from app.resources.payment_methods.tables import CustomerCard
from app.resources.persons.tables import Person
from app.resources.prices.tables import Plan

_TOLD_ELSEWHERE = {
    # Those have events of their own, and the account is told of only where its flags change.
    "account": {"external_accounts"},
    "application_fee": {"refunds"},
    # What comes back of a transfer, and to which group its source belongs, is told by the transfer's events.
    "charge": {"receipt_url", "refunds", "transfer_group"},
    "coupon": {"times_redeemed", "valid"},
    "customer": {"discount", "next_invoice_sequence"},
    "discount": {"coupon"},
    "invoice": {"discount", "hosted_invoice_url", "invoice_pdf"},
    # Stripe has no event for the update of a payment intent.
    "payment_intent": {
        "amount", "application_fee_amount", "capture_method", "charges", "currency", "customer", "description",
        "last_payment_error", "metadata", "next_action", "payment_method", "payment_method_options", "payment_method_types",
        "receipt_email", "review", "setup_future_usage", "shipping", "statement_descriptor", "statement_descriptor_suffix",
        "status", "transfer_data", "transfer_group"},
    "promotion_code": {"active", "coupon", "times_redeemed"},
    "quote": {"metadata"},
    "setup_intent": {
        "attach_to_self", "customer", "description", "flow_directions", "last_setup_error", "metadata", "next_action",
        "payment_method", "payment_method_options", "payment_method_types", "status"},
    "topup": {"description", "metadata"},
    "transfer": {"reversals"},
    "subscription": {"discount", "schedule"},
}
"""Attributes that change without an event on the object itself: another object's event tells of what changed them, or
an upgrade gave them anew, as addresses of pages."""

_TOLD_BY_THEIR_OWNER: list[tuple[Any, str]] = [
    (BankAccount, "customer.source.created"), (Card, "account.external_account.created"),
    (CustomerCard, "customer.source.created")]
_AMONG_OTHERS: dict[Any, Any] = {
    # The bank account that an account begins with is not announced.
    BankAccount: BankAccount.customer_id.is_not(None),
    CustomerCard: CustomerCard.id.startswith(CustomerCard.id_prefix, autoescape=True),
    # A one-time price is no plan, though it stands in the table that plans are read from.
    Plan: Plan.type == "recurring",
}
"""Which rows of a table are the objects that are announced, where it has others too."""

_TWO_FACED = ("payment_method.", "plan.", "price.")
"""The types of events on objects that are shown as another kind of object too."""

_FOLLOWING = {"amount_due", "amount_remaining", "customer_address", "customer_email", "customer_name", "customer_phone",
              "customer_shipping", "customer_tax_exempt", "customer_tax_ids", "starting_balance"}
"""What of a draft invoice follows its customer until it is finalized."""


def _tables_with_created() -> list[tuple[Any, str]]:
    """The tables whose objects are announced when they are made, and with which event."""
    found = []
    for table in VIEWS:
        # Of files only those that Stripe makes are announced, and all files here were uploaded.
        if isinstance(table, type) and issubclass(table, StripeObject) and table is not File:
            for type_ in (f"{table.object_name}.created", f"customer.{table.object_name}.created"):
                if type_ in EVENT_TYPES:
                    found.append((table, type_))
    return found + _TOLD_BY_THEIR_OWNER


def objects_were_created_once(books: Books) -> Iterator[Problem]:
    """exactly one *.created event for each object"""
    def query(table: Any, type: str) -> Any:
        # Counted before they are joined: else SQLite looks through all events of the type for each object.
        created = select(Event.account_id, Event.object_id, func.count().label("number")).where(
            books.of(Event), Event.type == type).group_by(Event.account_id, Event.object_id).subquery()
        number_of_events = func.coalesce(created.c.number, 0)
        there = [_AMONG_OTHERS[table]] if table in _AMONG_OTHERS else []
        # A deleted coupon whose id was given again is known by another one since, and still told of under that id.
        id = func.coalesce(table.former_id, table.id) if table is Coupon else table.id
        return select(table.account_id, id, number_of_events, func.count()).outerjoin(
            created, (created.c.account_id == table.account_id) & (created.c.object_id == id)).where(
            books.of(table), *there).group_by(table.account_id, id, created.c.number).having(
            # Of persons who come with their account nobody is told.
            number_of_events > func.count() if table is Person else number_of_events != func.count())

    for table, type in _tables_with_created():
        for account_id, shown_id, number, _ in books.values(query, table, type) if books.have(table) else ():
            yield Problem(account_id, table.object_name, shown_id, f"has {number} {type} events")


def objects_were_created_first(books: Books) -> Iterator[Problem]:
    """no event on an object before its *.created"""
    def query() -> Any:
        is_created = Event.type.in_({type for _, type in _tables_with_created()})
        return select(Event.account_id, Event.object_id, func.max(case((is_created, Event.type)))).where(
            books.of(Event)).group_by(Event.account_id, Event.object_id).having(
            # The first of them: after a deletion the id may be given to another object.
            func.min(case((~Event.type.endswith(".created"), Event.seq))) < func.min(case((is_created, Event.seq))))

    for account_id, id, type in books.values(query):
        yield Problem(account_id, type.removesuffix(".created"), id, f"had an event before {type}")


def previous_attributes_have_changed(books: Books) -> Iterator[Problem]:
    """every key of previous_attributes differs from the object's"""
    told = books.rows(Event, Event.previous_attributes.is_not(None), relations=(TOLD_BY,))
    for row in filter(_has_text, told):
        before, after = orjson.loads(row.previous_attributes), row.shown
        unchanged = [key for key, value in before.items() if _same(value, after.get(key))]
        if unchanged or not before:
            yield Problem(row.account_id, "event", row.id, f"{row.type} names {unchanged or 'nothing'} as changed")


def old_values_were_shown(books: Books) -> Iterator[Problem]:
    """what previous_attributes name was shown by an event before: the last one, or one of the same moment"""
    for history in _histories(books):
        before: list[Any] = []
        for created, together in groupby(history, key=lambda event: event.created):
            # What happens at one moment is told in Stripe's order, which is not always that of the changes.
            states = before
            for event in together:
                shown = event.shown
                if event.previous_attributes is not None and states:
                    unseen = [key for key, old in orjson.loads(event.previous_attributes).items()
                              if not _is_silent(shown, key) and not any(_was(old, state.get(key)) for state in states)]
                    if unseen:
                        yield Problem(event.account_id, "event", event.id,
                                      f"{event.type} at {created} names old values of {unseen} that no event showed before")
                states = [*states, shown]
            before = states[-1:]


def newest_events_show_objects_as_they_are(books: Books) -> Iterator[Problem]:
    """the last event of an object shows it as it renders now"""
    tables: dict[str, list[type[StripeObject]]] = {}
    for table in VIEWS:
        if isinstance(table, type) and issubclass(table, StripeObject):
            tables.setdefault(table.object_name, []).append(table)
    for history in _histories(books):
        event = history[-1]
        id, shown = event.object_id, event.shown
        assert id is not None, "a history is that of an object"
        # A deleted object is shown as it was, and the API shows a stub of it or nothing.
        if event.type.endswith(".deleted") and shown["object"] != "subscription":
            continue
        session = Session(books.session.connection, writing=False)
        # An account's cards and those of customers are told apart by where they are found.
        found = ([session.get(Account, id)] if shown["object"] == "account"
                 else [session.get(table, event.account_id, id) for table in tables[shown["object"]]])
        row = next(filter(None, found), None)
        if row is None:
            # It went with its test clock, of which alone an event tells.
            continue
        load_for_rendering(session, [row])
        now = orjson.loads(orjson.dumps(render(row)))
        different = [key for key in now.keys() | shown.keys()
                     if now.get(key) != shown.get(key) and _by_id(now.get(key)) != _by_id(shown.get(key))
                     and not _is_silent(now, key)]
        if different and not now.get("deleted"):
            yield Problem(event.account_id, shown["object"], id,
                          f"{sorted(different)} differ from what {event.id}, {event.type}, shows")


def _histories(books: Books) -> Iterator[list[Event]]:
    """The events of each object, oldest first; a plan and the price of its id have a history each, as have a source and the
    payment method of its id.
    """
    # No index has the events of an object, because nobody else asks for them: their ids are sorted once instead.
    ids = select(Event.account_id, Event.object_id, Event.id).where(books.of(Event), Event.object_id.is_not(None)).order_by(
        Event.account_id, Event.object_id, Event.seq)
    batch: list[tuple[str, str]] = []
    for _, told in groupby(books.values(ids), key=itemgetter(0, 1)):
        batch += [(account_id, id) for account_id, _, id in told]
        if len(batch) >= BATCH:
            yield from _histories_in(books, batch)
            batch = []
    yield from _histories_in(books, batch)


def _histories_in(books: Books, keys: list[tuple[str, str]]) -> Iterator[list[Event]]:
    session = Session(books.session.connection, writing=False)
    session.read(Event, keys)
    events = [event for key in keys if (event := session.get(Event, *key)) is not None]
    session.load(events, TOLD_BY)
    events = sorted(filter(_has_text, events), key=_thing)
    for _, history in groupby(events, key=_thing):
        yield list(history)


def _has_text(event: Event) -> bool:
    """Whether what the event tells is there; where it is gone, the check of pointers says so."""
    told_by: Event | None = event
    while told_by is not None and told_by.data_event_id is not None:
        told_by = told_by.data_event
    return told_by is not None and told_by.data is not None


def _thing(event: Event) -> tuple[str, str | None, str]:
    """What the event tells of."""
    face = event.type.split(".")[0] if event.type.startswith(_TWO_FACED) else ""
    return event.account_id, event.object_id, face


def _is_silent(shown: dict[str, Any], key: str) -> bool:
    is_draft = shown["object"] in ("invoice", "quote") and shown["status"] == "draft"
    # Stripe has no event for the update of a quote.
    if shown["object"] == "charge" and any(refund["status"] == "failed" for refund in shown["refunds"]["data"]):
        # What a refund that has failed takes back, the refund's event tells.
        return key in ("amount_refunded", "refunded", *_TOLD_ELSEWHERE["charge"])
    unheard = is_draft and (shown["object"] == "quote" or key in _FOLLOWING)
    if shown.get("source_transfer") and key in ("amount_refunded", "refunded"):
        return True
    return unheard or key in _TOLD_ELSEWHERE.get(shown["object"], ())


def _by_id(value: Any) -> Any:
    """The value with the id of each coupon, plan, price and tax rate inside it in its place: they have events of their own."""
    if isinstance(value, list):
        return [_by_id(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("object") in ("coupon", "plan", "price", "tax_rate"):
        return value["id"]
    return {key: _by_id(each) for key, each in value.items()}


def _was(old: Any, shown: Any) -> bool:
    """Whether a value that was shown is the old one; hashes list only their changed keys, an added one as null."""
    if isinstance(old, dict) and isinstance(shown, dict):
        return all(_was(value, shown.get(key)) for key, value in old.items())
    return bool(old == shown)


def _same(before: Any, after: Any) -> bool:
    """Whether nothing of what `before` lists is different now; hashes list only their changed keys."""
    if isinstance(before, dict) and isinstance(after, dict) and before:
        return all(_same(value, after.get(key)) for key, value in before.items())
    return bool(before == after)
