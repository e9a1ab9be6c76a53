"""Which roles need a second factor to come in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.accounts.models import ROLES
from shouhou.accounts.second_factor import people_and_factors, require_totp, roles_needing_totp
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.labels import role_label
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.shared.once import new_key, once


@operations_door
def rules(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every role: whether it needs an authenticator app, and how many of its people have one."""
    needing, counted = roles_needing_totp(), people_and_factors()
    rows = [
        {"role": role, "label": role_label(role), "required": role in needing, "people": counted.get(role, (0, 0))} for role in ROLES
    ]  # fmt: skip
    return operations_page(request, "sign_in_rules", {"rows": rows, "once": new_key()}, actor=actor, place="ops_sign_in")


@require_POST
@operations_door
def change(request: HttpRequest, actor: Actor, role: str) -> HttpResponse:
    """`required` is "1" or empty. Raises Refused FORBIDDEN, NOT_FOUND."""
    now = clock.now()

    def act() -> str:
        require_totp(role, required=request.POST.get("required") == "1", actor=actor, now=now)
        return "done"

    once(request.POST.get("once", ""), act, actor=actor, now=now)
    messages.success(request, _("已保存。"))
    return redirect("web:ops_sign_in")
