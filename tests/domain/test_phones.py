import pytest

from app.domain.phones import international


@pytest.mark.parametrize(("number", "country", "kept"), [
    pytest.param("0000000000", "US", "+10000000000", id="the_test_number"),
    pytest.param("(415) 555-2671", "US", "+14155552671", id="american"),
    pytest.param("020 7946 0018", "GB", "+442079460018", id="british_without_its_zero"),
    pytest.param("06 698 12345", "IT", "+390669812345", id="italian_with_its_zero"),
    pytest.param("+49 30 901820", "US", "+4930901820", id="abroad"),
    pytest.param("abc", "US", None, id="no_number"),
    pytest.param("1" * 40, "US", None, id="too_long"),
])  # fmt: skip
def test_phone_numbers_are_kept_in_one_form(number: str, country: str, kept: str | None) -> None:
    assert international(number, country) == kept
