"""The admin behind the staff's own door: no sign-in of its own, and a required second factor counts here too."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shouhou.accounts.models import User
from shouhou.accounts.second_factor import must_enrol
from shouhou.web.shared.kept import keep


class HouseAdmin(AdminSite):
    """Like Django's, but people come in by /staff/sign-in/."""

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        onward = request.GET.get("next") or reverse("admin:index")
        if request.user.is_authenticated:
            if not self.has_permission(request):
                raise PermissionDenied
            return redirect("admin:index")
        return redirect(f"{reverse('web:staff_sign_in')}?{urlencode({'next': onward})}")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., HttpResponseBase]:  # type: ignore[override]
        inner: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if isinstance(request.user, User) and request.user.is_staff and must_enrol(request.user):
                if request.method == "POST":
                    keep(request, why="setup")
                return redirect("mfa_index")
            return inner(request, *args, **kwargs)

        return guarded
