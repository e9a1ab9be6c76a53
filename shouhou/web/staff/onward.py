"""Where somebody was going before they had to sign in: only ever a page of ours."""

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

LENGTH_MAX = 500


def safe_onward(request: HttpRequest) -> str:
    """`next` of the form or the address; anything that is not an address of our own is nowhere."""
    onward = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    safe = onward.startswith("/") and url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    return onward if safe and len(onward) <= LENGTH_MAX else ""
