"""Every choice that the simulator makes where Stripe's behaviour varies or is unknown, with its default.

A sandbox changes them with `POST /_sim/settings`. The numbers in brackets are those of the behaviour reference's decision
list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from app.domain.payouts import WEEKDAYS

DAY = 86_400
HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Choices:
    """The settings of one sandbox. Durations are in seconds, fees in minor units and percent."""

    limits: str = "documented"
    """`documented`: what the API text states; `off`: lifts what only protects servers; `strict`: adds test-mode quotas."""
    completed_schedule_status: str = "completed"
    """[1] Status of a schedule that ended naturally and released its subscription."""
    clock_deletes_after_s: int = 30 * DAY
    """[2] How long after its creation (wall time) a test clock is deleted."""
    clamp_list_limit: bool = True
    """[3] A `limit` out of range is clamped; `false` refuses it."""
    finalize_after_s: int = HOUR
    """[4] From a draft's creation to its automatic finalisation."""
    retry_days: tuple[int, ...] = (3, 5, 7)
    """[5] Days from each failed attempt to the next."""
    dunning_end: str = "cancel"
    """[5] What becomes of the subscription when all attempts failed: `cancel`, `unpaid` or `past_due`."""
    dunning_end_invoice: str = "leave_open"
    """[5] What becomes of its invoice then: `leave_open` or `mark_uncollectible`."""
    past_due_deadline_days: int = 30
    """[5] Days after its due date at which an invoice that was sent is given up like one without attempts left; 0 for never."""
    invoice_upcoming_lead_days: int = 7
    """[6] Days before a renewal at which invoice.upcoming is sent."""
    backdated_schedule_anchor: str = "creation"
    """[8] `creation` or `start_date`: the billing anchor of a backdated schedule."""
    usage_future_tolerance_s: int = 300
    """[11] How far ahead of now usage may be stamped."""
    usage_grace_s: int = 300
    """How long into a period late usage of the period before is still taken."""
    legacy_end_behavior_none: str = "cancel"
    """[15] What the legacy end_behavior `none` means; `renew` is refused."""
    manual_invoice_auto_advance: bool = True
    """[17] Whether a manual invoice finalises itself."""
    missing_payment_method: str = "refuse"
    """[18] `refuse` or `incomplete`: a subscription to be charged without any payment method."""
    search_lag_s: int = 0
    """[22] How long new data stays out of search results."""
    search_strings: str = "whole"
    """What `name:"Jenny Rosen"` asks of a text: `whole`, to be that, or `words`, to have these words in this order."""
    expiring_lead_days: int = 7
    """Days before a schedule's end at which subscription_schedule.expiring is sent."""
    trial_will_end_lead_days: int = 3
    """Days before a trial's end at which customer.subscription.trial_will_end is sent."""
    quote_expires_after_s: int = 30 * DAY
    """From a quote's creation to its `expires_at`, where the caller gives none."""
    incomplete_expires_after_s: int = 23 * HOUR
    """From creation to incomplete_expired for a subscription whose first payment failed."""
    pending_update_expires_after_s: int = 23 * HOUR
    """How long a pending update waits for its payment, until the end of the period at the most."""
    application_fee_base: str = "total"
    """What a subscription's `application_fee_percent` is of: each invoice's `total`, or its `subtotal`."""
    topup_settles_after_s: int = 2
    """From a top-up's creation to its success or failure; 0 for at once."""
    bank_debit_settles_after_s: int = 2
    """From a debit of a customer's bank account to the bank's answer; 0 for at once. On a test clock when it has arrived."""
    early_fraud_warning_after_s: int = 1
    """From a charge of the test card whose issuer warns of fraud to its early fraud warning; 0 for at once."""
    dispute_after_s: int = 1
    """From a charge of a test card that is disputed to its dispute; 0 for at once."""
    dispute_fee: int = 1_500
    """What Stripe takes for a dispute, in minor units of its currency, and gives back where it is won."""
    dispute_outcome_after_s: int = 1
    """From the submission of winning or losing evidence to the bank's decision; 0 for at once."""
    dispute_unanswered: str = "lost"
    """What becomes of a dispute that nobody has answered by its `due_by`: `lost`, or `open`, so that late evidence is taken."""
    refund_settles_after_s: int = 1
    """From a refund to a test card on which refunds pend or fail to its success or failure; 0 for at once."""
    refund_overdraft: int = 100_000
    """How far a refund may take the available balance below zero, in minor units; one that would take it further waits."""
    radar_reviews: bool = True
    """Whether a rule places payments of elevated risk in review, as Radar for Fraud Teams has it."""
    payout_settles_after_s: int = 2
    """How long a payout is pending, and then in transit, before it is paid or fails; 0 for at once."""
    payout_interval: str = "manual"
    """When all that is available is paid out by itself: `daily`, `weekly` or `monthly`, at midnight UTC; `manual` for never."""
    payout_weekly_anchor: str = "monday"
    """The day of weekly payouts …"""
    payout_monthly_anchor: int = 1
    """… and that of monthly ones, 1 to 31; a month that lacks it pays on its last day."""
    verification_delay_s: int = 0
    """How long the verification of an American account or person takes, half of it for addresses; 0 for at once."""
    fee_percent: str = "2.9"
    """Processing fee of a charge, percent of its amount …"""
    fee_fixed: int = 30
    """… plus this many minor units of the charge's currency."""
    webhook_retry_s: tuple[int, ...] = (1, 5, 30, 300, 3_600, 3 * HOUR, 6 * HOUR, 12 * HOUR)
    """Wall-clock seconds from each failed delivery attempt to the next."""
    webhook_timeout_s: int = 10
    """How long a receiver may take to answer."""

    def with_overrides(self, overrides: Mapping[str, Any]) -> Choices:
        """These choices with the stored ones of a sandbox over them. Lists from JSON become tuples."""
        if not overrides:
            # As nearly every sandbox has it; copying all of them would take a hundredth of a subscription's start.
            return self
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in overrides.items()
            if name in _NAMES
        }
        return replace(self, **known)


_NAMES = frozenset(field.name for field in fields(Choices))

ALLOWED: dict[str, tuple[str, ...]] = {
    "limits": ("documented", "off", "strict"),
    "completed_schedule_status": ("completed", "released"),
    "dispute_unanswered": ("lost", "open"),
    "dunning_end": ("cancel", "unpaid", "past_due"),
    "dunning_end_invoice": ("leave_open", "mark_uncollectible"),
    "backdated_schedule_anchor": ("creation", "start_date"),
    "legacy_end_behavior_none": ("cancel", "release"),
    "application_fee_base": ("total", "subtotal"),
    "missing_payment_method": ("refuse", "incomplete"),
    "payout_interval": ("manual", "daily", "weekly", "monthly"),
    "payout_weekly_anchor": WEEKDAYS,
    "search_strings": ("whole", "words"),
}
"""The values that each choice of words takes."""
