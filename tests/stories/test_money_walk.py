"""Any sequence of moves on price protections and compensations, with a shop and a channel that say anything: money stays whole."""

from collections import Counter
from datetime import timedelta
from random import Random

import hypothesis
import pytest
from django.conf import LazySettings
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import strategies as st

from shouhou.cases.models import Case, HistoryEntry
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.orders import events
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund, RefundLine, RefundPart, TenderAllowance
from shouhou.payments.tests.conftest import SECRET
from shouhou.plumbing.events import publish
from tests.stories.test_any_walk import STAFF, answer, channel, somebody
from tests.world import THIRD, TWO, World

REASONS = {"price_protection": ["price_drop"], "compensation": ["bad_service", "late_delivery", "unclear_page"]}


def step(world: World, chance: Random) -> None:
    """One thing that happens; what is refused leaves everything as it was."""
    cases = list(Case.objects.order_by("id"))
    before = dict(Case.objects.values_list("number", "version")), HistoryEntry.objects.count(), Refund.objects.count()
    what = chance.choices(["apply", "time", "channel", "prices", "move"], [1, 1, 3, 2, 9])[0]
    try:
        if what == "apply" or not cases:
            service = chance.choice(list(REASONS))
            world.apply("T0001", service=service, reason=chance.choice(REASONS[service]), items={1: chance.randint(1, 3)},
                        request_review=True, answers=wishes(service, chance))  # fmt: skip
        elif what == "time":
            world.later(hours=chance.choice([1, 3, 25, 50, 24 * 4, 24 * 8, 24 * 16]))
            world.ring()
            assert world.ring() == 0, "the clock finds no rest"
        elif what == "channel":
            channel(world, chance)
        elif what == "prices":
            tell_prices(world, chance.choice(cases), chance)
        else:
            move_one(world, chance.choice(cases), chance)
    except Refused:
        assert (dict(Case.objects.values_list("number", "version")), HistoryEntry.objects.count(), Refund.objects.count()) == before


def wishes(service: str, chance: Random) -> dict[str, object]:
    if service == "price_protection":
        return chance.choice([{}, {"payout": "balance"}, {"payout": "original", "seen_price": chance.randint(1, 5000)}])
    return chance.choice([{}, {"wish": "points"}])


def tell_prices(world: World, case: Case, chance: Random) -> None:
    """The shop says anything, at any time."""
    prices = [
        {"price": chance.randint(1, 6000), "from": (world.now - timedelta(days=chance.randint(0, 30))).isoformat(), "to": None,
         "kind": chance.choice(["regular", "regular", "flash", "member"]), "in_stock": chance.random() < 0.8, "merchant": ""}
        for _ in range(chance.randint(0, 3))
    ]  # fmt: skip
    publish(events.PRICES_TOLD, subject=case.number, now=world.now, data={"skus": {"CUP": prices}},
            merchant_id=case.merchant_id, buyer_id=case.buyer_id)  # fmt: skip


def move_one(world: World, case: Case, chance: Random) -> None:
    """Any move from where the case stands, mostly by who may, mostly one that does not end it."""
    workflow = WORKFLOWS[case.service]
    moves = [move for move in workflow.moves if case.status in move.sources and move.by != {"system"}]
    if not moves:
        return
    weights = [0.1 if move.name in ("cancel", "close_case", "extend", "reject", "check_prices") else 1 for move in moves]
    move = chance.choices(moves, weights)[0]
    may = sorted(move.by - {"system"})
    actor = somebody(world, chance.choice(may if chance.random() < 0.85 else STAFF), chance)
    answers = {ask.field: answer(ask, case, world, chance) for ask in move.asks if ask.required or chance.random() < 0.5}
    if "amount" in answers:
        answers["amount"] = chance.choice([1, 300, 4000, 6000, 60000])
    given = {name: value for name, value in answers.items() if value is not None}
    world.move(case.number, move.name, actor=actor, **given)


def whole() -> None:
    """What must be true at every instant."""
    for case in Case.objects.prefetch_related("history", "deadlines"):
        state = WORKFLOWS[case.service].state(case.status)
        assert sorted(entry.version for entry in case.history.all()) == list(range(1, case.version + 1))
        assert state.final == (case.closed_at is not None) and (state.final or case.due_at is not None), case.status
        assert not case.claims_held
        running = [each.name for each in case.deadlines.all() if each.state == "open"]
        assert max(Counter(running).values(), default=0) <= 1
        refunds = Refund.objects.filter(subject=case.number).exclude(state="cancelled")
        assert len(refunds) <= 1
        moving = case.status in ("refund_review", "refunding", "refund_stuck", "refunded") or case.outcome == "refunded"
        assert moving == bool(refunds), case.status
        assert all(refund.state == "settled" for refund in refunds) or case.status != "refunded"
        for refund in refunds:
            assert refund.amount_minor == case.refund_minor == sum(part.amount_minor for part in refund.parts.all())
    for line in OrderLine.objects.all():
        back = RefundLine.objects.filter(line=line).exclude(refund__state="cancelled").values_list("goods_minor", flat=True)
        assert sum(back) <= line.paid_minor
        assert (line.claimed_quantity, line.returned_quantity) == (0, 0)
    for allowance in TenderAllowance.objects.all():
        parts = RefundPart.objects.filter(payment_id=allowance.payment_id).exclude(state="cancelled")
        settled = sum(part.amount_minor for part in parts if part.state == "settled")
        assert (allowance.settled_minor, allowance.reserved_minor) == (settled, sum(p.amount_minor for p in parts) - settled)
    assert set(trial_balance().values()) <= {0}
    assert all(b.posted_minor == 0 for b in balances(prefix="buyer")), "what a buyer is owed has been paid, never more"


@pytest.mark.django_db
@hypothesis.settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@hypothesis.given(seed=st.integers(0, 2**32), third=st.booleans())
def test_no_sequence_of_moves_pays_twice_or_more_than_there_is(seed: int, third: bool, settings: LazySettings) -> None:
    settings.PAYMENT_CALLBACK_SECRET = SECRET
    chance = Random(seed)
    with transaction.atomic():
        world = World()
        world.order(**(TWO | (THIRD if third else {})))
        for _ in range(30):
            step(world, chance)
            whole()
            world.now += timedelta(minutes=7)
        transaction.set_rollback(True)
