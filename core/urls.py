"""URLs of the ground: health, and the kit that shows every part of the interface."""

from django.urls import path

from core.views import health, kit

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("kit/", kit.kit, name="kit"),
    path("kit/dialog/", kit.dialog, name="kit-dialog"),
    path("kit/options/", kit.options, name="kit-options"),
    path("kit/palette/", kit.palette, name="kit-palette"),
    path("kit/toast/", kit.say, name="kit-toast"),
    path("kit/fact/", kit.fact, name="kit-fact"),
]
