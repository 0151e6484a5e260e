"""`/api/v1/`: each app's part, the schema and its documentation."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.api.problems import no_such_address

urlpatterns = [
    path("v1/", include("core.api.urls")),
    path("v1/", include("accounts.api.urls")),
    path("v1/", include("crm.api.urls")),
    path("v1/", include("pipeline.api.urls")),
    path("v1/", include("analytics.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    re_path(r"", no_such_address),
]
