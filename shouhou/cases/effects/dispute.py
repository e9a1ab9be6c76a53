"""What a dispute keeps of itself, and how it ends: rulings with blame, agreements carried out, appeals (law L-24; REV-06)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from shouhou.cases.answers import invalid
from shouhou.cases.clocks import instant_of
from shouhou.cases.conditions import CONDITIONS
from shouhou.cases.effects import compensation, inspection, money, price_protection, unreturned
from shouhou.cases.effects.endings import take_up
from shouhou.cases.effects.review import add_evidence, return_address
from shouhou.cases.moving import Effect, Moving
from shouhou.cases.refusals import APPEAL_OVER, DISPUTE_ROUNDS_USED, JUDGED_BEFORE, MOVE_NOT_YOURS, SETTLEMENT_KIND
from shouhou.cases.rows import OF_A_SHOP, CaseRow
from shouhou.cases.workflows.dispute import EVIDENCE_OF_SHOP, RULINGS, SENT_BACK, TO_SHOP
from shouhou.foundation.money import split
from shouhou.foundation.refusals import FieldError, refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.merchants.queries import return_addresses
from shouhou.payments.rules import EXCEEDS_PAID

# What a settlement is carried out as: the same as the ruling of that kind.
CARRIED_OUT_AS = {
    "settle_as_asked": "rule_for_consumer", "settle_nothing": "rule_for_seller",
    "withdraw_dispute": "rule_for_seller", "decline_dispute": "rule_for_seller",
}  # fmt: skip
SETTLES = {"as_asked": "settle_as_asked", "nothing": "settle_nothing"}
PROPOSES = {"propose_as_consumer": "consumer", "propose_as_shop": "shop", "propose_settlement": "platform"}


def around(move: str, rows: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """The service's own effects of a ruling, with what the dispute keeps of it before them."""
    return (BEFORE[move], *rows) if move in BEFORE else rows


def ruling(moving: Moving) -> None:
    """Kept with blame and reasons, before the service carries it out. Whoever has ruled once leaves the appeal to another.

    Raises JUDGED_BEFORE.
    """
    answers, before = moving.answers, _record(moving.case)
    _another(moving, before.get("ruling"))
    blame = str(answers.get("fault") or "none")
    if blame == "both":
        # Both are: the reading that is better for the consumer bears the freight (REV-06).
        answers["fault"] = "seller"
    moving.note(dispute={
        "ruling": {
            "for": RULINGS[moving.move.name], "blame": blame, "who": moving.actor.who, "name": moving.actor.name,
            "at": moving.now.isoformat(), "reasons": str(answers.get("note") or ""), "move": moving.move.name,
        },
        **({"appeal": before["appeal"]} if before.get("appeal") else {}), **_open_appeal(before),
    })  # fmt: skip


def decline(moving: Moving) -> None:
    """Not taken up, on a named ground; the consumer may appeal against that, too."""
    before = _record(moving.case)
    _another(moving, before.get("ruling"))
    moving.note(dispute={**_open_appeal(before), "ruling": {
        "for": "seller", "blame": "none", "who": moving.actor.who, "name": moving.actor.name, "at": moving.now.isoformat(),
        "reasons": str(moving.answers["note"]), "move": moving.move.name, "ground": moving.answers["ground"],
    }})  # fmt: skip


def withdraw(moving: Moving) -> None:
    moving.note(dispute=_open_appeal(_record(moving.case)) or None)


def shop_speaks(moving: Moving) -> None:
    """A shop answers for itself; the house answers for its own shop only. Raises MOVE_NOT_YOURS."""
    if moving.case.channel != "self" and moving.actor.role not in OF_A_SHOP:
        raise refused(MOVE_NOT_YOURS, label=moving.move.label.zh, move=moving.move.name)


def ask_evidence(moving: Moving) -> None:
    """One more round, of one side. Raises DISPUTE_ROUNDS_USED."""
    kept = _record(moving.case)
    rounds, most = int(kept.get("rounds") or 0), moving.terms.number("dispute_rounds")
    if rounds >= most:
        raise refused(DISPUTE_ROUNDS_USED, most=most)
    if moving.answers["side"] == "shop":
        moving.go(EVIDENCE_OF_SHOP)
    _keep(moving, rounds=rounds + 1, asked={"side": moving.answers["side"], "what": moving.answers["what"]})


def propose(moving: Moving) -> None:
    """Type, amount and where the goods go back to, to the other side; one by the platform needs both. What the other side has
    asked for needs nobody's yes.

    Raises ANSWERS_INVALID, SETTLEMENT_KIND, EXCEEDS_PAID, MOVE_NOT_YOURS, RETURN_ADDRESS_MISSING.
    """
    side = PROPOSES[moving.move.name]
    kind, amount = str(moving.answers["kind"]), int(moving.answers.get("amount") or 0)
    if side == "shop":
        shop_speaks(moving)
    if kind == "amount":
        check_amount(moving, amount)
    elif kind == "as_asked" and moving.case.service == "refund_only" and not CONDITIONS["whole_price"](moving.case, moving.terms):
        # Only a part is missing: what it is worth is a sum that somebody has to name.
        raise refused(SETTLEMENT_KIND)
    _keep(moving, proposal={
        "kind": kind, "amount": amount, "note": moving.answers["note"], "by": side, "who": moving.actor.who, "agreed": [],
        "return_address": _goods_go_to(moving, kind),
    })  # fmt: skip
    if (side, kind) == ("shop", "as_asked"):
        _carry_out(moving)


