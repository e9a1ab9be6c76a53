"""The ways of the services for everybody to read (REP-09): picture, steps, who is at work, how long it may take."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from shouhou.accounts.models import ROLES
from shouhou.cases.workflows import WORKFLOWS
from shouhou.documents.drawing import flow_chart
from shouhou.documents.forms import form_for
from shouhou.documents.process import bounds, durations, longest, trunk, usual_way
from shouhou.documents.process import said as period
from shouhou.foundation.workflow import State, Text, Workflow
from shouhou.policy.library import DEFAULT_BOOK
from shouhou.policy.queries import compiled
from shouhou.policy.terms import Terms
from shouhou.repairs.rules.process import CONDITIONS, WARNING
from shouhou.web.doors import public_door
from shouhou.web.labels import STAGES, limit_label, role_label, stage_label
from shouhou.web.page import language, page, said
from shouhou.web.who import buyer_of

WHO = {
    "consumer": Text("您", "you"), "carrier": Text("承运商", "the carrier"), "system": Text("系统", "the system"),
    **{code: Text(zh, en) for code, (zh, en) in ROLES.items()},
}  # fmt: skip
KEPT_SECONDS = 300


@public_door
def processes(request: HttpRequest) -> HttpResponse:
    """All services, each with how many steps it usually takes."""
    rows = [
        {"service": workflow.service, "label": said(workflow.label), "steps": [said(state.label) for state, _move in trunk(workflow)]}
        for workflow in WORKFLOWS.values()
    ]
    return page(request, "shared/processes.html", {"here": "process", "rows": rows}, actor=buyer_of(request))


@public_door
def process(request: HttpRequest, service: str) -> HttpResponse:
    """One service from application to its end."""
    workflow, terms = _workflow(service), _terms()
    repair = service == "repair"
    form = form_for(service)
    context = {
        "here": "process", "service": service, "label": said(workflow.label), "language": language(),
        "steps": [
            {
                "label": said(step.state.label), "who": _who(step.state), "end": step.state.final,
                "within": said(step.within) if step.within else "",
                "next": said(step.move.label) if step.move else "", "stage": stage_label(service, step.state.stage),
                "hint": said(step.state.hint) if step.state.hint else "",
            }
            for step in usual_way(workflow, terms)
        ],
        "stages": _stages(workflow, terms), "conditions": [said(each) for each in CONDITIONS] if repair else [],
        "warning": said(WARNING) if repair else "", "form": form.code, "form_title": said(form.title),
        "others": [{"service": other.service, "label": said(other.label)} for other in WORKFLOWS.values() if other is not workflow],
    }  # fmt: skip
    return page(request, "shared/process.html", context, actor=buyer_of(request))


@public_door
def picture(request: HttpRequest, service: str, spoken: str) -> HttpResponse:
    """The way as a picture in one language."""
    if spoken not in ("zh-hans", "en"):
        raise Http404("no such language")
    workflow = _workflow(service)
    drawn = flow_chart(workflow, WHO, durations=durations(workflow, _terms()), language=spoken)
    answer = HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")
    # A picture with a style of its own and nothing else.
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(answer, public=True, max_age=KEPT_SECONDS)
    return answer


def _stages(workflow: Workflow, terms: Terms) -> list[dict[str, Any]]:
    """Everything that can come, stage by stage."""
    found: list[dict[str, Any]] = []
    for stage in STAGES:
        states = [state for state in workflow.states if state.stage == stage]
        if states:
            found.append({"label": stage_label(workflow.service, stage), "states": [_state(state, workflow, terms) for state in states]})
    return found


def _state(state: State, workflow: Workflow, terms: Terms) -> dict[str, Any]:
    moves = list(dict.fromkeys(said(move.label) for move in workflow.moves if state.name in move.sources and "consumer" in move.by))
    within = longest(state, terms)
    return {
        "label": said(state.label), "who": _who(state), "hint": said(state.hint) if state.hint else "", "moves": moves,
        "within": said(within) if within else "",
        "limits": [
            {"label": limit_label(DEFAULT_BOOK, compiled(DEFAULT_BOOK).book.version, each.term), "within": said(period(each.term, terms)),
             "then": said(each.then)}
            for each in bounds(workflow, state, terms)
        ],
    }  # fmt: skip


def _who(state: State) -> str:
    if state.waits_on is None:
        return _("结束")
    return said(WHO[state.waits_on]) if state.waits_on in WHO else role_label(state.waits_on)


def _workflow(service: str) -> Workflow:
    if service not in WORKFLOWS:
        raise Http404("no such service")
    return WORKFLOWS[service]


def _terms() -> Terms:
    return compiled(DEFAULT_BOOK).terms
