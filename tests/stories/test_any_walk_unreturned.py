"""Any sequence in the services where nothing, or not at once, comes back: units, money, history and limits stay whole."""

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

from shouhou.cases.models import Case, HistoryEntry
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.actions.requests import OUTCOMES, take_answer, take_outcome
from shouhou.logistics.carriers.base import Accepted, Declined, Handled
from shouhou.logistics.models import ParcelRequest
from shouhou.orders.models import Interception, OrderLine, Reservation
from shouhou.payments.models import Refund
from shouhou.payments.tests.conftest import SECRET
from tests.conftest import Shop
from tests.stories.carrying import on_its_way, shop_answers
from tests.stories.test_any_walk import STAFF, answer, channel, somebody
from tests.world import World

WALKED = ("refund_only", "cancel", "resend")
REASONS = {
    "refund_only": ("not_received", "refused_delivery", "quality"), "cancel": ("changed_mind", "out_of_stock"),
    "resend": ("missing_item",),
}  # fmt: skip
ORDER: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "CUP", "title": "杯子", "category": "generic", "quantity": 3, "unit_price": 9000, "paid": 24001},
        {"line": 2, "sku": "TV", "title": "电视", "category": "tv", "quantity": 1, "unit_price": 650000, "paid": 640000},
        {"line": 3, "sku": "FISH", "title": "鱼", "category": "fresh", "quantity": 2, "unit_price": 3000, "paid": 5999},
    ],
    "payments": [{"tender": "card", "amount": 500000}, {"tender": "wallet", "amount": 171000}], "freight": 1000,
}  # fmt: skip
PAID = frozenset({"refund_review", "refunding", "refund_stuck", "refunded"})
RARE = frozenset({"cancel", "close_case", "extend", "reopen", "escalate"})


def granted(case: Case) -> dict[int, int]:
    """Units that the case takes from the consumer for good once its refund is instructed."""
    if case.status not in PAID and case.outcome != "refunded":
        return {}
    if case.service == "return":
        return {item.line.line: item.accepted_quantity or 0 for item in case.items.all()}
    return {int(line): units for line, units in (case.details.get("grant") or {}).get("units", {}).items()}


def whole() -> None:
    """What must be true at every instant."""
    held: Counter[int] = Counter()
    back: Counter[int] = Counter()
    for case in Case.objects.prefetch_related("items__line", "deadlines", "history"):
        state = WORKFLOWS[case.service].state(case.status)
        assert sorted(entry.version for entry in case.history.all()) == list(range(1, case.version + 1)), case.number
        assert state.final == (case.closed_at is not None), case.status
        assert (case.stage, bool(case.waits_on)) == (state.stage, not state.final)
        running = [each for each in case.deadlines.all() if each.state == "open"]
        assert max(Counter(each.name for each in running).values(), default=0) <= 1
        assert (case.due_at is None and not running) if state.final else case.due_at is not None, case.status
        for_good, settled = granted(case), case.outcome == "refunded" and case.status in ("refunded", "closed")
        for item in case.items.all():
            line = item.line.line
            if case.claims_held:
                kept = settled and (case.service != "return" or case.status == "closed")
                held[line] += for_good.get(line, 0) if kept else item.quantity
            back[line] += for_good.get(line, 0)
        # A compensation beside the case is money of its own.
        beside = Refund.objects.filter(subject=case.number, reason="compensation_beside")
        refunds = list(Refund.objects.filter(subject=case.number).exclude(state="cancelled").exclude(pk__in=beside))
        assert len(refunds) <= 1 and (not refunds or case.status in PAID or case.outcome == "refunded"), case.status
        if refunds and case.service in ("refund_only", "cancel"):
            assert case.details.get("grant"), case.number
    for row in OrderLine.objects.all():
        assert (row.claimed_quantity, row.returned_quantity) == (held[row.line], back[row.line]), row.line
        assert 0 <= row.returned_quantity <= row.claimed_quantity <= row.quantity
    assert sum(Refund.objects.exclude(state="cancelled").values_list("amount_minor", flat=True)) <= 671000
    assert set(trial_balance().values()) <= {0}


