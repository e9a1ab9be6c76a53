"""Plans that pay for a repair: asked before a quote, held once, their share taken off the quote, ended with their goods (PLN-01…03)."""


from django.db import connection

from shouhou.cases.covered import ask, sold_plans
from shouhou.cases.effects.said import say
from shouhou.cases.facts import Decided, load_order
from shouhou.cases.gone import gone_units
from shouhou.cases.moving import Moving
from shouhou.cases.plan_sales import pay_back_unused
from shouhou.foundation.days import local_day
from shouhou.foundation.money import Money
from shouhou.plans import actions as plans
from shouhou.plans.queries import document_texts, label
from shouhou.plans.rules.cover import Cover, shared
from shouhou.plans.rules.kinds import DOCUMENTS
from shouhou.plans.rules.sold import Sold
from shouhou.plumbing.actor import SYSTEM
from shouhou.repairs.queries import order_of

COVERED = "OK_PLAN_COVERED"


def hold_plan(moving: Moving, decided: Decided, *, cause: str, fault: str) -> bool:
    """What the workshop found decides which plan pays: it is held, and the consumer told; another one held before is free again.

    True where the consumer may have to pay a part (deductible, sum insured), so that there must be a quote.
    """
    found = asked(moving, cause=cause, fault=fault)
    plan = found.plan if COVERED in decided.reasons else None
    if plan is None:
        drop_plan(moving)
        refused = [{"kind": each.plan.kind, "why": each.why} for each in found.answers if each.why]
        moving.note(plan_not=refused or None)
        return False
    order = order_of(moving.case.number)
    before = (moving.case.details.get("plan") or {}).get("number")
    plans.hold_claim(
        plan, line_id=moving.case.items[0].line_id, subject=moving.case.number, key=order.number if order else moving.case.number,
        cause=cause, fault=fault, now=moving.now,
    )  # fmt: skip
    moving.note(plan_not=None, plan={
        "number": plan.number, "kind": plan.kind, "label": {"zh-hans": label(plan.kind, "zh"), "en": label(plan.kind, "en")},
        "deductible": plan.deductible_minor, "left": plan.left_minor, "currency": moving.case.currency,
    })  # fmt: skip
    if before != plan.number:
        _say(moving, plan)
    return shared(plan)


def drop_plan(moving: Moving) -> None:
    """The plan does not pay for this after all."""
    set_aside(moving)
    if moving.case.details.get("plan"):
        moving.note(plan=None)


def set_aside(moving: Moving) -> None:
    """Looked at again: the claim that this very repair holds must not count as one used before."""
    plans.release_claims(moving.case.number, now=moving.now)


def less_plan(moving: Moving, *, parts_minor: int, labour_minor: int) -> tuple[int, int, list[dict[str, object]]]:
    """Parts and labour that are left to the consumer, and the quote's line that says what the plan pays."""
    share = plans.price_claim(moving.case.number, cost_minor=parts_minor + labour_minor, now=moving.now)
    kept = moving.case.details.get("plan")
    if not share or not kept:
        return parts_minor, labour_minor, []
    moving.note(plan={**kept, "pays": share})
    what = f"{kept['label']['zh-hans']}承担 / paid by {kept['label']['en']} {kept['number']}"
    off_parts = min(parts_minor, share)
    return parts_minor - off_parts, labour_minor - (share - off_parts), [{"what": what[:120], "amount": -share}]


def end_with_goods(moving: Moving) -> None:
    """All units of a line went back: its plans end; what was not used of their price is due to the buyer, and told (PLN-03)."""
    case = moving.case
    units = gone_units(case)
    back = [item.line_id for item in case.items if units[item.line]]
    if not back:
        return
    with connection.cursor() as cursor:
        cursor.execute(GONE, [back])
        gone = [row[0] for row in cursor.fetchall()]
    for line_id in gone:
        for plan in plans.end_plans(line_id, because="goods_returned", now=moving.now):
            due = Money(plan.refund_minor, plan.currency)
            if pay_back_unused(plan, now=moving.now):
                say(moving, f"商品已退回，{label(plan.kind, 'zh')}（{plan.number}）随之终止；未使用的 {due} 按原支付方式退还。",
                    f"The goods went back, and with them ended your {label(plan.kind, 'en')} ({plan.number}); {due} of it was not "
                    "used and goes back the way you paid.")  # fmt: skip
                continue
            say(
                moving,
                f"商品已退回，{label(plan.kind, 'zh')}（{plan.number}）随之终止"
                + (f"；未使用的保费 {due} 由销售方按原支付方式退还。" if plan.refund_minor else "。"),
                f"The goods went back, and with them ended your {label(plan.kind, 'en')} ({plan.number})"
                + (f"; its unused price of {due} is paid back by its seller the way you paid." if plan.refund_minor else "."),
            )


def asked(moving: Moving, *, cause: str, fault: str) -> Cover:
    """What every plan of the goods says of this damage today."""
    case, item = moving.case, moving.case.items[0]
    order = load_order(case.order, actor=SYSTEM)
    line, now = order.lines[item.line], order_of(case.number)
    facts = {"defect_status": "verified", "defect_cause": cause, "defect_fault": fault}
    serial = now.serial if now else ""
    return ask(sold_plans(order, line), line.category, on=local_day(moving.now), facts=facts, serial=serial)


def _say(moving: Moving, plan: Sold) -> None:
    """Both languages in one message: which plan pays, what remains to pay, what it asks for as evidence."""
    wanted = [text for text in document_texts(plan.kind) if text != DOCUMENTS["purchase_record"]]
    costs = Money(plan.deductible_minor, moving.case.currency)
    zh = [f"本次维修由{label(plan.kind, 'zh')}（{plan.number}）承担"]
    en = [f"Your {label(plan.kind, 'en')} ({plan.number}) pays for this repair"]
    if plan.deductible_minor:
        zh.append(f"您自付 {costs}")
        en.append(f"you pay {costs} yourself")
    if wanted:
        zh.append(f"请补充凭证后继续：{'、'.join(each.zh for each in wanted)}")
        en.append(f"it goes on once you have given: {', '.join(each.en for each in wanted)}")
    say(moving, f"{'；'.join(zh)}。", f"{'; '.join(en)}.")


GONE = "SELECT id FROM orders_orderline WHERE id = ANY(%s) AND returned_quantity >= quantity"
