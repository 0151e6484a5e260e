"""Half-open intervals of time over a row's two columns."""

from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary
from django.db.models import Expression, F, Func


class Period(Func):
    """`tstzrange(starts, ends, '[)')`; an empty end means "still"."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


def period(starts: str, ends: str) -> Expression:
    """The interval `[starts, ends)` of two columns."""
    return Period(F(starts), F(ends), RangeBoundary())
