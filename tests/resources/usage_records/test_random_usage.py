"""Summaries equal the aggregation of the records, whatever the records."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.usage import aggregate, merge
from app.wire.endpoint import Server
from tests.resources.usage_records.metered import JAN_1, Metered
from tests.support.api import Api

OFFSETS = st.sampled_from([0, 1, 2, 59, 60, 300])
RECORDS = st.lists(st.tuples(OFFSETS, st.sampled_from(["increment", "set"]), st.integers(0, 9)), max_size=12)


@settings(max_examples=8, derandomize=True, deadline=None, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["sum", "max", "last_during_period", "last_ever"]), RECORDS)
def test_the_total_is_the_aggregation_of_the_records(server: Server, mode: str,
                                                     records: list[tuple[int, str, int]]) -> None:
    metered = Metered(Api(server), aggregate_usage=mode)
    arrived = []
    for offset, action, quantity in records:
        metered.record(quantity, JAN_1 + offset, action)
        arrived.append((JAN_1 + offset, action, quantity))
        assert metered.totals() == [aggregate(mode, merge(arrived))]
