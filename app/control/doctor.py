"""`billyard doctor`: do the rows agree with each other? Re-derives what was stored, and names what differs."""

from __future__ import annotations

from typing import Any

from app.context import Context
from app.control.checks import (
    Books,
    Check,
    accounts,
    balances,
    banking,
    cash,
    clocks,
    credits,
    customers,
    disputes,
    events,
    files,
    fraud,
    invoices,
    persons,
    pointers,
    quotes,
    schedules,
    secrets,
    sources,
    subscriptions,
    transfers,
    usage,
)
from app.control.keys import account_named
from app.db.database import Database

CHECKS: tuple[Check, ...] = (
    accounts.accounts_are_connected_to_platforms,
    accounts.accounts_are_paid_out_as_they_chose,
    accounts.capabilities_are_what_accounts_may_do,
    accounts.requirements_are_in_order,
    persons.accounts_have_one_representative,
    persons.requirements_follow_from_what_is_known,
    persons.verifications_go_on_while_checks_run,
    invoices.subtotals_are_sums_of_lines,
    invoices.totals_follow_from_subtotals,
    invoices.finalized_amounts_meet_the_balance,
    invoices.invoices_are_paid_when_they_are_paid,
    invoices.status_transitions_are_in_order,
    invoices.numbers_are_given_once,
    invoices.no_period_of_an_item_is_billed_twice,
    invoices.prorations_are_not_discountable,
    credits.paid_invoices_were_charged,
    credits.charges_give_back_what_was_refunded,
    credits.charges_and_refunds_are_on_the_balance,
    credits.debits_have_what_their_status_says,
    credits.refunds_have_what_their_status_says,
    credits.credit_notes_are_sums_of_lines,
    credits.credit_notes_are_given_back,
    credits.invoices_know_their_credit_notes,
    customers.balances_are_sums_of_transactions,
    customers.customers_know_their_tax_ids,
    customers.emails_are_found_in_any_case,
    balances.balance_transactions_add_up,
    balances.balances_are_sums_of_their_transactions,
    balances.pending_funds_are_sums_of_pending_transactions,
    balances.the_books_sum_to_zero,
    balances.reserves_are_what_connected_accounts_lack,
    balances.reserves_are_on_the_balance,
    cash.cash_balances_are_sums_of_movements,
    cash.cash_is_held_until_it_pays,
    cash.intents_have_what_was_set_aside_for_them,
    cash.refunds_have_moved_the_cash,
    banking.automatic_payouts_are_what_they_pay_out,
    banking.payouts_are_on_the_balance,
    banking.payouts_and_their_reversals_name_each_other,
    banking.topups_are_on_the_balance_when_they_have_come,
    transfers.charges_are_sent_on_as_they_ask,
    transfers.charges_earn_the_fee_that_they_name,
    transfers.fee_refunds_arrive,
    transfers.fees_are_kept_of_their_payment,
    transfers.fees_have_gone_back_by_their_refunds,
    transfers.refunds_name_the_reversals_that_they_asked_for,
    transfers.transfers_arrive_as_they_left,
    transfers.transfers_have_come_back_by_their_reversals,
    transfers.transfers_take_no_more_than_their_charge,
    sources.default_sources_are_the_customers_own,
    sources.external_accounts_are_in_a_state,
    sources.one_external_account_of_a_currency_is_the_default,
    subscriptions.subscriptions_have_a_period_and_items,
    subscriptions.ended_subscriptions_have_an_end,
    subscriptions.ended_subscriptions_bill_no_more,
    subscriptions.pending_updates_wait_for_their_invoice,
    schedules.phases_are_contiguous,
    schedules.active_schedules_are_in_a_phase,
    schedules.schedules_and_subscriptions_name_each_other,
    schedules.schedules_that_are_over_have_no_current_phase,
    quotes.accepted_quotes_name_what_they_made,
    quotes.invoices_and_quotes_name_each_other,
    quotes.totals_of_quotes_are_sums,
    quotes.breakdowns_of_quotes_add_up,
    quotes.quotes_have_the_moments_of_their_status,
    quotes.numbers_of_quotes_are_given_once,
    disputes.disputes_have_moved_their_money,
    disputes.charges_know_their_disputes,
    fraud.warnings_call_for_a_refund_that_helps,
    fraud.open_reviews_have_something_to_decide,
    fraud.values_are_compared_as_their_list_does,
    files.files_are_as_large_as_their_contents,
    secrets.names_are_given_once_in_a_scope,
    secrets.payloads_are_closed,
    clocks.clocks_have_a_target_while_they_advance,
    clocks.sandboxes_go_forward,
    clocks.nothing_is_overdue_on_a_ready_clock,
    clocks.nothing_is_ahead_of_its_clock,
    clocks.due_moments_are_derived,
    usage.sums_of_usage_are_sums,
    usage.other_totals_of_usage_are_aggregations,
    usage.usage_periods_touch,
    usage.running_metered_items_have_an_open_period,
    usage.billed_usage_is_on_the_invoice,
    events.objects_were_created_once,
    events.objects_were_created_first,
    events.previous_attributes_have_changed,
    events.old_values_were_shown,
    events.newest_events_show_objects_as_they_are,
    pointers.pointers_lead_to_rows,
    pointers.pointers_to_one_of_several_tables_lead_to_rows,
)


def examine(database: Database, *, account: str | None = None) -> list[dict[str, Any]]:
    """Every problem in the rows of all accounts, or of the one that `account` names by id or key."""
    with database.reading() as session:
        return _problems(Books(session, None if account is None else account_named(session, account)))


def examine_own(ctx: Context) -> dict[str, Any]:
    """The problems in the rows of the account that asks, and how many checks looked for them."""
    return {"object": "doctor", "checks": len(CHECKS), "problems": _problems(Books(ctx.session, ctx.account_id))}


def _problems(books: Books) -> list[dict[str, Any]]:
    return [{"check": check.__name__, "account": problem.account_id, "object": problem.object, "id": problem.id,
             "message": problem.message} for check in CHECKS for problem in check(books)]
