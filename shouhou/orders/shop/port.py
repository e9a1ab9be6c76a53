"""The port to the shop: stock, prices, and goods coming back, over HTTP with a key and a timeout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

import httpx
from django.conf import settings

TIMEOUT_SECONDS = 5.0
HISTORY_MOST = 100


class ShopUnreachable(Exception):
    """No answer, or a failure of the shop's own: the same call with the same key is to be tried again."""


@dataclass(frozen=True, slots=True)
class ShopAnswer:
    """Whether the shop took it; `detail` is its own word."""

    taken: bool
    detail: str = ""


def restock(*, sku: str, quantity: int, disposition: str, grade: str, key: str) -> ShopAnswer:
    """Tell the shop that goods came back. The same `key` again changes nothing there. Raises ShopUnreachable."""
    body = {"sku": sku, "quantity": quantity, "disposition": disposition, "grade": grade}
    response = _call("POST", "/restocks", json=body, headers={"Idempotency-Key": key})
    return ShopAnswer(response.is_success, response.text[:200] if not response.is_success else "")


@dataclass(frozen=True, slots=True)
class Held:
    """Whether the shop holds the units; `price_minor` is its price for one now, where it says so."""

    taken: bool
    detail: str = ""
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """An article that can stand for another: same goods in another colour or size, or a substitute."""

    sku: str
    title: str
    price_minor: int
    quantity: int
    kind: str = "variant"
    condition: str = "new"


def reserve(*, sku: str, quantity: int, key: str) -> Held:
    """Hold units under the key; the same `key` again is the same hold. Raises ShopUnreachable."""
    response = _call("POST", "/reservations", json={"sku": sku, "quantity": quantity}, headers={"Idempotency-Key": key})
    if not response.is_success:
        return Held(False, response.text[:200])
    told = response.json()
    return Held(True, "", int(told["price"]) if told.get("price") is not None else None)


def release(*, key: str) -> None:
    """Free what is held under the key; unknown keys are free already. Raises ShopUnreachable."""
    _call("DELETE", f"/reservations/{key}")


@dataclass(frozen=True, slots=True)
class LineStopped:
    """What became of one line of the order."""

    line: int
    answer: Literal["stopped", "shipped", "unknown"]
    carrier: str = ""
    tracking_number: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Whether the shop could keep the goods in the house; shipped ones are named by courier and waybill where it knows them.

    `lines` say it of each line where the shop does; `partly`: some were stopped and all others have gone.
    """

    answer: Literal["stopped", "shipped", "unknown", "partly"]
    carrier: str = ""
    tracking_number: str = ""
    detail: str = ""
    lines: tuple[LineStopped, ...] = ()


def intercept(*, order: str, lines: Sequence[Sequence[object]], key: str) -> Stopped:
    """Ask the shop not to send these goods (line, article, units); the same `key` again is the same asking.

    It answers {"answer", "carrier"?, "tracking_number"?} for all of them, or with "lines": [{"line", …the same}] for each: a line
    that it does not name has the answer for all, or none. Raises ShopUnreachable, also for an answer that cannot be read.
    """
    body = {"order": order, "lines": [dict(zip(("line", "sku", "quantity"), each, strict=True)) for each in lines]}
    response = _call("POST", "/interceptions", json=body, headers={"Idempotency-Key": key})
    if not response.is_success:
        # It will not, or does not know the order: a person at the shop must look.
        return Stopped("unknown", detail=response.text[:200])
    try:
        told = response.json()
        if told.get("lines"):
            return _each_line(told, [int(str(each[0])) for each in lines])
        all_of_it = _line(0, told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ShopUnreachable(f"unreadable: {type(error).__name__}") from error
    detail = str(told["answer"])[:200] if all_of_it.answer == "unknown" else ""
    return Stopped(all_of_it.answer, all_of_it.carrier, all_of_it.tracking_number, detail)


def let_go(*, key: str) -> None:
    """What was stopped under the key may go out after all; unknown keys may anyway. Raises ShopUnreachable."""
    _call("DELETE", f"/interceptions/{key}")


def variants(sku: str, *, within_seconds: float = TIMEOUT_SECONDS) -> list[Variant]:
    """What may be had instead of the article, itself included, with stock. Raises ShopUnreachable."""
    response = _call("GET", "/variants", within_seconds=within_seconds, params={"sku": sku})
    if not response.is_success:
        return []
    return [
        Variant(
            str(each["sku"]), str(each.get("title", "")), int(each["price"]), int(each["quantity"]),
            str(each.get("kind", "variant")), str(each.get("condition", "new")),
        )
        for each in response.json()["items"]
    ]  # fmt: skip


def stock(sku: str) -> int | None:
    """Sellable units, or None when the shop does not know the article. Raises ShopUnreachable."""
    response = _call("GET", "/stock", params={"sku": sku})
    return int(response.json()["quantity"]) if response.is_success else None


def price_minor(sku: str) -> int | None:
    """The shop's price now, in minor units, or None when it does not know the article. Raises ShopUnreachable."""
    response = _call("GET", "/prices", params={"sku": sku})
    return int(response.json()["price"]) if response.is_success else None


