"""What happens to invoices: drafted, finalised, paid or not, and what waits in between."""

from app.resources.customers.operations import check_currency, settle_currency
from app.resources.invoices.operations.crediting import credit_after_payment, credit_before_payment
from app.resources.invoices.operations.discounts import end_own, find_discounts, redeem, replace_discounts, use_up
from app.resources.invoices.operations.drafting import (
    add_to_draft,
    delete_draft,
    draft_invoice,
    require_draft,
    retotal,
    show_item,
    tax_entries,
    update_usage_line,
)
from app.resources.invoices.operations.finalizing import (
    finalize_invoice,
    mark_uncollectible,
    pay_out_of_band,
    send_invoice,
    stop_collecting,
    void_invoice,
)
from app.resources.invoices.operations.items import (
    add_pending_item,
    drop_pending_items,
    drop_prorations,
    pending_items,
    preload_pending_items,
    sweep,
    unit_columns,
)
from app.resources.invoices.operations.lines import LineDraft, Reached, item_lines
from app.resources.invoices.operations.manual import create_invoice, no_mandate, update_invoice
from app.resources.invoices.operations.paying import (
    answer_authentication,
    awaits_bank,
    collect,
    confirm_invoice_payment,
    finalize_and_collect,
    finalize_due,
    no_payment_method,
    pay_invoice,
    payment_method_of,
    retry_collection,
    settle_debit,
    settle_debit_now,
    verify_payment,
)
from app.resources.invoices.operations.previewing import as_preview
from app.resources.invoices.operations.sharing import sharing_columns
from app.resources.invoices.operations.transfers import apply_customer_balance, cash_came

__all__ = [
    "LineDraft",
    "Reached",
    "add_pending_item",
    "add_to_draft",
    "answer_authentication",
    "apply_customer_balance",
    "as_preview",
    "awaits_bank",
    "cash_came",
    "check_currency",
    "collect",
    "confirm_invoice_payment",
    "create_invoice",
    "credit_after_payment",
    "credit_before_payment",
    "delete_draft",
    "draft_invoice",
    "drop_pending_items",
    "drop_prorations",
    "end_own",
    "finalize_and_collect",
    "finalize_due",
    "finalize_invoice",
    "find_discounts",
    "item_lines",
    "mark_uncollectible",
    "no_mandate",
    "no_payment_method",
    "pay_invoice",
    "pay_out_of_band",
    "payment_method_of",
    "pending_items",
    "preload_pending_items",
    "redeem",
    "replace_discounts",
    "require_draft",
    "retotal",
    "retry_collection",
    "send_invoice",
    "settle_currency",
    "settle_debit",
    "settle_debit_now",
    "sharing_columns",
    "show_item",
    "stop_collecting",
    "sweep",
    "tax_entries",
    "unit_columns",
    "update_invoice",
    "update_usage_line",
    "use_up",
    "verify_payment",
    "void_invoice",
]
