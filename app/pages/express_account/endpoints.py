"""The routes behind login links, for the owner of an Express account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from sqlalchemy import bindparam

from app.context import Context
from app.db.session import Prepared, entity
from app.domain.currencies import format_amount
from app.domain.descriptions import date_text
from app.errors import InvalidRequest
from app.pages.page import html, page, sent_on, shown_row, visiting
from app.paper.document import Line, Table
from app.render import present
from app.resources.balance.operations import show_balance
from app.resources.balance.tables import BalanceTransaction
from app.resources.external_accounts.operations import paid_out_to
from app.resources.login_links.tables import LoginLink
from app.resources.payouts.tables import Payout
from app.resources.single_use import is_open, open_once

blueprint = Blueprint("express_account", __name__, template_folder="templates")

_PAGE: Final = "express_account"
_SHOWN: Final = 20
"""How many payouts and movements are shown, newest first."""

_PAYOUTS = Prepared(entity(Payout).where(Payout.account_id == bindparam("account_id")).order_by(
    Payout.created.desc(), Payout.seq.desc()).limit(_SHOWN))
_MOVED = Prepared(entity(BalanceTransaction).where(
    BalanceTransaction.account_id == bindparam("account_id"), BalanceTransaction.test_clock_id.is_(None))
    .order_by(BalanceTransaction.created.desc(), BalanceTransaction.seq.desc()).limit(_SHOWN))

_STATES: Final = {"pending": "On its way", "in_transit": "On its way", "paid": "Arrived", "failed": "Failed",
                  "canceled": "Called off"}
_KINDS: Final = {
    "adjustment": "Correction", "charge": "Charge", "payment": "Transfer", "payment_refund": "Transfer taken back",
    "payout": "Payout", "payout_cancel": "Payout called off", "payout_failure": "Payout came back", "refund": "Refund",
    "refund_failure": "Refund came back",
}  # fmt: skip


@blueprint.get("/express/<account>/<token>")
@page
def open_login_link(account: str, token: str) -> Response:
    """GET /express/:account/:token: the page behind a login link, once."""
    with visiting(account, writing=request.method != "HEAD") as ctx:
        link = shown_row(ctx, LoginLink, token, column="url")
        opened = None if ctx.account.deleted or request.method == "HEAD" else open_once(ctx, link, _PAGE)
        if opened is None:
            raise InvalidRequest("This link has served.", status=404)
    return sent_on(f"../..{urlsplit(opened).path}")


@blueprint.get("/express_account/<account>/<token>")
@page
def show_express_account(account: str, token: str) -> Response:
    """GET /express_account/:account/:token: balance, payouts, transfers and details."""
    with visiting(account) as ctx:
        link = shown_row(ctx, LoginLink, token, column="page_url")
        if not is_open(ctx, link) or ctx.account.deleted:
            raise InvalidRequest("This page is closed.", status=404)
        shown = present(ctx.session, ctx.account)
        sections = [
            {"title": "Payouts", "table": _payouts(ctx), "nothing": "Nothing has been paid out yet."},
            {"title": "Transfers and what else moved the balance", "table": _movements(ctx),
             "nothing": "Nothing has moved yet."}]
        return html("express_account.html", platform=ctx.platform.display_name, name=_name(shown), balance=_balance(ctx),
                    payouts_enabled=shown["payouts_enabled"], sections=sections, facts=_facts(shown))


def _balance(ctx: Context) -> list[tuple[str, str]]:
    balance = show_balance(ctx)
    return [(label, format_amount(funds["amount"], funds["currency"]))
            for label, state in (("Available", "available"), ("On its way to the balance", "pending"))
            for funds in balance[state]]


def _payouts(ctx: Context) -> Table:
    payouts = ctx.session.rows(Payout, _PAYOUTS, account_id=ctx.account_id)
    return Table(("Arrives", "To", "State", "Amount"), tuple(
        Line((date_text(payout.arrival_date), f"•••• {paid_out_to(ctx, payout.destination_id).last4}", _STATES[payout.status],
              format_amount(payout.amount, payout.currency)), tuple(filter(None, (payout.failure_message,))))
        for payout in payouts))


def _movements(ctx: Context) -> Table:
    moved = ctx.session.rows(BalanceTransaction, _MOVED, account_id=ctx.account_id)
    return Table(("Day", "What", "Fee", "Amount"), tuple(
        Line((date_text(row.created), _KINDS.get(row.type, row.type), format_amount(row.fee, row.currency) if row.fee else "",
              format_amount(row.amount, row.currency))) for row in moved))


def _name(shown: dict[str, Any]) -> str:
    display_name = shown["settings"]["dashboard"]["display_name"]
    return str(shown["business_profile"]["name"] or display_name or shown["email"] or shown["id"])


def _facts(shown: dict[str, Any]) -> list[tuple[str, str]]:
    profile = shown["business_profile"]
    schedule = shown["settings"]["payouts"]["schedule"]
    told: Iterable[tuple[str, str | None]] = (
        ("Account", shown["id"]), ("Email", shown["email"]), ("Website", profile["url"]), ("Country", shown["country"]),
        ("Paid out", {"manual": "when asked for"}.get(schedule["interval"], schedule["interval"])),
        ("Payouts to", ", ".join(f"•••• {account['last4']} ({account['currency'].upper()})"
                                 for account in shown["external_accounts"]["data"])),
        ("Still needed", ", ".join(shown["requirements"]["currently_due"])))
    return [(label, value) for label, value in told if value]
