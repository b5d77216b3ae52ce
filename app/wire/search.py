"""Search: what a slice declares of its objects, turned with a query into one indexed page, newest first."""

from __future__ import annotations

import hashlib
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    Text,
    and_,
    bindparam,
    case,
    false,
    func,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from app.context import Context
from app.db.base import HasMetadata, OnClock, StripeObject
from app.db.session import Prepared, entity
from app.db.text import contains, folded, json_text
from app.domain.search import SUBSTRING_MIN, BadQuery, Clause, Query, fold, integer, parse, write
from app.errors import InvalidRequest
from app.wire.pagination import STATEMENTS_MAX, Page, page_size
from app.wire.params import Expand, Integer, Params
from app.wire.params import Text as TextParam

Condition = ColumnElement[bool]


class SearchParams(Params):
    """What every search takes."""

    expand = Expand()
    limit = Integer(load_default=10)
    page = TextParam()
    query = TextParam(required=True)


class SearchField:
    """One field that can be searched, and what of its row it stands for; the kinds below take different operators."""

    operators: tuple[str, ...] = (":",)

    def __init__(self, expression: SQLColumnExpression[Any]) -> None:
        self.expression = expression

    def meets(self, clause: Clause, search: Search) -> Condition:
        """The condition of a clause with a value, as if it were not negated. Raises BadQuery for a wrong value."""
        raise NotImplementedError


class Token(SearchField):
    """Found by all of its text.

    `case` says how: `any`, in whatever case; `lower`, the same for a column that is as `fold` makes it, so that an index
    finds it; `exact`, for ids. Our choice: two ids may differ by their case alone.
    """

    def __init__(self, expression: SQLColumnExpression[Any], case: str = "any") -> None:
        super().__init__(expression)
        self.is_exact = case == "exact"
        self.compared = folded(expression) if case == "any" else expression

    def meets(self, clause: Clause, search: Search) -> Condition:
        value = clause.value or ""
        return self.compared == search.bind(value if self.is_exact else fold(value))


class String(Token):
    """Found by all of its text or by a part. A sandbox may choose that its words are enough."""

    operators = (":", "~")

    def meets(self, clause: Clause, search: Search) -> Condition:
        wanted = fold(clause.value or "")
        if clause.operator == "~":
            if len(wanted) < SUBSTRING_MIN:
                # Our choice: the wording; the minimum is published.
                raise BadQuery(f"The value of `{clause.field}~` must have at least {SUBSTRING_MIN} characters.")
            return contains(folded(self.expression) if self.is_exact else self.compared, search.bind(wanted))
        if search.asks_words(clause) and not self.is_exact:
            return contains(" " + self.compared + " ", search.bind(f" {' '.join(wanted.split())} "))
        return super().meets(clause, search)


class Flag(Token):
    """`"true"` or `"false"`."""

    def __init__(self, column: SQLColumnExpression[Any]) -> None:
        super().__init__(case((column.is_(True), "true"), (column.is_(False), "false")), case="lower")


class Numeric(SearchField):
    """An integer or a moment, found by comparison."""

    operators = (":", ">", ">=", "<", "<=")
    _comparisons = {":": "__eq__", ">": "__gt__", ">=": "__ge__", "<": "__lt__", "<=": "__le__"}

    def meets(self, clause: Clause, search: Search) -> Condition:
        number = integer(clause.value or "")
        if number is None:
            # Our choice: the wording.
            raise BadQuery(f"Field `{clause.field}` is numeric, so that its value must be an integer.")
        condition: Condition = getattr(self.expression, self._comparisons[clause.operator])(search.bind(number))
        return condition


@dataclass(frozen=True, slots=True)
class Searchable:
    """What can be searched of a table. `metadata["key"]` and `created` can of every one."""

    table: type[StripeObject]
    name: str
    """The last word of the list's URL: `payment_intents`."""
    fields: Mapping[str, SearchField]
    where: Condition | None = None
    """What an object must meet to be found at all."""
    narrowing: tuple[str, ...] = ()
    """The fields that find objects on test clocks, too, when one value is asked of them."""

    @property
    def url(self) -> str:
        return f"/v1/{self.name}/search"


@dataclass(frozen=True, slots=True)
class SearchPage(Page):
    """A page of what was found, for the envelope."""

    next_page: str | None
    count: Callable[[], int]
    """Counts all that the query finds; asked only where `total_count` is expanded."""

    def envelope(self, objects: list[dict[str, Any]], *, counted: bool) -> dict[str, Any]:
        """The `search_result` around the rendered rows."""
        total = {"total_count": self.count()} if counted else {}
        return {"object": "search_result", "data": objects, "has_more": self.has_more, "next_page": self.next_page,
                **total, "url": self.url}


_STATEMENTS: dict[Any, tuple[Prepared, Prepared]] = {}


def search_page(ctx: Context, searchable: Searchable, params: Mapping[str, Any]) -> SearchPage:
    """The page that `query`, `limit` and `page` ask for, `created` descending.

    Raises InvalidRequest for a query that cannot be read or asks what a field cannot answer, and for a page that is not
    one of this query.
    """
    limit = page_size(ctx, params)
    try:
        search = Search(ctx, searchable, parse(params["query"]))
    except BadQuery as problem:
        # Our choice: `param`, which no published message shows.
        raise InvalidRequest(str(problem), param="query") from None
    mark = search.token_mark()
    after = _position(params["page"], mark) if "page" in params else None
    page, total = search.statements(paged=after is not None)
    values = search.values | {"limit": limit + 1}
    if after is not None:
        values |= {"cursor_created": after[0], "cursor_seq": after[1]}
    rows = ctx.session.rows(searchable.table, page, **values)
    has_more = len(rows) > limit
    rows = rows[:limit]
    next_page = _token(rows[-1], mark) if has_more else None
    return SearchPage(searchable.table, rows, searchable.url, has_more, next_page,
                      count=lambda: int(ctx.session.scalar(total, **search.values)))