def _goods_go_to(moving: Moving, kind: str) -> int | None:
    """The shop's address that the goods would be sent to; None where none are. Raises ANSWERS_INVALID, RETURN_ADDRESS_MISSING."""
    case = moving.case
    here = case.goods_received and (case.details.get("replacement") or {}).get("state") != "delivered"
    if kind != "as_asked" or case.service not in SENT_BACK or here:
        return None
    given, usual = str(moving.answers.get("return_address") or ""), return_address(case.merchant_id, case.merchant)
    known = {str(usual): usual} | {str(each.pk): each.pk for each in return_addresses(case.merchant_id)}
    if given and given not in known:
        raise invalid(FieldError("return_address", "请选择该商家的退货地址。", "Choose one of the shop's return addresses."))
    return known[given] if given else usual


def agree_as_consumer(moving: Moving) -> None:
    """The consumer's own yes; to a proposal of the platform the shop is asked next."""
    proposal = _record(moving.case)["proposal"]
    if proposal["by"] == "platform" and "shop" not in proposal["agreed"]:
        _keep(moving, proposal={**proposal, "agreed": ["consumer"]})
        moving.go(TO_SHOP)
        return
    _carry_out(moving)


def agree_as_shop(moving: Moving) -> None:
    shop_speaks(moving)
    _carry_out(moving)


def refuse(moving: Moving) -> None:
    """Off the table; what was offered to agree is not held against anybody."""
    if moving.move.name == "refuse_counter":
        shop_speaks(moving)
    _keep(moving, proposal=None)


def lapse(moving: Moving) -> None:
    _keep(moving, proposal=None)


def appeal(moving: Moving) -> None:
    """The dispute opens again, for another arbitrator. Raises APPEAL_OVER, QUANTITY_TAKEN."""
    kept = _in_time(moving)
    if moving.case.closed_at is not None and moving.workflow.applying.claims:
        take_up(moving)
    moving.set(closed_at=None, resolved_at=None, reopened_at=moving.now, outcome="")
    asked = {"by": "consumer", "at": moving.now.isoformat()}
    moving.note(dispute={"ruling": kept["ruling"], "appeal": asked, **_open_appeal(kept)})


def appeal_as_shop(moving: Moving) -> None:
    """What the consumer was given stays theirs; it is about who bears it. Raises APPEAL_OVER."""
    shop_speaks(moving)
    ruling = _in_time(moving)["ruling"]
    _keep(moving, shop_appeal={
        "state": "open", "at": moving.now.isoformat(), "who": moving.actor.who, "against": ruling["at"], "judge": ruling["who"],
    })  # fmt: skip
    moving.note(appeal_open=True)
    moving.begins.add("shop_appeal")


def uphold(moving: Moving) -> None:
    """The platform bears up to what the ruling has cost the shop; nothing, where it was only about the blame.

    Raises JUDGED_BEFORE, EXCEEDS_PAID.
    """
    asked, case = _record(moving.case)["shop_appeal"], moving.case
    _another(moving, {"who": asked["judge"]})
    amount = int(moving.answers["amount"])
    if not 0 <= amount <= case.refund_minor:
        raise refused(EXCEEDS_PAID, max_minor=case.refund_minor)
    _keep(moving, shop_appeal={**asked, "state": "upheld", "amount": amount})
    moving.note(appeal_open=None)
    if not amount:
        return
    ledger.post(
        recipes.ruling_borne(merchant=case.merchant_id, amount_minor=amount), recipe="ruling_borne", subject=case.number,
        currency=case.currency, key=f"{case.number}:appeal:{asked['against']}", by=moving.actor.who, now=moving.now,
    )  # fmt: skip


def dismiss(moving: Moving) -> None:
    asked = _record(moving.case)["shop_appeal"]
    _another(moving, {"who": asked["judge"]})
    _keep(moving, shop_appeal={**asked, "state": "dismissed"})
    moving.note(appeal_open=None)


def check_amount(moving: Moving, amount: int) -> None:
    """Whether this service can be settled for this part of the money. Raises ANSWERS_INVALID, SETTLEMENT_KIND, EXCEEDS_PAID."""
    case = moving.case
    if not amount:
        raise invalid(FieldError("amount", "请填写金额。", "Give an amount."))
    if (case.details.get("flash") or {}).get("state") == "paid":
        raise refused(SETTLEMENT_KIND)
    most = _most(case)
    if most is not None and amount >= most:
        raise refused(EXCEEDS_PAID, max_minor=max(0, most - 1))


