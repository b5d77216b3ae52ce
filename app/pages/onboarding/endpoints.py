"""The routes behind account links, for the owner of a connected account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage

from app.context import Context
from app.db.roots import Account
from app.domain.onboarding import Step, passing_value
from app.errors import InvalidRequest, RateLimited
from app.pages.onboarding.asking import NAMED_ROLES, Questions, facts_of
from app.pages.onboarding.saving import FILE_BYTES_MAX, field_of, save
from app.pages.page import html, page, sent_on, shown_row, visiting
from app.render import present
from app.resources.account_links.operations import finish_onboarding
from app.resources.account_links.tables import AccountLink
from app.resources.single_use import close, is_open, open_once
from app.wire.endpoint import this_server

blueprint = Blueprint("onboarding", __name__, template_folder="templates")

_PAGE: Final = "onboarding"
_MISSING: Final = "This is needed."


@blueprint.get("/setup/<_type>/<account>/<token>")
@page
def open_account_link(_type: str, account: str, token: str) -> Response:
    """GET /setup/:type/:account/:token: the page behind an account link, once; then, and when it is too late, `refresh_url`."""
    with visiting(account, writing=request.method != "HEAD") as ctx:
        link = shown_row(ctx, AccountLink, token, column="url")
        owned = ctx.account
        gone = owned.deleted or owned.rejected_reason is not None
        # Who only asks for the headers, as a messenger that shows what a link leads to, has not opened it.
        opened = None if gone or request.method == "HEAD" else open_once(ctx, link, _PAGE)
        target = link.refresh_url if opened is None else f"../../..{urlsplit(opened).path}"
    return sent_on(target)


@blueprint.get("/onboarding/<account>/<token>")
@page
def show_onboarding(account: str, token: str) -> Response:
    """GET /onboarding/:account/:token: the step that `step` names, or the first that is left."""
    return _page(account, token, key=request.args.get("step"), saved="saved" in request.args)


@blueprint.post("/onboarding/<account>/<token>")
@page
def answer_onboarding(account: str, token: str) -> Response:
    """POST /onboarding/:account/:token: save a step, fill it with test values, submit everything, or leave."""
    request.max_content_length = FILE_BYTES_MAX
    answers, files, key = request.form.to_dict(), request.files.to_dict(), request.args.get("step")
    if answers.get("answer") == "fill":
        return _page(account, token, key=key, fills=True)
    step: Step | None = None
    missing: list[str] = []
    target = token
    try:
        with visiting(account, writing=True) as ctx:
            link, owned = _opened(ctx, token)
            if link is None:
                return sent_on(shown_row(ctx, AccountLink, token, column="page_url").refresh_url)
            questions = Questions(ctx, owned, link, present(ctx.session, owned))
            step = questions.step(key)
            match answers.get("answer"):
                case "leave":
                    target = _leave(ctx, link)
                case "submit":
                    target = _submit(ctx, owned, link, questions)
                case _ if step is not None:
                    missing = _missing(questions, step, answers, files)
                    if not missing:
                        save(ctx, owned, step, answers, files, ip=request.remote_addr or "127.0.0.1")
                    # An update stays where it is; else the next step is the first that is left then.
                    stays = {"step": key} if questions.is_update and key else {}
                    target = f"{token}?{urlencode({'saved': '1', **stays})}"
    except RateLimited:
        return _page(account, token, key=key, answers=answers, problem="Something else is at work here. Try again in a moment.",
                     status=429)
    except InvalidRequest as refusal:
        if refusal.status == 404:
            raise
        field = field_of(step, refusal.param) if step is not None and refusal.param else None
        refused = {} if field is None else {field: refusal.message}
        return _page(account, token, key=key, answers=answers, refused=refused,
                     problem=refusal.message if field is None else None)
    if missing:
        return _page(account, token, key=key, answers=answers, refused=dict.fromkeys(missing, _MISSING))
    this_server().wake()
    return sent_on(target)


def _opened(ctx: Context, token: str) -> tuple[AccountLink | None, Account]:
    """The link whose page it is, or None where that is closed; and the account, held where this transaction writes."""
    link, owned = shown_row(ctx, AccountLink, token, column="page_url"), ctx.account
    if ctx.session.writing:
        ctx.session.lock(owned)
    is_there = is_open(ctx, link) and not owned.deleted and owned.rejected_reason is None
    return link if is_there else None, owned


def _submit(ctx: Context, account: Account, link: AccountLink, questions: Questions) -> str:
    if questions.steps and not questions.is_update:
        raise InvalidRequest("Something is still needed.", status=400)
    finish_onboarding(ctx, account)
    return _leave(ctx, link)


def _leave(ctx: Context, link: AccountLink) -> str:
    close(ctx, link)
    return link.return_url


def _missing(questions: Questions, step: Step, answers: Mapping[str, str], files: Mapping[str, FileStorage]) -> list[str]:
    """The fields of the step that were left empty and must not be."""
    needed = questions.needed(step)
    return [field.name for field in step.fields if field.name in needed
            and not answers.get(field.name, "").strip() and not answers.get(f"{field.name}.test")
            and not (field.name in files and files[field.name].filename)]


def _page(account: str, token: str, *, key: str | None, answers: Mapping[str, str] | None = None,
          refused: Mapping[str, str] | None = None, problem: str | None = None, saved: bool = False, fills: bool = False,
          status: int | None = None) -> Response:
    """The page with a step. `answers` were sent and not taken; `fills` shows test values in their place."""
    with visiting(account) as ctx:
        link, owned = _opened(ctx, token)
        if link is None:
            return sent_on(shown_row(ctx, AccountLink, token, column="page_url").refresh_url)
        shown = present(ctx.session, owned)
        questions = Questions(ctx, owned, link, shown)
        step = questions.step(key)
        values = dict(questions.known)
        fields = () if step is None else step.fields
        if fills:
            values = {field.name: passing_value(field, owned.country, owned.default_currency) for field in fields}
        elif answers is not None:
            # What is secret is not written on a page again.
            values |= {field.name: answers.get(field.name, "") for field in fields if not field.secret}
        found = questions.problems()
        names = {field.name for field in fields}
        return html(
            "onboarding.html", status=status or (400 if problem or refused else 200), sends_to=link.return_url,
            platform=ctx.platform.display_name, heading="Your account" if questions.is_update else "Set up your account",
            steps=questions.steps, step=step, values=values, problems={**found, **(refused or {})},
            problem=problem or ("Not everything could be taken. See below." if refused else None), saved=saved,
            errors=[reason for name, reason in found.items() if name not in names and not refused], updating=questions.is_update,
            waiting=bool(questions.requirements["pending_verification"]), facts=facts_of(shown, questions.names),
            people=questions.names, roles=NAMED_ROLES)
