"""What a dispute looks like."""

from __future__ import annotations

from app.domain.disputes import EVIDENCE, FILES
from app.render import view_of
from app.render.fields import Attr, Const, Derived, DocumentRefs, Hash, Inline, Ref
from app.render.view import View
from app.resources.disputes.tables import Dispute
from app.resources.files.tables import File


@view_of(Dispute)
class DisputeView(View):
    id = Attr()
    object = Const("dispute")
    amount = Attr()
    balance_transaction = Ref()
    balance_transactions = Inline()
    charge = Ref()
    created = Attr()
    currency = Attr()
    evidence = DocumentRefs(EVIDENCE, names=FILES, table=File)
    evidence_details = Hash(
        due_by=Attr(), has_evidence=Derived(lambda row: bool(row.evidence)), past_due=Attr(), submission_count=Attr())
    is_charge_refundable = Attr()
    livemode = Const(False)
    metadata = Attr("metadata_")
    payment_intent = Ref()
    payment_method_details = Attr()
    reason = Attr()
    status = Attr()
