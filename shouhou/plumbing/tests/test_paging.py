"""Cursors are opaque, come back as they were, and a strange one is refused."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouhou.foundation.refusals import Refused
from shouhou.plumbing.paging import MAX_CURSOR, decode_cursor, encode_cursor, page_size


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.text(st.characters(exclude_characters="\0"), max_size=20),
)
def test_a_cursor_gives_back_what_went_in(at: datetime, key: int, name: str) -> None:
    cursor = encode_cursor(at, key, name, None)
    if len(cursor) <= MAX_CURSOR:
        assert decode_cursor(cursor, datetime, int, str, str | None) == (at, key, name, None)


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        decode_cursor(text, datetime, int)
    except Refused as no:
        assert no.code == "INVALID_CURSOR"


@pytest.mark.parametrize(
    "plain",
    ["[1]", '["x", 1]', '[{"t": "2026-01-01T00:00:00"}, 1]', '[{"t": "x"}, 1]', "[null, 1.5]", "[null, true]", "{}", "[null, 1e99]"],
)
def test_keys_of_another_kind_are_refused(plain: str) -> None:
    with pytest.raises(Refused) as caught:
        decode_cursor(urlsafe_b64encode(plain.encode()).decode(), datetime | None, int)
    assert caught.value.code == "INVALID_CURSOR"


def test_nothing_is_a_key_only_where_the_list_has_rows_without_one() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert decode_cursor(encode_cursor(None, 1), datetime | None, int) == (None, 1)
    assert decode_cursor(encode_cursor(at, 1), datetime | None, int) == (at, 1)
    for cursor in (encode_cursor(None, 1), encode_cursor(at, None)):
        with pytest.raises(Refused) as caught:
            decode_cursor(cursor, datetime, int)
        assert caught.value.code == "INVALID_CURSOR"


def test_a_page_has_one_to_a_hundred_rows() -> None:
    assert (page_size(None), page_size(1), page_size(100)) == (50, 1, 100)
    for size in (0, -1, 101):
        with pytest.raises(Refused):
            page_size(size)
