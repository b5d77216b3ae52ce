"""What is told about wrong parameters, to the letter, and in which order."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow.validate import Range as Between

from app.domain.currencies import SUPPORTED
from app.errors import ApiError, InvalidRequest
from app.wire.forms import decode
from app.wire.params import (
    CLEAR,
    Boolean,
    BooleanOr,
    Currency,
    DecimalNumber,
    Enum,
    Hash,
    HashOrText,
    Integer,
    IntegerOr,
    ListOf,
    ListParams,
    MapOf,
    Metadata,
    Params,
    Percent,
    Range,
    RangeQuery,
    RetrieveParams,
    Text,
    Timestamp,
    TimestampOr,
    load_params,
    only_one,
)


class Recurring(Params):
    interval = Enum(["day", "month", "week", "year"], required=True)
    interval_count = Integer(minimum=1)


class PriceData(Params):
    currency = Currency(required=True)
    product = Text(required=True)
    recurring = Hash(Recurring)
    unit_amount_decimal = DecimalNumber(minimum=0)


class Item(Params):
    price = Text()
    price_data = Hash(PriceData)
    quantity = Integer(minimum=0, maximum=999999)
    metadata = Metadata(unsettable=False)
    tax_rates = ListOf(Text(), max=3, unsettable=True)


class Phase(Params):
    items = ListOf(Hash(Item), max=20, required=True)
    iterations = Integer()
    trial = Boolean()


class BankAccount(Params):
    country = Text(required=True)


class CurrencyOption(Params):
    unit_amount = Integer()


class ScheduleCreate(RetrieveParams):
    customer = Text(required=True)
    phases = ListOf(Hash(Phase))
    end_behavior = Enum(["release", "cancel"], load_default="release")
    kind = Enum(["account_onboarding"])
    description = Text(max=10, unsettable=True)
    code = Text(max=5)
    percent = Percent()
    tax_percent = Percent(max_places=4)
    due_date = Timestamp(unsettable=True)
    start_date = TimestampOr("now")
    trial_end = TimestampOr("now", "unchanged", unsettable=True)
    up_to = IntegerOr("inf", minimum=1)
    off_session = BooleanOr("one_off", "recurring")
    thresholds = Hash(Recurring, unsettable=True)
    external_account = HashOrText(BankAccount)
    metadata = Metadata()
    currency_options = MapOf(Hash(CurrencyOption), unsettable=True)
    labels = MapOf(Text())
    created = RangeQuery()
    from_ = Text(data_key="from")
    day = Integer(validate=Between(1, 31, error="Invalid day."))


SCHEDULE = ScheduleCreate()


def load(query: str) -> dict[str, Any]:
    """The parameters of a body that holds what is required and the given fields."""
    return load_params(SCHEDULE, decode(f"customer=cus_1&{query}".encode()))


def refusal_of(query: str) -> tuple[int, str | None, str | None, str]:
    with pytest.raises(InvalidRequest) as refused:
        load(query)
    error = refused.value
    assert error.type == "invalid_request_error"
    return error.status, error.code, error.param, error.message


EMPTY = (
    "You passed an empty string for 'X'. We assume empty values are an attempt to unset a parameter; however 'X'"
    " cannot be unset. You should remove 'X' from your request or supply a non-empty value."
)
INTEGER = "parameter_invalid_integer"
LONG = "x" * 501


@pytest.mark.parametrize(
    ("query", "code", "param", "message"),
    [
        pytest.param("foo=1", "parameter_unknown", "foo", "Received unknown parameter: foo", id="unknown"),
        pytest.param(
            "custom=1&foo=2",
            "parameter_unknown",
            "custom",
            "Received unknown parameters: custom, foo",
            id="several_unknown",
        ),
        pytest.param(
            "customers=1",
            "parameter_unknown",
            "customers",
            "Received unknown parameter: customers. Did you mean customer?",
            id="unknown_with_a_close_match",
        ),
        pytest.param(
            "phases[0][items][0][price_data][product_data][name]=x",
            "parameter_unknown",
            "phases[0][items][0][price_data][product_data]",
            "Received unknown parameter: phases[0][items][0][price_data][product_data]. Did you mean product?",
            id="nested_unknown_suggests_the_bare_name",
        ),
        pytest.param(
            "kind=account_update", None, "kind", 'Invalid kind: must be one of ["account_onboarding"]', id="enum_of_one"
        ),
        pytest.param(
            "end_behavior=x",
            None,
            "end_behavior",
            "Invalid end_behavior: must be one of release or cancel",
            id="enum_of_two",
        ),
        pytest.param(
            "thresholds[interval]=hour",
            None,
            "thresholds[interval]",
            "Invalid thresholds[interval]: must be one of day, month, week, or year",
            id="enum_of_many_with_its_path",
        ),
        pytest.param("kind[]=a", None, "kind", 'Invalid string: {"0":"a"}', id="list_for_an_enum"),
        pytest.param("day=abc", INTEGER, "day", "Invalid integer: abc", id="integer_of_letters"),
        pytest.param("day=10.0", INTEGER, "day", "Invalid integer: 10.0", id="integer_with_a_point"),
        pytest.param("day=1e3", INTEGER, "day", "Invalid integer: 1e3", id="integer_with_an_exponent"),
        pytest.param("day=%2B1", INTEGER, "day", "Invalid integer: +1", id="integer_with_a_plus"),
        pytest.param("day=1%0A", INTEGER, "day", "Invalid integer: 1\n", id="integer_with_a_line_end"),
        pytest.param("day=%D9%A3", INTEGER, "day", "Invalid integer: ٣", id="integer_of_other_digits"),
        pytest.param(
            "day=9223372036854775808", INTEGER, "day", "Invalid integer: 9223372036854775808", id="integer_over_64_bits"
        ),
        pytest.param(
            f"day={'9' * 600}", INTEGER, "day", f"Invalid integer: {'9' * 500}...", id="integer_of_600_digits"
        ),
        pytest.param("day[a]=1", INTEGER, "day", 'Invalid integer: {"a":"1"}', id="hash_for_an_integer"),
        pytest.param("day=32", None, "day", "Invalid day.", id="a_validator_of_the_schema"),
        pytest.param(
            "up_to=0",
            INTEGER,
            "up_to",
            "This value must be greater than or equal to 1.",
            id="integer_below_its_minimum",
        ),
        pytest.param(
            "phases[0][items][0][quantity]=1000000",
            INTEGER,
            "phases[0][items][0][quantity]",
            "This value must be less than or equal to 999999.",
            id="integer_above_its_maximum",
        ),
        pytest.param("up_to=infinite", INTEGER, "up_to", "Invalid integer: infinite", id="integer_or_another_word"),
        pytest.param("percent=abc", None, "percent", "Invalid decimal: abc", id="decimal_of_letters"),
        pytest.param("percent=1e1", None, "percent", "Invalid decimal: 1e1", id="decimal_with_an_exponent"),
        pytest.param("percent=NaN", None, "percent", "Invalid decimal: NaN", id="decimal_not_a_number"),
        pytest.param("percent=.", None, "percent", "Invalid decimal: .", id="decimal_without_digits"),
        pytest.param(f"percent={'1' * 19}", None, "percent", f"Invalid decimal: {'1' * 19}", id="decimal_of_19_digits"),
        pytest.param(
            "percent=8.799999999999999",
            None,
            "percent",
            "Invalid decimal: 8.799999999999999; must contain at maximum two decimal places.",
            id="decimal_with_too_many_places",
        ),
        pytest.param(
            "tax_percent=8.79999",
            None,
            "tax_percent",
            "Invalid decimal: 8.79999; must contain at maximum four decimal places.",
            id="decimal_with_more_than_four_places",
        ),
        pytest.param(
            "percent=-1", None, "percent", "This value must be greater than or equal to 0.", id="percent_below_0"
        ),
        pytest.param(
            "percent=100.01", None, "percent", "This value must be less than or equal to 100.", id="percent_above_100"
        ),
        pytest.param("off_session=abc", None, "off_session", "Invalid boolean: abc", id="boolean"),
        pytest.param(
            "phases[0][items][0][price]=p&phases[0][trial]=1",
            None,
            "phases[0][trial]",
            "Invalid boolean: 1",
            id="no_boolean",
        ),
        pytest.param("thresholds=abc", None, "thresholds", "Invalid object", id="scalar_for_a_hash"),
        pytest.param("thresholds[]=abc", None, "thresholds", "Invalid object", id="list_for_a_hash"),
        pytest.param(
            "external_account[]=abc", None, "external_account", "Invalid object", id="list_for_a_hash_or_text"
        ),
        pytest.param("labels=abc", None, "labels", "Invalid object", id="scalar_for_a_map"),
        pytest.param("created[]=5", None, "created", "Invalid object", id="list_for_a_range"),
        pytest.param("phases=abc", None, "phases", "Invalid array", id="scalar_for_a_list"),
        pytest.param("phases[a]=abc", None, "phases", "Invalid array", id="hash_for_a_list"),
        pytest.param(f"phases[{'1' * 5000}]=abc", None, "phases", "Invalid array", id="an_index_of_5000_digits"),
        pytest.param("phases[0]=abc", None, "phases[0]", "Invalid object", id="scalar_for_an_element"),
        pytest.param("code[]=a&code[]=b", None, "code", 'Invalid string: {"0":"a","1":"b"}', id="list_for_a_string"),
        pytest.param("code[x][]=é", None, "code", 'Invalid string: {"x":{"0":"é"}}', id="hash_for_a_string"),
        pytest.param(
            "description=abcdefghijk",
            None,
            "description",
            "Invalid string: abcd...hijk; must be at most 10 characters",
            id="long",
        ),
        pytest.param(
            "code=abcdefgh", None, "code", "Invalid string: abcdefgh; must be at most 5 characters", id="eight_long"
        ),
        pytest.param(
            f"from={'a' * 5001}",
            None,
            "from",
            "Invalid string: aaaa...aaaa; must be at most 5000 characters",
            id="over_5000",
        ),
        pytest.param(
            "&".join(f"phases[0][items][{n}][price]=p" for n in range(21)),
            None,
            "phases[0][items]",
            "Array phases[0][items] exceeded maximum 20 allowed elements.",
            id="too_many_elements",
        ),
        pytest.param("code=", "parameter_invalid_empty", "code", EMPTY.replace("X", "code"), id="empty_string"),
        pytest.param("code", "parameter_invalid_empty", "code", EMPTY.replace("X", "code"), id="no_value_at_all"),
        pytest.param(
            "labels[a]=", "parameter_invalid_empty", "labels[a]", EMPTY.replace("X", "labels[a]"), id="empty_inside"
        ),
        pytest.param(
            "expand[]=", "parameter_invalid_empty", "expand[0]", EMPTY.replace("X", "expand[0]"), id="empty_element"
        ),
        pytest.param("day=", "parameter_invalid_empty", "day", EMPTY.replace("X", "day"), id="empty_integer"),
        pytest.param("due_date=abc", None, "due_date", "Invalid timestamp: must be an integer", id="timestamp"),
        pytest.param("due_date[]=1", None, "due_date", "Invalid timestamp: must be an integer", id="timestamp_list"),
        pytest.param(
            "due_date=-1", None, "due_date", "Invalid timestamp: must be an integer", id="timestamp_before_1970"
        ),
        pytest.param(
            "due_date=253402300800", None, "due_date", "Invalid timestamp: must be an integer", id="timestamp_in_10000"
        ),
        pytest.param(
            "start_date=today", None, "start_date", "Invalid timestamp: must be an integer", id="another_word"
        ),
        pytest.param("created=abc", INTEGER, "created", "Invalid integer: abc", id="range_of_letters"),
        pytest.param("created[gte]=abc", INTEGER, "created[gte]", "Invalid integer: abc", id="bound_of_letters"),
        pytest.param(
            "created[ge]=1",
            "parameter_unknown",
            "created[ge]",
            "Received unknown parameter: created[ge]. Did you mean gte?",
            id="unknown_bound",
        ),
        pytest.param("metadata=abc", None, "metadata", "Invalid object", id="scalar_for_metadata"),
        pytest.param("metadata[a][b]=1", None, "metadata", 'Invalid string: {"b":"1"}', id="nested_metadata"),
        pytest.param(
            f"metadata[{'k' * 41}]=1",
            None,
            "metadata",
            "Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters."
            f" Invalid key: {'k' * 41}",
            id="metadata_key_too_long",
        ),
        pytest.param(
            f"metadata[k]={LONG}",
            None,
            "metadata",
            "Metadata values can have up to 500 characters, but you passed in a value that is 501 characters."
            f" Invalid value: {'x' * 500}...",
            id="metadata_value_too_long",
        ),
        pytest.param(
            "&".join(f"metadata[k{n}]=1" for n in range(51)),
            None,
            "metadata",
            "Metadata can have up to 50 keys, but you've set 51."
            " Email us at support+metadata@stripe.com for more information.",
            id="metadata_with_51_keys",
        ),
        pytest.param(
            "phases[0][items][0][metadata]=",
            "parameter_invalid_empty",
            "phases[0][items][0][metadata]",
            EMPTY.replace("X", "phases[0][items][0][metadata]"),
            id="metadata_that_cannot_be_cleared",
        ),
    ],
)
def test_a_wrong_parameter_is_refused_in_stripes_words(query: str, code: str | None, param: str, message: str) -> None:
    assert refusal_of(query) == (400, code, param, message)


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(InvalidRequest) as refused:
        load_params(SCHEDULE, {})
    error = refused.value
    assert (error.status, error.code, error.param, error.message) == (
        400,
        "parameter_missing",
        "customer",
        "Missing required param: customer.",
    )


def test_a_missing_nested_parameter_is_named_with_its_path() -> None:
    path = "phases[0][items][1][price_data][product]"
    query = "phases[0][items][0][price]=p&phases[0][items][1][price_data][currency]=usd"
    assert refusal_of(query) == (400, "parameter_missing", path, f"Missing required param: {path}.")


def test_indices_are_reported_as_they_were_sent_and_rack_lists_as_they_are_counted() -> None:
    assert refusal_of("phases[7][items][3][quantity]=x")[2] == "phases[7][items][3][quantity]"
    assert refusal_of("phases[][iterations]=1&phases[][iterations]=2")[2] == "phases[0][items]"


def test_a_currency_is_lowered_and_an_unknown_one_lists_all() -> None:
    item = "phases[0][items][0][price_data]"
    query = f"{item}[product]=prod_1&{item}[currency]="
    loaded = load(f"{query}USD")
    assert loaded["phases"][0]["items"][0]["price_data"]["currency"] == "usd"
    message = f"Invalid currency: xxx. Stripe currently supports these currencies: {', '.join(SUPPORTED)}"
    assert refusal_of(f"{query}xxx") == (400, None, f"{item}[currency]", message)
    assert message.startswith("Invalid currency: xxx. Stripe currently supports these currencies: usd, aed, ")


def test_unknown_parameters_of_all_depths_come_first_and_at_once() -> None:
    query = (
        "end_behavior=nonsense&phases[0][items][0][colour]=red&phases[0][items][0][price_data][size]=1&shape=round"
        "&currency_options[eur][tall]=1&external_account[iban]=1&created[after]=1&metadata[anything]=goes"
    )
    paths = (
        "phases[0][items][0][colour], phases[0][items][0][price_data][size], shape, currency_options[eur][tall],"
        " external_account[iban], created[after]"
    )
    with pytest.raises(InvalidRequest) as refused:
        load_params(SCHEDULE, decode(query.encode()))
    assert refused.value.message == f"Received unknown parameters: {paths}"
    assert refused.value.param == "phases[0][items][0][colour]"


def test_of_several_problems_the_first_declared_is_told() -> None:
    query = b"day=abc&description=12345678901&kind=x"
    with pytest.raises(InvalidRequest) as missing:
        load_params(SCHEDULE, decode(query))
    assert missing.value.param == "customer"
    assert refusal_of("day=abc&description=12345678901&kind=x")[2] == "kind"
    assert refusal_of("day=abc&description=12345678901")[2] == "description"
    # `expand` is inherited, and so is declared before `customer`, which is missing.
    with pytest.raises(InvalidRequest) as inherited:
        load_params(SCHEDULE, decode(b"expand=foo"))
    assert (inherited.value.param, inherited.value.message) == ("expand", "Invalid array")


def test_a_problem_before_a_missing_parameter_is_told_first() -> None:
    class Two(Params):
        first = Integer()
        second = Text(required=True)

    with pytest.raises(InvalidRequest) as refused:
        load_params(Two(), {"first": "x"})
    assert refused.value.param == "first"


@pytest.mark.parametrize(
    ("query", "loaded"),
    [
        pytest.param("", {}, id="nothing_is_added_but_defaults"),
        pytest.param("end_behavior=cancel", {"end_behavior": "cancel"}, id="a_default_gives_way"),
        pytest.param("day=31", {"day": 31}, id="integer"),
        pytest.param(
            "phases[0][items][0][price]=p&phases[0][trial]=True",
            {"phases": [{"items": [{"price": "p"}], "trial": True}]},
            id="boolean_of_python",
        ),
        pytest.param("off_session=FALSE", {"off_session": False}, id="boolean_in_capitals"),
        pytest.param("off_session=one_off", {"off_session": "one_off"}, id="boolean_or_a_word"),
        pytest.param("up_to=inf", {"up_to": "inf"}, id="integer_or_a_word"),
        pytest.param("up_to=9223372036854775807", {"up_to": 2**63 - 1}, id="the_largest_integer"),
        pytest.param(
            "start_date=now&trial_end=unchanged", {"start_date": "now", "trial_end": "unchanged"}, id="moments_in_words"
        ),
        pytest.param("start_date=1640995200&due_date=0", {"start_date": 1640995200, "due_date": 0}, id="moments"),
        pytest.param(
            "percent=33.3&tax_percent=.0625",
            {"percent": Decimal("33.3"), "tax_percent": Decimal("0.0625")},
            id="decimals",
        ),
        pytest.param("from=here", {"from_": "here"}, id="a_python_keyword_has_its_attribute_name"),
        pytest.param("expand[]=a&expand[]=b.c", {"expand": ["a", "b.c"]}, id="expand"),
        pytest.param(
            "expand[5]=b&expand[3]=a&expand[10]=c", {"expand": ["a", "b", "c"]}, id="indices_order_and_may_have_gaps"
        ),
        pytest.param(
            "labels[0]=a&labels[eur]=b", {"labels": {"0": "a", "eur": "b"}}, id="a_map_may_have_numbers_for_keys"
        ),
        pytest.param(
            "currency_options[eur][unit_amount]=5",
            {"currency_options": {"eur": {"unit_amount": 5}}},
            id="a_map_of_hashes",
        ),
        pytest.param("external_account=btok_1", {"external_account": "btok_1"}, id="hash_or_text_as_text"),
        pytest.param(
            "external_account[country]=US", {"external_account": {"country": "US"}}, id="hash_or_text_as_a_hash"
        ),
        pytest.param("created=5", {"created": Range(eq=5)}, id="range_of_one"),
        pytest.param("created[gt]=1&created[lte]=-9", {"created": Range(gt=1, lte=-9)}, id="range_with_bounds"),
        pytest.param("metadata[a]=1&metadata[b]=", {"metadata": {"a": "1", "b": None}}, id="metadata_with_a_removal"),
        pytest.param("metadata[0]=x", {"metadata": {"0": "x"}}, id="metadata_with_a_number_for_a_key"),
        pytest.param(
            "description=&due_date=&trial_end=&thresholds=&currency_options=",
            {"description": None, "due_date": None, "trial_end": None, "thresholds": None, "currency_options": {}},
            id="the_empty_string_unsets",
        ),
        pytest.param(
            "phases[0][items][0][tax_rates]=",
            {"phases": [{"items": [{"tax_rates": []}]}]},
            id="a_list_is_unset_to_an_empty_one",
        ),
    ],
)
def test_what_was_sent_is_converted(query: str, loaded: dict[str, Any]) -> None:
    assert load(query) == {"customer": "cus_1", "end_behavior": "release"} | loaded


def test_empty_metadata_clears_and_is_told_from_a_hash() -> None:
    assert load("metadata=")["metadata"] is CLEAR
    assert not CLEAR
    assert load("&".join(f"metadata[k{n}]=" for n in range(51)))["metadata"] == {f"k{n}": None for n in range(51)}
    assert len(load("&".join(f"metadata[{n:040}]={'v' * 500}" for n in range(50)))["metadata"]) == 50


def test_limit_defaults_to_ten() -> None:
    schema = ListParams()
    assert load_params(schema, {})["limit"] == 10
    with pytest.raises(InvalidRequest) as refused:
        load_params(schema, {"limit": "many"})
    assert (refused.value.message, refused.value.param) == ("Invalid integer: many", "limit")


def test_bases_hold_what_their_endpoints_share() -> None:
    assert load_params(RetrieveParams(), {}) == {}
    query = b"starting_after=cus_1&ending_before=cus_2&expand[]=data.customer"
    assert load_params(ListParams(), decode(query)) == {
        "limit": 10,
        "starting_after": "cus_1",
        "ending_before": "cus_2",
        "expand": ["data.customer"],
    }


def test_defaults_are_not_shared_between_requests() -> None:
    class Defaulted(Params):
        tags = ListOf(Text(), load_default=list)

    schema = Defaulted()
    load_params(schema, {})["tags"].append("x")
    assert load_params(schema, {}) == {"tags": []}


@pytest.mark.parametrize("text", ["a\0b", "\0", "\ud800", "x\udfffy"])
def test_text_that_no_database_accepts_is_refused(text: str) -> None:
    message = "Invalid string: must not contain NUL characters or unpaired surrogates"
    for raw in ({"code": text}, {"metadata": {"k": text}}, {"metadata": {text: "v"}}, {"labels": {text: "v"}}):
        with pytest.raises(InvalidRequest) as refused:
            load_params(SCHEDULE, {"customer": "cus_1", **raw})
        assert refused.value.message == message


def test_brackets_in_a_metadata_key_are_refused() -> None:
    with pytest.raises(InvalidRequest) as refused:
        load_params(SCHEDULE, {"customer": "cus_1", "metadata": {"a[b]": "1"}})
    assert refused.value.message == "Metadata keys cannot contain square brackets. Invalid key: a[b]"
    assert refused.value.param == "metadata"


def test_only_one_of_several_parameters() -> None:
    only_one({"coupon": "a", "other": "b"}, "coupon", "promotion_code")
    only_one({"coupon": "a", "promotion_code": None}, "coupon", "promotion_code")
    with pytest.raises(InvalidRequest) as refused:
        only_one({"promotion_code": "b", "coupon": "a"}, "coupon", "promotion_code")
    assert refused.value.message == "You may only specify one of these parameters: coupon, promotion_code."
    assert (refused.value.status, refused.value.code) == (400, None)


# How long one example takes depends on the machine, which is no property of the code.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=200)

KEYS = st.sampled_from(
    [*SCHEDULE.fields, "from", "items", "price", "price_data", "gte", "0", "7", "x", "", "²", "\ud800"]
)
LEAVES = st.one_of(
    st.sampled_from(["", "1", "-1", "1.5", "now", "true", "usd", "9" * 5000, "é", "\0", "\ud800", "a" * 6000]),
    st.text(max_size=5),
    st.none(),
    st.integers(),
    st.floats(),
    st.booleans(),
)
NESTED = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)


@unhurried
@given(st.dictionaries(KEYS, NESTED, max_size=6))
def test_any_nested_values_are_loaded_or_refused(raw: dict[str, Any]) -> None:
    try:
        load_params(SCHEDULE, {"customer": "cus_1", **raw})
    except ApiError as refused:
        assert refused.status == 400
        str(refused.envelope("req_1")).encode("utf-8")


@unhurried
@given(st.lists(st.tuples(st.sampled_from(list(SCHEDULE.fields)), NESTED), min_size=1, max_size=4))
def test_any_values_of_declared_parameters_are_loaded_or_refused(pairs: list[tuple[str, Any]]) -> None:
    try:
        load_params(SCHEDULE, {"customer": "cus_1", **dict(pairs)})
    except ApiError as refused:
        str(refused.envelope("req_1")).encode("utf-8")
