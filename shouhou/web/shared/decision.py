"""What the policy decided on a case or a line, in words: verdict, clause, source, the facts used, the nearest way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.facts import OrderFacts, decide_line, load_order, load_order_with_records
from shouhou.cases.opening import ItemWish
from shouhou.cases.promised import Promised, decide_promise, promise_body
from shouhou.cases.reasons import FAMILY
from shouhou.cases.rows import CaseRow
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.policy.decide import Decision, replay
from shouhou.policy.explain import explain
from shouhou.policy.models import Decision as StoredDecision
from shouhou.policy.promise_ways import ways_for
from shouhou.policy.queries import compiled
from shouhou.repairs.rules.modes import FOR_GOODS
from shouhou.web.labels import PAYERS, VERDICTS, label
from shouhou.web.page import language, said

TONES = {"allow": "good", "allow_paid": "good", "review": "wait", "deny": "bad", "na": ""}
# Reasons of a repair that claim no fault.
NO_FAULT = frozenset({*FOR_GOODS, "usage"})
POSSIBLE = ("allow", "allow_paid", "review")
PICKUPS = {"free": Text("免费上门取件", "free pickup"), "deferred": Text("取件顺延", "pickup deferred")}


def decision_words(case: CaseRow) -> dict[str, Any] | None:
    """The stored decision of the case, replayed and explained for its service; or what its promise says, and why."""
    if promised := case.details.get("promise"):
        return _promise_words(case, promised)
    stored = StoredDecision.objects.filter(pk=case.decision_id or 0).values_list("facts", flat=True).first()
    if stored is None:
        return None
    words = service_words(replay(stored, book=compiled(case.book, case.book_version)), case.requested_service)
    if words and case.reason in NO_FAULT:
        # Nothing is broken: what the policy says of proving a fault is not about this.
        return {**words, "clauses": [], "ways": []}
    return words


def _promise_words(case: CaseRow, promised: Mapping[str, Any]) -> dict[str, Any]:
    """A promise in the shape of a decision: the verdict, each reason with the term that it rests on."""
    reasons = promise_body(promised, book=case.book, version=case.book_version, language=language())
    return {
        "service": case.service, "label": "", "code": case.verdict, "verdict": label(VERDICTS, case.verdict),
        "tone": TONES.get(case.verdict, ""), "until": None,
        "ways": [said(way) for way in ways_for(promised.get("reasons", ()))] if case.verdict == "deny" else [],
        "clauses": [_promised_clause(each) for each in reasons],
    }  # fmt: skip


def promised_for(
    order_number: str, service: str, quantities: Mapping[int, int], said: Mapping[str, Any], *, reason: str, actor: Actor,
    now: datetime,
) -> dict[int, dict[str, Any]]:  # fmt: skip
    """What a service without a verdict of the policy promises for so many units of these lines, line by line, in words."""
    order, records = load_order_with_records(order_number, actor=actor)
    lines = [order.lines[line] for line in quantities if line in order.lines]
    promised = decide_promise(service, order, lines, quantities, said, reason=FAMILY[reason].code, now=now, records=records)
    return promised_lines_words(promised, order)


def promised_lines_words(promised: Promised, order: OrderFacts) -> dict[int, dict[str, Any]]:
    """A promise in the shape of a decision's words, line by line."""
    found = {}
    for line, each in promised.lines.items():
        reasons = promise_body({"reasons": each.reasons}, book=order.book, version=order.book_version, language=language())
        found[line] = {
            "code": each.verdict, "verdict": label(VERDICTS, each.verdict), "tone": TONES.get(each.verdict, ""), "label": "",
            "until": each.until.isoformat() if each.until and each.verdict in POSSIBLE else None,
            "ways": [said(way) for way in ways_for(each.reasons)] if each.verdict == "deny" else [],
            "amount_minor": each.amount_minor, "clauses": [_promised_clause(reason) for reason in reasons],
        }  # fmt: skip
    return found


def _promised_clause(reason: Mapping[str, Any]) -> dict[str, Any]:
    # It rests on a term, which has words of its own; the term's code says nothing to people.
    words = {"text": reason["text"], "strength": reason["clause_text"] or ""}
    return {"id": reason["clause"], "term": True, **words, "sources": [], "facts": []}


def line_decisions(
    order_number: str, *, reason: str, actor: Actor, now: datetime, conditions: Mapping[int, Mapping[str, object]] | None = None
) -> dict[int, Decision]:  # fmt: skip
    """What the order's pinned book says now of each line, for a reason of either level."""
    return decisions_on(load_order(order_number, actor=actor), reason=reason, now=now, conditions=conditions)


def decisions_on(
    order: OrderFacts, *, reason: str, now: datetime, conditions: Mapping[int, Mapping[str, object]] | None = None
) -> dict[int, Decision]:  # fmt: skip
    """The same of an order that is read already: who asks for several reasons reads it once."""
    book = compiled(order.book, order.book_version)
    told = conditions or {}
    return {
        line.line: decide_line(
            order, line, ItemWish(line.line, 1, told.get(line.line, {})), reason=FAMILY[reason].code, book=book, now=now
        ).decision
        for line in order.lines.values()
    }


def verdict_on(decision: Decision, service: str) -> str:
    """The verdict for a service that is named by its workflow."""
    return next(verdict for name, verdict in decision.verdicts.items() if name == service)


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
