"""Who works in the demo, and the programs' keys; their secrets are made once and kept in the data folder."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from shouhou.accounts.keys import create_key, key_by_token
from shouhou.accounts.models import ROLES, Organisation, User
from shouhou.demo.catalogue import SHOPS, Shop
from shouhou.merchants.models import Merchant, ReturnAddress

NAMES = {
    "agent": "苏敏", "reviewer": "何川", "supervisor": "秦岚", "inspector": "陆工", "technician": "马师傅", "clerk": "小周",
    "finance": "钱会计", "insurer": "保小安", "arbitrator": "严明", "operations": "梁运", "auditor": "沈查",
}  # fmt: skip
SHOP_KEY, MERCHANT_KEY, INSPECTOR_KEY = "shop", "merchant_manager", "inspector"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The demo's one password for all staff, and its API keys by role."""

    password: str
    keys: dict[str, str]


def demo_secrets() -> Secrets:
    """Read, or made once; the file is for its owner only."""
    path: Path = settings.HOME / "demo.json"
    if path.exists():
        return Secrets(**json.loads(path.read_text()))
    made = Secrets(
        password=f"demo-{secrets.token_urlsafe(9)}",
        keys={role: f"sk_{role}_{secrets.token_urlsafe(24)}" for role in (SHOP_KEY, MERCHANT_KEY, INSPECTOR_KEY)},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"password": made.password, "keys": made.keys}))
    return made


def employ(*, now: datetime) -> dict[str, User]:
    """Organisations, shops with their return addresses, one person for every role, the keys; by user name."""
    known = demo_secrets()
    with transaction.atomic():
        house, _ = Organisation.objects.get_or_create(code="hemu", defaults={"name": "合木商城", "kind": "operator"})
        merchants = {shop.code: _shop(shop, house) for shop in SHOPS}
        hashed = make_password(known.password)
        people = {role: _person(role, NAMES[role], role, house, hashed) for role in NAMES}
        for code, merchant in merchants.items():
            if merchant.channel == "third" and merchant.organisation is not None:
                people[code] = _person(code, f"{merchant.name[:2]}店长", "merchant_manager", merchant.organisation, hashed)
        operator = merchants["qinglan"].organisation
        people["qinglan-op"] = _person("qinglan-op", "青岚客服", "merchant_operator", operator, hashed)
        admin = _person("admin", "管理员", "operations", house, hashed)
        User.objects.filter(pk=admin.pk).update(is_staff=True, is_superuser=True)
        _keys(known, house, merchants["qinglan"], now=now)
    return people


def _shop(shop: Shop, house: Organisation) -> Merchant:
    owner = house
    if shop.channel == "third":
        owner, _ = Organisation.objects.get_or_create(code=shop.code, defaults={"name": shop.name, "kind": "merchant"})
    merchant, _ = Merchant.objects.update_or_create(
        code=shop.code, defaults={"name": shop.name, "channel": shop.channel, "organisation": owner}
    )
    ReturnAddress.objects.get_or_create(
        merchant=merchant, is_default=True, active=True,
        defaults={
            "label": "退货仓", "contact": "售后收货组", "phone": shop.phone, "region": shop.region, "address": shop.address,
        },
    )  # fmt: skip
    return merchant


def _person(username: str, name: str, role: str, organisation: Organisation | None, hashed: str) -> User:
    user, _ = User.objects.update_or_create(
        username=username,
        defaults={
            "last_name": name[0], "first_name": name[1:], "role": role, "organisation": organisation, "password": hashed,
            "email": f"{username}@example.com",
        },
    )  # fmt: skip
    return user


def _keys(known: Secrets, house: Organisation, merchant: Merchant, *, now: datetime) -> None:
    for role, token in known.keys.items():
        if key_by_token(token, now=now) is None:
            bound = role.startswith("merchant_")
            create_key(
                name=f"演示 demo {ROLES.get(role, ('商城后端', ''))[0]}", role=role, now=now, token=token,
                organisation=merchant.organisation if bound and merchant.organisation else house,
                merchant_id=merchant.pk if bound else None,
            )  # fmt: skip
