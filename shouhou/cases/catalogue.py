"""The service catalogue as programs read it: what can be applied for, what each asks, and what it can turn into."""

from typing import Any

from shouhou.cases.reasons import REASONS, Reason, fits_service
from shouhou.cases.view import ask_body
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Workflow


def services_body(*, language: str) -> list[dict[str, Any]]:
    """Every service, in the order of the catalogue."""
    return [service_body(workflow, language=language) for workflow in WORKFLOWS.values()]


def service_body(workflow: Workflow, *, language: str) -> dict[str, Any]:
    """One service with its questions, reasons, states and conversions."""
    applying = workflow.applying
    return {
        "service": workflow.service, "label": workflow.label.in_(language), "verdict": applying.verdict, "goods": applying.goods,
        "claims": applying.claims, "refunds": applying.refunds, "start": workflow.start,
        "asks": [ask_body(ask, language=language) for ask in applying.asks],
        "reasons": [_reason(each, language) for each in REASONS if fits_service(each, workflow)],
        "states": [
            {
                "status": state.name, "label": state.label.in_(language), "stage": state.stage, "waits_on": state.waits_on,
                "final": state.final, "hint": state.hint.in_(language) if state.hint else None,
            }
            for state in workflow.states
        ],
        "conversions": [
            {"move": move.name, "label": move.label.in_(language), "to_service": move.to_service, "from_states": sorted(move.sources)}
            for move in workflow.moves if move.to_service
        ],
    }  # fmt: skip


def _reason(reason: Reason, language: str) -> dict[str, Any]:
    return {
        "code": reason.code, "label": reason.label.in_(language), "evidence": reason.evidence,
        "details": [
            {"code": each.code, "label": each.label.in_(language), "categories": sorted(each.categories)} for each in reason.details
        ],
    }  # fmt: skip
