"""A compensation beside the case's own remedy: within the limits at once, above them after one or two audits; paid once."""

from typing import Any

from shouhou.cases.answers import invalid
from shouhou.cases.clocks import instant_of
from shouhou.cases.effects.compensation import account_of, own_money
from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import SAME_PERSON
from shouhou.cases.workflows.beside import AUDIT, BESIDE_FORMS
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import FieldError, refused
from shouhou.payments import actions as payments
from shouhou.payments.rules.beside import BESIDE


def offer(moving: Moving) -> None:
    """Above the agent's limit, counted over all that this case has given, another person looks first.

    Raises ANSWERS_INVALID.
    """
    answers = moving.answers
    amount, bearer = int(answers["amount"]), str(answers["bearer"])
    if not amount:
        raise invalid(FieldError("amount", "请填写金额。", "Give an amount."))
    if answers["ground"] == "rule" and not answers.get("clause"):
        raise invalid(FieldError("clause", "请写明规则条款。", "Name the rule's clause."))
    if moving.actor.merchant_id is not None and bearer != "merchant":
        raise invalid(FieldError("bearer", "商家只能由自己承担。", "A shop bears it itself."))
    moving.note(beside={
        "form": answers["form"], "amount": amount, "bearer": account_of(moving, bearer), "by": moving.actor.who, "audits": [],
        "ground": answers["ground"], "clause": answers.get("clause", ""), "note": answers["note"],
    })  # fmt: skip
    if _together(moving) <= _unaudited_most(moving):
        _pay(moving)
    else:
        moving.begins.add(AUDIT.name)


def audit(moving: Moving) -> None:
    """Another person than who proposed it; above the higher limit a second one, another again. Raises SAME_PERSON."""
    found: dict[str, Any] = moving.case.details["beside"]
    if moving.actor.who in (found["by"], *found["audits"]):
        raise refused(SAME_PERSON)
    own_money(moving, found)
    audits = [*found["audits"], moving.actor.who]
    moving.note(beside={**found, "audits": audits})
    if len(audits) > 1 or _together(moving) <= _limit(moving, "compensation_two_audits_above"):
        _pay(moving)


def refuse(moving: Moving) -> None:
    own_money(moving, moving.case.details["beside"])
    moving.note(beside=None)


def undecided(moving: Moving) -> None:
    """Nobody has audited it in time: what needs no audit goes out, the rest does not; both are told to the staff."""
    found: dict[str, Any] = moving.case.details["beside"]
    amount = min(int(found["amount"]), _unaudited_most(moving) - _given(moving))
    currency = moving.case.currency
    whole, paid = Money(int(found["amount"]), currency), Money(max(0, amount), currency)
    say(moving, f"提出的另行补偿 {whole} 逾期未审批：按无须审批的额度补偿 {paid}，其余如仍需要请重新提出。",
        f"The compensation of {whole} was not audited in time: {paid}, which needs no audit, is paid; propose the rest again if it is due.",
        internal=True)  # fmt: skip
    if amount > 0:
        moving.note(beside={**found, "amount": amount})
        _pay(moving)
    else:
        moving.note(beside=None)


def before_leaving(moving: Moving) -> None:
    """The case goes on where nothing is paid beside it: what waits for an audit is settled as if nobody had looked."""
    if moving.case.details.get("beside"):
        undecided(moving)


def _pay(moving: Moving) -> None:
    """Instructed with a key of its own number: the same compensation is never paid twice."""
    case, found = moving.case, moving.case.details["beside"]
    given = list(case.details.get("compensations", ()))
    refund = payments.instruct_payout(
        subject=case.number, order_id=case.order_id, tender=found["form"], amount_minor=found["amount"],
        key=f"{case.number}:beside:{len(given) + 1}", actor=found["by"], now=moving.now, second_person_above_minor=None,
        expected_at=instant_of("refund_target_workdays", case, terms=moving.terms, calendar=moving.calendar, start=moving.now),
        merchant_id=case.merchant_id, buyer_id=case.buyer_id, reason=BESIDE, bearer=found["bearer"],
    )  # fmt: skip
    moving.note(beside=None, compensations=[*given, {**found, "refund": refund.number, "at": moving.now.isoformat()}])
    form, much = BESIDE_FORMS[found["form"]], Money(found["amount"], case.currency)
    say(moving, f"另行补偿 {much}（{form.zh}）：{found['note']}", f"A compensation of {much} ({form.en}) beside this case: {found['note']}")


def _together(moving: Moving) -> int:
    """What the case has given so far and what is proposed: one large sum in small parts is still large."""
    return int(moving.case.details["beside"]["amount"]) + _given(moving)


def _given(moving: Moving) -> int:
    return sum(int(each["amount"]) for each in moving.case.details.get("compensations", ()))


def _unaudited_most(moving: Moving) -> int:
    return min(_limit(moving, "compensation_agent_most"), _limit(moving, "second_person_above"))


def _limit(moving: Moving, term: str) -> int:
    return moving.terms.number(term)
