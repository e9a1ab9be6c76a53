"""Freight insurance in the words of a page: what an order is insured for, and what became of a case's claim."""

from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.rows import CaseRow
from shouhou.insurance.models import FreightClaim
from shouhou.insurance.queries import CLAIM_STATES, policy_of
from shouhou.insurance.rules.grounds import GROUNDS
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.labels import label
from shouhou.web.page import said
from shouhou.web.templatetags.words import money

TONES = {"received": "wait", "appealed": "wait", "approved": "good", "paid": "good", "refused": "bad", "withdrawn": "plain"}
APPELLANTS = ("consumer", "merchant_manager", "merchant_operator", "agent")


def insured_words(order: str, actor: Actor) -> str:
    """"已投运费险，最高赔 ¥12.00", or "" where nothing (more) is insured."""
    policy = policy_of(order, actor=actor)
    if policy is None or policy.claims_count >= policy.claims_most:
        return ""
    return _("已投运费险，最高赔 %(sum)s") % {"sum": money(policy.sum_minor, policy.currency)}


def with_insurance(payer: str, order: str, actor: Actor) -> str:
    """Who pays the way back, and that it is insured."""
    insured = insured_words(order, actor)
    return f"{payer} · {insured}" if payer and insured else payer


def claim_of(case: CaseRow, actor: Actor) -> dict[str, Any] | None:
    """What the case's page says of its insurance: before the claim that it will be made, afterwards where it stands."""
    claim = FreightClaim.objects.filter(subject=case.number).select_related("policy").first()
    if claim is None:
        policy = policy_of(case.order, actor=actor) if case.order else None
        open_still = policy is not None and case.closed_at is None and policy.claims_count < policy.claims_most
        if policy is None or not open_still or case.service not in ("return", "exchange") or policy.issued_at > case.submitted_at:
            return None
        return {"coming": True, "sum": policy.sum_minor, "currency": policy.currency, "insurer": policy.insurer_name or policy.insurer}
    until = claim.appeal_until
    return {
        "coming": False, "claim": claim, "state": said(CLAIM_STATES[claim.state]), "tone": TONES[claim.state], "currency": claim.currency,
        "insurer": claim.policy.insurer_name or claim.insurer, "ground": label(GROUNDS, claim.reason),
        "waits": claim.state in ("received", "appealed"), "stated": bool(claim.facts.get("stated")),
        "may_appeal": (
            actor.role in APPELLANTS and claim.state == "refused" and claim.appealed_at is None
            and until is not None and clock.now() <= until
        ),
        "for_buyer": actor.role == "consumer",
    }  # fmt: skip
