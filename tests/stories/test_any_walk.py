"""Any sequence of moves by anybody, at any time: whatever happens, units, money, history and limits stay whole."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouhou.cases.models import Case, CaseItem, Deadline, HistoryEntry
from shouhou.cases.workflows.returns import PAID_STATES, RETURN
from shouhou.foundation.days import NO_HOLIDAYS
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Ask
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.queries import windows_for
from shouhou.orders.models import OrderLine
from shouhou.payments.actions.callbacks import receive_callback
from shouhou.payments.actions.sending import Heard, begin, finish
from shouhou.payments.channels.base import ChannelAnswer
from shouhou.payments.channels.fake.wire import SIGNATURE_HEADER, sign
from shouhou.payments.models import Refund, RefundPart, TenderAllowance
from shouhou.payments.tests.conftest import SECRET
from shouhou.plumbing.actor import Actor
from tests.world import CONTACT, World

STATES = {state.name: state for state in RETURN.states}
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


def actors(world: World) -> st.SearchStrategy[Actor]:
    merchant = Case.objects.values_list("merchant_id", flat=True).first()
    return st.one_of(
        st.just(world.buyer()), st.just(Actor(role="carrier", who="carrier")),
        st.builds(
            lambda role, who: Actor(role=role, who=f"user:{who}", merchant_id=merchant if role == "merchant_manager" else None),
            st.sampled_from(STAFF), st.integers(1, 3),
        ),
    )  # fmt: skip


def answer(ask: Ask, case: Case, world: World) -> st.SearchStrategy[Any]:
    """Something for one question, mostly fitting."""
    if ask.field == "window":
        return st.sampled_from([each.code for each in windows_for(CONTACT, calendar=NO_HOLIDAYS, now=world.now)][:3])
    if ask.field == "deadline":
        return st.sampled_from([*Deadline.objects.filter(case=case, state="open").values_list("name", flat=True), "none"])
    match ask.type:
        case "choice":
            return st.sampled_from(sorted(ask.choices))
        case "number" | "money":
            return st.integers(0, 200)
        case "items":
            return findings(case)
        case "files" | "address":
            return st.none()
    if ask.field == "carrier":
        return st.just("SF")
    if ask.field == "tracking_number":
        return st.integers(0, 10**12).map(lambda n: f"SF{n:013d}")
    return st.just("说明")


def findings(case: Case) -> st.SearchStrategy[Any]:
    lines = list(CaseItem.objects.filter(case=case).values_list("line__line", "quantity", "received_quantity"))
    accepting = case.status in ("received", "inspection_escalated", "disputed")
    one = [
        st.fixed_dictionaries(
            {"line": st.just(line), "accepted": st.integers(0, got), "grade": st.sampled_from("ABC")},
            optional={"deduction": st.integers(0, 9000), "deduction_reason": st.just("磨损")},
        )
        if accepting
        else st.fixed_dictionaries({"line": st.just(line), "received": st.integers(0, quantity)})
        for line, quantity, got in lines
    ]
    return st.tuples(*one).map(list) | st.none()


def whole(world: World) -> None:
    """What must be true at every instant."""
    cases = list(Case.objects.prefetch_related("items", "deadlines", "history"))
    held: Counter[int] = Counter()
    back: Counter[int] = Counter()
    for case in cases:
        state = STATES[case.status]
        versions = sorted(entry.version for entry in case.history.all())
        assert versions == list(range(1, case.version + 1)), case.number
        assert state.final == (case.closed_at is not None), case.status
        assert (case.stage, bool(case.waits_on)) == (state.stage, not state.final)
        running = [each for each in case.deadlines.all() if each.state == "open"]
        assert max(Counter(each.name for each in running).values(), default=0) <= 1
        assert state.final or case.due_at is not None, case.status
        if running and not state.final:
            assert case.due_at is not None and case.due_at <= min(each.due_at for each in running)
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
        refunds = Refund.objects.filter(subject=case.number).exclude(state="cancelled")
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


def step(world: World, data: st.DataObject) -> None:
    """One thing that happens; what is refused leaves everything as it was."""
    numbers = list(Case.objects.order_by("id").values_list("number", flat=True))
    what = data.draw(st.sampled_from(["apply", "time", "channel", *["move"] * 7]))
    before = dict(Case.objects.values_list("number", "version")), HistoryEntry.objects.count()
    try:
        if what == "apply" or not numbers:
            lines = data.draw(st.dictionaries(st.sampled_from([1, 2, 3]), st.integers(1, 3), min_size=1))
            reason = data.draw(st.sampled_from(["no_reason", "quality"]))
            world.apply("T0001", items=lines, reason=reason, description="说明", request_review=True)
        elif what == "time":
            world.later(hours=data.draw(st.sampled_from([1, 25, 50, 24 * 8, 24 * 16])))
            world.ring()
            assert world.ring() == 0, "the clock finds no rest"
        elif what == "channel":
            channel(world, data)
        else:
            case = Case.objects.get(number=data.draw(st.sampled_from(numbers)))
            open_to = [move for move in RETURN.moves if case.status in move.sources and move.by != {"system"}]
            move, actor = data.draw(st.sampled_from(open_to or RETURN.moves)), data.draw(actors(world))
            if actor.role not in move.by and data.draw(st.integers(0, 4)):
                actor = data.draw(st.sampled_from([world.staff(role, f"user:{role}") for role in sorted(move.by) if role != "system"]
                                                  or [actor]))  # fmt: skip
                actor = world.buyer() if actor.role == "consumer" else actor
            answers = {ask.field: data.draw(answer(ask, case, world)) for ask in move.asks}
            world.move(case.number, move.name, actor=actor, **{name: value for name, value in answers.items() if value is not None})
    except Refused:
        assert (dict(Case.objects.values_list("number", "version")), HistoryEntry.objects.count()) == before


def channel(world: World, data: st.DataObject) -> None:
    """A channel pays, refuses, or calls back, for any part that there is."""
    parts = list(RefundPart.objects.order_by("id"))
    if not parts:
        return
    part = data.draw(st.sampled_from(parts))
    if data.draw(st.booleans()):
        sent = begin(part.id, now=world.now)
        if sent is not None:
            said: Any = data.draw(st.sampled_from(["settled", "refused", "in_process"]))
            finish(sent, Heard("refund", said, ChannelAnswer(said, code="NO")), started_at=world.now, now=world.now)
        return
    if part.refund.state == "awaiting_second":
        return
    body = (
        f'{{"id":"cb-{part.id}-{data.draw(st.integers(1, 3))}","key":"{part.idempotency_key}","status":"settled",'
        f'"amount":{part.amount_minor},"currency":"CNY","reference":"FR"}}'
    ).encode()
    receive_callback(part.channel, headers={SIGNATURE_HEADER: sign(body, secret=SECRET)}, body=body, now=world.now)


@pytest.mark.django_db
@settings(
    max_examples=30, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(data=st.data())
def test_no_sequence_of_moves_breaks_units_money_history_or_limits(data: st.DataObject, settings: LazySettings) -> None:
    settings.PAYMENT_CALLBACK_SECRET = SECRET
    with transaction.atomic():
        world = World()
        world.order(**ORDER)
        world.later(hours=20)
        for _ in range(data.draw(st.integers(5, 25))):
            step(world, data)
            whole(world)
            world.now += timedelta(minutes=7)
        transaction.set_rollback(True)
