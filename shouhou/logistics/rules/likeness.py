"""How likely it is that an unidentified parcel belongs to a case: what agrees, and how much that says."""

from collections.abc import Iterable

# What agreeing says, in points: two strong signs together are as good as certain.
WEIGHTS = {"order": 60, "serial": 60, "waybill": 55, "phone": 40, "phone_end": 20, "name": 15, "title": 10}
NEAR_EDITS = 2
CHUNKS = NEAR_EDITS + 1
NEAR_LEAST = 8


def edits(one: str, other: str, *, most: int = NEAR_EDITS) -> int:
    """Letters to change, add, drop or swap with their neighbour; anything above `most` is `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def chunks(waybill: str) -> list[str]:
    """Pieces of which at least one stands unchanged in every waybill that is at most NEAR_EDITS edits away.

    A swap may spoil two pieces at once: what is kept then is found by the other two edits' room.
    """
    size, rest = divmod(len(waybill), CHUNKS)
    found, at = [], 0
    for place in range(CHUNKS):
        end = at + size + (place < rest)
        found.append(waybill[at:end])
        at = end
    return [piece for piece in found if len(piece) >= 2]


def may_be_near(waybill: str) -> bool:
    """Short numbers are near to too many others."""
    return len(waybill) >= NEAR_LEAST


def points(signs: Iterable[str], *, off_by: int = 0) -> int:
    """0–100. Every edit of the waybill makes it say a third less."""
    total = 0
    for sign in set(signs):
        weight = WEIGHTS[sign]
        total += weight * (3 - off_by) // 3 if sign == "waybill" else weight
    return min(100, total)
