"""Refunds that wait for a second person."""

from django.http import HttpRequest, HttpResponse

from shouhou.accounts.models import User
from shouhou.payments.models import Refund
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import staff_door
from shouhou.web.page import page

SHOWN_MAX = 200


@staff_door
def approvals(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Oldest first; one's own decisions are shown and marked, they are for somebody else to approve."""
    waiting = Refund.objects.filter(state="awaiting_second").select_related("merchant").order_by("instructed_at", "id")
    if actor.merchant_id is not None:
        waiting = waiting.filter(merchant_id=actor.merchant_id)
    rows = list(waiting[:SHOWN_MAX])
    names = _names({row.instructed_by for row in rows})
    context = {
        "here": "approvals", "may": actor.role in ("finance", "supervisor"),
        "rows": [
            {"refund": row, "by": names.get(row.instructed_by, row.instructed_by), "own": row.instructed_by == actor.who}
            for row in rows
        ],
    }  # fmt: skip
    return page(request, "staff/approvals.html", context, actor=actor)


def _names(whos: set[str]) -> dict[str, str]:
    keys = [int(who.removeprefix("user:")) for who in whos if who.startswith("user:") and who[5:].isdigit()]
    return {f"user:{user.pk}": user.get_full_name() or user.get_username() for user in User.objects.filter(pk__in=keys)}
