"""What would change the answer: the nearest ways to qualify, and how sure it is while facts are unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations, product
from typing import Literal
from zoneinfo import ZoneInfo

from shouhou.foundation.days import end_of_day, from_epoch_day
from shouhou.foundation.workflow import Text
from shouhou.policy.book import DECIDING
from shouhou.policy.decide import Decision, decide
from shouhou.policy.facts import Facts
from shouhou.policy.partial import Partial
from shouhou.policy.vocabulary import SERVICES, VERDICTS, Fact, FactValue, Service

Sureness = Literal["certain", "possible", "no"]
MOST_COMPLETIONS = 4096
MOST_WAYS = 3
ALLOW = VERDICTS.index("allow")
Change = tuple[tuple[str, FactValue], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A change of the facts under which the service would be open, in words; `until` for an earlier application."""

    changes: Change
    verdict: str
    text: Text
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """`certain`: whatever the unknown facts turn out to be; `hinges_on` names those that decide."""

    sure: Sureness
    hinges_on: tuple[str, ...]


def ways(decision: Decision, service: Service) -> list[Way]:
    """The nearest ways from a no or a perhaps to a yes: one changed fact, else two; the most natural first."""
    number = decision.numbers[SERVICES.index(service)]
    if number in (0, ALLOW, VERDICTS.index("na")):
        return []
    single = list(_changes(decision, service))
    found = _better(decision, service, number, ((change,) for change in single), best_only=True)
    if not found:
        pairs = (pair for pair in combinations(single, 2) if pair[0][0][0] != pair[1][0][0])
        found = _better(decision, service, number, pairs, best_only=True)
    if not found:
        found = _better(decision, service, number, ((change,) for change in single), best_only=False)
    return found[:MOST_WAYS]


def outlook(decision: Decision) -> dict[Service, Outlook]:
    """How sure each answer is over every completion of the facts nobody knows yet."""
    facts, book = decision.facts, decision.book
    unknown, every = _unknown(decision)
    seen: dict[Service, set[int]] = {service: set() for service in SERVICES}
    for values in product(*unknown.values()):
        outcome = book.run(replace(facts, **dict(zip(unknown, values, strict=True))), book.rolls.get)  # type: ignore[arg-type]
        for place, service in enumerate(SERVICES):
            seen[service].add(outcome[:3][place])
    return {service: _outlook(decision, service, verdicts, unknown, every) for service, verdicts in seen.items()}


def _outlook(
    decision: Decision, service: Service, verdicts: set[int], unknown: Mapping[str, tuple[FactValue, ...]],
    every: bool,
) -> Outlook:  # fmt: skip
    if verdicts == {ALLOW} and every:
        return Outlook("certain", ())
    if ALLOW not in verdicts:
        return Outlook("no" if every else "possible", ())
    place = SERVICES.index(service)
    hinges = [
        name for name, values in unknown.items()
        if len({decide(_with(decision.facts, ((name, v),)), book=decision.book).numbers[place] for v in values}) > 1
    ]  # fmt: skip
    return Outlook("possible", tuple(hinges))


def _unknown(decision: Decision) -> tuple[dict[str, tuple[FactValue, ...]], bool]:
    """Unknown facts that can still matter with every value they may take, and whether all of them could be taken in."""
    values = _open_values(decision)
    facts, book = decision.facts, decision.book
    partial = Partial(
        {name: getattr(facts, name) for name in book.vocabulary.facts}, frozenset(values),
        {entry.name.name: entry.expr for entry in book.book.derived}, book.rolls,
    )  # fmt: skip
    matter: set[str] = set()
    for clause in book.book.clauses:
        if clause.kind in DECIDING:
            matter |= partial.settle(clause.when).hangs_on
    found, size = dict[str, tuple[FactValue, ...]](), 1
    for name in sorted(matter):
        if size * len(values[name]) > MOST_COMPLETIONS:
            return found, False
        found[name], size = values[name], size * len(values[name])
    return found, True