def price_history(sku: str, *, since: datetime) -> list[dict[str, Any]]:
    """What the shop has asked for the article since then, oldest first: {"price", "from", "to" (null: still), "kind" (regular,
    flash, clearance, coupon, member, secondary), "in_stock", "merchant"}; empty when it does not know the article.

    Raises ShopUnreachable, also for an answer that cannot be read.
    """
    response = _call("GET", "/prices/history", params={"sku": sku, "since": since.isoformat()})
    if not response.is_success:
        return []
    try:
        return [
            {
                "price": int(each["price"]), "from": _instant(each.get("from")), "to": _instant(each.get("to")),
                "kind": str(each.get("kind") or "regular")[:20], "in_stock": each.get("in_stock") is not False,
                "merchant": str(each.get("merchant") or "")[:60],
            }
            for each in response.json()["items"][-HISTORY_MOST:]
        ]  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ShopUnreachable(f"unreadable: {type(error).__name__}") from error


def _line(line: int, told: dict[str, Any]) -> LineStopped:
    """What is said of one line, or of all. Raises KeyError."""
    answer = str(told["answer"])
    if answer == "stopped":
        return LineStopped(line, "stopped")
    if answer == "shipped":
        return LineStopped(line, "shipped", str(told.get("carrier") or "")[:30], str(told.get("tracking_number") or "")[:40])
    return LineStopped(line, "unknown")


def _each_line(told: dict[str, Any], asked: Sequence[int]) -> Stopped:
    """One answer of many: a single line that nobody knows of leaves all to a person. Raises KeyError, TypeError, ValueError."""
    named = {int(each["line"]): each for each in told["lines"]}
    otherwise = {"answer": "unknown", **{name: told[name] for name in ("answer", "carrier", "tracking_number") if told.get(name)}}
    found = tuple(_line(line, named.get(line, otherwise)) for line in asked)
    answers = {each.answer for each in found}
    detail = "; ".join(f"{each.line}: {each.answer} {each.carrier} {each.tracking_number}".strip() for each in found)[:200]
    if answers == {"stopped"}:
        return Stopped("stopped", lines=found)
    if answers == {"shipped"}:
        first = next((each for each in found if each.tracking_number), found[0])
        return Stopped("shipped", first.carrier, first.tracking_number, lines=found)
    return Stopped("unknown" if "unknown" in answers else "partly", detail=detail, lines=found)


def _instant(text: object) -> str | None:
    """An instant with its offset, as it was written. Raises ValueError."""
    if text is None:
        return None
    if datetime.fromisoformat(str(text)).tzinfo is None:
        raise ValueError("an instant needs an offset")
    return str(text)


def _call(method: str, path: str, *, within_seconds: float = TIMEOUT_SECONDS, **options: object) -> httpx.Response:
    try:
        response = _client().request(method, f"{settings.SHOP['url'].rstrip('/')}{path}", timeout=within_seconds, **options)  # type: ignore[arg-type]
    except httpx.HTTPError as error:
        raise ShopUnreachable(f"{type(error).__name__}: {error}") from error
    if response.status_code >= 500 or response.status_code == 429:
        raise ShopUnreachable(f"HTTP {response.status_code}")
    return response


@cache
def _client() -> httpx.Client:
    # No keep-alive: a connection that died while idle would look like a lost answer.
    return httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))
