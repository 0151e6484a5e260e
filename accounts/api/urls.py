"""What this app answers under `/api/v1/`."""

from django.urls import path

from accounts.api import calendars

urlpatterns = [
    path("calendar-days/", calendars.CalendarDays.as_view(), name="api-calendar-days"),
    path("calendar-days/<int:pk>/", calendars.OneCalendarDay.as_view(), name="api-calendar-day"),
]
