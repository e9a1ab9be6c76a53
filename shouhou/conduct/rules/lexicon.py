"""What a lexicon holds: its version, the platform's own domains, the codes, and detectors as data. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shouhou.foundation.workflow import Text

Action = Literal["block", "flag"]
Look = Literal["plain", "bare", "digits"]


@dataclass(frozen=True, slots=True)
class Code:
    """A rule of conduct: what it forbids in words, where it is written, and what follows."""

    code: str
    action: Action
    label: Text
    source: str


@dataclass(frozen=True, slots=True)
class Detector:
    """Patterns looked for in one view; a hit inside a stretch that `unless` fits is none."""

    name: str
    code: str
    look: Look
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One dated version; an older message is never judged by a newer one (CDT-10)."""

    version: str
    codes: Mapping[str, Code]
    detectors: tuple[Detector, ...]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def any_of(self, *names: str) -> str:
        """One alternation of word lists, longest first, for the detectors written in code."""
        found = {word for name in names for word in self.words.get(name, ())}
        return "(?:" + "|".join(sorted(found, key=lambda word: (-len(word), word))) + ")"
