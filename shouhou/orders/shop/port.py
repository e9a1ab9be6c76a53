"""The port to the shop: stock, prices, and goods coming back, over HTTP with a key and a timeout."""

from dataclasses import dataclass

import httpx
from django.conf import settings

TIMEOUT_SECONDS = 5.0


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


def stock(sku: str) -> int | None:
    """Sellable units, or None when the shop does not know the article. Raises ShopUnreachable."""
    response = _call("GET", "/stock", params={"sku": sku})
    return int(response.json()["quantity"]) if response.is_success else None


def price_minor(sku: str) -> int | None:
    """The shop's price now, in minor units, or None when it does not know the article. Raises ShopUnreachable."""
    response = _call("GET", "/prices", params={"sku": sku})
    return int(response.json()["price"]) if response.is_success else None


def _call(method: str, path: str, **options: object) -> httpx.Response:
    try:
        with httpx.Client(base_url=settings.SHOP["url"], timeout=TIMEOUT_SECONDS) as client:
            response = client.request(method, path, **options)  # type: ignore[arg-type]
    except httpx.HTTPError as error:
        raise ShopUnreachable(f"{type(error).__name__}: {error}") from error
    if response.status_code >= 500 or response.status_code == 429:
        raise ShopUnreachable(f"HTTP {response.status_code}")
    return response
