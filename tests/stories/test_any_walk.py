"""Any sequence of moves by anybody, at any time: whatever happens, units, money, history and limits stay whole."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import hypothesis
import pytest
from django.conf import LazySettings
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import strategies as st

from shouhou.cases.models import Case, CaseItem, Deadline, HistoryEntry
from shouhou.cases.workflows import WORKFLOWS
from shouhou.cases.workflows.returns import PAID_STATES
from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Ask
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.queries import windows_for
from shouhou.merchants.queries import return_address_of
from shouhou.orders.models import OrderLine
from shouhou.payments.actions.callbacks import receive_callback
from shouhou.payments.actions.sending import Heard, begin, finish
from shouhou.payments.channels.base import ChannelAnswer
from shouhou.payments.channels.fake.wire import SIGNATURE_HEADER, sign
from shouhou.payments.models import Refund, RefundPart, TenderAllowance
from shouhou.payments.tests.conftest import SECRET
from shouhou.plumbing.actor import Actor
from tests.world import CONTACT, World

PAID = frozenset(PAID_STATES.split())
ORDER: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 3, "unit_price": 9000, "paid": 24001},
        {"line": 2, "sku": "TV", "title": "电视", "category": "tv", "quantity": 1, "unit_price": 650000, "paid": 640000},
        {"line": 3, "sku": "BAG", "title": "赠品袋", "category": "generic", "quantity": 1, "unit_price": 0, "paid": 0,
         "is_gift": True, "gift_price": 990},
    ],
    "payments": [
        {"tender": "card", "amount": 500000}, {"tender": "wallet", "amount": 163501}, {"tender": "coupon", "amount": 1500},
    ],
    "freight": 1000, "promotion": {"threshold": 660000, "discount": 12999, "free_freight_threshold": 20000, "standard_freight": 800},
}  # fmt: skip
STAFF = (
    "agent", "supervisor", "reviewer", "inspector", "finance", "arbitrator", "merchant_manager", "operations", "clerk", "auditor",
)  # fmt: skip


def somebody(world: World, role: str, chance: Random) -> Actor:
    if role == "consumer":
        return world.buyer()
    if role == "carrier":
        return Actor(role="carrier", who="carrier")
    merchant = Case.objects.values_list("merchant_id", flat=True).first()
    who = f"user:{chance.randint(1, 3)}"
    return Actor(role=role, who=who, merchant_id=merchant if role.startswith("merchant_") else None)  # type: ignore[arg-type]


def answer(ask: Ask, case: Case, world: World, chance: Random) -> Any:
    """Something for one question, mostly fitting."""
    if ask.field == "window":
        return chance.choice(windows_for(CONTACT, calendar=NO_HOLIDAYS, now=world.now)).code
    if ask.field == "return_address":
        return chance.choice([str(return_address_of(case.merchant_id or 0)), "0"])
    if ask.field == "deadline":
        return chance.choice([*Deadline.objects.filter(case=case, state="open").values_list("name", flat=True), "none"])
    if ask.field == "carrier":
        return "SF"
    if ask.field == "tracking_number":
        return f"SF{chance.randrange(10**12):013d}"
    match ask.type:
        case "choice":
            return chance.choice(sorted(ask.choices))
        case "number" | "money":
            return chance.randint(0, 200)
        case "items":
            return findings(case, chance)
        case "files" | "address":
            return None
    return "说明"


def findings(case: Case, chance: Random) -> list[dict[str, Any]] | None:
    if chance.random() < 0.2:
        return None
    told: list[dict[str, Any]] = []
    for line, quantity, got in CaseItem.objects.filter(case=case).values_list("line__line", "quantity", "received_quantity"):
        if case.status not in ("received", "inspection_escalated", "disputed"):
            told.append({"line": line, "received": chance.randint(0, quantity)})
            continue
        told.append({"line": line, "accepted": chance.randint(0, got), "grade": chance.choice("ABC")})
        if chance.random() < 0.4:
            told[-1] |= {"deduction": chance.randint(0, 9000), "deduction_reason": "磨损"}
    return told


def whole(world: World) -> None:
    """What must be true at every instant."""
    cases = list(Case.objects.prefetch_related("items", "deadlines", "history"))
    held: Counter[int] = Counter()
    back: Counter[int] = Counter()
    for case in cases:
        state = WORKFLOWS[case.service].state(case.status)
        versions = sorted(entry.version for entry in case.history.all())
        assert versions == list(range(1, case.version + 1)), case.number
        assert state.final == (case.closed_at is not None), case.status
        assert (case.stage, bool(case.waits_on)) == (state.stage, not state.final)
        beside = {limit.name for limit in WORKFLOWS[case.service].state(case.status).limits if limit.aside}
        running = [each for each in case.deadlines.all() if each.state == "open"]
        assert max(Counter(each.name for each in running).values(), default=0) <= 1
        assert state.final or case.due_at is not None, case.status
        turns = {each.name: each.due_at for each in running if each.name not in beside}
        if turns and not state.final:
            assert case.due_at is not None and case.due_at <= min(turns.values()), (case.service, case.status, turns)
        if state.final:
            assert not running and case.due_at is None
        assert case.claims_held or state.final
        paid_for = case.status in PAID or case.outcome == "refunded"
        for item in case.items.all():
            assert 0 <= (item.accepted_quantity or 0) <= item.received_quantity <= item.quantity
            if case.claims_held:
                held[item.line_id] += (item.accepted_quantity or 0) if case.status == "closed" else item.quantity
            if paid_for and case.status != "accepted":
                back[item.line_id] += item.accepted_quantity or 0
        # A compensation beside the case is money of its own.
        refunds = Refund.objects.filter(subject=case.number).exclude(state="cancelled").exclude(reason="compensation_beside")
        assert len(refunds) <= 1
        assert not refunds or (case.received_at is not None and paid_for), case.status
        if case.status == "refunded" and refunds:
            assert refunds[0].state == "settled"
    for line in OrderLine.objects.all():
        assert (line.claimed_quantity, line.returned_quantity) == (held[line.id], back[line.id]), line.line
        assert 0 <= line.returned_quantity <= line.claimed_quantity <= line.quantity
    assert sum(Refund.objects.exclude(state="cancelled").values_list("amount_minor", flat=True)) <= 665001
    for allowance in TenderAllowance.objects.all():
        parts = RefundPart.objects.filter(payment_id=allowance.payment_id).exclude(state="cancelled")
        settled = sum(part.amount_minor for part in parts if part.state == "settled")
        assert (allowance.settled_minor, allowance.reserved_minor) == (settled, sum(p.amount_minor for p in parts) - settled)
    assert set(trial_balance().values()) <= {0}


def step(world: World, chance: Random) -> None:
    """One thing that happens; what is refused leaves everything as it was."""
    cases = list(Case.objects.order_by("id"))
    before = dict(Case.objects.values_list("number", "version")), HistoryEntry.objects.count()
    what = chance.choices(["apply", "time", "channel", "move"], [1, 1, 2, 9])[0]
    try:
        if what == "apply" or not cases:
            lines = {line: chance.randint(1, 2) for line in chance.sample([1, 2, 3], chance.randint(1, 3))}
            reason = chance.choice(["no_reason", "quality"])
            world.apply("T0001", items=lines, reason=reason, description="说明", request_review=True)
        elif what == "time":
            world.later(hours=chance.choice([1, 25, 50, 24 * 4, 24 * 8, 24 * 16]))
            world.ring()
            assert world.ring() == 0, "the clock finds no rest"
        elif what == "channel":
            channel(world, chance)
        else:
            move_one(world, chance.choice(cases), chance)
    except Refused:
        assert (dict(Case.objects.values_list("number", "version")), HistoryEntry.objects.count()) == before


def move_one(world: World, case: Case, chance: Random) -> None:
    """Any move from where the case stands, mostly by who may, mostly one that does not end it."""
    every = WORKFLOWS[case.service].moves
    moves = [move for move in every if case.status in move.sources and move.by != {"system"} and move.name != "keep_item"]
    if not moves:
        return
    weights = [0.2 if move.name in ("cancel", "close_case", "extend", "reopen") else 1 for move in moves]
    move = chance.choices(moves, weights)[0]
    may = sorted(move.by - {"system"})
    actor = somebody(world, chance.choice(may if chance.random() < 0.85 else STAFF), chance)
    answers = {ask.field: answer(ask, case, world, chance) for ask in move.asks if ask.required or chance.random() < 0.5}
    version = chance.choice([None, case.version, case.version - 1]) if chance.random() < 0.2 else None
    given = {name: value for name, value in answers.items() if value is not None}
    world.move(case.number, move.name, actor=actor, version=version, **given)


def channel(world: World, chance: Random) -> None:
    """A channel pays, refuses, or calls back, for any part that there is."""
    parts = list(RefundPart.objects.exclude(refund__state="awaiting_second").select_related("refund").order_by("id"))
    if not parts:
        return
    part = chance.choice(parts)
    if part.channel == "inkind" or chance.random() < 0.7:
        sent = begin(part.id, now=world.now)
        if sent is not None:
            said: Any = "settled" if part.channel == "inkind" else chance.choice(["settled", "refused", "in_process"])
            finish(sent, Heard("refund", said, ChannelAnswer(said, code="NO")), started_at=world.now, now=world.now)
        return
    body = (
        f'{{"id":"cb-{part.id}-{chance.randint(1, 3)}","key":"{part.idempotency_key}","status":"settled",'
        f'"amount":{part.amount_minor},"currency":"CNY","reference":"FR"}}'
    ).encode()
    receive_callback(part.channel, headers={SIGNATURE_HEADER: sign(body, secret=SECRET)}, body=body, now=world.now)


@pytest.mark.django_db
@hypothesis.settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@hypothesis.given(seed=st.integers(0, 2**32), goods_here=st.booleans())
def test_no_sequence_of_moves_breaks_units_money_history_or_limits(
    seed: int, goods_here: bool, settings: LazySettings
) -> None:
    settings.PAYMENT_CALLBACK_SECRET = SECRET
    chance = Random(seed)
    with transaction.atomic():
        world = World()
        world.order(**ORDER)
        world.later(hours=20)
        if goods_here:
            world.goods_back(world.apply("T0001", items={1: 2, 2: 1})["number"])
        for _ in range(30):
            step(world, chance)
            whole(world)
            world.now += timedelta(minutes=7)
        transaction.set_rollback(True)
