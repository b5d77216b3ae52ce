"""The doctor finds nothing in what the operations wrote, and each thing that is broken afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.config import Config
from app.control.checks import Books
from app.control.doctor import CHECKS, examine
from app.db.database import Database
from app.db.ids import IdSource
from app.factory import create_app
from app.wire.endpoint import Server
from tests.control.world import World, build_world
from tests.support.api import Api


@pytest.fixture(scope="module")
def world(migrated: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = migrated(tmp_path_factory.mktemp("world"))
    config = Config(database_url=url, embedded_worker=False, request_log=False)
    server = create_app(config, Database(url, ids=IdSource(7))).extensions["billyard"]
    yield build_world(server)
    server.database.close()


def test_the_rows_of_a_lived_in_sandbox_agree(world: World) -> None:
    assert examine(world.server.database) == []


def test_one_account_is_examined_by_its_key(world: World) -> None:
    assert examine(world.server.database, account=world.api.key) == []


def test_a_sandbox_is_examined_with_its_own_key(server: Server, api: Api) -> None:
    api.post("/v1/charges", amount=1000, currency="usd", source="tok_visa")
    clean = {"object": "doctor", "checks": len(CHECKS), "problems": []}
    assert api.get("/_sim/doctor") == clean
    neighbour, account = Api(server), api.get("/v1/account")["id"]
    neighbour.get("/v1/balance")
    with server.database.writing() as session:
        session.connection.execute(
            text("UPDATE charges SET amount_refunded = 5 WHERE account_id = :account"), {"account": account})
    found = api.get("/_sim/doctor")
    [charge] = api.get("/v1/charges")["data"]
    assert {"check": "charges_give_back_what_was_refunded", "account": account, "object": "charge", "id": charge["id"]}.items() \
        <= found["problems"][0].items()
    assert found["problems"] == examine(server.database, account=api.key)
    assert neighbour.get("/_sim/doctor") == clean
    with server.database.writing() as session:
        session.connection.execute(text("UPDATE charges SET amount_refunded = 0"))


def test_an_id_that_is_given_again_is_another_object(server: Server, api: Api) -> None:
    for percent in (10, 20, 30):
        api.post("/v1/coupons", id="deal", percent_off=percent)
        api.post("/v1/coupons/deal", name=f"{percent} off")
        api.delete("/v1/coupons/deal")
    assert examine(server.database, account=api.key) == []


class _Undo(Exception):
    """Takes a writing transaction back."""


def found_after(world: World, *damage: str, account_id: str | None = None) -> set[str]:
    """The checks that find a problem once the statements have run: with everybody, or with this account."""
    names: set[str] = set()
    with pytest.raises(_Undo), world.server.database.writing() as session:
        for statement in damage:
            assert session.connection.execute(text(statement)).rowcount > 0, f"nothing to damage: {statement}"
        names.update(check.__name__ for check in CHECKS if list(check(Books(session, account_id))))
        raise _Undo
    return names


A_LINE = "(SELECT max(id) FROM invoice_lines)"
A_PAID = "(SELECT max(id) FROM invoices WHERE status = 'paid' AND amount_due > 0)"
RUNNING = "(SELECT max(subscription_id) FROM subscription_schedules WHERE status = 'active')"
ENDED = "(SELECT max(id) FROM subscriptions WHERE status = 'canceled')"
A_MAXIMUM = "(SELECT max(r.summary_id) FROM usage_records r JOIN subscription_items i ON i.id = " \
            "r.subscription_item_id JOIN prices p ON p.id = i.price_id WHERE p.recurring_aggregate_usage = 'max')"
A_BILLED = "(SELECT max(id) FROM usage_record_summaries WHERE invoice_id IS NOT NULL AND total_usage > 0)"


@pytest.mark.parametrize(("check", "damage"), [
    ("accounts_are_connected_to_platforms", "UPDATE accounts SET type = NULL WHERE type IS NOT NULL"),
    ("accounts_are_connected_to_platforms", "UPDATE accounts SET platform_id = id WHERE platform_id IS NOT NULL"),
    ("accounts_are_paid_out_as_they_chose", "UPDATE payout_schedules SET runs_at = NULL WHERE runs_at IS NOT NULL"),
    ("accounts_are_paid_out_as_they_chose", "UPDATE accounts SET deleted = true WHERE platform_id IS NOT NULL"),
    ("capabilities_are_what_accounts_may_do", "UPDATE capabilities SET requested = false WHERE status = 'active'"),
    ("capabilities_are_what_accounts_may_do", "UPDATE capabilities SET status = 'inactive' WHERE status = 'active'"),
    ("capabilities_are_what_accounts_may_do", "UPDATE accounts SET rejected_reason = 'other' WHERE charges_enabled"),
    ("requirements_are_in_order", "UPDATE accounts SET requirements = '{\"past_due\": [\"email\"]}' WHERE charges_enabled"),
    ("accounts_have_one_representative", "UPDATE persons SET representative = true WHERE NOT representative"),
    ("requirements_follow_from_what_is_known", "UPDATE persons SET email = NULL WHERE representative"),
    ("requirements_follow_from_what_is_known",
     "UPDATE persons SET verification_status = 'pending' WHERE verification_status = 'verified'"),
    ("requirements_follow_from_what_is_known", "UPDATE accounts SET business_profile = '{}' WHERE charges_enabled"),
    ("verifications_go_on_while_checks_run", "UPDATE account_verifications SET deadline_at = 5"),
    ("due_moments_are_derived", "UPDATE accounts SET deleted = true WHERE platform_id IS NOT NULL"),
    ("subtotals_are_sums_of_lines", f"UPDATE invoice_lines SET amount = amount + 1 WHERE id = {A_LINE}"),
    ("totals_follow_from_subtotals", "UPDATE invoices SET total_discount_amounts = '[]'"),
    ("totals_follow_from_subtotals", "UPDATE invoices SET tax = tax + 1 WHERE tax > 0"),
    ("totals_follow_from_subtotals", "UPDATE invoices SET total_excluding_tax = total_excluding_tax + 1"),
    ("finalized_amounts_meet_the_balance", f"UPDATE invoices SET amount_due = 1, amount_paid = 1 WHERE id = {A_PAID}"),
    ("finalized_amounts_meet_the_balance", f"UPDATE invoices SET ending_balance = 5 WHERE id = {A_PAID}"),
    ("invoices_are_paid_when_they_are_paid", f"UPDATE invoices SET amount_paid = amount_paid - 1 WHERE id = {A_PAID}"),
    ("invoices_are_paid_when_they_are_paid", f"UPDATE invoices SET status = 'open' WHERE id = {A_PAID}"),
    ("invoices_are_paid_when_they_are_paid", f"UPDATE invoices SET paid_at = NULL WHERE id = {A_PAID}"),
    ("status_transitions_are_in_order", f"UPDATE invoices SET paid_at = finalized_at - 1 WHERE id = {A_PAID}"),
    ("status_transitions_are_in_order", f"UPDATE invoices SET status = 'draft' WHERE id = {A_PAID}"),
    ("status_transitions_are_in_order", f"UPDATE invoices SET voided_at = paid_at WHERE id = {A_PAID}"),
    ("numbers_are_given_once", f"UPDATE invoices SET number = NULL WHERE id = {A_PAID}"),
    ("numbers_are_given_once", "UPDATE invoices SET number = 'SAME-0001' WHERE status = 'paid'"),
    ("numbers_are_given_once", "UPDATE customers SET next_invoice_sequence = 1"),
    ("no_period_of_an_item_is_billed_twice", "UPDATE invoice_lines SET period_start = 1, period_end = 2"),
    ("paid_invoices_were_charged", f"UPDATE charges SET amount_captured = 1 WHERE invoice_id = {A_PAID}"),
    ("paid_invoices_were_charged", f"UPDATE invoices SET charge_id = NULL WHERE id = {A_PAID}"),
    ("charges_give_back_what_was_refunded", "UPDATE charges SET amount_refunded = 299 WHERE amount_refunded = 300"),
    ("charges_give_back_what_was_refunded", "UPDATE refunds SET amount = 1001"),
    ("charges_give_back_what_was_refunded", "UPDATE refunds SET status = 'succeeded' WHERE status = 'failed'"),
    ("charges_and_refunds_are_on_the_balance", "UPDATE balance_transactions SET amount = -1 WHERE type = 'refund'"),
    ("charges_and_refunds_are_on_the_balance",
     "UPDATE balance_transactions SET source_id = 'ch_gone' WHERE type = 'charge'"),
    ("charges_and_refunds_are_on_the_balance",
     "UPDATE balance_transactions SET amount = amount + 1 WHERE type = 'refund_failure'"),
    ("charges_and_refunds_are_on_the_balance",
     "UPDATE balance_transactions SET amount = amount + 1 WHERE type = 'payment_failure_refund'"),
    ("debits_have_what_their_status_says", "UPDATE charges SET paid = true WHERE status = 'pending'"),
    ("debits_have_what_their_status_says",
     "UPDATE charges SET captured = true WHERE status = 'pending' AND payment_intent_id IS NULL"),
    ("debits_have_what_their_status_says", "UPDATE charges SET status = 'failed', settles_at = NULL WHERE status = 'pending'"),
    ("debits_have_what_their_status_says",
     "UPDATE charges SET settles_at = 1 WHERE failure_balance_transaction_id IS NOT NULL"),
    ("refunds_have_what_their_status_says", "UPDATE refunds SET failure_reason = NULL WHERE status = 'failed'"),
    ("refunds_have_what_their_status_says", "UPDATE refunds SET settles_at = NULL WHERE status = 'pending'"),
    ("refunds_have_what_their_status_says", "UPDATE refunds SET status = 'succeeded' WHERE status IN ('failed', 'pending')"),
    ("refunds_have_what_their_status_says", "UPDATE refunds SET balance_transaction_id = NULL WHERE amount = 300"),
    ("credit_notes_are_sums_of_lines", "UPDATE credit_note_lines SET amount = amount - 1"),
    ("credit_notes_are_sums_of_lines", "UPDATE credit_notes SET amount = amount + 1"),
    ("credit_notes_are_given_back", "UPDATE credit_notes SET out_of_band_amount = 99 WHERE out_of_band_amount = 100"),
    ("credit_notes_are_given_back", "UPDATE credit_notes SET refund_id = NULL WHERE type = 'post_payment'"),
    ("invoices_know_their_credit_notes", "UPDATE credit_notes SET status = 'void' WHERE type = 'pre_payment'"),
    ("invoices_know_their_credit_notes",
     "UPDATE invoices SET total = 599 WHERE post_payment_credit_notes_amount = 600"),
    ("prorations_are_not_discountable", "UPDATE invoice_items SET discountable = true WHERE proration"),
    ("balances_are_sums_of_transactions", "UPDATE customers SET balance = balance + 1"),
    ("emails_are_found_in_any_case", "UPDATE customers SET email = 'Other@example.com'"),
    ("balances_are_sums_of_transactions", "UPDATE customer_balance_transactions SET ending_balance = 5"),
    ("cash_balances_are_sums_of_movements", "UPDATE customers SET cash = NULL WHERE cash IS NOT NULL"),
    ("cash_balances_are_sums_of_movements", "UPDATE cash_movements SET amount = -amount"),
    ("cash_is_held_until_it_pays", "UPDATE funds SET amount = amount + 1 WHERE holder = 'customer_cash'"),
    ("cash_is_held_until_it_pays", "UPDATE payment_intents SET status = 'succeeded' WHERE cash_applied = 2000"),
    ("refunds_have_moved_the_cash", "UPDATE refunds SET status = 'succeeded' WHERE amount = 120"),
    ("refunds_have_moved_the_cash", "UPDATE refunds SET status = 'canceled' WHERE amount = 110"),
    ("refunds_have_moved_the_cash", "UPDATE cash_movements SET amount = 201 WHERE amount = 200"),
    ("refunds_have_moved_the_cash", "UPDATE refunds SET instructions_email = 'jenny@example.com' WHERE amount = 200"),
    ("refunds_have_what_their_status_says", "UPDATE refunds SET next_action = NULL WHERE amount = 110"),
    ("refunds_have_what_their_status_says", "UPDATE refunds SET customer_id = NULL WHERE amount = 110"),
    ("intents_have_what_was_set_aside_for_them", "UPDATE payment_intents SET cash_applied = NULL WHERE cash_applied = 3000"),
    ("intents_have_what_was_set_aside_for_them", "UPDATE payment_intents SET amount = 2000 WHERE cash_applied = 2000"),
    ("intents_have_what_was_set_aside_for_them", "UPDATE payment_intents SET amount = 3001 WHERE cash_applied = 3000"),
    ("customers_know_their_tax_ids", "UPDATE customers SET tax_id_values = '[{\"type\": \"us_ein\", \"value\": \"1\"}]'"),
    ("subscriptions_have_a_period_and_items", "UPDATE subscriptions SET current_period_end = current_period_start"),
    ("subscriptions_have_a_period_and_items", f"DELETE FROM subscription_items WHERE subscription_id = {RUNNING}"),
    ("ended_subscriptions_have_an_end", f"UPDATE subscriptions SET ended_at = NULL WHERE id = {ENDED}"),
    ("ended_subscriptions_bill_no_more",
     f"UPDATE invoices SET status = 'open', auto_advance = true WHERE subscription_id = {ENDED}"),
    ("ended_subscriptions_bill_no_more", f"UPDATE subscriptions SET ended_at = created - 1 WHERE id = {ENDED}"),
    ("pending_updates_wait_for_their_invoice", "UPDATE subscriptions SET pending_update = NULL "
                                               "WHERE pending_update IS NOT NULL"),
    ("pending_updates_wait_for_their_invoice", "UPDATE invoices SET status = 'void' WHERE status = 'open' "
                                               "AND billing_reason = 'subscription_update'"),
    ("phases_are_contiguous", "UPDATE schedule_phases SET end_date = end_date - 1"),
    ("active_schedules_are_in_a_phase", "UPDATE subscription_schedules SET current_phase_end = current_phase_end - 1"),
    ("active_schedules_are_in_a_phase", "UPDATE subscription_schedules SET status = 'completed'"),
    ("schedules_and_subscriptions_name_each_other", "UPDATE subscriptions SET schedule_id = NULL"),
    ("schedules_and_subscriptions_name_each_other", "UPDATE subscription_schedules SET status = 'released'"),
    ("schedules_that_are_over_have_no_current_phase", "UPDATE subscription_schedules SET status = 'canceled'"),
    ("accepted_quotes_name_what_they_made", "UPDATE quotes SET invoice_id = NULL WHERE status = 'accepted'"),
    ("accepted_quotes_name_what_they_made", "UPDATE quotes SET status = 'open' WHERE status = 'accepted'"),
    ("accepted_quotes_name_what_they_made", "UPDATE quotes SET status = 'accepted' WHERE status = 'canceled'"),
    ("invoices_and_quotes_name_each_other",
     "UPDATE invoices SET quote_id = (SELECT max(id) FROM quotes) WHERE quote_id IS NULL"),
    ("totals_of_quotes_are_sums", "UPDATE quotes SET amount_total = amount_total + 1"),
    ("totals_of_quotes_are_sums", "UPDATE quotes SET upfront_tax = upfront_tax + 1"),
    ("totals_of_quotes_are_sums", "DELETE FROM quote_line_items WHERE quote_id IS NOT NULL"),
    ("breakdowns_of_quotes_add_up", "UPDATE quotes SET recurring_discount = 1 WHERE recurring_total IS NOT NULL"),
    ("breakdowns_of_quotes_add_up", "UPDATE quotes SET amount_taxes = '[]' WHERE amount_tax > 0"),
    ("quotes_have_the_moments_of_their_status", "UPDATE quotes SET number = NULL WHERE status = 'accepted'"),
    ("quotes_have_the_moments_of_their_status", "UPDATE quotes SET canceled_at = NULL WHERE status = 'canceled'"),
    ("numbers_of_quotes_are_given_once", "UPDATE quotes SET number = 'QT-SAME-0001-1' WHERE number IS NOT NULL"),
    ("clocks_have_a_target_while_they_advance", "UPDATE test_clocks SET status = 'advancing'"),
    ("clocks_have_a_target_while_they_advance", "UPDATE test_clocks SET target_time = frozen_time"),
    ("sandboxes_go_forward", "UPDATE accounts SET time_offset = -1 WHERE platform_id IS NULL"),
    ("sandboxes_go_forward", "UPDATE accounts SET time_offset = 5, time_target = 5 WHERE platform_id IS NULL"),
    ("sandboxes_go_forward", "UPDATE accounts SET time_target = 5 WHERE platform_id IS NULL"),
    ("sandboxes_go_forward", "UPDATE accounts SET time_offset = 5 WHERE platform_id IS NOT NULL"),
    ("nothing_is_overdue_on_a_ready_clock", "UPDATE test_clocks SET frozen_time = frozen_time + 31536000"),
    ("nothing_is_ahead_of_its_clock", "UPDATE test_clocks SET frozen_time = frozen_time - 1"),
    ("due_moments_are_derived", "UPDATE subscriptions SET due_at = due_at + 1 WHERE due_at > 0"),
    ("due_moments_are_derived", "UPDATE subscriptions SET due_at = NULL WHERE due_at > 0"),
    ("sums_of_usage_are_sums", "UPDATE usage_records SET quantity = quantity + 1 WHERE quantity = 12"),
    ("other_totals_of_usage_are_aggregations",
     f"UPDATE usage_record_summaries SET total_usage = 12 WHERE id = {A_MAXIMUM}"),
    ("usage_periods_touch", "UPDATE usage_record_summaries SET period_end = period_end - 1 WHERE closed"),
    ("usage_periods_touch", "UPDATE usage_record_summaries SET closed = false"),
    ("running_metered_items_have_an_open_period", "UPDATE usage_record_summaries SET closed = true"),
    ("billed_usage_is_on_the_invoice", f"UPDATE usage_record_summaries SET total_usage = 1 WHERE id = {A_BILLED}"),
    ("objects_were_created_once", "DELETE FROM events WHERE type = 'customer.subscription.created'"),
    ("objects_were_created_once", "UPDATE events SET type = 'invoice.created' WHERE type = 'invoice.finalized'"),
    ("objects_were_created_first", "UPDATE events SET seq = seq + 1000000000000 WHERE type = 'invoice.created'"),
    ("previous_attributes_have_changed", "UPDATE events SET previous_attributes = '{\"object\": \"invoice\"}' "
                                         "WHERE type = 'invoice.updated'"),
    ("previous_attributes_have_changed", "UPDATE events SET previous_attributes = '{}' WHERE type = 'invoice.updated'"),
    ("old_values_were_shown", "UPDATE events SET previous_attributes = '{\"status\": \"void\"}' WHERE type = 'invoice.updated'"),
    ("newest_events_show_objects_as_they_are", f"UPDATE invoices SET footer = 'Unheard of' WHERE id = {A_PAID}"),
    ("newest_events_show_objects_as_they_are", "UPDATE customers SET metadata = '{\"silent\": \"yes\"}'"),
    ("newest_events_show_objects_as_they_are", "DELETE FROM events WHERE type LIKE 'invoice.pa%' OR type = 'invoice.updated'"),
    ("reserves_are_on_the_balance", "UPDATE reserve_transactions SET amount = amount - 1"),
    ("reserves_are_on_the_balance", "UPDATE balance_transactions SET source_id = NULL WHERE type = 'reserve_transaction'"),
    ("reserves_are_on_the_balance", "UPDATE connect_reserves SET amount = amount + 1"),
    ("reserves_are_on_the_balance", "UPDATE funds SET amount = amount + 1 WHERE holder = 'connect_reserve'"),
    ("reserves_are_what_connected_accounts_lack", "UPDATE connect_reserves SET amount = amount + 1"),
    ("reserves_are_what_connected_accounts_lack", "UPDATE connect_reserves SET currency = 'eur'"),
    ("reserves_are_what_connected_accounts_lack", "UPDATE connect_reserves SET negative_since = NULL"),
    ("reserves_are_what_connected_accounts_lack", "UPDATE connect_reserves SET amount = 0, negative_since = NULL"),
    ("reserves_are_what_connected_accounts_lack", "UPDATE accounts SET type = 'standard' WHERE type = 'custom'"),
    ("payouts_are_on_the_balance", "UPDATE payouts SET status = 'paid' WHERE status = 'canceled'"),
    ("payouts_are_on_the_balance", "UPDATE payouts SET amount = amount + 1 WHERE status = 'failed'"),
    ("automatic_payouts_are_what_they_pay_out", "UPDATE payouts SET automatic = NOT automatic"),
    ("automatic_payouts_are_what_they_pay_out",
     "UPDATE balance_transactions SET payout_id = NULL WHERE payout_id IS NOT NULL AND net > 0"),
    ("payouts_and_their_reversals_name_each_other", "UPDATE payouts SET reversed_by_id = NULL WHERE amount > 0"),
    ("payouts_and_their_reversals_name_each_other", "UPDATE payouts SET amount = amount - 1 WHERE amount < 0"),
    ("topups_are_on_the_balance_when_they_have_come", "UPDATE topups SET amount = amount + 1 WHERE status = 'succeeded'"),
    ("topups_are_on_the_balance_when_they_have_come", "UPDATE topups SET status = 'succeeded' WHERE status = 'reversed'"),
    ("transfers_have_come_back_by_their_reversals", "UPDATE transfers SET amount_reversed = 299 WHERE amount_reversed = 300"),
    ("transfers_have_come_back_by_their_reversals", "UPDATE transfer_reversals SET amount = 901"),
    ("transfers_take_no_more_than_their_charge", "UPDATE transfers SET amount = 1001 WHERE amount = 900"),
    ("transfers_arrive_as_they_left", "UPDATE charges SET source_transfer_id = NULL WHERE source_transfer_id IS NOT NULL"),
    ("transfers_arrive_as_they_left", "UPDATE balance_transactions SET amount = 899 WHERE type = 'payment' AND amount = 900"),
    ("transfers_arrive_as_they_left", "UPDATE charges SET amount_refunded = 0 WHERE source_transfer_id IS NOT NULL"),
    ("transfers_arrive_as_they_left", "UPDATE refunds SET amount = 299 WHERE source_transfer_reversal_id IS NOT NULL"),
    ("transfers_arrive_as_they_left", "UPDATE balance_transactions SET amount = 299 WHERE type = 'transfer_refund'"),
    ("fees_have_gone_back_by_their_refunds", "UPDATE application_fees SET amount_refunded = 41"),
    ("fees_have_gone_back_by_their_refunds", "UPDATE application_fee_refunds SET amount = 101"),
    ("fees_are_kept_of_their_payment", "UPDATE application_fees SET amount = 101"),
    ("fees_are_kept_of_their_payment", "UPDATE balance_transactions SET fee_details = '[]' WHERE type = 'payment'"),
    ("fees_are_kept_of_their_payment", "UPDATE charges SET application_fee_id = NULL WHERE source_transfer_id IS NOT NULL"),
    ("charges_are_sent_on_as_they_ask", "UPDATE charges SET transfer_amount = 999 WHERE transfer_destination_id IS NOT NULL"),
    ("charges_are_sent_on_as_they_ask", "UPDATE charges SET transfer_id = NULL WHERE transfer_id IS NOT NULL"),
    ("charges_are_sent_on_as_they_ask", "UPDATE transfers SET destination_id = account_id WHERE amount = 1000"),
    ("charges_earn_the_fee_that_they_name", "UPDATE charges SET application_fee_amount = 71 WHERE application_fee_amount = 70"),
    ("charges_earn_the_fee_that_they_name", "UPDATE charges SET application_fee_id = NULL WHERE application_fee_amount = 70"),
    ("charges_earn_the_fee_that_they_name", "UPDATE application_fees SET originating_transaction_id = NULL"),
    ("refunds_name_the_reversals_that_they_asked_for", "UPDATE transfer_reversals SET source_refund_id = NULL"),
    ("refunds_name_the_reversals_that_they_asked_for",
     "UPDATE refunds SET transfer_reversal_id = NULL WHERE source_transfer_reversal_id IS NULL AND amount = 700"),
    ("fee_refunds_arrive", "UPDATE balance_transactions SET amount = 39 WHERE reporting_category = 'fee'"),
    ("fee_refunds_arrive", "UPDATE balance_transactions SET amount = -39 WHERE type = 'application_fee_refund'"),
    ("warnings_call_for_a_refund_that_helps", "UPDATE early_fraud_warnings SET actionable = NOT actionable"),
    ("open_reviews_have_something_to_decide", "UPDATE reviews SET open = NOT open"),
    ("open_reviews_have_something_to_decide", "UPDATE reviews SET open = true, closed_reason = NULL"),
    ("disputes_have_moved_their_money", "UPDATE disputes SET amount = amount + 1 WHERE status = 'lost'"),
    ("disputes_have_moved_their_money", "UPDATE disputes SET status = 'lost' WHERE status = 'won'"),
    ("disputes_have_moved_their_money", "UPDATE disputes SET status = 'lost' WHERE status = 'warning_needs_response'"),
    ("disputes_have_moved_their_money", "UPDATE balance_transactions SET fee = 0 WHERE reporting_category = 'dispute_reversal'"),
    ("charges_know_their_disputes", "UPDATE charges SET disputed = NOT disputed"),
    ("charges_know_their_disputes",
     "UPDATE charges SET dispute_id = (SELECT max(id) FROM disputes) WHERE dispute_id < (SELECT max(id) FROM disputes)"),
    ("charges_know_their_disputes", "UPDATE charges SET amount_refunded = 1 WHERE dispute_id IN "
                                    "(SELECT id FROM disputes WHERE status = 'lost')"),
    ("values_are_compared_as_their_list_does", "UPDATE value_list_items SET value = 'Other@example.com'"),
    ("values_are_compared_as_their_list_does", "UPDATE value_lists SET item_type = 'ip_address'"),
    ("files_are_as_large_as_their_contents", "UPDATE files SET size = size + 1"),
    ("files_are_as_large_as_their_contents", "DELETE FROM file_contents"),
    ("names_are_given_once_in_a_scope", "UPDATE apps_secrets SET name = 'same'"),
    ("payloads_are_closed", "UPDATE apps_secrets SET payload = substr(payload, 2)"),
    ("balance_transactions_add_up", "UPDATE balance_transactions SET fee = fee + 1"),
    ("balances_are_sums_of_their_transactions", "UPDATE funds SET amount = amount + 1 WHERE holder = ''"),
    ("pending_funds_are_sums_of_pending_transactions", "UPDATE funds SET amount = amount + 1 WHERE available_on > 0"),
    ("pending_funds_are_sums_of_pending_transactions", "UPDATE funds SET available_on = available_on + 1 WHERE due_at > 0"),
    ("the_books_sum_to_zero", "DELETE FROM funds WHERE holder = 'stripe'"),
    ("pointers_lead_to_rows", "UPDATE subscriptions SET latest_invoice_id = 'in_gone'"),
    ("pointers_lead_to_rows", f"UPDATE invoices SET charge_id = 'ch_gone' WHERE id = {A_PAID}"),
    ("pointers_lead_to_rows", f"UPDATE invoices SET payment_intent_id = 'pi_gone' WHERE id = {A_PAID}"),
    ("pointers_to_one_of_several_tables_lead_to_rows", "UPDATE payouts SET destination_id = 'ba_gone'"),
    ("pointers_to_one_of_several_tables_lead_to_rows",
     "UPDATE customers SET default_source_id = 'card_gone' WHERE default_source_id LIKE 'card_%'"),
    ("default_sources_are_the_customers_own",
     "UPDATE payment_methods SET customer_id = (SELECT max(id) FROM customers WHERE default_source_id IS NULL) "
     "WHERE id LIKE 'card_%'"),
    ("default_sources_are_the_customers_own",
     "UPDATE customers SET default_source_id = (SELECT max(id) FROM bank_accounts WHERE deleted) WHERE default_source_id > ''"),
    ("external_accounts_are_in_a_state", "UPDATE bank_accounts SET status = 'errored' WHERE customer_id IS NOT NULL"),
    ("external_accounts_are_in_a_state", "UPDATE bank_accounts SET default_for_currency = true WHERE customer_id IS NOT NULL"),
    ("external_accounts_are_in_a_state", "UPDATE cards SET status = 'verified'"),
    ("one_external_account_of_a_currency_is_the_default", "UPDATE cards SET default_for_currency = true"),
    ("one_external_account_of_a_currency_is_the_default", "UPDATE bank_accounts SET default_for_currency = false"),
])
def test_what_is_broken_is_found(world: World, check: str, damage: str) -> None:
    assert check in found_after(world, damage)


def test_every_check_has_been_seen_to_find_something() -> None:
    (marks,) = [mark for mark in test_what_is_broken_is_found.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    assert {name for name, _ in marks.args[1]} == {check.__name__ for check in CHECKS}


def test_an_account_is_examined_as_if_nobody_had_been_before(world: World) -> None:
    (marks,) = [mark for mark in test_what_is_broken_is_found.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    own, stranger = world.api.get("/v1/account")["id"], Api(world.server).get("/v1/account")["id"]
    assert examine(world.server.database, account=stranger) == examine(world.server.database, account=own) == []
    damages = dict(reversed(marks.args[1]))
    missed = {check for check, damage in damages.items() if check not in found_after(world, damage, account_id=own)}
    assert missed == set()


def test_a_problem_names_its_account_object_and_reason(world: World) -> None:
    with pytest.raises(_Undo), world.server.database.writing() as session:
        session.connection.execute(text(f"UPDATE invoices SET amount_paid = 1 WHERE id = {A_PAID}"))
        (check,) = [check for check in CHECKS if check.__name__ == "invoices_are_paid_when_they_are_paid"]
        (problem,) = check(Books(session))
        select = f"SELECT account_id, id, amount_due, paid_at FROM invoices WHERE id = {A_PAID}"
        account_id, id, amount_due, paid_at = session.connection.execute(text(select)).one()
        assert (problem.account_id, problem.object, problem.id) == (account_id, "invoice", id)
        assert problem.message == f"status is paid with {amount_due - 1} remaining and paid_at {paid_at}"
        raise _Undo
