"""The few questions that are asked most, from a data file, found by the characters they share with what is typed."""

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "faq.yaml"
SHOWN_MOST = 3
ENOUGH = 2


def suggested(question: str, *, topic: str, language: str) -> list[tuple[str, str, str]]:
    """Title, words and link of the likeliest articles: of the topic when nothing is typed, else by what they share."""
    half = "en" if language.lower().startswith("en") else "zh"
    asked = _pieces(question)
    scored = [
        (3 * len(asked & known) + (ENOUGH if article["topic"] == topic else 0), -place, article)
        for place, (article, known) in enumerate(_articles())
    ]
    found = sorted((each for each in scored if each[0] >= ENOUGH), key=lambda each: each[:2], reverse=True)
    return [(each["title"][half], each["text"][half], each.get("link", "")) for _, _, each in found[:SHOWN_MOST]]


@cache
def _articles() -> list[tuple[dict[str, Any], frozenset[str]]]:
    articles: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [
        (each, _pieces(" ".join([each["title"]["zh"], each["title"]["en"], each.get("words", "")]))) for each in articles
    ]


def _pieces(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters, and words of three letters and more."""
    plain = "".join(ch if ch.isalnum() else " " for ch in text.casefold())
    pairs = {one + other for one, other in pairwise(plain) if not one.isascii() and not other.isascii()}
    return frozenset(pairs | {word for word in plain.split() if word.isascii() and len(word) > ENOUGH})
