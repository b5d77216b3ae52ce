"""What a stranger sends: values that fit a parameter's declaration, and now and then values that do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from app.wire.params import (
    Boolean,
    BooleanOr,
    Currency,
    DecimalNumber,
    Enum,
    Expand,
    Hash,
    HashOrText,
    Integer,
    IntegerOr,
    ListOf,
    MapOf,
    Metadata,
    Params,
    RangeQuery,
    Timestamp,
    TimestampOr,
)
from app.wire.uploads import UploadedFile

Raw = Any
"""A decoded form: strings, and lists and dicts of them."""

NEW_YEAR = 1_672_531_200

HOSTILE: tuple[Raw, ...] = (
    "", " ", "null", "0", "-1", "1", "true", "now", "[]", "{}", "0x10", "1.5", "1e3", "-0", "00", "٣", "½", "NaN",
    "9" * 18, "9223372036854775807", "-9223372036854775808", "9223372036854775808", "9" * 40, "2147483648",
    "1672531200000", "253402300799", "0.0000000000001", "1" * 19 + ".5", "a" * 256, "b" * 5_000, "c" * 5_001, "é" * 300,
    "\u202e‮🎱", "\ud7ff\uffff", "' OR 1=1 --", "%s %(x)s {0} ?", "../../etc/passwd", "cus_x", "price_x", "card",
    {}, [], {"a": "1"}, {"0": "x", "7": "y"}, ["x"], [[]], {"a": {"b": {"c": ["d"]}}}, [{"a": "1"}, "x"], {"gte": "x"},
    {"metadata": ""}, {"": ""},
)
WORDS = ("Gold", "jenny@example.com", "US", "Übergröße", "2023", "http://127.0.0.1/hook", "pm_card_visa", "tok_visa",
         "pm_card_chargeDeclined", "4242424242424242", "EUR", "a,b")
PATHS = ("data", "customer", "data.customer", "product", "items.data.price", "latest_invoice.payment_intent", "lines",
         "data.discounts", "tiers", "nonsense", "data.a.b.c.d")

_moments = st.one_of(st.integers(NEW_YEAR - 40 * 86_400, NEW_YEAR + 400 * 86_400), st.integers(0, 253_402_300_799))
_huge = st.integers(-(2**63), 2**63 - 1)
_texts = st.one_of(st.sampled_from(WORDS), st.text(max_size=12))
_metadata = st.dictionaries(st.sampled_from(("a", "b", "order", "k" * 40, "k" * 41)), st.text(max_size=6), max_size=4)
_ranges = st.one_of(_moments.map(str), st.dictionaries(st.sampled_from(("gt", "gte", "lt", "lte")), _moments.map(str)))
_expand = st.lists(st.sampled_from(PATHS), max_size=2)


class Pool:
    """The ids of the objects that a sandbox has, by kind."""

    def __init__(self, ids: Mapping[str, Iterable[str]]) -> None:
        self._ids = {kind.rpartition(".")[2]: tuple(each) for kind, each in ids.items()}
        self._all = tuple(id for each in self._ids.values() for id in each)

    def kind_of(self, name: str) -> str | None:
        """The kind of object that a parameter or a part of a path is named for, if any."""
        singular = name.removesuffix("s")
        return singular if singular in self._ids else max(
            (kind for kind in self._ids if kind in name), key=len, default=None)

    def ids(self, kind: str | None) -> tuple[str, ...]:
        """The ids of the kind; of all kinds where there are none."""
        return self._ids.get(kind or "", self._all)


class Stranger:
    """Makes up the parameters of one call. `rude` is how many percent of the values are to be wrong."""

    def __init__(self, draw: st.DrawFn, pool: Pool, rude: int) -> None:
        self._draw, self._pool, self._rude = draw, pool, rude

    def path(self, rule: str) -> str:
        """The route's path with ids in its gaps, mostly of the kind that the segment before names."""
        parts: list[str] = []
        before = ""
        for part in rule.split("/"):
            if not part.startswith("<"):
                parts.append(part)
            elif self._is_rude():
                parts.append(self._one_of(("x", "cus_x", "'", "é", "a b", "\0", "x" * 300, "..;", *self._pool.ids(None))))
            else:
                parts.append(self._one_of(self._pool.ids(self._pool.kind_of(before))))
            before = "balance_transaction" if part == "history" else part
        return "/".join(parts)

    def parameters(self, schema: Params, home: str | None, recipe: Mapping[str, Raw] | None = None) -> dict[str, Raw]:
        """Mostly what is required, a little of what is taken besides, seldom anything else; `recipe` is a start.

        `home` is the kind of object that `id` and the cursors mean.
        """
        fields = {field.data_key or name: field for name, field in schema.load_fields.items()}
        required = [name for name, field in fields.items() if field.required and not self._is_rude()]
        names = [name for name in required if name not in (recipe or ())]
        if fields and self._draw(st.booleans()):
            names += self._draw(st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=4))
        chosen = dict(recipe or {}) | {name: self._value(fields[name], name, home) for name in names}
        if self._rude and not self._draw(st.integers(0, 20)):
            chosen[self._draw(_texts)] = self._one_of(HOSTILE)
        return chosen

    def _value(self, field: Any, name: str, home: str | None) -> Raw:
        if self._is_rude():
            return self._one_of(HOSTILE)
        match field:
            case HashOrText() if self._draw(st.booleans()):
                return self._one_of(WORDS)
            case Hash() if not isinstance(field, RangeQuery):
                return self.parameters(field.params, home)
            case ListOf() if not isinstance(field, Expand):
                inner = self._pool.kind_of(f"{home}_{name}") or home
                count = self._draw(st.integers(0, 2 if field.max is None else min(field.max, 2)))
                return [self._value(field.element, name, inner) for _ in range(count)]
            case MapOf():
                return {key: self._value(field.value, name, home)
                        for key in self._draw(st.lists(st.sampled_from(("eur", "jpy", "xxx")), unique=True, max_size=2))}
        return self._draw(self._leaf(field, name, home))

    def _leaf(self, field: Any, name: str, home: str | None) -> st.SearchStrategy[Raw]:
        match field:
            case TimestampOr():
                return st.one_of(st.sampled_from(field.words), _moments.map(str))
            case IntegerOr() | BooleanOr():
                return st.one_of(st.sampled_from(field.words), st.sampled_from(("true", "0", "1", "7", "1000")))
            case Timestamp():
                return _moments.map(str)
            case Enum():
                return st.sampled_from(field.values)
            case Integer():
                low = 0 if field.minimum is None else field.minimum
                high = max(low, 10**12) if field.maximum is None else field.maximum
                return st.one_of(st.integers(low, min(high, low + 12)), st.integers(low, high), _huge).map(str)
            case Boolean():
                return st.sampled_from(("true", "false", "True"))
            case DecimalNumber():
                return st.decimals(0, 1_000, places=2).map(str)
            case Currency():
                return st.sampled_from(("usd", "usd", "usd", "eur", "JPY", "kwd"))
            case RangeQuery():
                return _ranges
            case Metadata():
                return _metadata
            case Expand():
                return _expand
        kind = home if name in ("id", "starting_after", "ending_before") else self._pool.kind_of(name)
        return _texts if kind is None else st.sampled_from(self._pool.ids(kind))

    def _is_rude(self) -> bool:
        return self._rude > 0 and self._draw(st.integers(0, 99)) < self._rude

    def _one_of(self, values: Iterable[Raw]) -> Raw:
        return self._draw(st.sampled_from(tuple(values)))


