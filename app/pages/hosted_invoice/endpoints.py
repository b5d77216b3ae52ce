"""The routes of invoices and receipts for whoever has been given their address."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request

from app.context import Context
from app.errors import InvalidRequest, RateLimited
from app.pages.hosted_invoice.paying import authentication_path, choices_for, form_token, pay
from app.pages.page import FORM_BYTES_MAX, html, page, pdf, shown_row, visiting
from app.paper.document import Document
from app.paper.pdf import to_pdf
from app.resources.charges.tables import Charge
from app.resources.credit_notes.paper import credit_note_document
from app.resources.credit_notes.tables import CreditNote
from app.resources.invoices.paper import invoice_document, is_payable, paid_charges, receipt_document
from app.resources.invoices.tables import Invoice
from app.wire.endpoint import this_server

blueprint = Blueprint("hosted_invoice", __name__, template_folder="templates")


@blueprint.get("/i/<account>/<token>")
@page
def show_invoice(account: str, token: str) -> Response:
    """GET /i/:account/:token: an invoice that has been finalised."""
    return _invoice_page(account, token)


@blueprint.post("/i/<account>/<token>")
@page
def pay_invoice(account: str, token: str) -> Response:
    """POST /i/:account/:token: pay the invoice with a test card, or with the customer's own."""
    request.max_content_length = FORM_BYTES_MAX
    form = request.form
    try:
        with visiting(account, writing=True) as ctx:
            problem = pay(ctx, _invoice(ctx, token), token, form)
    except RateLimited:
        return _invoice_page(account, token, "The clock of this customer is being advanced. Nothing was charged: try again "
                             "when it has arrived.", status=429)
    except InvalidRequest as refusal:
        if refusal.status == 404:
            raise
        return _invoice_page(account, token, refusal.message, status=refusal.status)
    this_server().wake()
    if problem is not None:
        return _invoice_page(account, token, problem, status=402)
    # To the page itself, so that loading it again pays nothing.
    return Response(status=303, headers={"Location": token})


@blueprint.get("/invoice/<account>/<token>/pdf")
@page
def download_invoice(account: str, token: str) -> Response:
    """GET /invoice/:account/:token/pdf: `invoice_pdf`."""
    with visiting(account) as ctx:
        document = invoice_document(ctx, _invoice(ctx, token))
    return pdf(to_pdf(document), f"Invoice-{document.number}")


@blueprint.get("/receipts/<account>/<token>")
@page
def show_receipt(account: str, token: str) -> Response:
    """GET /receipts/:account/:token: `receipt_url` of a charge."""
    document = _receipt(account, token)
    return html("receipt.html", document=document, pdf_path=f"receipts/{account}/{token}/pdf")


@blueprint.get("/receipts/<account>/<token>/pdf")
@page
def download_receipt(account: str, token: str) -> Response:
    """GET /receipts/:account/:token/pdf"""
    document = _receipt(account, token)
    return pdf(to_pdf(document), f"Receipt-{document.number}")


@blueprint.get("/credit_notes/<account>/<token>/pdf")
@page
def download_credit_note(account: str, token: str) -> Response:
    """GET /credit_notes/:account/:token/pdf: `pdf` of a credit note."""
    with visiting(account) as ctx:
        document = credit_note_document(ctx, shown_row(ctx, CreditNote, token, column="pdf"))
    return pdf(to_pdf(document), f"Credit-note-{document.number}")


def _receipt(account: str, token: str) -> Document:
    with visiting(account) as ctx:
        return receipt_document(ctx, shown_row(ctx, Charge, token, column="receipt_url"))


def _invoice(ctx: Context, token: str) -> Invoice:
    return shown_row(ctx, Invoice, token, column="hosted_invoice_url")


def _invoice_page(account: str, token: str, problem: str | None = None, *, status: int = 200) -> Response:
    with visiting(account) as ctx:
        invoice = _invoice(ctx, token)
        document = invoice_document(ctx, invoice)
        if is_payable(invoice) and invoice.due_date is not None and invoice.due_date < ctx.now:
            # Only a page knows what time it is; a file says the same whenever it is opened.
            document = replace(document, stamp="Past due")
        choices, waiting = choices_for(ctx, invoice), authentication_path(ctx, invoice)
        receipts = [charge.receipt_url.rpartition("/")[2] for charge in paid_charges(ctx, invoice) if charge.receipt_url]
    return html("hosted_invoice.html", status=status, document=document, choices=choices, problem=problem, waiting=waiting,
                form_token=form_token(invoice, token), pdf_path=f"invoice/{account}/{token}/pdf",
                receipt_paths=[f"receipts/{account}/{receipt}" for receipt in receipts])
