from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.search import BadQuery, Clause, Query, fold, integer, parse, write

UNREADABLE = ('We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for '
              'metadata or key:"value" to query for other fields.')


@pytest.mark.parametrize(("text", "clauses"), [
    ('email:"amy@rocketrides.io"', [Clause("email", ":", "amy@rocketrides.io")]),
    ("email:'amy@rocketrides.io'", [Clause("email", ":", "amy@rocketrides.io")]),
    ('-currency:"jpy"', [Clause("currency", ":", "jpy", negated=True)]),
    ("payment_method_details.card.last4:4242", [Clause("payment_method_details.card.last4", ":", "4242")]),
    ("created>1620310503 amount<=-5", [Clause("created", ">", "1620310503"), Clause("amount", "<=", "-5")]),
    ('amount>="10" and amount<20', [Clause("amount", ">=", "10"), Clause("amount", "<", "20")]),
    ('metadata["donation-id"]:"asdf-jkl"', [Clause("metadata", ":", "asdf-jkl", "donation-id")]),
    ("-metadata['donation-id']:NULL", [Clause("metadata", ":", None, "donation-id", negated=True)]),
    ('name:"null" url:null', [Clause("name", ":", "null"), Clause("url", ":", None)]),
    (r'description~"called \"The Sky\" \\ \n"', [Clause("description", "~", 'called "The Sky" \\ n')]),
    ("""name:"it's" phone:'say "hi"'""", [Clause("name", ":", "it's"), Clause("phone", ":", 'say "hi"')]),
    ('name:"" \t\n  AND\u00a0 name:" or "', [Clause("name", ":", ""), Clause("name", ":", " or ")]),
    ('  metadata[""]:"a:b>c"  ', [Clause("metadata", ":", "a:b>c", "")]),
    (" ".join(["a:1"] * 10), [Clause("a", ":", "1")] * 10),
])
def test_clauses_are_read(text: str, clauses: list[Clause]) -> None:
    assert parse(text) == Query(tuple(clauses))


def test_any_of_the_clauses_will_do_after_or() -> None:
    assert parse("a:1 OR b:2 or -c:3") == Query(
        (Clause("a", ":", "1"), Clause("b", ":", "2"), Clause("c", ":", "3", negated=True)), any=True)
    assert parse("a:1 And b:2") == parse("a:1 b:2")


@pytest.mark.parametrize("text", [
    "", "  ", "asdf", "a:", ":1", "a:b", "a:true", 'a="b"', "a==1", "a:=1", 'a : "b"', 'a: "b"', 'a :"b"', "a:1b", "a:1.",
    "a:.5", "a:+1",
    'a:"b', "a:'b\"", r'a:"b\"', 'a:"b"c:"d"', 'a:"b",c:"d"', '(a:"b")', 'a:"b" AND', 'AND a:"b"', 'a:"b" OR OR b:1',
    'a:"b" NOT c:1', "--a:1", "- a:1", "a>null", "a~null", "-a<=NULL", "a:nullable", "metadata:1", 'metadata[key]:"v"',
    'metadata["k"]', 'metadata["k"]["l"]:1', 'metadata["k":"v"', 'metadata ["k"]:1', 'metadata[1]:1', 'name["k"]:1',
    "1a:1", "a.:1", "a..b:1",
    ".a:1", "é:1", 'a:"b"\\', "a:١",
])
def test_what_is_not_in_the_language_is_refused(text: str) -> None:
    with pytest.raises(BadQuery) as refusal:
        parse(text)
    assert str(refusal.value) == UNREADABLE


@pytest.mark.parametrize(("text", "message"), [
    ("a:1 AND b:2 OR c:3", "You cannot combine `AND` and `OR` in one query."),
    ("a:1 OR b:2 c:3", "You cannot combine `AND` and `OR` in one query."),
    (" ".join(["a:1"] * 11), "A query can have up to 10 clauses, but yours has 11."),
    (" OR ".join(["a:1"] * 12), "A query can have up to 10 clauses, but yours has 12."),
])
def test_clauses_that_do_not_go_together_are_refused(text: str, message: str) -> None:
    with pytest.raises(BadQuery) as refusal:
        parse(text)
    assert str(refusal.value) == f"We were unable to parse your search query. {message}"


names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}(\.[a-z_]{1,5}){0,2}", fullmatch=True).filter(lambda name: name != "metadata")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
places = st.one_of(st.tuples(names, st.none()), st.tuples(st.just("metadata"), texts))
questions = st.one_of(st.tuples(st.sampled_from((":", "~", ">", ">=", "<", "<=")), texts), st.tuples(st.just(":"), st.none()))
clauses = st.builds(lambda place, asked, negated: Clause(place[0], asked[0], asked[1], place[1], negated),
                    places, questions, st.booleans())
queries = st.builds(lambda found, any: Query(tuple(found), any=any and len(found) > 1),
                    st.lists(clauses, min_size=1, max_size=10), st.booleans())


@given(queries)
def test_what_is_written_reads_the_same(query: Query) -> None:
    assert parse(write(query)) == query


pieces = st.sampled_from(("a", "metadata", "[", "]", '"', "'", "\\", ":", "~", ">=", "<", " ", " or ", " AND ", "-", "null",
                          "12", "é", "\n"))


@given(st.one_of(st.text(), st.lists(pieces, max_size=20).map("".join)))
@example('"' * 4_999)
@example("a" * 5_000)
@example('a:"' + "\\" * 4_000)
@example("a:" + "1" * 4_990)
def test_any_text_is_a_query_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except BadQuery as refusal:
        assert str(refusal).startswith("We were unable to parse your search query.")
    else:
        assert parse(write(query)) == query


@pytest.mark.parametrize(("text", "number"), [
    ("0", 0), ("-0", 0), ("007", 7), ("-12", -12), ("9223372036854775807", 2**63 - 1), ("9223372036854775808", 2**63 - 1),
    ("-9223372036854775809", 1 - 2**63), ("1" * 4_990, 2**63 - 1), ("-" + "0" * 4_000 + "3", -3),
    ("", None), ("1.5", None), ("1e3", None), ("+1", None), (" 1", None), ("abc", None), ("١", None), ("--1", None),
])
def test_integers_are_drawn_into_64_bits(text: str, number: int | None) -> None:
    assert integer(text) == number


@pytest.mark.parametrize(("one", "other"), [
    ("JENNY@Example.com", "jenny@example.COM"), ("ÜNAL", "ünal"), ("ОЛЬГА", "ольга"), ("ΟΔΟΣ", "οδος"), ("οδοσ", "οδος"),
])
def test_case_does_not_matter_in_any_script(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_part_of_a_word_folds_as_in_the_word() -> None:
    assert fold("ΔΟΣ") in fold("ΟΔΟΣΗ") and fold("ΔΟΣ") in fold("ΟΔΟΣ")
