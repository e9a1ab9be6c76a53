"""What is sealed can be read back with the key and in no other way."""

import pytest
from pytest_django.fixtures import Settings

from shouhou.plumbing.sealed import SealedText, seal, tail, unseal

ACCOUNT = "6222020200112233445"


def test_a_seal_opens_to_what_was_sealed_and_never_shows_it() -> None:
    first, second = seal(ACCOUNT), seal(ACCOUNT)
    assert (unseal(first), unseal(second)) == (ACCOUNT, ACCOUNT)
    assert first != second and ACCOUNT not in first and "3445" not in first


def test_another_key_opens_nothing_and_breaks_nothing(settings: Settings) -> None:
    sealed = seal(ACCOUNT)
    settings.SECRET_KEY = "quite another key of fifty characters, or nearly so"
    assert unseal(sealed) == ""


def test_the_field_seals_on_the_way_in_and_opens_on_the_way_out() -> None:
    field = SealedText()
    kept = field.get_prep_value(ACCOUNT)
    assert kept != ACCOUNT and field.from_db_value(kept, None, None) == ACCOUNT
    assert (field.get_prep_value(""), field.from_db_value(None, None, None)) == ("", None)


@pytest.mark.parametrize(("account", "shown"), [(ACCOUNT, "•••• 3445"), ("6222 0202 0011 2233", "•••• 2233"), ("1234", "••••")])
def test_of_an_account_only_the_end_is_shown(account: str, shown: str) -> None:
    assert tail(account) == shown
