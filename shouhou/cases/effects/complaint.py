"""Effects of a complaint: what was found, on what proof, whether the consumer may ask once more, and where else they may go."""

from shouhou.cases.answers import invalid
from shouhou.cases.effects.said import say
from shouhou.cases.evidence import attach_tokens, evidence_count
from shouhou.cases.moving import Moving
from shouhou.cases.workflows.complaint import AGAINST, FINDINGS, OUTSIDE
from shouhou.foundation.refusals import FieldError


def keep_explanation(moving: Moving) -> None:
    """What the shop says is heard by both sides."""
    attach_tokens(moving.case.id, moving.answers.get("evidence", ()), kind="evidence", actor=moving.actor, now=moving.now)
    words = str(moving.answers["explanation"])
    moving.note(heard=words[:2000])
    say(moving, f"商家说明：{words}", f"The shop explains: {words}")


def ask_shop(moving: Moving) -> None:
    """What the shop is asked stands in a note that it reads, and its consumer does not."""
    words = str(moving.answers["question"])
    say(moving, f"请商家说明：{words}", f"The shop is asked to explain: {words}", internal=True)


def ask(moving: Moving) -> None:
    """What is asked of the consumer is said to them."""
    words = str(moving.answers["what"])
    say(moving, f"请说明：{words}", f"Please explain: {words}")


def reply(moving: Moving) -> None:
    """The finding with its proof, solution and basis (CMP-02); against a shop it needs evidence on record (CMP-06).

    A second answer is the last of this house. Raises ANSWERS_INVALID.
    """
    case, answers = moving.case, moving.answers
    attach_tokens(case.id, answers.get("evidence", ()), kind="evidence", actor=moving.actor, now=moving.now)
    finding, against = str(answers["finding"]), str(answers["against"])
    if finding != "not_substantiated" and against == "nobody":
        raise invalid(FieldError("against", "属实的投诉要写明责任方。", "Say who is responsible for what is substantiated."))
    if against == "merchant" and not case.merchant_id:
        raise invalid(FieldError("against", "这件投诉不涉及店铺。", "This complaint is about no shop."))
    if finding != "not_substantiated" and against == "merchant" and not evidence_count(case.id):
        raise invalid(FieldError("evidence", "认定商家责任须有凭证。", "Evidence is needed to hold the shop responsible."))
    earlier = [*case.details.get("answers", ())]
    final = bool(earlier) or finding == "not_substantiated"
    moving.note(answers=[*earlier, {
        "finding": finding, "against": against, "reply": answers["reply"], "solution": answers["solution"], "clause": answers["clause"],
        "by": moving.actor.role, "at": moving.now.isoformat(), "final": final,
    }])  # fmt: skip
    moving.set(outcome=finding, fault={"merchant": "seller", "nobody": "none"}.get(against, against))
    zh = (f"核实结论：{FINDINGS[finding].zh}（{AGAINST[against].zh}）。{answers['reply']} 解决方案：{answers['solution']}"
          f" 依据：{answers['clause']}")  # fmt: skip
    en = (f"Finding: {FINDINGS[finding].en} ({AGAINST[against].en}). {answers['reply']} Solution: {answers['solution']}"
          f" Basis: {answers['clause']}")  # fmt: skip
    say(moving, zh + (f" {OUTSIDE.zh}" if final else ""), en + (f" {OUTSIDE.en}" if final else ""))


def answer_feedback(moving: Moving) -> None:
    words = str(moving.answers["reply"])
    moving.note(answers=[{"reply": words, "by": moving.actor.role, "at": moving.now.isoformat()}])
    moving.set(outcome="answered")
    say(moving, words, words)


def reopened(moving: Moving) -> None:
    """It begins anew: what was answered stays on record, and may be disagreed with again."""
    moving.note(answers=None, answered_before=[*moving.case.details.get("answered_before", ()), *moving.case.details.get("answers", ())])
