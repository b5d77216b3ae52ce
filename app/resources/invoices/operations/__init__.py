"""What happens to invoices: drafted, finalised, paid or not, and what waits in between."""

from app.resources.invoices.operations.drafting import delete_draft, draft_invoice, redraw, update_usage_line
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
    drop_prorations,
    pending_items,
    preload_pending_items,
    sweep,
)
from app.resources.invoices.operations.lines import LineDraft, item_lines
from app.resources.invoices.operations.paying import (
    collect,
    finalize_and_collect,
    no_payment_method,
    pay_invoice,
    payment_method_of,
    retry_collection,
)

__all__ = [
    "LineDraft",
    "add_pending_item",
    "collect",
    "delete_draft",
    "draft_invoice",
    "drop_prorations",
    "finalize_and_collect",
    "finalize_invoice",
    "item_lines",
    "mark_uncollectible",
    "no_payment_method",
    "pay_invoice",
    "pay_out_of_band",
    "payment_method_of",
    "pending_items",
    "preload_pending_items",
    "redraw",
    "retry_collection",
    "send_invoice",
    "stop_collecting",
    "sweep",
    "update_usage_line",
    "void_invoice",
]
