"""Postings as lines of a CSV, written by the database itself and streamed: a million of them hold no memory and cost one scan."""

from collections.abc import Iterator, Mapping

from django.db import connection

from shouhou.foundation.money import EXPONENTS
from shouhou.ledger.browse import where
from shouhou.ledger.wanted import Wanted, deny, like

BLOCK_BYTES = 1 << 16
TEXTS = ("subject", "source", "destination", "by", "key")


def copied_postings(wanted: Wanted, *, recipes: Mapping[str, str], phases: Mapping[str, str], resolved: str) -> Iterator[bytes]:
    """Blocks of whole lines, oldest first: posting, transfer, instant of Beijing, recipe, phase, subject, source, destination, amount
    in main units, currency, by, key. `recipes`, `phases` and `resolved` (a pending one that is settled or voided) are their words;
    what a spreadsheet could take for a formula begins with a quote."""
    given = {
        "like": like(wanted), "deny": deny(wanted), "currency": wanted.currency, "subject": wanted.subject, "recipe": wanted.recipe,
        "phase": wanted.phase, "since": wanted.since, "until": wanted.until, "resolved": resolved,
        "recipes": list(recipes), "recipe_words": list(recipes.values()), "phases": list(phases), "phase_words": list(phases.values()),
        "whole": [currency for currency, places in EXPONENTS.items() if places == 0],
        "thousandths": [currency for currency, places in EXPONENTS.items() if places == 3],
    }  # fmt: skip
    with connection.cursor() as cursor, cursor.cursor.copy(COPY.format(where=where(wanted, paths=True)), given) as lines:
        kept = bytearray()
        for line in lines:
            kept += line
            if len(kept) >= BLOCK_BYTES:
                yield bytes(kept)
                kept.clear()
        if kept:
            yield bytes(kept)


_GUARDED = "CASE WHEN {name} ~ E'^[ \\\\u3000]*[-=+@\\\\t\\\\r\\\\n]' THEN '''' || {name} ELSE {name} END"
_OWN = {name: f"{'p' if name in ('source', 'destination') else 't'}.{name}" for name in TEXTS}
COPY = """
COPY (
  SELECT p.id, t.id, to_char(t.at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS"+08:00"'), coalesce(r.words, t.recipe),
    CASE WHEN t.phase = 'pending' AND later.id IS NOT NULL THEN %(resolved)s ELSE f.words END, {subject}, {source}, {destination},
    CASE WHEN p.currency = ANY(%(whole)s) THEN p.amount_minor::text
         WHEN p.currency = ANY(%(thousandths)s) THEN (p.amount_minor / 1000.0)::numeric(30, 3)::text
         ELSE (p.amount_minor / 100.0)::numeric(30, 2)::text END,
    p.currency, {by}, {key}
  FROM ledger_posting p JOIN ledger_transfer t ON t.id = p.transfer_id LEFT JOIN ledger_transfer later ON later.resolves_id = t.id
  LEFT JOIN unnest(%(recipes)s::text[], %(recipe_words)s::text[]) r(name, words) ON r.name = t.recipe
  LEFT JOIN unnest(%(phases)s::text[], %(phase_words)s::text[]) f(name, words) ON f.name = t.phase
  WHERE {{where}} ORDER BY p.id
) TO STDOUT (FORMAT csv)
""".format(**{name: _GUARDED.format(name=column) for name, column in _OWN.items()})  # noqa: S608
