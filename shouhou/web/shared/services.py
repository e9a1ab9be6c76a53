"""Which services there are for the chosen lines: can or cannot, until when, who pays the way, why not and what would help."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.facts import OrderFacts, decide_line, load_order_with_records
from shouhou.cases.opening import ItemWish
from shouhou.cases.promised import decide_promise
from shouhou.cases.reasons import Reason, reasons_for
from shouhou.cases.records import Recorded
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Text, Workflow
from shouhou.plumbing.actor import Actor
from shouhou.policy.decide import Decision
from shouhou.policy.queries import compiled
from shouhou.web.labels import PAYERS, VERDICTS, label
from shouhou.web.page import said
from shouhou.web.shared.decision import POSSIBLE, TONES, promised_lines_words, service_words, verdict_on

RANKS = {"allow": 0, "allow_paid": 1, "review": 2, "na": 3, "deny": 4}
# What one gets, in one line; a service without such a line is told by what its definition says.
ABOUT: dict[str, Text] = {
    "return": Text("寄回商品，验收后退款到原支付方式", "Send it back; refunded to how you paid once inspected"),
    "exchange": Text("寄回商品，换一件新的，或换颜色、尺码、型号", "Send it back for a new one, or another colour, size or model"),
    "repair": Text("寄修、到店、上门或远程，修好还给您", "By mail, at a counter, at your home or remote; you get it back working"),
    "refund_only": Text("不用寄回商品，核实后退款", "Money back without sending anything, once confirmed"),
    "cancel": Text("还没发货的取消并退款；已发出的先拦截", "Stopped before it ships and refunded; on its way it is intercepted"),
    "resend": Text("少发、漏发的商品、配件或赠品补寄给您", "What was missing is sent to you"),
    "price_protection": Text("下单后降价，退还差额", "The price fell since: the difference comes back"),
    "complaint": Text("不满意商品、配送、客服或商家，要求核实答复", "Something went wrong: it is looked into and answered"),
    "feedback": Text("说说您的建议或表扬", "A suggestion or praise"),
    "compensation": Text("延误、发错、说明不清等造成的损失", "For delay, a wrong item, an unclear page and the like"),
}
ALL_TAKEN = Text("全部数量都已在售后中或已退回。", "Every unit is in a case already, or has gone back.")


@dataclass(frozen=True, slots=True)
class Offered:
    """A service for the chosen lines taken together: the strictest line decides, with the reason that helps most."""

    service: str
    label: str
    about: str
    code: str
    verdict: str
    tone: str
    until: str | None
    freight: str
    amount_minor: int | None
    reasons: tuple[str, ...]
    why: tuple[str, ...]
    ways: tuple[str, ...]
    told: dict[str, Any] = field(default_factory=dict)
    # A person may still look after the last day; the day is told as what it is.
    past: bool = False

    @property
    def possible(self) -> bool:
        return self.code in POSSIBLE


def services_for(order_number: str, lines: Sequence[int], *, actor: Actor, now: datetime) -> list[Offered]:
    """Every service of the house for these lines, the best first. Raises ORDER_NOT_FOUND."""
    order, records = load_order_with_records(order_number, actor=actor)
    wanted = [line for line in lines if line in order.lines]
    decided: dict[str, list[tuple[Reason, Decision]]] = {}
    found = [
        _judged(workflow, order, wanted, decided, now=now) if workflow.applying.verdict
        else _promised(workflow, order, wanted, records, now=now)
        for workflow in WORKFLOWS.values()
    ]  # fmt: skip
    told = [replace(each, past=each.until is not None and datetime.fromisoformat(each.until) < now) for each in found]
    # Words about an order stand after what is done with its goods.
    words = {each.service for each in told if each.possible and not WORKFLOWS[each.service].applying.about_goods}
    return sorted(told, key=lambda each: (RANKS[each.code] if each.possible else 9, each.service in words, each.past))


def about(workflow: Workflow) -> str:
    """What one gets, in one line."""
    if workflow.service in ABOUT:
        return said(ABOUT[workflow.service])
    return _("需要寄回商品") if workflow.applying.goods else _("不用寄回商品")


def _judged(
    workflow: Workflow, order: OrderFacts, lines: Sequence[int], decided: dict[str, list[tuple[Reason, Decision]]], *, now: datetime
) -> Offered:  # fmt: skip
    """A service with a verdict of the policy: looked at with every reason that fits."""
    verdict = str(workflow.applying.verdict)
    looked = []
    for family in _families(workflow, order, lines):
        if family.code not in decided:
            decided[family.code] = [(family, _decide(order, line, family, now=now)) for line in lines]
        worst = max((each for _family, each in decided[family.code]), key=lambda each: RANKS[verdict_on(each, verdict)])
        looked.append((RANKS[verdict_on(worst, verdict)], family, worst))
    _rank, family, best = min(looked, key=lambda each: each[0])
    told = service_words(best, verdict) or {}
    code = verdict_on(best, verdict)
    payer = best.freight.get("return_leg") if workflow.applying.goods and code in POSSIBLE else None
    fitting = tuple(said(each.label) for _r, each, decision in looked if verdict_on(decision, verdict) in POSSIBLE)
    taken = workflow.applying.claims and any(order.lines[line].left < 1 for line in lines)
    return _offered(
        workflow, "deny" if taken else code, told, until=told.get("until"), freight=label(PAYERS, payer) if payer else "",
        reasons=fitting if len(fitting) < len(looked) else (), taken=taken,
    )  # fmt: skip


def _promised(
    workflow: Workflow, order: OrderFacts, lines: Sequence[int], records: dict[int, Recorded], *, now: datetime
) -> Offered:  # fmt: skip
    """A service that is promised: looked at with every reason that fits, the best of them told."""
    looked = []
    for family in _families(workflow, order, lines):
        promised = decide_promise(
            workflow.service, order, [order.lines[line] for line in lines], dict.fromkeys(lines, 1), {}, reason=family.code,
            now=now, records=records,
        )  # fmt: skip
        code, worst = promised.verdict_of_all({})
        looked.append((RANKS[code], family, promised, worst))
    _rank, family, promised, worst = min(looked, key=lambda each: each[0])
    told = promised_lines_words(promised, order)[worst]
    fitting = tuple(said(each.label) for rank, each, _p, _w in looked if rank <= RANKS["review"])
    taken = workflow.applying.claims and any(order.lines[line].left < 1 for line in lines)
    return _offered(
        workflow, "deny" if taken else str(told["code"]), told, until=told["until"], freight="",
        reasons=fitting if len(fitting) < len(looked) else (), taken=taken, amount_minor=promised.amount_minor or None,
    )  # fmt: skip


def _offered(
    workflow: Workflow, code: str, told: dict[str, Any], *, until: str | None, freight: str, reasons: tuple[str, ...],
    taken: bool, amount_minor: int | None = None,
) -> Offered:  # fmt: skip
    clauses = [str(each["text"]) for each in told.get("clauses", ())]
    return Offered(
        workflow.service, said(workflow.label), about(workflow), code, label(VERDICTS, code), TONES.get(code, ""),
        until if code in POSSIBLE else None, freight, amount_minor, reasons,
        (said(ALL_TAKEN),) if taken else tuple(clauses[:2]), () if taken else tuple(told.get("ways", ())[:2]), told,
    )  # fmt: skip


def _families(workflow: Workflow, order: OrderFacts, lines: Sequence[int]) -> list[Reason]:
    found = {family.code: family for line in lines for family in reasons_for(order.lines[line].category, workflow.service)}
    return list(found.values())


def _decide(order: OrderFacts, line: int, family: Reason, *, now: datetime) -> Decision:
    book = compiled(order.book, order.book_version)
    return decide_line(order, order.lines[line], ItemWish(line, 1), reason=family.code, book=book, now=now).decision
