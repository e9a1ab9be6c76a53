"""One signed POST to an outside address: a deadline for the whole of it, no redirects, no way into the own network."""

import asyncio
import ipaddress
import ssl
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import httpx
from standardwebhooks import Webhook

from shouhou.api.webhooks.rules import is_public


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the receiver's status, or none and why not."""

    status: int | None
    error: str = ""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def signed_headers(secret: str, *, message_id: str, body: str, signed_at: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(signed_at.timestamp())),
        "webhook-signature": Webhook(secret).sign(msg_id=message_id, timestamp=signed_at, data=body),
    }


def post(
    url: str, *, body: str, headers: Mapping[str, str], private_allowed: bool, deadline_seconds: float
) -> Outcome:  # fmt: skip
    """Send it. Never raises for anything the network does; the receiver's body is not read."""
    return asyncio.run(_within(deadline_seconds, _post(url, body, headers, private_allowed)))


async def _within(deadline_seconds: float, posting: Coroutine[None, None, Outcome]) -> Outcome:
    try:
        async with asyncio.timeout(deadline_seconds):
            return await posting
    except TimeoutError:
        return Outcome(None, f"no answer within {deadline_seconds} s")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Outcome(None, f"{type(error).__name__}: {error}"[:200])


async def _post(url: str, body: str, headers: Mapping[str, str], private_allowed: bool) -> Outcome:
    target = httpx.URL(url)
    port = target.port or (443 if target.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(target.host, port, proto=6)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        return Outcome(None, "the name has no address")
    if not private_allowed and not all(is_public(ipaddress.ip_address(address)) for address in addresses):
        return Outcome(None, "the address is not public")
    # The address that was judged is the one connected to: a name that answers differently next time gains nothing.
    pinned = target.copy_with(host=addresses[0])
    sent = {"Host": target.netloc.decode("ascii"), "Content-Type": "application/json", "User-Agent": "shouhou/1", **headers}
    # The deadline of the whole is the caller's; this one is only the outermost bound.
    async with httpx.AsyncClient(trust_env=False, timeout=60, verify=_trust(), http1=True) as client:
        extensions = {"sni_hostname": target.host}
        async with client.stream("POST", pinned, content=body, headers=sent, extensions=extensions) as response:
            return Outcome(response.status_code)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
