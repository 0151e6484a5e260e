"""Every URL of Baton: one line an app, and what packages bring."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# One sign-in, with its second step and its lockout, for the administration too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents

urlpatterns = [
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("crm.urls")),
    path("", include("pipeline.urls")),
    path("", include("analytics.urls")),
    path("admin/", admin.site.urls),
    path("account/", include("config.sign_in_urls")),
    path("account/mfa/", include("allauth.mfa.urls")),
    path("api/", include("config.api_urls")),
]

handler400 = "config.faults.bad_request"
handler403 = "config.faults.forbidden"
handler404 = "config.faults.not_found"
handler500 = "config.faults.server_error"
