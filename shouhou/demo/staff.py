"""Who works in the demo, and the programs' keys; their secrets are made once and kept in the data folder."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from shouhou.accounts.keys import create_key, key_by_token
from shouhou.accounts.models import ROLES, Organisation, User
from shouhou.accounts.passwords import demo_hash
from shouhou.demo.catalogue import SHOPS, Shop
from shouhou.demo.english import told
from shouhou.demo.insured import INSURER
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


def employ(*, now: datetime, language: str = "zh-hans") -> dict[str, User]:
    """Organisations, shops with their return addresses, one person for every role, the keys; by user name."""
    known = demo_secrets()
    with transaction.atomic():
        house, _ = Organisation.objects.get_or_create(code="hemu", defaults={"name": told("合木商城", language), "kind": "operator"})
        merchants = {shop.code: _shop(shop, house, language) for shop in SHOPS}
        hashed = demo_hash(known.password)
        partner, _ = Organisation.objects.get_or_create(
            code=INSURER, defaults={"name": told("安心财产保险", language), "kind": "partner"}
        )
        homes = {"insurer": partner}
        people = {role: _person(role, told(NAMES[role], language), role, homes.get(role, house), hashed) for role in NAMES}
        for shop in SHOPS:
            if shop.channel == "third":
                name, owner = told(f"{shop.name[:2]}店长", language), merchants[shop.code].organisation
                people[shop.code] = _person(shop.code, name, "merchant_manager", owner, hashed)
        operator = merchants["qinglan"].organisation
        people["qinglan-op"] = _person("qinglan-op", told("青岚客服", language), "merchant_operator", operator, hashed)
        admin = _person("admin", told("管理员", language), "operations", house, hashed)
        User.objects.filter(pk=admin.pk).update(is_staff=True, is_superuser=True)
        _keys(known, house, merchants["qinglan"], now=now)
    return people


def _shop(shop: Shop, house: Organisation, language: str) -> Merchant:
    owner, name = house, told(shop.name, language)
    if shop.channel == "third":
        owner, _ = Organisation.objects.get_or_create(code=shop.code, defaults={"name": name, "kind": "merchant"})
    merchant, _ = Merchant.objects.update_or_create(
        code=shop.code, defaults={"name": name, "channel": shop.channel, "organisation": owner}
    )
    ReturnAddress.objects.get_or_create(
        merchant=merchant, is_default=True, active=True,
        defaults=told({
            "label": "退货仓", "contact": "售后收货组", "phone": shop.phone, "region": shop.region, "address": shop.address,
        }, language),
    )  # fmt: skip
    return merchant


def _person(username: str, name: str, role: str, organisation: Organisation | None, hashed: str) -> User:
    first, _, last = name.partition(" ") if name.isascii() else (name[1:], "", name[0])
    user, _ = User.objects.update_or_create(
        username=username,
        defaults={
            "last_name": last, "first_name": first, "role": role, "organisation": organisation, "password": hashed,
            "language": "en" if name.isascii() else "zh-hans", "email": f"{username}@example.com",
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
