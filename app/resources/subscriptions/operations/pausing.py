"""Collection that is paused: invoices are made, and nobody is asked to pay them."""

from __future__ import annotations

from app.context import Context
from app.events.emit import tracked
from app.resources.subscriptions.tables import Subscription


def keeps_drafts(subscription: Subscription) -> bool:
    """Whether its invoices stay drafts, because collection is paused or was given up."""
    pause = subscription.pause_collection
    return subscription.status == "unpaid" or (pause is not None and pause["behavior"] == "keep_as_draft")


def pause_behavior(subscription: Subscription) -> str | None:
    """What becomes of its invoices when they are finalised, `void` or `mark_uncollectible`; None where they are collected.

    Our choice: an invoice keeps the behavior of the moment at which it was made. Those from before a pause are collected
    all the same, as Stripe says, so those from inside one are not collected although the pause has ended.
    """
    pause = subscription.pause_collection
    return None if pause is None or pause["behavior"] == "keep_as_draft" else pause["behavior"]


def resume_collection(ctx: Context, subscription: Subscription) -> None:
    """The pause is over: new invoices are collected again, and drafts that were kept stay what they are."""
    with tracked(ctx, subscription, "customer.subscription.updated"):
        subscription.pause_collection = None
