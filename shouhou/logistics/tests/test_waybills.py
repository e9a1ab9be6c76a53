"""A waybill's courier by its shape: sure where letters say it, a suggestion where digits hint at it."""

import pytest

from shouhou.logistics.rules.couriers import COURIERS
from shouhou.logistics.rules.waybills import SHAPES, recognise


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("SF1234567890123", "SF"), ("sf 1234 5678 9012", "SF"), ("JD0123456789012", "JD"), ("JDVA12345678901", "JD"),
        ("YT1234567890123", "YTO"), ("JT1234567890123", "JTSD"), ("DPK123456789012", "DBL"), ("EA473124829CN", "EMS"),
        ("FK0123456789", "FAKE"),
    ],
)  # fmt: skip
def test_letters_say_whose_number_it_is(number: str, code: str) -> None:
    found = recognise(number)
    assert found.sure == COURIERS[code]
    assert found.maybe[0] == COURIERS[code]


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("75312345678901", ["ZTO"]), ("773012345678901", ["STO"]), ("312345678901234", ["YD"]), ("1234567890123", ["EMS"]),
        ("9876543210123", ["YZPY"]), ("123456789012", ["SF"]),
    ],
)  # fmt: skip
def test_digits_alone_are_a_suggestion_and_never_sure(number: str, codes: list[str]) -> None:
    found = recognise(number)
    assert found.sure is None
    assert [courier.code for courier in found.maybe] == codes


@pytest.mark.parametrize("number", ["", "12", "ABCDEFGH", "EA473124820CN", "SF12", "1" * 40])
def test_a_number_of_no_known_shape_or_with_a_wrong_check_digit_is_nobodys(number: str) -> None:
    found = recognise(number)
    assert (found.sure, found.maybe) == (None, ())


def test_every_shape_has_words_in_both_languages_and_a_source() -> None:
    assert all(shape.words.zh and shape.words.en and shape.source for shape in SHAPES)
    assert {shape.courier for shape in SHAPES} <= set(COURIERS)
