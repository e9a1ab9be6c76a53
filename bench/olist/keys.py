"""Run inside the installation: keys of the chosen orders' buyers, shops and of the staff; prints them as JSON.

`python -m bench.olist.keys NUMBER …`. Minting keys and naming a return address is master data, as the admin does it;
everything after that goes through the API.
"""

import json
import os
import sys

import django

STAFF = ("agent", "reviewer", "supervisor", "arbitrator", "finance")


def main() -> None:
    """`{"staff": {role: token}, NUMBER: {"consumer": token, "merchant": token}}`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouhou.settings")
    django.setup()
    from shouhou.accounts.keys import create_key
    from shouhou.accounts.models import Organisation
    from shouhou.merchants.models import ReturnAddress
    from shouhou.orders.models import Order
    from shouhou.plumbing.clock import now

    house, at = Organisation.objects.get(code="mall"), now()
    made = {"staff": {role: create_key(name=role, role=role, organisation=house, now=at).token for role in STAFF}}
    for order in Order.objects.filter(number__in=sys.argv[1:]).select_related("buyer", "merchant__organisation"):
        shop = order.merchant
        ReturnAddress.objects.get_or_create(
            merchant=shop, is_default=True,
            defaults={"label": "退货仓", "contact": shop.name[:80] or shop.code, "phone": "13900000000", "region": "广东省广州市",
                      "address": "仓库路 8 号"},
        )  # fmt: skip
        owner = shop.organisation or house
        made[order.number] = {
            "consumer": create_key(name="消费者", role="consumer", organisation=house, buyer=order.buyer, now=at).token,
            "merchant": create_key(name="商家", role="merchant_operator", organisation=owner, merchant_id=shop.pk, now=at).token,
        }
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    main()
