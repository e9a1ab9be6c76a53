"""How near two waybills are, and what agreeing says."""

import pytest

from shouhou.logistics.rules.likeness import chunks, edits, may_be_near, points


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("SF123", "SF123", 0), ("SF123", "SF124", 1), ("SF123", "SF132", 1), ("SF123", "SF1234", 1), ("SF123", "F123", 1),
        ("SF123", "SF1320", 2), ("SF12345", "FS12354", 2), ("SF123", "YT999", 3), ("SF123", "SF123456", 3), ("", "AB", 2),
    ],
)  # fmt: skip
def test_edits_are_counted_up_to_two(one: str, other: str, expected: int) -> None:
    assert edits(one, other) == edits(other, one) == expected


def test_a_waybill_two_typing_errors_away_keeps_one_piece_whole() -> None:
    number = "SF1234567890123"
    pieces = chunks(number)
    assert "".join(pieces) == number
    for first in range(len(number)):
        for second in range(len(number)):
            wrong = list(number)
            wrong[first], wrong[second] = "X", "X"
            assert any(piece in "".join(wrong) for piece in pieces), (first, second)


def test_short_numbers_are_near_to_nothing() -> None:
    assert not may_be_near("1234567")
    assert may_be_near("12345678")


def test_strong_signs_together_are_certain_and_every_edit_says_less() -> None:
    assert points(["order", "serial"]) == 100
    assert points([]) == 0
    assert points(["waybill"]) > points(["waybill"], off_by=1) > points(["waybill"], off_by=2) > points([])
    assert points(["name", "name"]) == points(["name"])
