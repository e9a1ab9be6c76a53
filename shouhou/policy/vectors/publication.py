"""The group `publish`: a draft's settings, services, texts and notice against the floors."""

from collections.abc import Mapping

from shouhou.policy.rules.publish import (
    Finding,
    Setting,
    check_notice,
    check_services,
    check_settings,
    check_text,
    floors_of,
)
from shouhou.policy.stated import Stated
from shouhou.policy.vocabulary import vocabulary

ANNOUNCED = ("announc", "publish", "notice", "comment")
EFFECTIVE = ("effective", "from", "in_force", "start")


def publish(vector: Mapping[str, object]) -> dict[str, object]:
    """{ok: true}, or the first finding as {error, field, …} with all of them in `findings`."""
    facts = Stated(vector).part("facts")
    found = findings(facts)
    if not found:
        return {"ok": True, "findings": [], "sections": list(vocabulary().words["sections"])}
    first = found[0]
    answer: dict[str, object] = {
        "error": first.code, "field": first.field, "found": first.found, "needed": first.needed,
        "findings": [{"error": one.code, "field": one.field} for one in found],
    }  # fmt: skip
    if first.code == "POLICY_SERVICE_MISSING":
        answer["missing"] = first.needed.split(", ")
    return answer


def findings(facts: Stated) -> list[Finding]:
    """Everything that stands against publishing the stated draft."""
    jurisdiction = facts.word("jurisdiction", "CN")
    settings: dict[str, Setting] = {}
    for key, value in facts.part("set").facts.items():
        if value is None or isinstance(value, bool | int | str):
            settings[key] = value
        elif isinstance(value, list | tuple):
            settings[key] = "\n".join(str(entry) for entry in value)
        else:
            settings[key] = facts.part("set").decimal(key)
    services = facts.words("services") if "services" in facts else None
    if services is None and isinstance(facts.part("set").facts.get("services"), list):
        services = facts.part("set").words("services")
    found = check_settings(settings, jurisdiction=jurisdiction)
    for key, value in facts.facts.items():
        if key != "set":
            for words in _texts(value):
                found += check_text(key, words, jurisdiction=jurisdiction)
    if services is not None:
        found += check_services(services, jurisdiction=jurisdiction)
    return found + _notice(facts, jurisdiction)


def _texts(value: object) -> list[str]:
    """Every text inside a stated value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [words for entry in value.values() for words in _texts(entry)]
    return [words for entry in value for words in _texts(entry)] if isinstance(value, list | tuple) else []


def _notice(facts: Stated, jurisdiction: str) -> list[Finding]:
    for stated in (facts, facts.part("set")):
        if "notice_days" in stated:
            given, needed = stated.number("notice_days"), floors_of(jurisdiction).notice_days
            if given < needed:
                return [Finding("NOTICE_TOO_SHORT", "notice_days", str(given), str(needed), ("L-17",))]
            continue
        announced, effective = stated.like(*ANNOUNCED), stated.like(*EFFECTIVE)
        if announced in stated and effective in stated:
            return check_notice(
                announced_on=stated.day(announced), effective_on=stated.day(effective), jurisdiction=jurisdiction
            )
    return []
