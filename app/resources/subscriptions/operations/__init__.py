"""What happens to subscriptions: they start, renew, change, fall behind and end."""

from app.resources.invoices.operations import check_currency
from app.resources.subscriptions.operations.asked_items import added_item, item_spec
from app.resources.subscriptions.operations.asked_terms import check_collection, check_fee_percent, transfer_data
from app.resources.subscriptions.operations.changing import (
    Change,
    apply_change,
    interval_in_force,
    items_in_force,
    terms_in_force,
)
from app.resources.subscriptions.operations.discount import own_discount, remove_discount
from app.resources.subscriptions.operations.ending import (
    cancel_at_period_end,
    cancel_subscription,
    collecting_invoices,
    customer_deleted,
    end_at_date,
    expire_incomplete,
    set_cancel_at,
)
from app.resources.subscriptions.operations.pausing import resume_collection
from app.resources.subscriptions.operations.pending_items import invoice_pending_items, plan_item_invoice
from app.resources.subscriptions.operations.pending_updates import expire_pending_update, invoice_voided
from app.resources.subscriptions.operations.renewing import ends_with_period, preview_renewal, renew
from app.resources.subscriptions.operations.requests import (
    create_item,
    create_subscription,
    delete_item,
    update_item,
    update_subscription,
)
from app.resources.subscriptions.operations.setting_up import stop_asking
from app.resources.subscriptions.operations.standing import (
    invoice_paid,
    miss_due_date,
    payment_failed,
    payment_processing,
)
from app.resources.subscriptions.operations.starting import check_count, start_subscription
from app.resources.subscriptions.operations.terms import (
    ItemSpec,
    Terms,
    check_items,
    check_thresholds,
    is_metered,
    item_currency,
)
from app.resources.subscriptions.operations.thresholds import bill_threshold, bill_thresholds_of

__all__ = [
    "Change",
    "ItemSpec",
    "Terms",
    "added_item",
    "apply_change",
    "bill_threshold",
    "bill_thresholds_of",
    "cancel_at_period_end",
    "cancel_subscription",
    "check_collection",
    "check_count",
    "check_currency",
    "check_fee_percent",
    "check_items",
    "check_thresholds",
    "collecting_invoices",
    "create_item",
    "create_subscription",
    "customer_deleted",
    "delete_item",
    "end_at_date",
    "ends_with_period",
    "expire_incomplete",
    "expire_pending_update",
    "interval_in_force",
    "invoice_paid",
    "invoice_pending_items",
    "invoice_voided",
    "is_metered",
    "item_currency",
    "item_spec",
    "items_in_force",
    "miss_due_date",
    "own_discount",
    "payment_failed",
    "payment_processing",
    "plan_item_invoice",
    "preview_renewal",
    "remove_discount",
    "renew",
    "resume_collection",
    "set_cancel_at",
    "start_subscription",
    "stop_asking",
    "terms_in_force",
    "transfer_data",
    "update_item",
    "update_subscription",
]
