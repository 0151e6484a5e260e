"""URLs of figures over all floors."""

from django.urls import path

from analytics.views import forecast

urlpatterns = [
    path("forecast/", forecast.forecast, name="forecast"),
    path("forecast/rows/", forecast.rows, name="forecast-rows"),
]
