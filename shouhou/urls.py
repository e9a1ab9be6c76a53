"""Addresses: the pages, the API, the admin."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("staff/account/", include("shouhou.web.staff.account_urls")),
    path("", include("shouhou.api.urls")),
    path("", include("shouhou.web.urls")),
]

handler400 = "shouhou.web.shared.errors.bad_request"
handler403 = "shouhou.web.shared.errors.forbidden"
handler404 = "shouhou.web.shared.errors.not_found"
handler500 = "shouhou.web.shared.errors.server_error"
