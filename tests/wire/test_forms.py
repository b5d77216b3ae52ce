"""Bodies and query strings to nested values: what clients send, and what must be refused without harm."""

import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.errors import ApiError, InvalidRequest
from app.wire.forms import FormLimits, decode


@pytest.mark.parametrize(
    ("raw", "nested"),
    [
        pytest.param(b"", {}, id="an_empty_body"),
        pytest.param(b"a=1&b=2", {"a": "1", "b": "2"}, id="plain_fields"),
        pytest.param(b"a=1&&b=2&", {"a": "1", "b": "2"}, id="empty_pieces_are_skipped"),
        pytest.param(b"a=&b", {"a": "", "b": ""}, id="no_value_is_the_empty_string"),
        pytest.param(b"a=x=y", {"a": "x=y"}, id="only_the_first_equals_sign_separates"),
        pytest.param(b"a=1&a=2", {"a": "2"}, id="a_later_scalar_overrides"),
        pytest.param(b"a[b]=1&a[b]=2", {"a": {"b": "2"}}, id="a_later_nested_scalar_overrides"),
        pytest.param(b"a=one+two%20three%2Bfour", {"a": "one two three+four"}, id="spaces_and_an_escaped_plus"),
        pytest.param(b"a=%C3%A9&b=\xc3\xa9", {"a": "é", "b": "é"}, id="utf8_escaped_and_raw"),
        pytest.param(b"a=%2500", {"a": "%00"}, id="an_escaped_percent_sign_is_no_nul"),
        pytest.param(b"a[b]=1&a[c][d]=2", {"a": {"b": "1", "c": {"d": "2"}}}, id="nested_hashes"),
        pytest.param(b"a%5Bb%5D=1&a%5bc%5d=2", {"a": {"b": "1", "c": "2"}}, id="escaped_brackets"),
        pytest.param(b"a[]=x&a[]=y", {"a": ["x", "y"]}, id="a_list_of_scalars"),
        pytest.param(b"a[1]=y&a[0]=x", {"a": {"1": "y", "0": "x"}}, id="indices_stay_keys_until_a_list_is_declared"),
        pytest.param(b"a[3][b]=1&a[7][b]=2", {"a": {"3": {"b": "1"}, "7": {"b": "2"}}}, id="indices_may_have_gaps"),
        pytest.param(
            b"a[][b]=1&a[][c]=2&a[][b]=3",
            {"a": [{"b": "1", "c": "2"}, {"b": "3"}]},
            id="a_repeated_key_starts_an_element",
        ),
        pytest.param(
            b"a[][b][c]=1&a[][b][d]=2&a[][b][c]=3",
            {"a": [{"b": {"c": "1", "d": "2"}}, {"b": {"c": "3"}}]},
            id="a_repeated_deep_key_starts_an_element",
        ),
        pytest.param(b"a[][b][]=1&a[][b][]=2", {"a": [{"b": ["1", "2"]}]}, id="a_list_in_an_element_grows"),
        pytest.param(
            b"phases[0][items][0][price]=price_x",
            {"phases": {"0": {"items": {"0": {"price": "price_x"}}}}},
            id="schedule_phases",
        ),
        pytest.param(
            b"a[b=1&a]b=2&[c]=3&a[b]c=4&a[b[c]]=5",
            {"a[b": "1", "a]b": "2", "[c]": "3", "a[b]c": "4", "a[b[c]]": "5"},
            id="stray_brackets_belong_to_the_name",
        ),
    ],
)
def test_fields_become_nested_values(raw: bytes, nested: dict[str, object]) -> None:
    assert decode(raw) == nested


