"""Precision and recall of the screening over the corpus of good and bad messages, by code."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from shouhou.conduct.library import CORPUS, lexicon
from shouhou.conduct.rules import screen


def measure(path: Path = CORPUS, *, version: str = "") -> dict[str, Any]:
    """`{"version", "messages", "precision", "recall", "by_code": {code: {found, missed, wrong}}, "wrong": [...], "missed": [...]}`.

    A message counts once per code: found where it deserves it, missed where it was not found, wrong where it does not.
    """
    document: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    words = lexicon(version)
    cases = [(str(text), {code}) for code, texts in document["bad"].items() for text in texts]
    cases += [(str(text), set[str]()) for text in document["good"]]
    by_code: dict[str, dict[str, int]] = {}
    wrong: list[dict[str, str]] = []
    missed: list[dict[str, str]] = []
    for text, deserved in cases:
        found = set(screen(text, lexicon=words).codes)
        for code in sorted(found | deserved):
            kind = "found" if code in found and code in deserved else "missed" if code in deserved else "wrong"
            counted = by_code.setdefault(code, {"found": 0, "missed": 0, "wrong": 0})
            counted[kind] += 1
            (missed if kind == "missed" else wrong if kind == "wrong" else []).append({"code": code, "text": text})
    right = sum(counted["found"] for counted in by_code.values())
    return {
        "version": words.version, "messages": len(cases), "precision": _share(right, right + len(wrong)),
        "recall": _share(right, right + len(missed)), "by_code": dict(sorted(by_code.items())), "wrong": wrong, "missed": missed,
    }  # fmt: skip


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0
