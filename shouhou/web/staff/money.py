"""The money of a case for staff: refunds with their parts and every try at the channel, and the ledger that sums to zero."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from shouhou.accounts.models import User
from shouhou.foundation.workflow import Text
from shouhou.ledger.chart import account_of
from shouhou.ledger.kinds import RECIPES
from shouhou.ledger.queries import PostedMove, postings_of
from shouhou.payments.models import Refund, RefundPart
from shouhou.payments.rules.words import REFUSALS
from shouhou.web.labels import TENDERS, label
from shouhou.web.page import said
from shouhou.web.shared.money_view import half

OPEN_PARTS = ("pending", "sent", "unknown")
TONES = {
    "settled": "good", "refused": "bad", "failed": "bad", "partly_settled": "bad", "unknown": "bad", "cancelled": "plain",
    "awaiting_second": "turn",
}  # fmt: skip
TRIES = {
    "refund": Text("请求退款", "asked to refund"), "query": Text("查询结果", "asked what became of it"),
    "callback": Text("渠道回调", "the channel called back"), "offline": Text("线下付款", "paid offline"),
    "ask": Text("人工再问", "asked again by a person"), "confirmed": Text("财务核实渠道实付", "finance confirmed what was paid"),
}  # fmt: skip
OUTCOMES = {
    "settled": Text("已到账", "settled"), "refused": Text("被拒绝", "refused"), "in_process": Text("处理中", "in process"),
    "not_known": Text("渠道无此记录", "not known there"), "down": Text("渠道连不上", "the channel was down"),
    "proposed": Text("已登记，待第二人", "said by one, awaits a second person"), "silent": Text("没有回音", "no answer"),
    "asked": Text("已排队", "queued"),
    "other amount": Text("金额不符，须人工核对", "another amount: a person must look"),
}  # fmt: skip
PHASES = {"posted": Text("已入账", "posted"), "pending": Text("在途", "pending"), "voided": Text("作废", "voided")}
SYSTEM, PROGRAM = Text("系统", "system"), Text("接口程序", "a program")


def refund_rows(subject: str) -> list[dict[str, Any]]:
    """The refunds of a case, oldest first, with parts, tries and – for what is open – when it is tried next."""
    refunds = list(Refund.objects.filter(subject=subject).order_by("id").prefetch_related("parts__attempts"))
    parts = [part for refund in refunds for part in refund.parts.all()]
    coming = _coming(part.pk for part in parts if part.state in OPEN_PARTS)
    names = names_of({who for refund in refunds for who in (refund.instructed_by, refund.approved_by)})
    states = dict(Refund.STATES)
    return [
        {
            "row": refund, "state_words": half(states[refund.state]), "tone": TONES.get(refund.state, "wait"),
            "by": names.get(refund.instructed_by, refund.instructed_by), "second": names.get(refund.approved_by, refund.approved_by),
            "parts": [part_words(part, coming) for part in sorted(refund.parts.all(), key=lambda part: part.pk)],
        }
        for refund in refunds
    ]  # fmt: skip


def part_words(part: RefundPart, coming: Mapping[int, datetime | None]) -> dict[str, Any]:
    tries = sorted(part.attempts.all(), key=lambda each: each.pk)
    return {
        "row": part, "tender": label(TENDERS, part.tender), "state_words": half(dict(RefundPart.STATES)[part.state]),
        "tone": TONES.get(part.state, "wait"), "next_at": coming.get(part.pk), "queued": part.pk in coming,
        "contradicted": contradicted(part), "why": said(REFUSALS[part.refusal_code]) if part.refusal_code in REFUSALS else "",
        "tries": [
            {"row": each, "kind": label(TRIES, each.kind), "outcome": label(OUTCOMES, each.outcome),
             "milliseconds": int((each.ended_at - each.started_at).total_seconds() * 1000)}
            for each in tries
        ],
        "last": label(OUTCOMES, tries[-1].outcome) if tries else "",
    }  # fmt: skip


def contradicted(part: RefundPart) -> bool:
    """Whether the channel said something that our books deny: never decided by a program."""
    outcomes = [each.outcome for each in part.attempts.all()]
    return ("other amount" in outcomes and part.state in OPEN_PARTS) or (part.state == "refused" and "settled" in outcomes)


def ledger_of(subject: str) -> dict[str, Any]:
    """The postings with the accounts' names, and what they come to per account: the sum is zero, and shown."""
    postings = postings_of(subject)
    names = names_of({posting.by for posting in postings})
    return {
        "postings": [
            {"row": posting, "source": _account(posting.source), "destination": _account(posting.destination),
             "phase": label(PHASES, posting.phase), "counts": _counts(posting),
             "recipe": said(RECIPES[posting.recipe].label), "by": names.get(posting.by, posting.by)}
            for posting in postings
        ],
        "accounts": _accounts(postings),
    }  # fmt: skip


def names_of(whos: Iterable[str]) -> dict[str, str]:
    """"user:7" → the person's name; the system is called the system."""
    found = set(whos)
    keys = [int(who.removeprefix("user:")) for who in found if who.startswith("user:") and who[5:].isdigit()]
    people = User.objects.filter(pk__in=keys) if keys else ()
    names = {f"user:{user.pk}": user.get_full_name() or user.get_username() for user in people}
    names |= {who: said(PROGRAM) for who in found if who.startswith("key:")}
    return names | {who: said(SYSTEM) for who in found if who == "clock" or who.startswith("system")}


def coming_tries(parts: Iterable[RefundPart]) -> dict[int, datetime | None]:
    """When each open part is tried next; None for at once."""
    return _coming(part.pk for part in parts if part.state in OPEN_PARTS)


def _coming(parts: Iterable[int]) -> dict[int, datetime | None]:
    locks = {f"refund-part:{part}": part for part in parts}
    if not locks:
        return {}
    jobs = ProcrastinateJob.objects.filter(lock__in=locks, status__in=("todo", "doing")).order_by("-id")
    return {locks[str(job.lock)]: job.scheduled_at for job in jobs}


def _counts(posting: PostedMove) -> bool:
    """A pending one that was settled or voided is replaced by its successor."""
    return posting.phase == "posted" or (posting.phase == "pending" and not posting.resolved)


def _account(path: str) -> dict[str, str]:
    return {"path": path, "label": said(account_of(path).label)}


def _accounts(postings: Iterable[PostedMove]) -> list[dict[str, Any]]:
    """Per currency: every account with what the case changed in it, and the total."""
    sums: dict[str, dict[str, int]] = {}
    for posting in postings:
        if _counts(posting):
            held = sums.setdefault(posting.currency, {})
            held[posting.source] = held.get(posting.source, 0) - posting.amount_minor
            held[posting.destination] = held.get(posting.destination, 0) + posting.amount_minor
    return [
        {
            "currency": currency, "total": sum(held.values()),
            "rows": [{**_account(path), "amount": amount} for path, amount in sorted(held.items())],
        }
        for currency, held in sums.items()
    ]  # fmt: skip
