"""Lists: newest first, read by keyset, with the cursors and filters of Stripe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, false, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app.context import Context
from app.db.session import Prepared, entity
from app.errors import InvalidRequest, no_such
from app.wire.params import Range


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows of one table, or of other objects of one class that has a view, for the envelope."""

    table: type[Any]
    rows: list[Any]
    url: str
    has_more: bool


LIMIT_MAX = 100
BRANCHES_MAX = 250
"""How many values of a list filter are read each for itself and merged; SQLite joins 500 statements at most."""
STATEMENTS_MAX = 2_000
"""How many statements are kept; callers can ask for as many different ones as they like."""

_STATEMENTS: dict[Any, Prepared] = {}

Condition = Callable[[], ColumnElement[bool]]
"""Makes a part of a statement, where that is not kept already: making one takes as long as reading five rows."""


def list_page(ctx: Context, table: type[Any], params: Mapping[str, Any], url: str, *,
              filters: Mapping[str, tuple[InstrumentedAttribute[Any], Any]] | None = None,
              where: tuple[str, ColumnElement[bool]] | None = None,
              where_values: Mapping[str, Any] | None = None,
              owner: InstrumentedAttribute[Any] | None = None) -> Page:
    """The page that `limit`, `starting_after` and `ending_before` ask for, `created` descending.

    `filters` names what was asked for: `{"customer": (Invoice.customer_id, "cus_1"), "created": (…, Range(gte=5))}`; a
    value of None leaves the filter out, `IS_NULL` asks for null, a list for any of its values. `where` is a further
    fixed condition with a name of its own, and `where_values` what its parameters are bound to. `owner` is the column
    with the account whose rows they are, for a table of accounts; each other one is a StripeObject's. Raises
    `resource_missing` for an unknown cursor, which need not match the filters.
    """
    cursor_name = "ending_before" if params.get("ending_before") else "starting_after"
    limit = page_size(ctx, params)
    values: dict[str, Any] = {"account_id": ctx.account_id, "limit": limit + 1, **(where_values or {})}
    shape: list[str] = [cursor_name if params.get(cursor_name) else "", where[0] if where else ""]
    conditions: list[Condition] = [lambda: (table.account_id if owner is None else owner) == bindparam("account_id")]
    branches: list[Condition] = []
    null: list[str] = [column.key for column, value in (filters or {}).values() if value is IS_NULL]
    if where is not None:
        fixed = where[1]
        conditions.append(lambda: fixed)
    for name, (column, value) in (filters or {}).items():
        _filter(name, column, value, shape, conditions, branches, values)
    backwards = _cursor(ctx, table, params, conditions, values, owner)
    key = (table, *shape)
    statement = _STATEMENTS.get(key)
    if statement is None:
        if len(_STATEMENTS) >= STATEMENTS_MAX:
            _STATEMENTS.clear()
        statement = _STATEMENTS[key] = Prepared(_statement(table, conditions, branches, null[:1], backwards))
    rows = ctx.session.rows(table, statement, **values)
    has_more = len(rows) > limit
    rows = rows[:limit]
    return Page(table, rows[::-1] if backwards else rows, url, has_more)


def page_of(ctx: Context, table: type[Any], rows: Sequence[Any], params: Mapping[str, Any], url: str) -> Page:
    """The page of these rows, which are in an order of their own, as the lines of an invoice are."""
    limit = page_size(ctx, params)
    places = {row.id: place for place, row in enumerate(rows)}
    given = [name for name in ("starting_after", "ending_before") if params.get(name)]
    for name in given:
        if params[name] not in places:
            raise no_such(table.missing_name or table.object_name, params[name], param=name, status=400)
    if len(given) == 2:
        raise _two_cursors()
    if given == ["ending_before"]:
        end = places[params["ending_before"]]
        start = max(0, end - limit)
        return Page(table, list(rows[start:end]), url, has_more=start > 0)
    start = places[params["starting_after"]] + 1 if given else 0
    return Page(table, list(rows[start:start + limit]), url, has_more=start + limit < len(rows))


def take_paging(params: dict[str, Any]) -> dict[str, Any]:
    """What a list of previewed lines takes for paging, taken out of the parameters of the preview."""
    return {name: params.pop(name) for name in ("limit", "starting_after", "ending_before") if name in params}


def page_size(ctx: Context, params: Mapping[str, Any]) -> int:
    """The `limit` asked for, drawn to 1 or 100 as Stripe does; or refused, where the sandbox has chosen so."""
    limit: int = params.get("limit", 10)
    if 1 <= limit <= LIMIT_MAX:
        return limit
    if ctx.choices.clamp_list_limit:
        return min(max(limit, 1), LIMIT_MAX)
    bound = "greater than or equal to 1" if limit < 1 else f"less than or equal to {LIMIT_MAX}"
    raise InvalidRequest(f"This value must be {bound}.", code="parameter_invalid_integer", param="limit")


