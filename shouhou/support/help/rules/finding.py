"""Finding articles: a small index with the weights of BM25, title before search words before text. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from shouhou.support.help.rules.words import asked, tokens

# How much a word counts by where it stands.
WEIGHTS = (6.0, 4.0, 1.0)
SATURATION, LENGTH = 1.2, 0.6
EXCERPT_CHARACTERS = 90


@dataclass(frozen=True, slots=True)
class Entry:
    """One article in one language: `title`, `words` to find it by, and its `text` without marks."""

    slug: str
    title: str
    words: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """An article that answers, how well, and the piece of its text where the question's words stand."""

    slug: str
    score: float
    excerpt: str
    marks: tuple[tuple[int, int], ...]


class Index:
    """Built once for a set of articles, asked often."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.slug: entry for entry in entries}
        self._weights = {slug: _weights(entry) for slug, entry in self._entries.items()}
        self._lengths = {slug: sum(weights.values()) for slug, weights in self._weights.items()}
        self._average = sum(self._lengths.values()) / len(self._lengths) if self._lengths else 1.0
        self._known: Counter[str] = Counter(token for weights in self._weights.values() for token in weights)

    def find(self, query: str, *, most: int = 20) -> list[Found]:
        """The best first; an article counts when it holds at least half of what was asked by weight."""
        # A word that stands nowhere tells nothing apart.
        wanted = {token: self._rarity(token) for token in asked(query) if token in self._known}
        whole = sum(wanted.values())
        found = []
        for slug, weights in self._weights.items():
            held = sum(rarity for token, rarity in wanted.items() if token in weights)
            if not held or held * 2 < whole:
                continue
            score = sum(rarity * self._strength(weights[token], slug) for token, rarity in wanted.items() if token in weights)
            found.append((score, slug))
        found.sort(key=lambda pair: (-pair[0], pair[1]))
        return [Found(slug, score, *excerpt(self._entries[slug].text, query)) for score, slug in found[:most]]

    def _rarity(self, token: str) -> float:
        many = self._known[token]
        return log(1 + (len(self._entries) - many + 0.5) / (many + 0.5))

    def _strength(self, weight: float, slug: str) -> float:
        relative = 1 - LENGTH + LENGTH * self._lengths[slug] / self._average
        return weight * (SATURATION + 1) / (weight + SATURATION * relative)


def excerpt(text: str, query: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The piece of the text with most of the question's words, and where they stand in it."""
    lowered, spoken = text.lower(), _spoken(query)
    places = sorted((at, at + len(word)) for word in spoken for at in _all(lowered, word))
    start = 0
    if places:
        best = max(places, key=lambda place: (sum(place[0] <= at < place[0] + EXCERPT_CHARACTERS for at, _end in places), -place[0]))
        start = _sentence(text, best[0])
    piece = text[start : start + EXCERPT_CHARACTERS]
    marks: list[tuple[int, int]] = []
    for at, end in places:
        if at < start or end > start + len(piece):
            continue
        if marks and at - start <= marks[-1][1]:
            marks[-1] = marks[-1][0], max(marks[-1][1], end - start)
        else:
            marks.append((at - start, end - start))
    return piece + ("…" if start + len(piece) < len(text) else ""), tuple(marks)


def _weights(entry: Entry) -> Mapping[str, float]:
    weights: defaultdict[str, float] = defaultdict(float)
    for weight, text in zip(WEIGHTS, (entry.title, entry.words, entry.text), strict=True):
        for token, many in Counter(tokens(text)).items():
            weights[token] += weight * many
    return weights


def _spoken(query: str) -> Sequence[str]:
    """What can be marked: the pairs, and the beginnings of English words."""
    return [token for token in asked(query) if len(token) > 1]


def _all(text: str, word: str) -> Iterable[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _sentence(text: str, at: int) -> int:
    """Where the sentence of `at` begins, when that is near."""
    begin = max(text.rfind(mark, 0, at) for mark in "。！？.!?\n") + 1
    if at - begin > EXCERPT_CHARACTERS // 2:
        begin = max(0, at - EXCERPT_CHARACTERS // 3)
    while begin < at and text[begin].isspace():
        begin += 1
    return begin
