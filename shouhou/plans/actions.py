"""The only writer of plans: policies are put by their number, claims are held, used or released, each once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import IntegrityError, transaction

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FORBIDDEN, OVERTAKEN, refused
from shouhou.orders.models import OrderLine
from shouhou.plans.events import CLAIM_HELD, CLAIM_RELEASED, CLAIM_USED, PLAN_ENDED
from shouhou.plans.models import Claim, Plan
from shouhou.plans.refusals import PLAN_CLAIMED, PLAN_ELSEWHERE, PLAN_GOODS_UNKNOWN, PLAN_USED_UP
from shouhou.plans.rules.cover import pays, unused_minor
from shouhou.plans.rules.kinds import kinds
from shouhou.plans.rules.sold import Sold
from shouhou.plans.selling import Goods, goods_of, read_given, row_of
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EventType, publish

MAY_SELL = ("shop", "operations", "merchant_manager", "system")


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a plan."""

    number: str
    outcome: Literal["created", "changed", "unchanged"]
    version: int


@transaction.atomic
def put_plan(given: Mapping[str, object], *, actor: Actor, now: datetime, version: int | None = None) -> Put:
    """Create the policy of this number or make it what is given; the same again is `unchanged`.

    Raises Refused FORBIDDEN, PLAN_INVALID, PLAN_GOODS_UNKNOWN (also for goods of another shop), PLAN_ELSEWHERE, PLAN_CLAIMED,
    OVERTAKEN.
    """
    if actor.role not in MAY_SELL:
        raise refused(FORBIDDEN)
    told = read_given(given)
    goods = goods_of(told)
    if actor.merchant_id not in (None, goods.merchant_id):
        raise refused(PLAN_GOODS_UNKNOWN, order=told.order or "–", line=told.line or "–", serial=told.serial or "–")
    values = row_of(told, goods, now=now)
    row = _locked(told.number)
    if row is None:
        if version is not None:
            raise refused(OVERTAKEN, version=0)
        try:
            with transaction.atomic():
                row = Plan.objects.create(number=told.number, created_at=now, updated_at=now, **values)
        except IntegrityError:
            row = _locked(told.number)  # somebody was faster: theirs stands, ours changes it
        else:
            audit.note(actor, what="plan.created", subject=told.number, detail=told.kind, now=now)
            return Put(row.number, "created", row.version)
    if row is None or row.line_id != goods.line_id:
        raise refused(PLAN_ELSEWHERE, number=told.number)
    if version is not None and version != row.version:
        raise refused(OVERTAKEN, version=row.version)
    # When nothing is said of the day of sale, the first told one stands; what ended with its goods stays ended.
    if told.sold_on is None:
        values["sold_on"] = row.sold_on
    if told.cancelled_on is None and row.cancelled_because:
        values["cancelled_on"] = row.cancelled_on
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return Put(row.number, "unchanged", row.version)
    for name in changed:
        setattr(row, name, values[name])
    over = row.claims_most is not None and row.claims_count > row.claims_most
    if over or (row.cap_minor is not None and row.used_minor > row.cap_minor):
        raise refused(PLAN_CLAIMED, number=row.number)
    row.version, row.updated_at = row.version + 1, now
    row.save(update_fields=[*changed, "version", "updated_at"])
    audit.note(actor, what="plan.changed", subject=row.number, detail=" ".join(changed), now=now)
    return Put(row.number, "changed", row.version)


@transaction.atomic
def hold_claim(plan: Sold, *, line_id: int, subject: str, key: str, cause: str, fault: str, now: datetime) -> Claim:
    """Count one claim against the plan, for as long as the repair lasts; the same `key` again is the same claim.

    A claim of another plan that the subject still holds is given back. Raises PLAN_USED_UP.
    """
    name = f"{key}:{plan.number}"[:120]
    row = _locked(plan.number) or _written_down(plan, line_id=line_id, now=now)
    known = Claim.objects.filter(key=name).first()
    if known is not None and known.state != "released":
        return known
    release_claims(subject, now=now)
    if row.claims_most is not None and row.claims_count >= row.claims_most:
        raise refused(PLAN_USED_UP, number=row.number)
    if known is not None:
        known.state, known.ended_at, known.cause, known.fault, known.amount_minor = "held", None, cause, fault, 0
        known.save(update_fields=["state", "ended_at", "cause", "fault", "amount_minor"])
    claim = known or Claim.objects.create(plan=row, key=name, subject=subject, cause=cause, fault=fault, held_at=now)
    row.claims_count += 1
    _save(row, now, "claims_count")
    _tell(CLAIM_HELD, row, claim, now=now, deductible=row.deductible_minor)
    return claim


@transaction.atomic
def price_claim(subject: str, *, cost_minor: int, now: datetime) -> int:
    """What the held plan pays of this cost; kept with the claim, so that the sum insured cannot be used twice. 0 without one."""
    claim = Claim.objects.filter(subject=subject, state="held").first()
    if claim is None:
        return 0
    row = Plan.objects.select_for_update().get(id=claim.plan_id)
    row.used_minor -= claim.amount_minor
    claim.amount_minor = pays(_sold(row), cost_minor=cost_minor)
    row.used_minor += claim.amount_minor
    claim.save(update_fields=["amount_minor"])
    _save(row, now, "used_minor")
    return claim.amount_minor


