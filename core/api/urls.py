"""What the ground itself answers under `/api/v1/`."""

from django.urls import path

from core.api.events import Events

urlpatterns = [path("events/", Events.as_view(), name="api-events")]