class Pedant:
    """Makes up the simplest parameters that an endpoint may take, with one value at a limit."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def calls(self, schema: Params, home: str | None, recipe: Mapping[str, Raw]) -> Iterator[dict[str, Raw]]:
        """For each value that the endpoint takes, at every depth, a call for each of its limits."""
        for name, field in _declared(schema):
            for value in self._limits(field, name, home):
                yield self.simple(schema, home) | recipe | {name: value}

    def simple(self, schema: Params, home: str | None) -> dict[str, Raw]:
        """What is required, and nothing else."""
        return {name: self._simplest(field, name, home) for name, field in _declared(schema) if field.required}

    def _limits(self, field: Any, name: str, home: str | None) -> Iterator[Raw]:
        match field:
            case Expand() | Metadata() | Currency() | Boolean() | Enum() | UploadedFile():
                return
            case Hash() if not isinstance(field, RangeQuery):
                yield from self.calls(field.params, home, {})
            case ListOf():
                inner = self._pool.kind_of(f"{home}_{name}") or home
                yield from ([value] for value in self._limits(field.element, name, inner))
            case MapOf():
                yield from ({"eur": value} for value in self._limits(field.value, name, home))
            case Timestamp() | RangeQuery():
                yield from ("0", "253402300799")
            case Integer():
                limits = {-(2**63), -1, 0, 2**31, 2**63 - 1, field.minimum, field.maximum} - {None}
                yield from map(str, sorted(limits))
            case DecimalNumber():
                yield from ("0", "0.000000000001", "999999999999999999", str(field.maximum or 1))
            case _:
                yield from ("é" * field.max, "x" * 256)

    def _simplest(self, field: Any, name: str, home: str | None) -> Raw:
        match field:
            case Hash() if not isinstance(field, RangeQuery):
                return self.simple(field.params, home)
            case ListOf():
                return [self._simplest(field.element, name, self._pool.kind_of(f"{home}_{name}") or home)]
            case MapOf():
                return {"eur": self._simplest(field.value, name, home)}
            case Enum():
                return field.values[0]
            case Boolean():
                return "true"
            case Timestamp() | RangeQuery():
                return str(NEW_YEAR + 86_400)
            case Integer() | DecimalNumber():
                return str(max(field.minimum or 0, 1))
            case Currency():
                return "usd"
        kind = home if name == "id" else self._pool.kind_of(name)
        return "Gold" if kind is None else self._pool.ids(kind)[0]


def _declared(schema: Params) -> list[tuple[str, Any]]:
    return [(field.data_key or name, field) for name, field in schema.load_fields.items()]