@transaction.atomic
def claim_in_money(
    plan: Sold, *, line_id: int, subject: str, key: str, cause: str, fault: str, worth_minor: int, now: datetime
) -> Claim:  # fmt: skip
    """The plan pays for the thing itself: one claim, as much as it pays of `worth_minor`, used at once. The same `key` again
    is the same claim. Nobody is told that a repair was claimed: whoever asked pays it out. Raises PLAN_USED_UP.
    """
    claim = hold_claim(plan, line_id=line_id, subject=subject, key=key, cause=cause, fault=fault, now=now)
    if claim.state == "held":
        price_claim(subject, cost_minor=worth_minor, now=now)
        claim.refresh_from_db()
        claim.state, claim.ended_at = "used", now
        claim.save(update_fields=["state", "ended_at"])
    return claim


@transaction.atomic
def undo_money_claim(subject: str, *, now: datetime) -> None:
    """What was to be paid for the thing itself will not be: count and sum are free again. Again it does nothing."""
    for claim in Claim.objects.filter(subject=subject, state="used", key__startswith=f"{subject}:money:"):
        row = Plan.objects.select_for_update().get(id=claim.plan_id)
        row.claims_count -= 1
        row.used_minor -= claim.amount_minor
        claim.state, claim.ended_at, claim.amount_minor = "released", now, 0
        claim.save(update_fields=["state", "ended_at", "amount_minor"])
        _save(row, now, "claims_count", "used_minor")


@transaction.atomic
def use_claims(subject: str, *, now: datetime) -> int:
    """The repair is done: what was held is used. Again it does nothing."""
    done = 0
    for claim, row in _held(subject):
        claim.state, claim.ended_at = "used", now
        claim.save(update_fields=["state", "ended_at"])
        _tell(CLAIM_USED, row, claim, now=now, amount=claim.amount_minor, currency=row.currency, provider=row.provider, claim_id=claim.id)
        done += 1
    return done


@transaction.atomic
def release_claims(subject: str, *, now: datetime) -> int:
    """The repair will not be done, or not by the plan: count and sum are free again. Again it does nothing."""
    done = 0
    for claim, row in _held(subject):
        row.claims_count -= 1
        row.used_minor -= claim.amount_minor
        claim.state, claim.ended_at, claim.amount_minor = "released", now, 0
        claim.save(update_fields=["state", "ended_at", "amount_minor"])
        _save(row, now, "claims_count", "used_minor")
        _tell(CLAIM_RELEASED, row, claim, now=now)
        done += 1
    return done


@transaction.atomic
def end_plans(line_id: int, *, because: str, now: datetime) -> list[Plan]:
    """The goods went back as a whole: their plans end, and what was not used of their price is due (PLN-03). Again: nothing."""
    ended = []
    on = local_day(now)
    for row in Plan.objects.select_for_update().filter(line_id=line_id, cancelled_on=None).order_by("id"):
        kind = kinds().get(row.kind)
        row.cancelled_on, row.cancelled_because = on, because
        row.refund_minor = unused_minor(
            row.price_minor, kind=kind, starts_on=row.starts_on, ends_on=row.ends_on, months=row.months, on=on, claims=row.claims_count
        ) if kind else 0  # fmt: skip
        _save(row, now, "cancelled_on", "cancelled_because", "refund_minor")
        publish(
            PLAN_ENDED, subject=row.number, now=now, merchant_id=row.merchant_id, buyer_id=row.buyer_id,
            data={**_facts(row), "refund": row.refund_minor, "because": because},
        )  # fmt: skip
        ended.append(row)
    return ended


def _held(subject: str) -> list[tuple[Claim, Plan]]:
    """Claims that are held now, each with its plan locked first: two at once never count one twice."""
    found = []
    for plan_id in Claim.objects.filter(subject=subject, state="held").values_list("plan_id", flat=True):
        row = Plan.objects.select_for_update().get(id=plan_id)
        found += [(claim, row) for claim in Claim.objects.select_for_update().filter(plan_id=plan_id, subject=subject, state="held")]
    return found


def _locked(number: str) -> Plan | None:
    return Plan.objects.select_for_update().filter(number=number).first()


def _written_down(plan: Sold, *, line_id: int, now: datetime) -> Plan:
    """A plan that the order only named becomes a policy of its own with its first claim. Raises PLAN_GOODS_UNKNOWN."""
    line = OrderLine.objects.select_related("order").filter(id=line_id).first()
    if line is None:
        raise refused(PLAN_GOODS_UNKNOWN, order="–", line=line_id, serial="–")
    order = line.order
    goods = Goods(line.id, line.line, order.number, order.merchant_id, order.buyer_id, order.currency, plan.starts_on)
    given = read_given({"number": plan.number[:60], "kind": plan.kind, "order": order.number, "line": line.line})
    values: dict[str, Any] = {**row_of(given, goods, now=now), "implied": True}
    row, _ = Plan.objects.get_or_create(number=given.number, defaults={**values, "created_at": now, "updated_at": now})
    return Plan.objects.select_for_update().get(id=row.id)


def _sold(row: Plan) -> Sold:
    return Sold(
        row.number, row.kind, row.serial, row.starts_on, row.ends_on, row.months, row.waiting_days, row.claims_most, row.cap_minor,
        row.deductible_minor, row.claims_count, row.used_minor, row.cancelled_on,
    )  # fmt: skip


def _save(row: Plan, now: datetime, *names: str) -> None:
    row.updated_at = now
    row.save(update_fields=[*names, "updated_at"])


def _facts(row: Plan) -> dict[str, object]:
    return {"plan": row.number, "kind": row.kind, "order": row.order_number, "line": row.line}


def _tell(what: EventType, row: Plan, claim: Claim, *, now: datetime, **more: object) -> None:
    publish(
        what, subject=claim.subject, now=now, merchant_id=row.merchant_id, buyer_id=row.buyer_id, data={**_facts(row), **more},
    )  # fmt: skip
