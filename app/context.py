"""`Context`: who is asking, what time it is for them, and the rows that they may see.

Operations receive it as their first argument and take account, time and session from nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any, TypeVar

from app.db.base import StripeObject
from app.db.ids import IdSource
from app.db.roots import Account, TestClock
from app.db.session import Session
from app.domain.choices import Choices
from app.errors import RateLimited, no_such

S = TypeVar("S", bound=StripeObject)

API_VERSION = "2022-08-01"

PAGE_SECRET_LENGTH = 24
"""How many characters of base 62 make the address of a page unguessable: 142 bits."""


@dataclass(slots=True)
class Context:
    """One request, or one customer's timeline inside an advance.

    `now` is unix seconds of the clock in force: the wall clock until a row that lives on a test clock is found.
    """

    session: Session
    ids: IdSource
    account_id: str
    now: int
    default_choices: Choices = field(default_factory=Choices)
    test_clock_id: str | None = None
    request_id: str | None = None
    idempotency_key: str | None = None
    ticking: bool = False
    """Whether time, not a caller, is at work: an advancing clock is then no obstacle, and `now` is the engine's."""
    publishable: bool = False
    """Whether the key may be read by anybody: what it is shown needs a secret of its own, and is not all that there is."""
    client_ip: str | None = None
    """Where the request came from, as the server saw it; null for time and for a person at a page."""
    user_agent: str | None = None
    """What program it says that it came from."""
    base_url: str = "http://127.0.0.1:12111"
    """Where this server's own pages are reached, without a trailing slash."""
    key_hint: str = "sk_test_****"
    """The key with its middle starred, for a refusal that names it."""

    @property
    def account(self) -> Account:
        """The account whose rows are in view."""
        account = self.session.get(Account, self.account_id)
        assert account is not None, "a context is made for an account that exists"
        return account

    @property
    def platform(self) -> Account:
        """The account of the sandbox: the one that the account in view is connected to, or itself."""
        account = self.account
        return account if account.platform_id is None else self.acting_as_id(account.platform_id).account

    @property
    def application_id(self) -> str | None:
        """The application that acts for a connected account: its platform's; null where the account acts for itself."""
        return None if self.account.platform_id is None else self.platform.application_id

    @property
    def choices(self) -> Choices:
        """The sandbox's settings, which are its platform's."""
        key = ("choices", self.account_id)
        choices: Choices | None = self.session.memo.get(key)
        if choices is None:
            choices = self.session.memo[key] = self.default_choices.with_overrides(self.platform.choices or {})
        return choices

    def acting_as(self, account: Account) -> Context:
        """The same caller and moment, with the rows of another account of the sandbox in view."""
        return self.acting_as_id(account.id)

    def acting_as_id(self, account_id: str) -> Context:
        """`acting_as`, for who has the id alone."""
        return self if account_id == self.account_id else replace(self, account_id=account_id, test_clock_id=None)

    def at(self, now: int) -> Context:
        """The same context at another moment."""
        # Each renewal that is announced asks for one, and `replace` takes five times as long.
        moved = Context(*_members(self))
        moved.now = now
        return moved

    def add(self, row: S) -> S:
        """Complete the row with its id, order, account, application, time and clock where they are not set, and take it in."""
        values = row.__dict__
        cls = type(row)
        if values["id"] is None:
            values["id"] = self.ids.new(cls.id_prefix, cls.id_length, cls.id_lead)
        values["account_id"] = self.account_id
        values["seq"] = self.ids.seq()
        if values["created"] is None:
            values["created"] = self.now
        if "test_clock_id" in values and values["test_clock_id"] is None:
            values["test_clock_id"] = self.test_clock_id
        if "application" in values and values["application"] is None:
            values["application"] = self.application_id
        if "metadata_" in values and values["metadata_"] is None:
            values["metadata_"] = {}
        return self.session.add(row)

    def get(self, cls: type[S], id: str | None) -> S | None:
        """The account's row, or None; without any effect on the context's time."""
        return None if id is None else self.session.get(cls, self.account_id, id)

    def find(self, cls: type[S], id: str, *, param: str | None = None, deleted_too: bool = False) -> S:
        """The account's row with this id, on whose clock the context is from here on.

        `param` names the parameter that held the id; without it the id stood in the path.
        Raises 404 (400 for a parameter) `resource_missing`, and 429 when the row's clock is advancing and this
        transaction writes.
        """
        row = self.get(cls, id)
        if row is not None and self.session.writing and self.session.kept and not self._lock(row):
            row = None
        if row is None or (row.__dict__.get("deleted") and not deleted_too):
            raise no_such(cls.missing_name or cls.object_name, id, param=param or cls.path_param,
                          status=400 if param else 404)
        test_clock_id = row.__dict__.get("test_clock_id")
        if test_clock_id is not None and not self.ticking:
            self.enter_clock(test_clock_id)
        return row

    def find_under(self, cls: type[S], id: str, column: str, parent_id: str) -> S:
        """`find`, for a path that names the row and what it belongs to by the column: one of another's is answered as missing."""
        row = self.find(cls, id)
        if row.__dict__[column] != parent_id:
            raise no_such(cls.missing_name or cls.object_name, id, param=cls.path_param)
        return row

    def enter_clock(self, test_clock_id: str) -> TestClock:
        """Live on this clock: `now` is its frozen time.

        Raises 429 while the clock advances, for transactions that write.
        """
        changes = self.session.writing and self.session.kept
        # An advance does not begin before what is being done at the clock's present time is done.
        clock = self.session.get(TestClock, self.account_id, test_clock_id, shared=changes)
        if clock is None:
            # It was deleted, and all that lives on it, while this request waited for it.
            raise no_such(TestClock.missing_name or TestClock.object_name, test_clock_id, param=TestClock.path_param)
        if changes and clock.status == "advancing":
            # Stripe: "Test clock advancement underway - cannot perform modifications" (behaviour reference, 7.2);
            # Our choice: type and code of the 429, as the reference's decision list has them.
            raise RateLimited(f"Test clock advancement underway - cannot perform modifications: {test_clock_id}",
                              code="rate_limit")
        self.test_clock_id, self.now = test_clock_id, clock.frozen_time
        return clock

    def page_url(self, kind: str, row: StripeObject) -> str:
        """A new address of the page that shows the row to whoever has been given it, without a key: `kind` begins its path.

        It says where the row is found and ends in a secret, so that opening it is one look-up and no index is kept for
        it. The secret is the row's own: who learns one page's learns no other's. What is only tried has no page.
        """
        id = row.id.removeprefix(row.id_prefix)
        secret = self.ids.text(PAGE_SECRET_LENGTH) if self.session.kept else ""
        return f"{self.base_url}/{kind}/{self.account_id}/test_{id}{secret}"

    def _lock(self, row: StripeObject) -> bool:
        """Hold the row, and the timeline that it belongs to where it has a customer; whether it is still there."""
        root: Any = row
        relationship = type(row).__mapper__.relationships.get("customer")
        customer_id = row.__dict__.get("customer_id")
        if relationship is not None and customer_id is not None:
            root = self.get(relationship.mapper.class_, customer_id)
        is_there = self.session.lock(root)
        return is_there if root is row else self.session.lock(row)


_members = attrgetter(*(member.name for member in fields(Context)))
