"""Keys open with their token, once shown, never stored."""

from datetime import UTC, datetime, timedelta

import pytest

from shouhou.accounts.commands import keys
from shouhou.accounts.keys import create_key, key_by_token, revoke_key
from shouhou.accounts.models import ApiKey, Organisation
from shouhou.foundation.refusals import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def organisation() -> Organisation:
    return Organisation.objects.get_or_create(code="op", defaults={"name": "平台", "kind": "operator"})[0]


def test_a_token_opens_and_is_not_stored() -> None:
    made = create_key(name="ERP", role="shop", organisation=organisation(), now=NOW, scopes=["orders:write", "orders:write"])
    assert made.token.startswith("sk_shop_")
    key = key_by_token(made.token, now=NOW)
    assert key is not None
    assert (key.pk, key.scopes) == (made.id, ["orders:write"])
    assert made.token.encode() not in bytes(ApiKey.objects.get().token_hash)
    assert key_by_token(made.token + "x", now=NOW) is None


def test_a_key_ends_by_date_or_by_hand() -> None:
    made = create_key(name="a", role="agent", organisation=organisation(), now=NOW, expires_at=NOW + timedelta(days=1))
    assert key_by_token(made.token, now=NOW + timedelta(hours=23)) is not None
    assert key_by_token(made.token, now=NOW + timedelta(days=1)) is None
    revoke_key(made.id)
    assert key_by_token(made.token, now=NOW) is None


@pytest.mark.parametrize(
    ("role", "code"),
    [("king", "KEY_ROLE_UNKNOWN"), ("merchant_manager", "KEY_NEEDS_OWNER"), ("consumer", "KEY_NEEDS_OWNER")],
)
def test_a_key_without_role_or_owner_is_refused(role: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        create_key(name="a", role=role, organisation=organisation(), now=NOW)
    assert (caught.value.code, ApiKey.objects.count()) == (code, 0)


def test_the_command_makes_lists_and_revokes() -> None:
    lines = list(keys("create", name="console", role="agent", merchant=None, scopes=[]))
    number = lines[0].split("\t")[0]
    assert lines[1].split(": ")[1].startswith("sk_agent_")
    assert [line.split("\t")[1] for line in keys("list", name="", role="", merchant=None, scopes=[])] == ["console"]
    list(keys("revoke", name=number, role="", merchant=None, scopes=[]))
    assert ApiKey.objects.get().active is False
    with pytest.raises(Refused):
        list(keys("revoke", name="999999", role="", merchant=None, scopes=[]))
