"""The forecast of a period, what moved, the sales behind each number, and the weeks kept."""

from __future__ import annotations

from datetime import UTC, date

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.access import get_week, visible_lines, weeks_kept
from analytics.models import ForecastLine, ForecastWeek
from analytics.queries import forecast as sheets
from analytics.queries import forecast_rows, movement
from analytics.queries.forecast_rows import Asked
from analytics.queries.period import Period, quarter_of, read_period
from analytics.queries.scope import GROUPS, Scope
from analytics.serializers import forecast as shapes
from core.api import filters
from core.api.pagination import CURSOR, LIMIT
from core.api.views import Endpoint, ReadRows
from core.keyset import DEFAULT_LIMIT
from crm.api.links import page_link
from pipeline.queries.outlook import VIEWS
from pipeline.queries.wanted import WHOSE


class PeriodParameter(filters.Filter):
    """A month or a quarter."""

    schema = {"type": "string", "pattern": "^[0-9]{4}-(Q[1-4]|0[1-9]|1[0-2])$"}

    def read(self, text: str) -> Period:
        """The period."""
        return read_period(text)


class UnitParameter(filters.Filter):
    """A person or a team, as the lines name them."""

    schema = {"type": "string", "pattern": "^[pt][1-9][0-9]{0,17}$"}

    def read(self, text: str) -> str:
        """As it is given."""
        filters.Id("").read(text[1:] if text[:1] in ("p", "t") else "")
        return text


SCOPE = {
    "period": PeriodParameter("", description="2026-11 or 2026-Q4; this quarter without it."),
    "whose": filters.Choice("", WHOSE, description="`all` you see without it."),
    "team": filters.Id("", description="This team and those below."),
    "unit": UnitParameter("", description="One person or team, as `unit` of a line."),
}
WEEK = filters.Day("", description="Monday of a kept week; last week's without it.")


class Scoped(Endpoint):
    """Reads whose sales of which period are asked for."""

    @property
    def today(self) -> date:
        """In UTC, as all of the API."""
        return timezone.localdate(self.now, UTC)

    def scope(self) -> Scope:
        """What the query asks for."""
        query = self.query
        return Scope(
            user=self.request.user,
            period=query.get("period") or quarter_of(self.today),
            now=self.now,
            whose=query.get("whose", "all"),
            team=query.get("team"),
            by=query.get("by", GROUPS[0]),
            unit=query.get("unit", ""),
        )

    def week(self) -> ForecastWeek | None:
        """The one asked for, or NotFound; else last week's."""
        if "week" in self.query:
            return get_week(self.query["week"])
        return movement.chosen(movement.weeks(), "", self.today)


class Forecast(Scoped):
    """By person or team and by category, as stage, rep and manager see it."""

    serializer_class = shapes.ForecastShape
    filters = SCOPE | {
        "by": filters.Choice("", GROUPS),
        "target": filters.Number("", description="What the period is to bring, for coverage."),
    }

    def get(self, request: Request) -> Response:
        """Over the sales you see."""
        scope = self.scope()
        found = sheets.sheet(scope, today=self.today)
        context = self.serializer_context() | {"scope": scope, "target": self.query.get("target")}
        shown = {
            "scope": scope,
            "totals": found.totals,
            "lines": found.lines,
            "slipped": found.slipped,
            "undated": found.undated,
        }
        return Response(shapes.ForecastShape(shown, context=context).data)


class ForecastMoves(Scoped):
    """What moved since a week was kept: from the open amounts of then to those of now."""

    serializer_class = shapes.ForecastMovesShape
    filters = SCOPE | {"week": WEEK}

    def get(self, request: Request) -> Response:
        """Over the sales you see."""
        week = self.week()
        found = movement.movements(self.scope(), week) if week else []
        shown = {"week": week.week if week else None, "movements": found}
        return Response(self.write(shapes.ForecastMovesShape, shown))


class ForecastRows(Scoped):
    """The sales behind one number."""

    serializer_class = shapes.ForecastRowsShape
    filters = SCOPE | {
        "list": filters.Choice("", forecast_rows.LISTS, description="`open` without it."),
        "currency": filters.Text(""),
        "view": filters.Choice("", VIEWS, description="Who sees them in the category."),
        "category": filters.Choice("", sheets.CATEGORIES),
        "week": WEEK,
        "cursor": CURSOR,
        "limit": LIMIT,
    }

    def get(self, request: Request) -> Response:
        """One page of them."""
        query = self.query
        asked = Asked(
            list=query.get("list", "open"),
            currency=query.get("currency", ""),
            view=query.get("view", "stage"),
            category=query.get("category", ""),
            week=self.week(),
        )
        found = forecast_rows.behind(
            self.scope(),
            asked,
            today=self.today,
            cursor=query.get("cursor"),
            limit=query.get("limit", DEFAULT_LIMIT),
        )
        shown = {"results": found.page.rows, "next": page_link(request, found.page.next)}
        return Response(self.write(shapes.ForecastRowsShape, shown))


class ForecastWeeks(ReadRows):
    """The weeks that were kept, the newest first."""

    serializer_class = shapes.ForecastWeekShape
    orders = {"-week": ("-week",), "week": ("week",)}

    def queryset(self) -> QuerySet[ForecastWeek]:
        """All of them; they name no sale."""
        return weeks_kept()


class ForecastWeekLines(ReadRows):
    """The open sales of one week as they were kept, of those you see."""

    serializer_class = shapes.SnapshotLine
    orders = {"id": ("id",), "-id": ("-id",)}
    filters = {
        "opportunity": filters.Id("opportunity_id", many=True),
        "owner": filters.Id("owner_id", many=True),
        "closes_from": filters.Day("expected_close_date__gte"),
        "closes_until": filters.Day("expected_close_date__lte"),
    }

    def queryset(self) -> QuerySet[ForecastLine]:
        """By its Monday, or NotFound."""
        return visible_lines(self.request.user, self.kwargs["week"])
