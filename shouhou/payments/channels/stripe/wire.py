"""How Stripe is reached with its own library, and which of its errors mean what for the money."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx
import stripe

from shouhou.payments.channels.base import ChannelDown, ChannelSilent

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 20.0
# The outcome is unknown, or it was not tried at all and may be tried again with the same key.
BUSY = (409, 429)


class Wire(stripe.HTTPClient):
    """One connection for one request, our timeouts, and the two ways of failing that we tell apart."""

    name = "httpx"

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:  # fmt: skip
        """Raises ChannelDown when nothing was sent, ChannelSilent when no answer came."""
        try:
            answer = _client().request(
                method, url, headers=dict(headers or {}), content=post_data,
                timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            )  # fmt: skip
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ChannelDown(str(error)) from error
        except httpx.HTTPError as error:
            raise ChannelSilent(f"{type(error).__name__}: {error}") from error
        return answer.text, answer.status_code, answer.headers

    def close(self) -> None:
        """Nothing is kept open."""


def library(key: str, url: str) -> stripe.StripeClient:
    """Stripe's client; it repeats nothing by itself: whether and under which key is decided by us."""
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        key, http_client=Wire(), max_network_retries=0, base_addresses={"api": url.rstrip("/")} if url else None
    )


def refusal_of(error: stripe.StripeError) -> str:
    """Stripe's code when it said no and nothing was done. Raises ChannelSilent or ChannelDown for everything else."""
    status = error.http_status
    if status in (401, 403):
        # A key that does not hold: nothing was begun, and everything waits until it does.
        raise ChannelDown(f"HTTP {status}: {error.user_message or 'the key is not accepted'}") from error
    if status is None or status >= 500 or status in BUSY or isinstance(error, stripe.IdempotencyError):
        raise ChannelSilent(f"HTTP {status}: {error.code or type(error).__name__}") from error
    said = error.error
    return str(error.code or (said.type if said else "") or "REFUSED")[:60]


def is_replay(headers: Mapping[str, str] | None) -> bool:
    """Whether this is the answer that an earlier call under the same key was given."""
    return (headers or {}).get("idempotent-replayed") == "true"


@cache
def _client() -> httpx.Client:
    # No keep-alive: a connection that died while idle would look like a lost answer.
    return httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))
