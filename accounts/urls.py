"""URLs of our people: language and theme, inbox, administration."""

from django.urls import path

from accounts.views import preferences

urlpatterns = [
    path("language/", preferences.set_language, name="language"),
    path("theme/", preferences.set_theme, name="theme"),
]
