"""Run inside the scratch installation: a shop with its return address, and a key for every role; prints them as JSON."""

import json
import os
import sys

import django


def main() -> None:
    """`python -m bench.staff` with the installation's environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouhou.settings")
    django.setup()
    from shouhou.accounts.keys import create_key
    from shouhou.accounts.models import Organisation
    from shouhou.merchants.models import Merchant, ReturnAddress
    from shouhou.plumbing.clock import now

    owner, _ = Organisation.objects.get_or_create(code="mall", defaults={"name": "商城", "kind": "operator"})
    shop, _ = Merchant.objects.get_or_create(
        code="self", defaults={"name": "自营", "channel": "self", "organisation": owner}
    )
    ReturnAddress.objects.get_or_create(
        merchant=shop, label="退货仓", is_default=True,
        defaults={"contact": "仓库", "phone": "13900000000", "region": "广东省广州市", "address": "仓库路 8 号"},
    )  # fmt: skip
    roles = ("shop", "reviewer", "inspector", "finance")
    tokens = {role: create_key(name=role, role=role, organisation=owner, now=now()).token for role in roles}
    sys.stdout.write(json.dumps(tokens))


if __name__ == "__main__":
    main()
