"""What must hold of every subscription schedule (behaviour reference, 12: 6)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.control.checks import Books, Problem
from app.resources.subscription_schedules.tables import SchedulePhase, SubscriptionSchedule
from app.resources.subscriptions.tables import Subscription

OVER = ("canceled", "completed", "released")


def phases_are_contiguous(books: Books) -> Iterator[Problem]:
    """each phase ends where the next one starts"""
    phases = books.values(
        select(SchedulePhase.account_id, SchedulePhase.schedule_id, SchedulePhase.start_date, SchedulePhase.end_date)
        .where(books.of(SchedulePhase))
        .order_by(SchedulePhase.account_id, SchedulePhase.schedule_id, SchedulePhase.start_date))
    for (account_id, schedule_id), group in groupby(phases, key=lambda phase: (phase[0], phase[1])):
        windows = [(start, end) for _, _, start, end in group]
        if any(start >= end for start, end in windows) or any(here[1] != there[0] for here, there in pairwise(windows)):
            yield Problem(account_id, "subscription_schedule", schedule_id, f"phases are {windows}")


def active_schedules_are_in_a_phase(books: Books) -> Iterator[Problem]:
    """status active ⇔ current_phase is one of the phases"""
    def query() -> Any:
        in_phase = and_(SchedulePhase.account_id == SubscriptionSchedule.account_id,
                        SchedulePhase.schedule_id == SubscriptionSchedule.id,
                        SchedulePhase.start_date == SubscriptionSchedule.current_phase_start,
                        SchedulePhase.end_date == SubscriptionSchedule.current_phase_end)
        table = SubscriptionSchedule
        columns = (table.account_id, table.id, table.status, table.current_phase_start)
        statement = select(*columns, func.count(SchedulePhase.id)).outerjoin(SchedulePhase, in_phase).where(books.of(table))
        return statement.group_by(*columns)

    for account_id, id, status, start, phases in books.values(query):
        if phases != (1 if status == "active" else 0) or (status == "active") != (start is not None):
            yield Problem(account_id, "subscription_schedule", id,
                          f"status is {status}, and current_phase from {start} is {phases} of its phases")


def schedules_and_subscriptions_name_each_other(books: Books) -> Iterator[Problem]:
    """active ⇔ the subscription's schedule is this one"""
    def query() -> Any:
        table = SubscriptionSchedule
        held = (Subscription.account_id == table.account_id) & (Subscription.schedule_id == table.id)
        return select(table.account_id, table.id, table.status, table.subscription_id, Subscription.id).outerjoin(
            Subscription, held).where(books.of(table), or_(
                and_(table.status == "active", or_(Subscription.id.is_(None), table.subscription_id != Subscription.id,
                                                   table.subscription_id.is_(None))),
                and_(table.status != "active", Subscription.id.is_not(None))))

    for account_id, id, status, named, holder in books.values(query):
        yield Problem(account_id, "subscription_schedule", id,
                      f"status is {status}; it names subscription {named} and is named by {holder}")


def schedules_that_are_over_have_no_current_phase(books: Books) -> Iterator[Problem]:
    """canceled, completed and released ⇒ the moment of it is set, and current_phase is null"""
    def query() -> Any:
        table = SubscriptionSchedule
        moment_missing = or_(and_(table.status == "canceled", table.canceled_at.is_(None)),
                             and_(table.status == "released", table.released_at.is_(None)),
                             and_(table.status == "completed", table.completed_at.is_(None)))
        return select(table.account_id, table.id, table.status).where(
            books.of(table), table.status.in_(OVER), moment_missing | table.current_phase_start.is_not(None)
            | table.current_phase_end.is_not(None))

    for account_id, id, status in books.values(query):
        yield Problem(account_id, "subscription_schedule", id,
                      f"status is {status} without its moment, or with a current phase")
