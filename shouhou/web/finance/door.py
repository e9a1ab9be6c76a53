"""The door of finance: those who move the money, and the auditor who only looks."""

from collections.abc import Mapping
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse

from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import View, staff_door
from shouhou.web.page import page, said

ACTS = ("finance", "supervisor")
READERS = (*ACTS, "auditor")
# The whole menu; the third says what is rarely needed and stands under "more" where there is no room. A page that this
# installation has not is left out.
PLACES = (
    ("finance", Text("今日", "Today"), False),
    ("finance_refunds", Text("退款", "Refunds"), False),
    ("finance_batches", Text("付款批次", "Batches"), False),
    ("finance_invoices", Text("发票", "Invoices"), False),
    ("finance_reconciliation", Text("对账", "Reconciliation"), False),
    ("finance_wrong", Text("收付不符", "Wrong amounts"), True),
    ("finance_couriers", Text("承运商账单", "Couriers' bills"), True),
    ("finance_ledger", Text("账簿", "Ledger"), False),
    ("finance_balance", Text("日结证明", "Daily proof"), True),
    ("finance_merchants", Text("商家资金", "Merchants"), True),
    ("finance_claims", Text("理赔", "Claims"), True),
)


def finance_door(view: View) -> View:
    """`view(request, actor, …)` for finance, supervisors and auditors of the house; for all other staff there is no such
    page. An auditor may not send anything."""

    @wraps(view)
    def inside(request: HttpRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if actor.role not in READERS or actor.merchant_id is not None:
            raise Http404("not theirs")
        if request.method == "POST" and actor.role not in ACTS:
            raise refused(FORBIDDEN, roles=ACTS)
        return view(request, actor, *args, **kwargs)

    return staff_door(inside)


def version_of(request: HttpRequest) -> int | None:
    """Which state of things the page showed that this was sent from; None: it does not say."""
    told = request.POST.get("version", "")
    return (int(told) if told.isascii() and told.isdigit() and len(told) < 18 else 0) if told else None


def finance_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, actor: Actor, place: str, status: int = 200
) -> HttpResponse:  # fmt: skip
    """`finance/{template}.html` under the menu of finance; `acts` tells whether this person may do more than look."""
    menu = [
        {"label": said(label), "address": address, "here": name == place, "under": rare and name != place}
        for name, label, rare in PLACES
        if (address := address_of(name))
    ]
    whole = {
        "here": "finance", "menu": menu, "rest": [each for each in menu if each["under"]], "acts": actor.role in ACTS, **context,
    }  # fmt: skip
    return page(request, f"finance/{template}.html", whole, actor=actor, status=status)


def address_of(name: str) -> str:
    """Empty for a page that this installation has not."""
    try:
        return reverse(f"web:{name}")
    except NoReverseMatch:
        return ""