def _statement(table: type[Any], conditions: list[Condition], branches: list[Condition],
               null: list[str], backwards: bool) -> Select[Any] | CompoundSelect[Any]:
    """The rows of a page. For each value that one indexed column may have there is a branch, which is read in order by
    the index as far as the page may need it, and the database merges them: with `IN` it would go through all the rows of
    the account instead.

    A column that is null in all of them leads the order: PostgreSQL sees only then that an index has it already.
    """
    common = entity(table).where(*(make() for make in conditions))
    if not branches:
        return _in_order(common, null, backwards)
    parts = [_in_order(common.where(make()), null, backwards) for make in branches]
    return _in_order(union_all(*(select(part.subquery()) for part in parts)), [], backwards)


S = TypeVar("S", Select[Any], CompoundSelect[Any])


def _in_order(statement: S, null: list[str], backwards: bool) -> S:
    order = [statement.selected_columns[name] for name in (*null, "created", "seq")]
    return statement.order_by(*(column.asc() if backwards else column.desc() for column in order)).limit(
        bindparam("limit"))


class _IsNull:
    """Asks for rows whose column is null."""


IS_NULL = _IsNull()

_COMPARISONS = {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__", "eq": "__eq__"}


def _filter(name: str, column: InstrumentedAttribute[Any], value: Any, shape: list[str],
            conditions: list[Condition], branches: list[Condition], values: dict[str, Any]) -> None:
    if value is None:
        return
    if value is IS_NULL:
        shape.append(f"{name} null")
        conditions.append(lambda: column.is_(None))
        return
    if isinstance(value, list):
        wanted = {f"{name}_{index}": each for index, each in enumerate(dict.fromkeys(value))}
        shape.append(f"{name} in {len(wanted)}")
        if wanted and not branches and len(wanted) <= BRANCHES_MAX and _is_indexed(column):
            branches += [partial(_compare, column, "eq", each) for each in wanted]
        else:
            conditions.append(lambda: column.in_([bindparam(each) for each in wanted]) if wanted else false())
        values |= wanted
        return
    bounds = {"eq": value}
    if isinstance(value, Range):
        bounds = {bound: limit for bound in _COMPARISONS if (limit := getattr(value, bound)) is not None}
    for bound, limit in bounds.items():
        shape.append(f"{name} {bound}")
        conditions.append(partial(_compare, column, bound, f"{name}_{bound}"))
        values[f"{name}_{bound}"] = limit


def _compare(column: InstrumentedAttribute[Any], bound: str, name: str) -> ColumnElement[bool]:
    """The column beside the bound that is given under the name."""
    comparison: ColumnElement[bool] = getattr(column, _COMPARISONS[bound])(bindparam(name))
    return comparison


def _is_indexed(column: InstrumentedAttribute[Any]) -> bool:
    """Whether an index finds the rows of an account by this column; a branch for each of its values pays only then."""
    table: Any = column.class_.__table__
    indexes = [*table.indexes, table.primary_key]
    return any([each.name for each in index.columns][:2] == ["account_id", column.name] for index in indexes)


def _cursor(ctx: Context, table: type[Any], params: Mapping[str, Any], conditions: list[Condition],
            values: dict[str, Any], owner: InstrumentedAttribute[Any] | None) -> bool:
    """Add the keyset condition; whether the page is read upwards."""
    found = {}
    for name in ("starting_after", "ending_before"):
        if params.get(name):
            row = ctx.get(table, params[name]) if owner is None else ctx.session.get(table, params[name])
            if row is None or (owner is not None and getattr(row, owner.key) != ctx.account_id):
                raise no_such(table.missing_name or table.object_name, params[name], param=name, status=400)
            found[name] = row
    if len(found) == 2:
        raise _two_cursors()
    for name, row in found.items():
        conditions.append(partial(_beyond_cursor, table, upwards=name == "ending_before"))
        values["cursor_created"], values["cursor_seq"] = row.created, row.seq
    return "ending_before" in found


def _beyond_cursor(table: type[Any], *, upwards: bool) -> ColumnElement[bool]:
    keyset = tuple_(table.created, table.seq)
    bound = tuple_(bindparam("cursor_created", type_=table.created.type), bindparam("cursor_seq", type_=table.seq.type))
    return keyset > bound if upwards else keyset < bound


def _two_cursors() -> InvalidRequest:
    return InvalidRequest("Received both starting_after and ending_before parameters. Please pass in only one.")
