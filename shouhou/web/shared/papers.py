"""Forms to print: blank for everybody, filled in for whoever may see the order or the case."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control

from shouhou.cases.access import case_for
from shouhou.cases.rows import CaseRow
from shouhou.documents.filling import SLIPS, blank_pdf, case_forms, case_pdf, order_pdf
from shouhou.documents.forms import FORMS, SLIP
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.doors import consumer_door, public_door, staff_door
from shouhou.web.page import language, page, said
from shouhou.web.who import buyer_of

SLIP_ABOUT = Text("放进包裹，仓库一扫就知道是您的。", "It goes into the parcel: the warehouse scans it and knows whose it is.")
KEPT_SECONDS = 3600


@public_door
def forms(request: HttpRequest) -> HttpResponse:
    """Every form of the house to download, blank (UI-04)."""
    context = {"here": "forms", "forms": [_offered(code, reverse("web:form", args=[code])) for code in FORMS]}
    return page(request, "shared/papers.html", context, actor=buyer_of(request))


@public_door
def form(request: HttpRequest, form: str) -> HttpResponse:
    return _pdf(blank_pdf(form, language=_language(request), at=clock.now()), f"{form}.pdf", shared=True)


@consumer_door
def own_order(request: HttpRequest, actor: Actor, number: str, form: str) -> HttpResponse:
    return _order(request, actor, number, form)


@staff_door
def staff_case(request: HttpRequest, actor: Actor, number: str, form: str) -> HttpResponse:
    return case_paper(request, actor, number, form)


@staff_door
def staff_order(request: HttpRequest, actor: Actor, number: str, form: str) -> HttpResponse:
    return _order(request, actor, number, form)


@consumer_door
def own_papers(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return _papers(request, actor, number, back="web:case", paper="web:case_form")


@staff_door
def staff_papers(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return _papers(request, actor, number, back="web:staff_case", paper="web:staff_case_form")


def _papers(request: HttpRequest, actor: Actor, number: str, *, back: str, paper: str) -> HttpResponse:
    """What can be printed for the case."""
    case = case_for(actor, number)
    offered = [_offered(code, reverse(paper, args=[case.number, code]), case) for code in case_forms(case)]
    context = {
        "here": "queue" if actor.role != "consumer" else "cases", "forms": offered, "case": case,
        "back": reverse(back, args=[case.number]),
    }  # fmt: skip
    return page(request, "shared/papers.html", context, actor=actor)


def case_paper(request: HttpRequest, actor: Actor, number: str, form: str) -> HttpResponse:
    """The form, or the slip, of the case as a PDF. Raises what case_pdf does."""
    made = case_pdf(actor, number, form, language=_language(request), at=clock.now())
    return _pdf(made, f"{number}-{form}.pdf")


def order_papers(number: str, *, paper: str) -> list[dict[str, Any]]:
    """Every form with this order filled in; `paper` is the door's route."""
    return [_offered(code, reverse(paper, args=[number, code])) for code in FORMS]


def _offered(code: str, address: str, case: CaseRow | None = None) -> dict[str, Any]:
    if code == SLIP and case is not None:
        title, about = SLIPS.get(case.service, SLIPS["return"]), SLIP_ABOUT
    else:
        title, about = FORMS[code].title, FORMS[code].about
    here = language()
    other = "en" if here != "en" else "zh-hans"
    return {
        "code": code, "title": said(title), "about": said(about), "address": f"{address}?language={here}",
        "other": f"{address}?language={other}",
    }  # fmt: skip


def _order(request: HttpRequest, actor: Actor, number: str, form: str) -> HttpResponse:
    made = order_pdf(actor, number, form, language=_language(request), at=clock.now())
    return _pdf(made, f"{form}.pdf")


def _language(request: HttpRequest) -> str:
    """The one asked for in the address, else the page's."""
    asked = request.GET.get("language", "")
    return asked if asked in ("zh-hans", "en") else language()


def _pdf(made: bytes, name: str, *, shared: bool = False) -> HttpResponse:
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    if shared:
        patch_cache_control(answer, public=True, max_age=KEPT_SECONDS)
    return answer
