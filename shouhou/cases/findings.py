"""Findings as they are kept: written as a whole by each inspection, read where they are shown or told to the shop."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection
from psycopg.types.json import Jsonb

from shouhou.cases.parts import Part
from shouhou.cases.rows import ItemRow


@dataclass(frozen=True, slots=True)
class ToShelf:
    """Accepted units of a line that go the same way in the same grade. `place` counts the ways of the line from 1."""

    place: int
    quantity: int
    disposition: str
    grade: str


def findings_of(items: Iterable[ItemRow]) -> dict[int, list[Part]]:
    """By the item's id, in the order in which they were found; items that nobody inspected have none."""
    found: dict[int, list[Part]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(READ, [[item.id for item in items]])
        for item_id, quantity, verdict, grade, way, cut, why, reason, serials, checklist, note in cursor.fetchall():
            found[item_id].append(
                Part(quantity, verdict, grade, way, cut, why, reason, tuple(serials), orjson.loads(checklist), note)
            )
    return found


def to_shelves(parts: Sequence[Part]) -> list[ToShelf]:
    """What the shop is told of a line: one entry per way and grade."""
    sums: dict[tuple[str, str], int] = {}
    for part in parts:
        if part.verdict == "accepted":
            way = (part.disposition, part.grade)
            sums[way] = sums.get(way, 0) + part.quantity
    return [ToShelf(place, quantity, *way) for place, (way, quantity) in enumerate(sums.items(), 1)]


def finding_bodies(parts: Sequence[Part], currency: str) -> list[dict[str, Any]]:
    """The split in the contract's shape; money in minor units."""
    return [
        {
            "quantity": part.quantity, "verdict": part.verdict, "grade": part.grade or None, "disposition": part.disposition,
            "deduction": {"amount": part.deduction_minor, "currency": currency},
            "deduction_reason": part.deduction_reason or None, "reason": part.reason or None, "serials": list(part.serials),
            "note": part.note or None,
        }
        for part in parts
    ]  # fmt: skip


def store(items: Sequence[ItemRow], parts: Mapping[int, Sequence[Part]], checklist: Mapping[str, str]) -> None:
    """The items' own columns and their findings by line, in one statement; `checklist` is that of the whole parcel."""
    rows = [
        {
            "item_id": item.id, "place": place, "quantity": part.quantity, "verdict": part.verdict, "grade": part.grade,
            "disposition": part.disposition, "deduction_minor": part.deduction_minor, "deduction_reason": part.deduction_reason,
            "reason": part.reason, "serials": list(part.serials), "checklist": {**checklist, **part.checklist}, "note": part.note,
        }
        for item in items
        for place, part in enumerate(parts[item.line], 1)
    ]  # fmt: skip
    looked = [{"checklist": {**checklist, **_united(parts[item.line])}} for item in items]
    values: dict[str, Any] = {
        "rows": Jsonb(rows), "looked": Jsonb(looked), "ids": [item.id for item in items],
        "counts": [len(parts[item.line]) for item in items], "accepted": [item.accepted_quantity for item in items],
        "findings": [item.finding for item in items], "grades": [item.grade for item in items],
        "dispositions": [item.disposition for item in items], "deductions": [item.deduction_minor for item in items],
        "whys": [item.deduction_reason for item in items],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STORE, values)


def _united(parts: Sequence[Part]) -> dict[str, str]:
    """The points over all parts of a line: one no is a no."""
    found: dict[str, str] = {}
    for part in parts:
        for name, answer in part.checklist.items():
            if found.get(name) != "no":
                found[name] = answer
    return found


READ = """
SELECT item_id, quantity, verdict, grade, disposition, deduction_minor, deduction_reason, reason, serials,
    checklist::text, note
FROM cases_finding WHERE item_id = ANY(%s) ORDER BY item_id, place
"""
STORE = """
WITH held AS (
    UPDATE cases_caseitem i SET accepted_quantity = x.accepted, finding = x.finding, grade = x.grade,
        disposition = x.disposition, deduction_minor = x.deduction, deduction_reason = x.why,
        inspection = %(looked)s::jsonb -> (x.place - 1)::int
    FROM unnest(%(ids)s::bigint[], %(accepted)s::int[], %(findings)s::text[], %(grades)s::text[], %(dispositions)s::text[],
            %(deductions)s::bigint[], %(whys)s::text[])
        WITH ORDINALITY AS x(id, accepted, finding, grade, disposition, deduction, why, place)
    WHERE i.id = x.id
), gone AS (
    DELETE FROM cases_finding f USING unnest(%(ids)s::bigint[], %(counts)s::int[]) AS x(id, parts)
    WHERE f.item_id = x.id AND f.place > x.parts
)
INSERT INTO cases_finding (item_id, place, quantity, verdict, grade, disposition, deduction_minor, deduction_reason,
    reason, serials, checklist, note)
SELECT item_id, place, quantity, verdict, grade, disposition, deduction_minor, deduction_reason, reason,
    ARRAY(SELECT jsonb_array_elements_text(serials)), checklist, note
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(item_id bigint, place int, quantity int, verdict text, grade text,
    disposition text, deduction_minor bigint, deduction_reason text, reason text, serials jsonb, checklist jsonb, note text)
ON CONFLICT (item_id, place) DO UPDATE SET quantity = excluded.quantity, verdict = excluded.verdict,
    grade = excluded.grade, disposition = excluded.disposition, deduction_minor = excluded.deduction_minor,
    deduction_reason = excluded.deduction_reason, reason = excluded.reason, serials = excluded.serials,
    checklist = excluded.checklist, note = excluded.note
"""