def _open_values(decision: Decision) -> dict[str, tuple[FactValue, ...]]:
    """What nobody knows yet: unknown conditions, and a fault that is only claimed."""
    facts, found = decision.facts, dict[str, tuple[FactValue, ...]]()
    for name in decision.book.reads[facts.reason]:
        fact = decision.book.vocabulary.facts[name]
        if name == "defect_status" and facts.defect_status in ("none", "claimed"):
            found[name] = ("verified", "not_found")
        elif getattr(facts, name) is None and fact.type in ("bool", "enum") and not fact.open:
            found[name] = _values(fact)
    return found


def _changes(decision: Decision, service: Service) -> Iterable[Change]:
    facts, vocabulary = decision.facts, decision.book.vocabulary
    last = decision.last_days.get(service)
    if last is not None and facts.at_day > last:
        yield (("at_day", last),)
    for name in sorted(decision.book.reads[facts.reason], key=lambda name: _order(vocabulary.facts[name])):
        fact, now = vocabulary.facts[name], getattr(facts, name)
        if name == "receipt_day" and now is None:
            yield (("receipt_day", facts.at_day), ("window_day", facts.at_day))
        elif fact.changeable in ("inspection", "consumer") and not fact.open:
            yield from (((name, value),) for value in _values(fact) if value != now)
        elif name == "force_majeure" and now:
            yield ((name, False),)


def _better(
    decision: Decision, service: Service, number: int, tries: Iterable[tuple[Change, ...]], *, best_only: bool
) -> list[Way]:
    found: list[Way] = []
    place, told = SERVICES.index(service), set[frozenset[str]]()
    for changes in tries:
        change = tuple(entry for part in changes for entry in part)
        verdict = decide(_with(decision.facts, change), book=decision.book).numbers[place]
        names = frozenset(name for name, _ in change)
        if names in told or not (verdict == ALLOW if best_only else 0 < verdict < number):
            continue
        told.add(names)
        found.append(_way(decision, change, VERDICTS[verdict]))
    return found


def _way(decision: Decision, change: Change, verdict: str) -> Way:
    facts, parts_zh, parts_en, until = decision.book.vocabulary.facts, list[str](), list[str](), None
    for name, value in change:
        fact = facts[name]
        if name == "at_day" and isinstance(value, int):
            until = end_of_day(from_epoch_day(value), ZoneInfo(decision.book.book.zone))
            parts_zh.append(f"在 {until:%Y-%m-%d %H:%M} 前申请")
            parts_en.append(f"applied for until {until:%Y-%m-%d %H:%M}")
        elif name == "window_day":
            continue
        elif name == "receipt_day":
            parts_zh.append("核定收货日期且期限未过")
            parts_en.append("the day of receipt is determined and the window is open")
        else:
            known = getattr(decision.facts, name) in (None, "none", "claimed")
            by = fact.changeable == "inspection"
            zh, en = fact.say(value, "zh"), fact.say(value, "en")
            verb = "confirms" if known else "were to find"
            parts_zh.append(f"{'检测确认' if by else ''}{fact.label.zh}为“{zh}”")
            parts_en.append(f"{f'the inspection {verb} ' if by else ''}{fact.label.en}: {en}")
    if until and len(change) == 1:
        text = Text(f"在 {until:%Y-%m-%d %H:%M} 前申请本可办理", f"would have been possible until {until:%Y-%m-%d %H:%M}")
    else:
        text = Text(f"如{'，且'.join(parts_zh)}，即可办理", f"possible if {' and '.join(parts_en)}")
    return Way(change, verdict, text, until)


def _with(facts: Facts, change: Change) -> Facts:
    return replace(facts, **dict(change))  # type: ignore[arg-type]


def _values(fact: Fact) -> tuple[FactValue, ...]:
    return (True, False) if fact.type == "bool" else tuple(fact.values)


def _order(fact: Fact) -> tuple[int, str]:
    """What a person can do first, what an inspection may find next."""
    ranks = {"consumer": 0, "record": 1, "time": 1}
    return (2 if fact.name.startswith("defect") else ranks.get(fact.changeable, 3), fact.name)