@pytest.mark.parametrize(
    "raw",
    [
        b"a=1&a[b]=2",
        b"a[b]=2&a=1",
        b"a[]=1&a=2",
        b"a=1&a[]=2",
        b"a[b]=1&a[]=2",
        b"a[]=1&a[0]=2",
        b"a[b]=1&a[b][c]=2",
        b"a[b][c]=2&a[b]=1",
    ],
)
def test_one_name_cannot_be_a_value_and_a_hash(raw: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        decode(raw)
    assert refused.value.status == 400
    assert refused.value.param == "a"
    assert refused.value.message == "Invalid request: 'a' is sent both as a value and as a hash or list."


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        pytest.param(b"a=\0", "Invalid request: NUL characters are not accepted.", id="nul"),
        pytest.param(b"a%00=1", "Invalid request: NUL characters are not accepted.", id="escaped_nul"),
        pytest.param(b"a=\xff", "Invalid request: parameters must be encoded in UTF-8.", id="raw_bytes"),
        pytest.param(b"a=%ff", "Invalid request: parameters must be encoded in UTF-8.", id="escaped_bytes"),
        pytest.param(b"%ed%a0%80=1", "Invalid request: parameters must be encoded in UTF-8.", id="escaped_surrogate"),
        pytest.param(b"a=%zz", "Invalid request: malformed percent-encoding: %zz", id="no_hex_digits"),
        pytest.param(b"a=100%", "Invalid request: malformed percent-encoding: %", id="a_bare_percent_sign"),
    ],
)
def test_bytes_that_cannot_be_read_are_refused(raw: bytes, message: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        decode(raw)
    assert (refused.value.status, refused.value.message) == (400, message)


def test_twelve_levels_are_accepted_and_thirteen_are_not() -> None:
    assert decode(b"a" + b"[b]" * 11 + b"=1")["a"]["b"]["b"] != {}
    with pytest.raises(InvalidRequest) as refused:
        decode(b"a" + b"[b]" * 12 + b"=1")
    assert refused.value.message == "Parameters are nested too deeply: at most 12 levels are accepted."


@pytest.mark.parametrize("segment", [b"[b]", b"[]", b"[", b"]", b"[[", b"%5B%5D"])
def test_ten_thousand_brackets_are_harmless(segment: bytes) -> None:
    try:
        decode(b"a" + segment * 10_000 + b"=1")
    except InvalidRequest as refused:
        assert refused.message == "Parameters are nested too deeply: at most 12 levels are accepted."


def test_the_number_of_fields_is_limited() -> None:
    assert len(decode(b"&".join(b"f%d=1" % i for i in range(2000)))) == 2000
    with pytest.raises(InvalidRequest) as refused:
        decode(b"&".join(b"f%d=1" % i for i in range(2001)))
    assert refused.value.message == "Request holds too many parameters: at most 2000 are accepted."


def test_the_size_of_the_body_is_limited() -> None:
    assert len(decode(b"a=" + b"x" * ((1 << 20) - 2))["a"]) == (1 << 20) - 2
    with pytest.raises(ApiError) as refused:
        decode(b"a=" + b"x" * ((1 << 20) - 1))
    assert (refused.value.status, refused.value.type) == (413, "invalid_request_error")
    assert refused.value.message == "Request body is too large: at most 1048576 bytes are accepted."


def test_limits_can_be_set() -> None:
    limits = FormLimits(depth=2, fields=2, body_bytes=20)
    assert decode(b"a[b]=1&c=2", limits=limits) == {"a": {"b": "1"}, "c": "2"}
    for raw in (b"a[b][c]=1", b"a=1&b=2&c=3", b"a=" + b"x" * 19):
        with pytest.raises(ApiError):
            decode(raw, limits=limits)


# How long one example takes depends on the machine, which is no property of the code.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(st.binary(max_size=300))
@example(b"[]=1&[][]=2&a[][]=3&a[][][b]=4&=5&[=6&]=7")
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        assert isinstance(decode(raw), dict)
    except ApiError as refused:
        assert refused.status in (400, 413)


@unhurried
@given(st.lists(st.text("ab01[]=&%+5BD \x00\xe9", max_size=12), max_size=12))
def test_any_play_of_brackets_is_read_or_refused(fields: list[str]) -> None:
    try:
        decode("&".join(fields).encode())
    except ApiError as refused:
        assert refused.status == 400


_NAME = st.text(string.ascii_letters + string.digits + "é_- %&=+", min_size=1, max_size=6)
_NESTED = st.recursive(
    st.text("aZ09 +%&=[]é€😀\n", max_size=8),
    lambda inner: st.dictionaries(_NAME, inner, min_size=1, max_size=3),
    max_leaves=8,
)


def _fields(prefix: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [field for name, inner in value.items() for field in _fields(f"{prefix}[{name}]", inner)]
    return [(prefix, str(value))]


@unhurried
@given(st.dictionaries(_NAME, _NESTED, max_size=3), st.sampled_from([quote, quote_plus]))
def test_what_a_client_encodes_comes_back(nested: dict[str, object], escape: Callable[[str], str]) -> None:
    fields = [field for name, value in nested.items() for field in _fields(name, value)]
    body = "&".join(f"{escape(key)}={escape(value)}" for key, value in fields)
    assert decode(body.encode(), limits=FormLimits(depth=100)) == nested
