"""What the policy decided on a case or a line, in words: verdict, clause, source, the facts used, the nearest way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.facts import decide_line, load_order
from shouhou.cases.opening import ItemWish
from shouhou.cases.reasons import FAMILY
from shouhou.cases.rows import CaseRow
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.policy.decide import Decision, replay
from shouhou.policy.explain import explain
from shouhou.policy.models import Decision as StoredDecision
from shouhou.policy.queries import compiled
from shouhou.web.labels import PAYERS, label
from shouhou.web.page import language, said

TONES = {"allow": "good", "allow_paid": "good", "review": "wait", "deny": "bad", "na": ""}
POSSIBLE = ("allow", "allow_paid", "review")
PICKUPS = {"free": Text("免费上门取件", "free pickup"), "deferred": Text("取件顺延", "pickup deferred")}


def decision_words(case: CaseRow) -> dict[str, Any] | None:
    """The stored decision of the case, replayed and explained for its service."""
    stored = StoredDecision.objects.filter(pk=case.decision_id or 0).values_list("facts", flat=True).first()
    if stored is None:
        return None
    return service_words(replay(stored, book=compiled(case.book, case.book_version)), case.requested_service)


def line_decisions(
    order_number: str, *, reason: str, actor: Actor, now: datetime, conditions: Mapping[int, Mapping[str, object]] | None = None
) -> dict[int, Decision]:  # fmt: skip
    """What the order's pinned book says now of each line, for a reason of either level."""
    order = load_order(order_number, actor=actor)
    book = compiled(order.book, order.book_version)
    told = conditions or {}
    return {
        line.line: decide_line(
            order, line, ItemWish(line.line, 1, told.get(line.line, {})), reason=FAMILY[reason].code, book=book, now=now
        ).decision
        for line in order.lines.values()
    }


def ground_words(decision: Decision, title: str) -> dict[str, Any]:
    """One ground of a line: each service with verdict and last instant; reasons and ways of the return."""
    services = [_service(entry) for entry in explain(decision, language()) if entry["verdict"] != "na"]
    chosen = next((entry for entry in services if entry["service"] == "return"), services[0] if services else None)
    possible = chosen is not None and chosen["code"] in POSSIBLE
    payer = decision.freight.get("return_leg")
    return {
        "title": title, "services": services, "possible": possible, "chosen": chosen,
        "freight": label(PAYERS, payer) if payer and possible else "",
        "pickup": said(PICKUPS[decision.pickup]) if possible and decision.pickup in PICKUPS else "",
    }  # fmt: skip


def service_words(decision: Decision, service: str) -> dict[str, Any] | None:
    """The explanation of one service."""
    return next((_service(entry) for entry in explain(decision, language()) if entry["service"] == service), None)


def _service(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "service": entry["service"], "label": entry["label"], "code": entry["verdict"], "verdict": entry["verdict_label"],
        "tone": TONES.get(entry["verdict"], ""), "until": entry["until"] if entry["verdict"] in POSSIBLE else None,
        "clauses": [
            {
                "id": clause["clause"], "text": clause["text"], "strength": clause["strength_label"],
                # The law by name; the catalogue's own numbers mean nothing to people.
                "sources": [source for source in clause["sources"] if source["id"].startswith("L-")],
                "facts": [_("%(name)s：%(value)s") % {"name": fact["label"], "value": fact["said"]} for fact in clause["facts"]],
            }
            for clause in entry["clauses"]
        ],
        "ways": [way["text"] for way in entry["ways"]],
    }  # fmt: skip
