"""Snapshots of what the floors below hold."""

from analytics.models.forecast import ForecastLine, ForecastWeek

__all__ = ["ForecastLine", "ForecastWeek"]
