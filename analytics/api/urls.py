"""What this app answers under `/api/v1/`."""

from datetime import date

from django.urls import path, register_converter

from analytics.api.forecast import (
    Forecast,
    ForecastMoves,
    ForecastRows,
    ForecastWeekLines,
    ForecastWeeks,
)


class Day:
    """A date within an address: 2026-11-09."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """ValueError, so no such address, where it is none."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """As it is written."""
        return value.isoformat()


register_converter(Day, "day")

urlpatterns = [
    path("forecast/", Forecast.as_view(), name="api-forecast"),
    path("forecast/moves/", ForecastMoves.as_view(), name="api-forecast-moves"),
    path("forecast/rows/", ForecastRows.as_view(), name="api-forecast-rows"),
    path("forecast/snapshots/", ForecastWeeks.as_view(), name="api-forecast-snapshots"),
    path(
        "forecast/snapshots/<day:week>/sales/",
        ForecastWeekLines.as_view(),
        name="api-forecast-snapshot",
    ),
]
