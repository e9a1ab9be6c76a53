"""Numbers said on the phone: heard as they were meant, or known to be wrong."""

from hypothesis import assume, given
from hypothesis import strategies as st

from shouhou.foundation.ids import ALPHABET, is_case_number, new_number, parse_number

NUMBERS = st.builds(new_number, st.sampled_from(["SO", "RF", "PK", "WO", "TK", "CL", "IM", "R", "E", "M"]))
# Places of body and check character, counted from the end: prefixes are one or two letters long.
BODY = [-11, -10, -9, -8, -6, -5, -4, -3, -1]


@given(NUMBERS)
def test_a_new_number_is_canonical_and_has_none_of_the_letters_that_are_misheard(number: str) -> None:
    assert parse_number(number) == number
    assert not set(number[-11:]) & set("ILOU") and len(number.partition("-")[2]) == 11


@given(NUMBERS, st.randoms())
def test_spaces_lower_case_and_look_alike_letters_are_understood(number: str, random: object) -> None:
    told = number.lower().replace("-", " ")
    told = told[:-11] + told[-11:].replace("1", "l").replace("0", "O")
    assert parse_number(f"  {told}\n") == number


@given(NUMBERS, st.sampled_from(BODY), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_heard(number: str, place: int, letter: str) -> None:
    letters = list(number)
    letters[place] = letter
    wrong = "".join(letters)
    assume(wrong != number)
    # The sum is taken modulo 31 over 32 letters: "0" and "Z" alone weigh the same.
    assume({letter, number[place]} != {"0", "Z"})
    assert parse_number(wrong) is None


@given(NUMBERS, st.sampled_from(range(7)))
def test_two_swapped_neighbours_are_heard(number: str, place: int) -> None:
    one, two = BODY[place], BODY[place + 1]
    letters = list(number)
    letters[one], letters[two] = letters[two], letters[one]
    assume(letters[one] != letters[two] and {letters[one], letters[two]} != {"0", "Z"})
    assert parse_number("".join(letters)) is None


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none_and_never_an_error(text: str) -> None:
    found = parse_number(text)
    assert found is None or parse_number(found) == found


def test_what_only_looks_like_a_number_is_none() -> None:
    for text in ("", "SO", "SO-", "12-7K3Q-9XMT-4", "SO-7K3Q-9XMT", "SO-7K3Q-9XMT-44", "ＳＯ-7K3Q-9XMT-4", "SO-UUUU-UUUU-U",
                 "-7K3Q-9XMT-4", "X" + new_number("R")[1:], "1" + new_number("R")[1:]):
        assert parse_number(text) is None


def test_numbers_of_cases_begin_with_their_service_and_no_other_number_is_taken_for_one() -> None:
    assert all(is_case_number(new_number(prefix)) for prefix in ("SO", "R", "E", "M"))
    assert not any(is_case_number(new_number(prefix)) for prefix in ("RF", "WO", "PK", "UP")) and not is_case_number("")
