"""What the reviews endpoints take."""

from app.wire.params import ListParams, RangeQuery


class ReviewList(ListParams):
    created = RangeQuery()