def step(world: World, shop: Shop, chance: Random) -> None:
    """One thing that happens; what is refused leaves everything as it was."""
    cases = list(Case.objects.order_by("id"))
    before = dict(Case.objects.values_list("number", "version")), HistoryEntry.objects.count()
    what = chance.choices(["apply", "time", "channel", "outside", "move"], [2, 1, 2, 3, 9])[0]
    try:
        if what == "apply" or not cases:
            apply(world, chance)
        elif what == "time":
            world.later(hours=chance.choice([1, 5, 25, 50, 24 * 4, 24 * 8, 24 * 16]))
            world.ring()
            assert world.ring() == 0, "the clock finds no rest"
        elif what == "channel":
            channel(world, chance)
        elif what == "outside":
            outside(world, shop, chance)
        else:
            move_one(world, chance.choice(cases), chance)
    except Refused:
        assert (dict(Case.objects.values_list("number", "version")), HistoryEntry.objects.count()) == before


def apply(world: World, chance: Random) -> None:
    service = chance.choice(WALKED)
    asked: dict[str, Any] = {"resend": {"missing": chance.choice(["item", "part"]), "part_name": "线"}}.get(service, {})
    if service == "refund_only" and chance.random() < 0.3:
        asked = {"amount_wanted": chance.randint(1, 3000)}
    lines = {line: chance.randint(1, 2) for line in chance.sample([1, 2, 3], chance.randint(1, 2))}
    world.apply("T0001", items=lines, service=service, reason=chance.choice(REASONS[service]), description="说明",
                answers=asked, request_review=True)  # fmt: skip


def outside(world: World, shop: Shop, chance: Random) -> None:
    """The shop and the carriers answer, in any order, twice, and after the case has gone elsewhere."""
    shop.stock.take({"dispatch": "T0001", "answer": chance.choice(["stopped", "shipped", "unknown"])})
    for number in Interception.objects.values_list("subject", flat=True):
        shop_answers(world, number)
    for number in set(Reservation.objects.values_list("subject", flat=True)):
        world.shop_answers(number)
    for row in ParcelRequest.objects.order_by("id"):
        if chance.random() < 0.3:
            take_answer(row.id, Accepted() if chance.random() < 0.5 else Declined("NO", Text("不", "no")), now=world.now)
        elif chance.random() < 0.5:
            told = Handled(row.key, chance.choice(sorted(OUTCOMES[row.kind])), world.now, Text("说", "said"), "")
            with transaction.atomic():
                take_outcome(told, now=world.now)


def move_one(world: World, case: Case, chance: Random) -> None:
    """Any move from where the case stands, mostly by who may."""
    moves = [
        move for move in WORKFLOWS[case.service].moves
        if case.status in move.sources and move.by != {"system"} and move.to_service in (None, "return", *WALKED)
    ]  # fmt: skip
    if not moves:
        return
    move = chance.choices(moves, [0.1 if move.name in RARE else 1 for move in moves])[0]
    may = sorted(move.by - {"system"})
    actor = somebody(world, chance.choice(may if chance.random() < 0.85 else STAFF), chance)
    answers = {ask.field: answer(ask, case, world, chance) for ask in move.asks if ask.required or chance.random() < 0.5}
    answers.pop("at", None)
    world.move(case.number, move.name, actor=actor, **{name: value for name, value in answers.items() if value is not None})


@pytest.mark.django_db
@hypothesis.settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@hypothesis.given(seed=st.integers(0, 2**32), sent=st.sampled_from(["not yet", "on its way", "there"]), stock=st.integers(0, 3))
def test_no_sequence_without_a_return_breaks_units_money_history_or_limits(
    seed: int, sent: str, stock: int, settings: LazySettings, shop: Shop
) -> None:
    settings.PAYMENT_CALLBACK_SECRET = SECRET
    chance = Random(seed)
    for sku in ("CUP", "TV", "FISH"):
        shop.stock.take({"sku": sku, "first": stock})
    with transaction.atomic():
        world = World()
        parcels: dict[str, Any] = {"not yet": {"shipments": []}, "on its way": on_its_way(world), "there": {}}[sent]
        world.order(**(ORDER | parcels))
        world.later(hours=20)
        for _ in range(30):
            step(world, shop, chance)
            whole()
            world.now += timedelta(minutes=7)
        transaction.set_rollback(True)
