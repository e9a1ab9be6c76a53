"""Compensation: by rule or proposed, audited by grades, offered, accepted, paid or shipped once, on whose account."""

from typing import Any

from shouhou.cases.answers import invalid
from shouhou.cases.effects.payout import instruct, over_lines, payout_quote
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import MOVE_NOT_YOURS, SAME_PERSON
from shouhou.foundation.refusals import FieldError, refused
from shouhou.logistics import actions as logistics
from shouhou.orders.models import Shipment

MONEY_FORMS = ("balance", "original", "coupon", "points")
# Whose mistake it was decides who bears what follows by rule.
GOODWILL = "platform_goodwill"


def offer_by_rule(moving: Moving) -> None:
    """What the book promises needs no audit: the rule itself is the audit, and it is recorded."""
    amount = int(moving.case.details["promise"]["amount"])
    _offer(moving, form=_wished(moving), amount=amount, bearer=_shop_bears(moving), by="system", note="")


def propose(moving: Moving) -> None:
    """Up to the agent's limit it is offered at once; above, audited first. A shop's own people spend the shop's money only."""
    answers, case = moving.answers, moving.case
    form, amount, bearer = str(answers["form"]), int(answers["amount"]), str(answers["bearer"])
    if not amount:
        raise invalid(FieldError("amount", "请填写金额。", "Give an amount."))
    if form == "goods" and not answers.get("article"):
        raise invalid(FieldError("article", "请填写补偿商品。", "Say which goods."))
    if moving.actor.merchant_id is not None and bearer != "merchant":
        raise invalid(FieldError("bearer", "商家只能由自己承担。", "A shop bears it itself."))
    _offer(moving, form=form, amount=amount, bearer=account_of(moving, bearer), by=moving.actor.who,
           note=str(answers["note"]), article=str(answers.get("article", "")))  # fmt: skip
    if case.refund_minor > moving.terms.number("compensation_agent_most"):
        moving.go("auditing")


def audit(moving: Moving) -> None:
    """Another person than who proposed it; above the higher limit a second one, another again (REV-05)."""
    offer = _offered(moving)
    if moving.actor.who in (offer["by"], *offer["audits"]):
        raise refused(SAME_PERSON)
    own_money(moving, offer)
    audits = [*offer["audits"], moving.actor.who]
    moving.note(offer={**offer, "audits": audits})
    if offer["amount"] > moving.terms.number("compensation_two_audits_above") and len(audits) < 2:
        moving.go("auditing_second")


def refuse_audit(moving: Moving) -> None:
    own_money(moving, _offered(moving))
    moving.note(offer=None)
    moving.set(refund_minor=0, preview={})


def offer_in_doubt(moving: Moving) -> None:
    """Nobody decided: what the rule names, or else the book's own amount, out of the platform's goodwill.

    Where the book knows no amount in this currency a person is still waited for, and told.
    """
    amount = _doubt(moving)
    if not amount:
        moving.target = moving.case.status
        say(moving, f"逾期未决，但政策没有 {moving.case.currency} 的参考汇率，无法自动补偿，请人工决定。",
            f"Not decided in time, but the policy has no reference rate for {moving.case.currency}: a person has to decide.", internal=True)
        return
    _offer(moving, form="balance", amount=amount, bearer=GOODWILL, by="system", note="")


def accept(moving: Moving) -> None:
    """The consumer's yes sets it going, once."""
    offer = _offered(moving)
    moving.note(offer={**offer, "accepted_at": moving.now.isoformat()})
    if offer["form"] == "goods":
        moving.go("to_ship")
    else:
        moving.then("start_payout")


def decline(moving: Moving) -> None:
    """The offer is off the table; the platform looks."""
    moving.note(offer=None, declined=[*moving.case.details.get("declined", ()), _offered(moving)][-5:])
    moving.set(refund_minor=0, preview={})


def rule(moving: Moving) -> None:
    """The ruling pays by itself; whether it was asked for or not, to the balance, so that no tender is touched."""
    answers = moving.answers
    bearer = account_of(moving, str(answers["bearer"]))
    _offer(moving, form="balance", amount=int(answers["amount"]), bearer=bearer, by=moving.actor.who, note=str(answers["note"]))
    moving.then("start_payout")


def settle(moving: Moving, amount_minor: int) -> None:
    """What both sides agreed on in a dispute: to the balance, borne by the shop; in the house's own, by its goodwill."""
    _offer(moving, form="balance", amount=amount_minor, bearer=_shop_bears(moving), by="system", note="")
    moving.then("start_payout")


def rule_in_doubt(moving: Moving) -> None:
    offer_in_doubt(moving)
    if moving.target != moving.case.status:
        moving.then("start_payout")


def pay(moving: Moving) -> None:
    """Pay what was accepted; two audits stand for the second person."""
    offer = _offered(moving)
    amounts = {int(line): int(amount) for line, amount in offer["lines"].items()}
    instruct(moving, way=offer["form"], amounts=amounts, bearer=offer["bearer"], audited=len(offer["audits"]) > 1)


def ship_goods(moving: Moving) -> None:
    """Goods without a return leg (RFD-07)."""
    case, answers = moving.case, moving.answers
    logistics.send_back(
        subject=case.number, carrier=answers["carrier"], tracking_number=answers["tracking_number"], address=case.contact,
        key=f"{case.number}:goods", actor=moving.actor, merchant_id=case.merchant_id, buyer_id=case.buyer_id, now=moving.now,
    )  # fmt: skip
    moving.set(outcome="granted", resolved_at=moving.now)


def _offer(
    moving: Moving, *, form: str, amount: int, bearer: str, by: str, note: str, article: str = ""
) -> None:  # fmt: skip
    """Keep the offer; what is more than is left of the price is refused now, not when it is paid."""
    lines = over_lines(moving.case, amount)
    preview: dict[str, Any] = {}
    if form in MONEY_FORMS:
        preview = {"agreed": payout_quote(moving.case, way=form, amounts=lines).as_json()}
    moving.note(offer={
        "form": form, "amount": amount, "bearer": bearer, "by": by, "note": note, "article": article, "audits": [],
        "lines": {str(line): share for line, share in lines.items()},
    })  # fmt: skip
    moving.set(refund_minor=amount, outcome="", preview=preview)


def _offered(moving: Moving) -> dict[str, Any]:
    found: dict[str, Any] = moving.case.details["offer"]
    return found


def _wished(moving: Moving) -> str:
    wish = moving.case.details.get("wish")
    return str(wish) if wish in MONEY_FORMS else "balance"


def _doubt(moving: Moving) -> int:
    named = int((moving.case.details.get("promise") or {}).get("amount") or 0)
    return named or moving.terms.number("compensation_in_doubt")


def _shop_bears(moving: Moving) -> str:
    return "merchant" if moving.case.channel == "self" else "platform_advance"


def account_of(moving: Moving, bearer: str) -> str:
    """The bearer as the ledger knows it: what the platform spends for another shop is advanced, and claimed back."""
    if bearer == "merchant" and moving.actor.merchant_id is None:
        return _shop_bears(moving)
    if bearer == "carrier":
        carrier = Shipment.objects.filter(order_id=moving.case.order_id).exclude(carrier="").order_by("position").first()
        return f"carrier:{carrier.carrier}" if carrier else "carrier:unknown"
    return bearer


def own_money(moving: Moving, offer: dict[str, Any]) -> None:
    """A shop's manager decides on the shop's money, not on the platform's."""
    if moving.actor.merchant_id is not None and offer["bearer"] != "merchant":
        raise refused(MOVE_NOT_YOURS, label=moving.move.label.zh, move=moving.move.name)
