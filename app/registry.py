"""The composition root: which blueprints are served, what time does to rows, and what follows from which event.

Importing it imports every table, view and route, so `migrations/env.py` imports it too.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import configure_mappers

import app.resources
from app.clock.engine import PRELOADERS
from app.clock.ticker import Ticker
from app.control.endpoints import blueprint as control
from app.db.base import TimeDriven
from app.db.session import DUE_MOMENTS
from app.events.emit import REACTIONS
from app.pages.express_account.endpoints import blueprint as express_account
from app.pages.hosted_invoice.endpoints import blueprint as hosted_invoice
from app.pages.linked_file import blueprint as linked_file
from app.pages.onboarding.endpoints import blueprint as onboarding
from app.pages.page import blueprint as pages
from app.pages.three_d_secure.endpoints import blueprint as three_d_secure
from app.resources.account_links.endpoints import blueprint as account_links
from app.resources.accounts import operations as account_operations
from app.resources.accounts import ticks as account_ticks
from app.resources.accounts.endpoints import blueprint as accounts
from app.resources.application_fees.endpoints import blueprint as application_fees
from app.resources.apps_secrets.endpoints import blueprint as apps_secrets
from app.resources.apps_secrets.ticks import SECRET_EXPIRY
from app.resources.balance.endpoints import blueprint as balance
from app.resources.balance.ticks import AVAILABLE, COLLECTION
from app.resources.capabilities.endpoints import blueprint as capabilities
from app.resources.cash_balances.endpoints import blueprint as cash_balances
from app.resources.charges.endpoints import blueprint as charges
from app.resources.country_specs.endpoints import blueprint as country_specs
from app.resources.coupons.endpoints import blueprint as coupons
from app.resources.coupons.ticks import COUPON_EXPIRY, DISCOUNT_END, PROMOTION_CODE_EXPIRY
from app.resources.credit_notes.endpoints import blueprint as credit_notes
from app.resources.customers.endpoints import blueprint as customers
from app.resources.customers.ticks import TAX_ID_CHECK
from app.resources.disputes import operations as dispute_operations
from app.resources.disputes import ticks as dispute_ticks
from app.resources.disputes.endpoints import blueprint as disputes
from app.resources.early_fraud_warnings import operations as warning_operations
from app.resources.early_fraud_warnings.endpoints import blueprint as early_fraud_warnings
from app.resources.events.endpoints import blueprint as events
from app.resources.external_accounts.endpoints import blueprint as external_accounts
from app.resources.external_accounts.operations import open_bank_account
from app.resources.files.endpoints import blueprint as files
from app.resources.files.ticks import LINK_EXPIRY
from app.resources.invoiceitems.endpoints import blueprint as invoiceitems
from app.resources.invoices import operations as invoice_operations
from app.resources.invoices import ticks as invoice_ticks
from app.resources.invoices.endpoints import blueprint as invoices
from app.resources.invoices.tables import Invoice
from app.resources.issuer_reports import operations as issuer_operations
from app.resources.issuer_reports.ticks import ARRIVAL
from app.resources.login_links.endpoints import blueprint as login_links
from app.resources.mandates.endpoints import blueprint as mandates
from app.resources.payment_intents.endpoints import blueprint as payment_intents
from app.resources.payment_intents.ticks import CAPTURE_EXPIRY
from app.resources.payment_methods.endpoints import blueprint as payment_methods
from app.resources.payment_methods.ticks import SOURCE_EXPIRING
from app.resources.payouts import ticks as payout_ticks
from app.resources.payouts.endpoints import blueprint as payouts
from app.resources.persons.endpoints import blueprint as persons
from app.resources.prices.endpoints import blueprint as prices
from app.resources.products.endpoints import blueprint as products
from app.resources.quotes import operations as quote_operations
from app.resources.quotes.endpoints import blueprint as quotes
from app.resources.quotes.ticks import EXPIRY as QUOTE_EXPIRY
from app.resources.refunds import operations as refund_operations
from app.resources.refunds.endpoints import blueprint as refunds
from app.resources.refunds.ticks import SETTLE as REFUND_SETTLE
from app.resources.reviews import operations as review_operations
from app.resources.reviews.endpoints import blueprint as reviews
from app.resources.setup_attempts.endpoints import blueprint as setup_attempts
from app.resources.setup_intents.endpoints import blueprint as setup_intents
from app.resources.sources.endpoints import blueprint as sources
from app.resources.subscription_schedules import operations as schedule_operations
from app.resources.subscription_schedules import ticks as schedule_ticks
from app.resources.subscription_schedules.endpoints import blueprint as subscription_schedules
from app.resources.subscription_schedules.tables import SubscriptionSchedule
from app.resources.subscriptions import operations as subscription_operations
from app.resources.subscriptions import ticks as subscription_ticks
from app.resources.subscriptions.endpoints import blueprint as subscriptions
from app.resources.subscriptions.tables import Subscription
from app.resources.tax_codes.endpoints import blueprint as tax_codes
from app.resources.tax_rates.endpoints import blueprint as tax_rates
from app.resources.test_clocks.endpoints import blueprint as test_clocks
from app.resources.tokens.endpoints import blueprint as tokens
from app.resources.topups.endpoints import blueprint as topups
from app.resources.topups.ticks import SETTLE as TOPUP_SETTLE
from app.resources.transfers.endpoints import blueprint as transfers
from app.resources.usage_records.endpoints import blueprint as usage_records
from app.resources.value_lists.endpoints import blueprint as value_lists
from app.resources.webhook_endpoints.endpoints import blueprint as webhook_endpoints
from app.wire.auth import OPENED

BLUEPRINTS: tuple[Blueprint, ...] = (
    account_links,
    accounts,
    application_fees,
    apps_secrets,
    balance,
    capabilities,
    cash_balances,
    charges,
    control,
    country_specs,
    coupons,
    credit_notes,
    customers,
    disputes,
    early_fraud_warnings,
    events,
    express_account,
    external_accounts,
    files,
    hosted_invoice,
    invoiceitems,
    invoices,
    linked_file,
    login_links,
    mandates,
    onboarding,
    pages,
    payment_intents,
    payment_methods,
    payouts,
    persons,
    prices,
    products,
    quotes,
    refunds,
    reviews,
    setup_attempts,
    setup_intents,
    sources,
    subscription_schedules,
    subscriptions,
    tax_codes,
    tax_rates,
    test_clocks,
    three_d_secure,
    tokens,
    topups,
    transfers,
    usage_records,
    value_lists,
    webhook_endpoints,
)

TICKERS: tuple[Ticker, ...] = (
    AVAILABLE,
    COLLECTION,
    TOPUP_SETTLE,
    ARRIVAL,
    REFUND_SETTLE,
    dispute_ticks.DECISION,
    dispute_ticks.EXPIRY,
    payout_ticks.MOVE,
    payout_ticks.RUN,
    subscription_ticks.TRIAL_WILL_END,
    schedule_ticks.UPCOMING,
    schedule_ticks.EXPIRING,
    TAX_ID_CHECK,
    SOURCE_EXPIRING,
    COUPON_EXPIRY,
    PROMOTION_CODE_EXPIRY,
    DISCOUNT_END,
    schedule_ticks.PHASE_BOUNDARY,
    subscription_ticks.PAUSE_END,
    subscription_ticks.END,
    subscription_ticks.RENEWAL,
    subscription_ticks.PENDING_ITEMS,
    invoice_ticks.FINALIZE_DUE,
    invoice_ticks.RETRY,
    subscription_ticks.PAST_DUE,
    subscription_ticks.EXPIRY,
    QUOTE_EXPIRY,
    CAPTURE_EXPIRY,
    invoice_ticks.DEBIT_ANSWER,
    subscription_ticks.PENDING_UPDATE,
    LINK_EXPIRY,
    SECRET_EXPIRY,
    account_ticks.CHECK,
    account_ticks.DEADLINE,
)
"""In the order in which they run when they are due at the same second (behaviour reference, 7.3)."""


REACTIONS |= {
    "account.external_account.created": (account_operations.reviewed,),
    "account.external_account.deleted": (account_operations.reviewed,),
    "account.external_account.updated": (account_operations.reviewed,),
    "cash_balance.funds_available": (invoice_operations.cash_came,),
    "charge.captured": (issuer_operations.charge_captured,),
    "charge.dispute.created": (warning_operations.dispute_created, review_operations.dispute_created),
    "charge.expired": (warning_operations.charge_refunded, review_operations.charge_refunded),
    "charge.refund.updated": (warning_operations.refund_updated,),
    "charge.refunded": (dispute_operations.charge_refunded, warning_operations.charge_refunded,
                        review_operations.charge_refunded),
    "charge.succeeded": (review_operations.charge_succeeded, issuer_operations.charge_succeeded,
                         account_operations.charge_succeeded),
    "customer.deleted": (subscription_operations.customer_deleted, schedule_operations.customer_deleted,
                         quote_operations.customer_deleted),
    "customer.subscription.deleted": (schedule_operations.subscription_ended,),
    "customer.subscription.updated": (schedule_operations.subscription_changed,),
    "invoice.payment_failed": (subscription_operations.payment_failed,),
    "invoice.payment_succeeded": (subscription_operations.invoice_paid,),
    "invoice.voided": (subscription_operations.invoice_voided,),
    "payment_intent.processing": (subscription_operations.payment_processing,),
    "setup_intent.canceled": (subscription_operations.stop_asking,),
    "setup_intent.succeeded": (subscription_operations.stop_asking,),
    "topup.succeeded": (refund_operations.money_came,),
}

OPENED += [open_bank_account]

PRELOADERS |= {
    Subscription: subscription_ticks.preload,
    SubscriptionSchedule: schedule_ticks.preload,
    Invoice: invoice_ticks.preload,
}


def _due_moment(table: type[TimeDriven]) -> Callable[[Any], int | None]:
    """When a row of the table is next due, whatever for."""
    dues = [ticker.due for ticker in TICKERS if ticker.table is table]

    def due(row: Any) -> int | None:
        return min((moment for answer in dues if (moment := answer(row)) is not None), default=None)

    return due


DUE_MOMENTS |= {ticker.table: _due_moment(ticker.table) for ticker in TICKERS}


def _import_tables_and_views() -> None:
    """Views reach a row by its table, not by import, so somebody must have imported them: every slice's are, by name."""
    for package in pkgutil.iter_modules(app.resources.__path__, "app.resources."):
        for name in ("tables", "views") if package.ispkg else ():
            module = f"{package.name}.{name}"
            if importlib.util.find_spec(module) is not None:
                importlib.import_module(module)


_import_tables_and_views()
# All tables are known now; only a row whose table's relationships are resolved shows its attributes.
configure_mappers()