def settle_part_of_return(moving: Moving) -> None:
    """The goods are here and stay here: all but the amount agreed on is cut, line by line, and the rest is refunded."""
    case, amount = moving.case, int(moving.answers["amount"])
    inspection.accept_everything(moving)
    whole = money.owed(case, money.accepted(case)).total_minor
    shares = split(whole - amount, [item.paid_minor * item.received_quantity // item.ordered for item in case.items])
    moving.answers["items"] = [
        {
            "line": item.line, "accepted": item.received_quantity, "grade": item.grade or "B", "deduction": cut,
            "deduction_reason": "协商一致 agreed",
        }
        for item, cut in zip(case.items, shares, strict=True)
    ]  # fmt: skip
    inspection.rule_deductions(moving)
    moving.set(outcome="")
    money.agree(moving)
    money.then_refund(moving)


def settle_part(moving: Moving) -> None:
    """A part of the money; the goods stay where they are."""
    PARTS[moving.case.service](moving, int(moving.answers["amount"]))


def _part_of_return(moving: Moving, amount: int) -> None:
    moving.set(service="refund_only", verdict="allow")
    unreturned.grant_amount(moving, amount)


def _part_of_compensation(moving: Moving, amount: int) -> None:
    compensation.settle(moving, amount)


def _carry_out(moving: Moving) -> None:
    proposal = _record(moving.case)["proposal"]
    _keep(moving, settled={**proposal, "at": moving.now.isoformat()}, proposal=None, ruling=None)
    if proposal["kind"] == "amount":
        here = moving.case.service == "return" and moving.case.goods_received
        moving.then("settle_deduction" if here else "settle_amount", amount=proposal["amount"])
    else:
        moving.then(SETTLES[proposal["kind"]])


def _most(case: CaseRow) -> int | None:
    """What the whole would be; a compensation has no price of its own."""
    if case.service == "compensation":
        return None
    if case.service == "return" and case.goods_received:
        # What was to be cut before is on the table again.
        cut = sum(item.deduction_minor for item in case.items)
        return money.owed(case, {item.line: item.received_quantity for item in case.items}).total_minor + cut
    return money.owed(case, unreturned.all_units(case)).price_minor


def _in_time(moving: Moving) -> dict[str, Any]:
    """From the ruling, or from when what it says had been carried out."""
    case, kept = moving.case, _record(moving.case)
    since = max(filter(None, (datetime.fromisoformat(kept["ruling"]["at"]), case.resolved_at)))
    until = instant_of("appeal_days", case, terms=moving.terms, calendar=moving.calendar, start=since)
    if moving.now > until:
        raise refused(APPEAL_OVER, until=until.isoformat(timespec="minutes"))
    return kept


def _another(moving: Moving, before: dict[str, Any] | None) -> None:
    if before and moving.actor.role != "system" and before["who"] == moving.actor.who:
        raise refused(JUDGED_BEFORE)


def _record(case: CaseRow) -> dict[str, Any]:
    return dict(case.details.get("dispute") or {})


def _open_appeal(kept: dict[str, Any]) -> dict[str, Any]:
    """A shop's appeal outlives what is ruled or agreed on after it: it is against a ruling that has been carried out."""
    asked = kept.get("shop_appeal") or {}
    return {"shop_appeal": asked} if asked.get("state") == "open" else {}


def _keep(moving: Moving, **more: object) -> None:
    kept = {**_record(moving.case), **more}
    moving.note(dispute={name: value for name, value in kept.items() if value is not None})


PARTS: dict[str, Callable[[Moving, int], None]] = {
    "return": _part_of_return, "refund_only": unreturned.grant_amount, "price_protection": price_protection.settle,
    "compensation": _part_of_compensation,
}  # fmt: skip
BEFORE: dict[str, Effect] = {**dict.fromkeys(RULINGS, ruling), "decline_dispute": decline, "withdraw_dispute": withdraw}
ROWS: dict[str, tuple[Effect, ...]] = {
    "answer_dispute": (shop_speaks, add_evidence),
    "ask_dispute_evidence": (ask_evidence,),
    "give_dispute_evidence": (add_evidence,),
    "give_shop_evidence": (shop_speaks, add_evidence),
    **dict.fromkeys(PROPOSES, (propose,)),
    "take_proposal": (agree_as_consumer,),
    "take_counter": (agree_as_shop,),
    "refuse_proposal": (refuse,),
    "refuse_counter": (refuse,),
    "proposal_lapsed": (lapse,),
    "settle_deduction": (settle_part_of_return,),
    "settle_amount": (settle_part,),
    "appeal_ruling": (appeal, add_evidence),
    "appeal_as_shop": (appeal_as_shop, add_evidence),
    "uphold_appeal": (uphold,),
    "dismiss_appeal": (dismiss,),
}
