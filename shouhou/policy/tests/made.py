"""Facts for tests: the vocabulary's own examples, and any facts the vocabulary allows."""

from collections.abc import Mapping
from dataclasses import fields

from hypothesis import strategies as st

from shouhou.policy.facts import Facts
from shouhou.policy.vocabulary import Fact, FactValue, vocabulary

RECEIVED = 20157
"""2025-03-10, the day of receipt of the examples."""
FACTS = vocabulary().facts
EXAMPLE: dict[str, FactValue] = {name: fact.example for name, fact in FACTS.items()}


def facts(changes: Mapping[str, FactValue] | None = None, **more: FactValue) -> Facts:
    """The example with changes."""
    values = {**EXAMPLE, **(changes or {}), **more}
    return Facts(**{field.name: values[field.name] for field in fields(Facts)})  # type: ignore[arg-type]


def _values(fact: Fact) -> st.SearchStrategy[FactValue]:
    found: st.SearchStrategy[FactValue]
    if fact.type == "bool":
        found = st.booleans()
    elif fact.type == "enum":
        found = st.sampled_from(sorted(fact.values))
    elif fact.type == "day":
        near = st.integers(RECEIVED - 5, RECEIVED + 40)
        found = st.one_of(near, st.integers(RECEIVED + 300, RECEIVED + 800))
    else:
        found = st.sampled_from([0, 1, 2, 3, 29, 30, 31, 60, 61, 90, 91])
    return st.one_of(st.none(), found) if fact.nullable else found


def any_facts() -> st.SearchStrategy[Facts]:
    """Every fact anywhere in its range, unknown where it may be."""
    return st.builds(Facts, **{name: _values(fact) for name, fact in FACTS.items()})
