"""The outlook leaves out what cannot matter: it must say the same as trying every completion of everything unknown."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from shouhou.policy.decide import decide
from shouhou.policy.library import shipped
from shouhou.policy.outlook import outlook
from shouhou.policy.tests.made import FACTS, RECEIVED, facts
from shouhou.policy.vocabulary import SERVICES, FactValue

STD = shipped("std-1")
UNSEEN = [name for name, fact in FACTS.items() if fact.nullable and fact.type in ("bool", "enum") and not fact.open]


def values(name: str) -> tuple[FactValue, ...]:
    return (True, False) if FACTS[name].type == "bool" else tuple(FACTS[name].values)


@settings(max_examples=60, deadline=None)
@given(
    unseen=st.lists(st.sampled_from(UNSEEN), max_size=4, unique=True), reason=st.sampled_from(["no_reason", "quality", "wrong_item"]),
    status=st.sampled_from(["verified", "not_found"]), days=st.sampled_from([0, 7, 8, 15, 16, 400]),
    category=st.sampled_from(["phone", "shoes", "cosmetics", "fresh", "generic"]), promised=st.booleans(),
    record=st.sampled_from(["present", "absent"]),
)  # fmt: skip
def test_the_outlook_equals_trying_everything(
    unseen: list[str], reason: str, status: str, days: int, category: str, promised: bool, record: str
) -> None:
    given_facts = facts(
        dict.fromkeys(unseen), reason=reason, category=category, at_day=RECEIVED + days, defect_status=status,
        promised_no_reason=promised, order_record=record,
    )  # fmt: skip
    told = outlook(decide(given_facts, book=STD))
    answers = [
        decide(replace(given_facts, **dict(zip(unseen, found, strict=True))), book=STD).verdicts  # type: ignore[arg-type]
        for found in product(*(values(name) for name in unseen))
    ]
    for service in SERVICES:
        seen = {answer[service] for answer in answers}
        assert told[service].sure == ("certain" if seen == {"allow"} else "possible" if "allow" in seen else "no")
