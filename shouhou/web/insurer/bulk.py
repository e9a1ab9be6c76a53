"""One verdict for many claims, each for itself: what could not be decided says why."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from shouhou.foundation.refusals import Refused, refusal, refused
from shouhou.insurance.access import claim_for
from shouhou.insurance.actions import decide
from shouhou.insurance.models import OPEN, FreightClaim
from shouhou.insurance.rules.grounds import GROUNDS
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.insurer.door import desk_page, insurer_door
from shouhou.web.insurer.today import row
from shouhou.web.page import language, said
from shouhou.web.shared.once import new_key, once

MOST = 100
CLAIMS_TOO_MANY = refusal(
    "FREIGHT_CLAIMS_TOO_MANY", "invalid", zh="一次最多 {most} 笔，您选了 {count} 笔。",
    en="At most {most} claims at once. You chose {count}."
)


@insurer_door
def bulk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose (GET or POST without a verdict) shows what would be decided; `act=run` decides, every claim once."""
    given = request.POST if request.method == "POST" else request.GET
    numbers = list(dict.fromkeys(each[:20] for each in given.getlist("number")))
    if len(numbers) > MOST:
        raise refused(CLAIMS_TOO_MANY, most=MOST, count=len(numbers))
    if not numbers:
        return redirect("web:insurer")
    found = [claim_for(actor, number) for number in numbers]
    sums: Counter[str] = Counter()
    for each in found:
        sums[each.currency] += each.claimed_minor if each.state in OPEN else 0
    context: dict[str, Any] = {
        "rows": [{**row(each), "version": given.get(f"v-{each.number}", str(each.version))} for each in found],
        "grounds": [(code, said(text)) for code, text in GROUNDS.items()], "once": given.get("once") or new_key(),
        "totals": sorted(sums.items()), "given": given,
        "verdict": given.get("verdict") if given.get("verdict") in ("approve", "refuse") else "approve",
    }  # fmt: skip
    if request.method != "POST" or given.get("act") != "run":
        return desk_page(request, "bulk", context, actor=actor)
    context |= {"ran": True, "rows": [_decided(each, given, actor, key=f"{context['once']}:{each.number}") for each in found]}
    context |= {"done": sum(not each["refusal"] for each in context["rows"])}
    return desk_page(request, "bulk", context, actor=actor)


def _decided(claim: FreightClaim, given: Any, actor: Actor, *, key: str) -> dict[str, Any]:
    now, version = clock.now(), given.get(f"v-{claim.number}", "")

    def act() -> str:
        decide(
            claim.number, "refuse" if given.get("verdict") == "refuse" else "approve", actor=actor, now=now,
            reason=given.get("reason", ""), note=given.get("note", ""),
            version=int(version) if version.isascii() and version.isdigit() else None,
        )  # fmt: skip
        return claim.number

    try:
        once(key, act, actor=actor, now=now)
    except Refused as no:
        return {**row(claim), "refusal": no.sentence(language())}
    return {**row(claim_for(actor, claim.number)), "refusal": ""}
