"""The decision vectors of the group `moderation`, answered by the screening itself."""

from collections.abc import Mapping
from typing import Any

from shouhou.conduct.library import lexicon
from shouhou.conduct.rules import screen

GROUPS = ("moderation",)


def answer(vector: Mapping[str, Any]) -> dict[str, Any]:
    """`text`, and when they matter: `sender`, `registered` (contacts), `image_has_qr`. Out: verdict, codes, hits, version."""
    facts: Mapping[str, Any] = {**vector, **(vector.get("facts") or {})}
    registered = facts.get("registered") or ()
    found = screen(
        str(facts.get("text") or ""), lexicon=lexicon(), sender=str(facts.get("sender") or "merchant"),
        registered=tuple(str(one) for one in ([registered] if isinstance(registered, str) else registered)),
        picture_codes=("",) if facts.get("image_has_qr") else (),
    )  # fmt: skip
    return {
        "verdict": found.verdict, "codes": list(found.codes), "version": found.version,
        "hits": [{"code": hit.code, "action": hit.action, "start": hit.start, "end": hit.end, "words": hit.words} for hit in found.hits],
    }  # fmt: skip
