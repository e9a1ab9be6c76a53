"""Shops that orders name are known from then on; what people keep of them stays theirs."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection, transaction

from shouhou.accounts.actions import take_organisations


class MerchantFacts(NamedTuple):
    """What an order says about its seller."""

    channel: str
    name: str = ""


def take_merchants(merchants: Mapping[str, MerchantFacts]) -> dict[str, int]:
    """Merchant ids by code, made when new. What is known stays: master data is kept by people, not by orders."""
    with transaction.atomic(), connection.cursor() as cursor:
        codes = sorted(merchants)
        cursor.execute(FIND, [codes])
        known: dict[str, int] = dict(cursor.fetchall())
        missing = [code for code in codes if code not in known]
        if missing:
            names = [merchants[code].name or code for code in missing]
            take_organisations(missing, names=names)
            cursor.execute(MAKE, [missing, names, [merchants[code].channel for code in missing]])
            cursor.execute(FIND, [missing])
            known.update(cursor.fetchall())
    return known


FIND = "SELECT code, id FROM merchants_merchant WHERE code = ANY(%s)"
# Every shop has its organisation, so that its people and keys can belong to it.
MAKE = """
INSERT INTO merchants_merchant (organisation_id, code, name, channel, active, auto_review)
SELECT o.id, n.code, n.name, n.channel, true, true
FROM unnest(%s::text[], %s::text[], %s::text[]) AS n (code, name, channel)
LEFT JOIN accounts_organisation o ON o.code = n.code AND o.kind = 'merchant'
ON CONFLICT (code) DO NOTHING
"""
