import pytest

from app.domain.payout_schedules import available_on, intervals_of, minimum_delay, schedule_of
from tests.support.clock import at


@pytest.mark.parametrize(("country", "delay", "moment", "day"), [
    pytest.param("US", 2, "2022-08-03 10:00", "2022-08-05", id="two_business_days"),
    pytest.param("US", 2, "2022-08-06 10:00", "2022-08-09", id="from_a_saturday"),
    pytest.param("AU", 7, "2022-08-03 10:00", "2022-08-12", id="seven_business_days"),
    pytest.param("DE", 7, "2022-08-03 10:00", "2022-08-10", id="seven_days_of_the_calendar"),
    pytest.param("GB", 7, "2022-08-06 23:59", "2022-08-13", id="from_a_saturday_to_the_next"),
])  # fmt: skip
def test_days_are_counted_as_is_usual_in_the_country(country: str, delay: int, moment: str, day: str) -> None:
    assert available_on(at(moment), country, delay) == at(day)


def test_countries_begin_with_schedules_of_their_own() -> None:
    assert schedule_of("US", {}).as_shown() == {"delay_days": 2, "interval": "daily"}
    assert schedule_of("DE", {"interval": "monthly", "monthly_anchor": 3}).as_shown() == {
        "delay_days": 7, "interval": "monthly", "monthly_anchor": 3}
    assert schedule_of("JP", {}).as_shown() == {"delay_days": 7, "interval": "weekly", "weekly_anchor": "friday"}
    assert (minimum_delay("US"), minimum_delay("CA")) == (2, 7)
    assert (intervals_of("IN"), "manual" in intervals_of("US")) == (("daily",), True)