class Search:
    """A query on its way to a statement, which is kept for all queries that differ in their values only."""

    def __init__(self, ctx: Context, searchable: Searchable, query: Query) -> None:
        self._searchable, self._query = searchable, query
        self._by_words = ctx.choices.search_strings == "words"
        self.values: dict[str, Any] = {"account_id": ctx.account_id}
        self._shape: list[Any] = [searchable.name, query.any]
        found = [self._clause(clause) for clause in query.clauses]
        self._null: list[SQLColumnExpression[Any]] = []
        self._conditions = [searchable.table.account_id == bindparam("account_id"), *self._in_view(ctx)]
        self._conditions.append(or_(*found) if query.any else and_(*found))

    def token_mark(self) -> bytes:
        """What makes a page belong to this query of this sandbox."""
        text = "\0".join((self.values["account_id"], self._searchable.name, write(self._query)))
        return hashlib.blake2b(text.encode(), digest_size=8).digest()

    def statements(self, *, paged: bool) -> tuple[Prepared, Prepared]:
        """The one that reads a page, from the cursor on where it is `paged`, and the one that counts."""
        key = (paged, *self._shape)
        prepared = _STATEMENTS.get(key)
        if prepared is None:
            if len(_STATEMENTS) >= STATEMENTS_MAX:
                _STATEMENTS.clear()
            prepared = _STATEMENTS[key] = self._statements(paged)
        return prepared

    def _statements(self, paged: bool) -> tuple[Prepared, Prepared]:
        table, conditions = self._searchable.table, self._conditions
        below = tuple_(table.created, table.seq) < tuple_(
            bindparam("cursor_created", type_=BigInteger), bindparam("cursor_seq", type_=BigInteger))
        page = entity(table).where(*conditions, below if paged else true())
        # What is null in all rows leads the order, as in lists (`pagination`).
        order = [column.desc() for column in (*self._null, table.created, table.seq)]
        page = page.order_by(*order).limit(bindparam("limit"))
        return Prepared(page), Prepared(select(func.count()).select_from(table).where(*conditions))

    def asks_words(self, clause: Clause) -> bool:
        """Whether the words of a text are enough, and there are any."""
        return self._by_words and bool((clause.value or "").split())

    def _in_view(self, ctx: Context) -> Iterable[Condition]:
        """What every object that is found must meet, whatever the query says."""
        table, query = self._searchable.table, self._query
        if self._searchable.where is not None:
            yield self._searchable.where
        lag = ctx.choices.search_lag_s
        on_clock = table.test_clock_id if issubclass(table, OnClock) else None
        of_one = (any if not query.any else all)(
            clause.field in self._searchable.narrowing and clause.operator == ":" and clause.value is not None
            and not clause.negated for clause in query.clauses)
        self._shape += [bool(lag), of_one]
        if on_clock is not None and not of_one:
            self._null.append(on_clock)
            yield on_clock.is_(None)
        if lag:
            # What lives on a clock is not held back: when it was made by the wall clock is not known.
            self.values["known_at"] = ctx.now - lag
            is_old = table.created <= bindparam("known_at")
            yield is_old if on_clock is None else or_(is_old, on_clock.is_not(None))

    def _clause(self, clause: Clause) -> Condition:
        field = self._field(clause)
        if clause.operator not in field.operators:
            # Our choice: the wording.
            raise BadQuery(f"Operator `{clause.operator}` is not supported for search field `{clause.field}`. "
                           f"Supported: {', '.join(f'`{each}`' for each in field.operators)}.")
        self._shape.append((clause.field, clause.operator, clause.negated, clause.value is None, self.asks_words(clause)))
        if clause.value is None:
            return field.expression.is_not(None) if clause.negated else field.expression.is_(None)
        condition = field.meets(clause, self)
        return not_(func.coalesce(condition, false())) if clause.negated else condition

    def _field(self, clause: Clause) -> SearchField:
        table = self._searchable.table
        if clause.key is not None:
            assert issubclass(table, HasMetadata), "what can be searched has metadata"
            return Token(json_text(table.metadata_, self.bind(clause.key)))
        field = Numeric(table.created) if clause.field == "created" else self._searchable.fields.get(clause.field)
        if field is None:
            raise BadQuery(f"Field `{clause.field}` is an unsupported search field for resource "
                           f"`{self._searchable.name}`. See http://stripe.com/docs/search#query-fields-for-"
                           f"{self._searchable.name.replace('_', '-')} for a list of supported fields.")
        return field

    def bind(self, value: Any) -> ColumnElement[Any]:
        """What stands for the value in the statement."""
        name = f"value_{len(self.values)}"
        self.values[name] = value
        return bindparam(name, type_=BigInteger() if isinstance(value, int) else Text())


_TOKEN = struct.Struct(">qq8s")
"""Where a page begins (`created` and `seq` of the row before it) and what it belongs to: 24 bytes, 32 letters."""


def _token(last: StripeObject, mark: bytes) -> str:
    return urlsafe_b64encode(_TOKEN.pack(last.created, last.seq, mark)).decode()


def _position(token: str, mark: bytes) -> tuple[int, int]:
    try:
        created, seq, of = _TOKEN.unpack(urlsafe_b64decode(token.encode("ascii")))
    except (ValueError, struct.error):
        created, seq, of = 0, 0, b""
    if of != mark:
        # Our choice: the wording, and that another query's page is refused.
        raise InvalidRequest("Invalid page: pass the `next_page` of a search result with the same query.", param="page")
    return created, seq
