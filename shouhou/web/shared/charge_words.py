"""What consumers are asked to pay, as pages show it: tone, instants, what can be done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shouhou.payments.charge_queries import charges_of
from shouhou.web.labels import TENDERS, label
from shouhou.web.page import language

TONES = {"awaiting": "turn", "paid": "good", "cancelled": "bad", "expired": "bad", "refunding": "wait", "refunded": "good"}


def charges_shown(subject: str) -> list[dict[str, Any]]:
    """The charges of a case, newest first."""
    return [charge_words(charge) for charge in reversed(charges_of(subject, language=language()))]


def charge_words(charge: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **charge, "tone": TONES[charge["state"]], "minor": charge["amount"]["amount"], "currency": charge["amount"]["currency"],
        "waiting": charge["state"] == "awaiting", "expires": datetime.fromisoformat(charge["expires_at"]),
        "paid": datetime.fromisoformat(charge["paid_at"]) if charge["paid_at"] else None,
        "by": label(TENDERS, charge["means"]) if charge["means"] else "",
        # A code that no browser can open: it is only there to be scanned.
        "scan_only": bool(charge["url"]) and not charge["url"].startswith(("https://", "http://")),
    }  # fmt: skip
