"""On which facts the policy decided each item: fact, value, where it comes from; and what it says of every service."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.facts import CONDITION
from shouhou.cases.reasons import FAMILY
from shouhou.cases.rows import CaseRow, ItemRow
from shouhou.foundation.days import epoch_day
from shouhou.foundation.workflow import Text
from shouhou.orders.models import OrderLine
from shouhou.policy.compiler import facts_read
from shouhou.policy.decide import FACT_NAMES, Decision, replay
from shouhou.policy.explain import deciding
from shouhou.policy.models import Decision as StoredDecision
from shouhou.policy.queries import compiled
from shouhou.policy.vocabulary import SERVICES
from shouhou.web.page import language, said
from shouhou.web.shared.decision import service_words

RECEIPTS = {
    "signature": Text("承运商：本人签收", "carrier: signed for"), "carrier_arrival": Text("承运商：送达", "carrier: arrived"),
    "manual": Text("客服认定", "found by an agent"), "undetermined": Text("尚无记录", "no record yet"),
}  # fmt: skip
ORDER, STATED, WORKED_OUT = (
    Text("订单快照", "order snapshot"), Text("申请时的陈述", "stated when applying"), Text("由上述事实推得", "worked out from other facts"),
)
SOURCES = {
    "reason": Text("申请原因", "reason of the application"), "at_day": Text("提交时间", "time of the application"),
    "window_day": WORKED_OUT, "defect_status": Text("由申请原因推得", "follows from the reason"),
    "order_record": Text("平台记录", "the platform's record"), "force_majeure": Text("平台公告", "the platform's notices"),
    "in_own_area": Text("配送区域（按自营区计，取件时再核）", "delivery area (taken as our own until a pickup is booked)"),
    "warranty_until": WORKED_OUT, "extended_until": WORKED_OUT, "imei_until": WORKED_OUT,
    "exchanged": Text("换货记录", "exchange record"),
    "same_fault_repairs": Text("维修记录", "repair record"), "repair_days": Text("维修记录", "repair record"),
    "parts_days": Text("维修记录", "repair record"),
}  # fmt: skip
DEFAULTED = Text("未陈述，按完好计", "not stated: taken as intact")


def grounds_of(case: CaseRow, lines: Sequence[OrderLine]) -> list[dict[str, Any]]:
    """Per item of the case: its stored decision replayed, each service explained, and the facts as rows."""
    subjects = {f"{case.number}:{item.line}": item for item in case.items}
    stored = dict(StoredDecision.objects.filter(subject__in=subjects).order_by("id").values_list("subject", "facts"))
    book, sold = compiled(case.book, case.book_version), {line.line: line for line in lines}
    found = []
    for subject, item in subjects.items():
        if subject not in stored:
            continue
        decision = replay(stored[subject], book=book)
        services = [service_words(decision, service) for service in SERVICES]
        facts = _facts(decision, case, item, sold.get(item.line))
        found.append({
            "title": item.title, "line": item.line, "decisive": len(subjects) == 1 or item.line == _decisive(case),
            "services": [each for each in services if each is not None],
            "asked": next((each for each in services if each and each["service"] == case.requested_service), None),
            "facts": [fact for fact in facts if not fact["assumed"]], "assumed": [fact for fact in facts if fact["assumed"]],
        })  # fmt: skip
    return sorted(found, key=lambda each: (not each["decisive"], each["line"]))


def _decisive(case: CaseRow) -> int | None:
    subject = StoredDecision.objects.filter(pk=case.decision_id or 0).values_list("subject", flat=True).first() or ""
    line = subject.rpartition(":")[2]
    return int(line) if line.isdigit() else None


def _facts(decision: Decision, case: CaseRow, item: ItemRow, line: OrderLine | None) -> list[dict[str, Any]]:
    """What is known, the facts the deciding clauses looked at first; what nobody asked for stays out."""
    read: set[str] = set()
    for clause in deciding(decision, case.requested_service):  # type: ignore[arg-type]
        read |= set(facts_read(decision.book.book, clause.when))
    rows = []
    for name in FACT_NAMES:
        fact, value = decision.book.vocabulary.facts[name], getattr(decision.facts, name)
        if name not in read and (value is None or value is False or value == 0 or value == "none"):
            continue
        rows.append({
            "name": name, "label": fact.label.in_(language()), "value": fact.say(value, language()), "read": name in read,
            "source": _source(name, case, item, line), "changed": _changed(name, value, line),
            "assumed": name in CONDITION and name not in item.condition and name not in read,
        })  # fmt: skip
    return sorted(rows, key=lambda row: not row["read"])


def _source(name: str, case: CaseRow, item: ItemRow, line: OrderLine | None) -> str:
    if name == "receipt_day":
        return said(RECEIPTS[line.receipt_source]) if line and line.receipt_source in RECEIPTS else said(ORDER)
    if name in CONDITION:
        words = said(STATED if name in item.condition else DEFAULTED)
        return f"{words} · {_('客服代填')}" if name in item.condition and case.on_behalf_of else words
    if name == "reason" and FAMILY[case.reason].decides_as:
        # The policy has fewer words than the form: both are shown.
        return _("申请原因“%(reason)s”") % {"reason": said(FAMILY[case.reason].label)}
    return said(SOURCES.get(name, ORDER))


def _changed(name: str, value: object, line: OrderLine | None) -> str:
    """A day of receipt that has been found or mended since the decision is pointed out."""
    if name != "receipt_day" or line is None or line.received_on is None or epoch_day(line.received_on) == value:
        return ""
    return line.received_on.isoformat()
