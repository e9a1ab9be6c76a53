"""Screening: every detector over every view, then the verdict that the gravest code asks for. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from shouhou.conduct.rules import contacts
from shouhou.conduct.rules.lexicon import Action, Detector, Lexicon
from shouhou.conduct.rules.views import Views, views_of
from shouhou.foundation.workflow import Text

Verdict = Literal["allow", "flag", "block"]
# Whose words are held to the rules: who speaks for a shop or for the platform. A consumer may give his own address (CDT-06).
HELD = frozenset({"merchant", "agent"})
MOST_CHARACTERS = 20_000
SPECIAL: tuple[Callable[[Views, Lexicon, frozenset[str]], Iterator[contacts.Found]], ...] = (
    contacts.links, contacts.mails, contacts.cards, contacts.payments, contacts.messengers, contacts.numbers,
)  # fmt: skip
PICTURE = "CDT-04"
ACTIONS: Mapping[str, Text] = {
    "allow": Text("放行", "Allowed"), "flag": Text("放行并标记复核", "Sent and flagged for review"), "block": Text("拦截", "Blocked"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found: by which rule, and where in the text as it was written (0, 0: in a picture)."""

    code: str
    action: Action
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Screening:
    """What follows, why, and by which version of the lexicon."""

    verdict: Verdict
    hits: tuple[Hit, ...]
    version: str

    @property
    def codes(self) -> tuple[str, ...]:
        """Each code once, in the order of the rules."""
        return tuple(sorted({hit.code for hit in self.hits}))


def screen(
    text: str, *, lexicon: Lexicon, sender: str = "merchant", registered: tuple[str, ...] = (), picture_codes: tuple[str, ...] = (),
) -> Screening:  # fmt: skip
    """Judge one message. `registered`: the shop's allow-listed contacts (numbers, hosts, mail, accounts);
    `picture_codes`: what codes in its pictures say (an empty string where they could not be read out).

    Only the first 20,000 characters are read; callers refuse longer ones. (CDT-01…15, MER-12)
    """
    if sender not in HELD:
        return Screening("allow", (), lexicon.version)
    allowed = contacts.plain_registered(registered)
    views = views_of(text[:MOST_CHARACTERS])
    hits = {_hit(found, text, lexicon) for detector in SPECIAL for found in detector(views, lexicon, allowed)}
    hits |= {_hit(found, text, lexicon) for detector in lexicon.detectors for found in _patterns(detector, views)}
    for said in picture_codes:
        if said.strip().casefold() not in allowed:
            hits.add(Hit(PICTURE, lexicon.codes[PICTURE].action, 0, 0, said[:80]))
    ordered = tuple(sorted(hits, key=lambda hit: (hit.start, hit.code, hit.end)))
    actions = {hit.action for hit in ordered}
    return Screening("block" if "block" in actions else "flag" if actions else "allow", ordered, lexicon.version)


def _patterns(detector: Detector, views: Views) -> Iterator[contacts.Found]:
    view = {"plain": views.plain, "bare": views.bare, "digits": views.digits}[detector.look]
    spared = [found.span() for pattern in detector.unless for found in pattern.finditer(view.text)]
    for pattern in detector.patterns:
        for found in pattern.finditer(view.text):
            if not any(start < found.end() and found.start() < end for start, end in spared):
                yield detector.code, view, found.start(), found.end()


def _hit(found: contacts.Found, text: str, lexicon: Lexicon) -> Hit:
    code, view, start, end = found
    begin, stop = view.span(start, end)
    return Hit(code, lexicon.codes[code].action, begin, stop, text[begin:stop])


CODES = ("CDT-01", "CDT-02", "CDT-03", "CDT-04", "CDT-05", "CDT-06", "CDT-07", "CDT-08", "CDT-09", "CDT-11", "CDT-13", "CDT-14",
         "CDT-15", "MER-12")  # fmt: skip
