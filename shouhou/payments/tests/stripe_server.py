"""The package localstripe as a server of its own, with what we rely on at Stripe and it leaves out.

Added as documented by Stripe: idempotency keys, checkout sessions, a day's balance transactions, no refund above what was paid, events
about refunds.
Added for us: it remembers over kill -9, and misbehaves on demand (`POST /_config/house/behave`).
"""

import argparse
import asyncio
import json
import pickle
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from localstripe import resources, server
from localstripe.errors import UserError
from localstripe.webhooks import schedule_webhook

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
BEHAVIOURS = ("lost", "error", "error_done", "busy", "locked", "refuse", "silent")
script: deque[str] = deque()
under_way: set[str] = set()
later: set[asyncio.Future[None]] = set()
here: dict[str, str] = {}


class Session(resources.StripeObject):  # type: ignore[misc]
    """A checkout session in the mode `payment`."""

    object = "checkout.session"
    _id_prefix = "cs_test_"

    def __init__(
        self, mode: str, line_items: list[dict[str, Any]], success_url: str, cancel_url: str, client_reference_id: str = "",
        metadata: dict[str, str] | None = None, payment_intent_data: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        if mode != "payment" or len(line_items) != 1:
            raise UserError(400, "Bad request")
        price = line_items[0]["price_data"]
        amount = int(price["unit_amount"]) * int(line_items[0]["quantity"])
        if amount < 50:
            raise UserError(400, "Amount too small", {"code": "amount_too_small"})
        super().__init__()
        self.amount_total, self.currency = amount, price["currency"]
        self.success_url, self.cancel_url, self.client_reference_id = success_url, cancel_url, client_reference_id
        self.metadata, self.status, self.payment_intent = metadata or {}, "open", None
        # Stripe's own addresses are that long.
        self._page = f"{here['url']}/c/pay/{self.id}#{'x' * 500}"
        self._intent_metadata = (payment_intent_data or {}).get("metadata", {})

    @property
    def url(self) -> str | None:
        return self._page if self.status == "open" else None

    @property
    def payment_status(self) -> str:
        intent = resources.store.get(f"payment_intent:{self.payment_intent}")
        return "paid" if intent is not None and intent.status == "succeeded" else "unpaid"

    @classmethod
    def _api_list_all(cls, url: str, status: str | None = None, limit: Any = None, starting_after: str | None = None) -> Any:
        found = super()._api_list_all(url, limit=limit, starting_after=starting_after)
        found._list = [each for each in found._list if status in (None, each.status)]
        return found

    @classmethod
    def _api_expire(cls, id: str) -> "Session":  # noqa: A002
        session: Session = cls._api_retrieve(id)
        if session.status != "open":
            raise UserError(400, "Only Checkout Sessions with a status in [open] can be expired.")
        session.status = "expired"
        schedule_webhook(resources.Event("checkout.session.expired", session))
        return session

    def _pay(self, said: dict[str, str]) -> None:
        """What the page does with a card or a bank account; a declined card leaves the session open."""
        if self.status != "open":
            raise UserError(400, "This Checkout Session is over.")
        if "iban" in said:
            means = resources.PaymentMethod(type="sepa_debit", sepa_debit={"iban": said["iban"]})
        else:
            card = {"number": said.get("card", "4242424242424242"), "exp_month": "12", "exp_year": "2030", "cvc": "123"}
            means = resources.PaymentMethod(type="card", card=card)
        intent = resources.PaymentIntent(
            amount=self.amount_total, currency=self.currency, payment_method=means.id, metadata=dict(self._intent_metadata)
        )
        intent._confirm(on_failure_now=intent._report_failure)
        self.payment_intent, self.status = intent.id, "complete"
        schedule_webhook(resources.Event("checkout.session.completed", self))
        if self.payment_status == "paid":
            intent.latest_charge.metadata = dict(self._intent_metadata)
            schedule_webhook(resources.Event("charge.succeeded", intent.latest_charge))
        if self.payment_status != "paid":
            later.add(asyncio.ensure_future(self._later()))

    async def _later(self) -> None:
        await asyncio.sleep(0.6)
        resources.store.dump_to_disk()
        if self.payment_status != "paid":
            schedule_webhook(resources.Event("checkout.session.async_payment_failed", self))


@web.middleware
async def house(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Idempotency keys as Stripe keeps them, and the bad days."""
    if (request.method, request.path) == ("GET", "/v1/balance_transactions"):
        # It lists them all, whatever day is asked for.
        return await balance_transactions(request)
    if request.method != "POST" or not request.path.startswith("/v1/"):
        return await handler(request)
    does = script.popleft() if script else ""
    if does in ("error", "busy", "locked"):
        status = {"error": 500, "busy": 429, "locked": 409}[does]
        return _said(status, {"error": {"type": "api_error", "code": does}})
    if does == "silent":
        await asyncio.sleep(60)
    answer = await _once(request, handler, refuses=does == "refuse", fails=does == "error_done")
    if does == "lost" and request.transport is not None:
        request.transport.abort()
    return answer


async def _once(request: web.Request, handler: Handler, *, refuses: bool, fails: bool) -> web.StreamResponse:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return await _do(request, handler, refuses=refuses)
    asked, kept = (request.path, await request.read()), resources.store.get(f"idempotency:{key}")
    if kept is not None:
        if kept["asked"] != asked:
            return _said(400, {"error": {"type": "idempotency_error", "message": "Keys can only be used with the same parameters"}})
        return web.Response(
            status=kept["status"], body=kept["body"], content_type="application/json", headers={"Idempotent-Replayed": "true"}
        )
    if key in under_way:
        return _said(409, {"error": {"type": "invalid_request_error", "code": "idempotency_key_in_use"}})
    under_way.add(key)
    try:
        # As long as a bank needs: another call with this key comes in between.
        await asyncio.sleep(0.05)
        answer = await _do(request, handler, refuses=refuses)
        if fails:
            answer = _said(500, {"error": {"type": "api_error"}})
        resources.store[f"idempotency:{key}"] = {"asked": asked, "status": answer.status, "body": answer.body}
        return answer
    finally:
        under_way.discard(key)


async def _do(request: web.Request, handler: Handler, *, refuses: bool) -> web.Response:
    if refuses:
        return _said(400, {"error": {"type": "invalid_request_error", "code": "charge_disputed"}})
    if request.path == "/v1/refunds":
        problem = _too_much(await server.get_post_data(request))
        if problem is not None:
            return problem
    answer = await handler(request)
    assert isinstance(answer, web.Response)
    if request.path == "/v1/refunds" and answer.status == 200:
        assert isinstance(answer.body, bytes)
        refund = resources.Refund._api_retrieve(json.loads(answer.body)["id"])
        refund.failure_reason = None
        schedule_webhook(resources.Event("refund.created", refund))
    return answer


def _too_much(said: dict[str, Any]) -> web.Response | None:
    intent = resources.store.get(f"payment_intent:{said.get('payment_intent')}")
    charge = intent.latest_charge if intent is not None else resources.store.get(f"charge:{said.get('charge')}")
    if charge is None:
        return _said(404, {"error": {"type": "invalid_request_error", "code": "resource_missing"}})
    left = charge.amount - sum(each.amount for each in charge.refunds._list if each.status != "failed")
    if not left:
        return _said(400, {"error": {"type": "invalid_request_error", "code": "charge_already_refunded"}})
    if int(said.get("amount", left)) > left:
        return _said(400, {"error": {"type": "invalid_request_error", "param": "amount"}})
    return None


async def balance_transactions(request: web.Request) -> web.StreamResponse:
    """GET /v1/balance_transactions as documented: newest first, by the second they were made in, their sources told whole."""
    does = script.popleft() if script else ""
    if does == "silent":
        await asyncio.sleep(60)
    if does in ("error", "busy"):
        return _said(500 if does == "error" else 429, {"error": {"type": "api_error", "code": does}})
    asked = request.query
    found = [each for key, each in resources.store.items() if key.startswith("balance_transaction:")]
    found = [each for each in found if int(asked["created[gte]"]) <= each.created < int(asked["created[lt]"])]
    found.sort(key=lambda each: (each.created, each.id), reverse=True)
    if after := asked.get("starting_after"):
        found = found[[each.id for each in found].index(after) + 1 :]
    limit = int(asked["limit"])
    page = [{**each._export(), "source": resources.store[_stored(each.source)]._export()} for each in found[:limit]]
    if does == "lost" and request.transport is not None:
        request.transport.abort()
    return _said(200, {"object": "list", "url": "/v1/balance_transactions", "data": page, "has_more": len(found) > limit})


def _stored(source: str) -> str:
    return f"{'refund' if source.startswith('re_') else 'charge'}:{source}"


async def behave(request: web.Request) -> web.Response:
    names = (await request.json())["behaviours"]
    if set(names) - set(BEHAVIOURS):
        return _said(422, {"known": BEHAVIOURS})
    script.extend(names)
    return _said(200, {"script": list(script)})


async def pay(request: web.Request) -> web.Response:
    Session._api_retrieve(request.match_info["id"])._pay(await request.json())
    return _said(200, {})


async def turn(request: web.Request) -> web.Response:
    """A refund goes on: to a bank that takes it or gives it back."""
    refund, said = resources.Refund._api_retrieve(request.match_info["id"]), await request.json()
    refund.status, refund.failure_reason = said["status"], said.get("failure_reason")
    schedule_webhook(resources.Event("refund.failed" if said["status"] == "failed" else "refund.updated", refund))
    return _said(200, {})


async def tell_again(request: web.Request) -> web.Response:
    """Every event of the type is delivered once more, as Stripe may."""
    events = [each for key, each in resources.store.items() if key.startswith("event:") and each.type == request.match_info["type"]]
    for event in events:
        schedule_webhook(event)
    return _said(200, {"events": len(events)})


async def ledger(request: web.Request) -> web.Response:
    """Every refund that went out and every payment of a checkout that came in, oldest first."""
    def of(kind: str) -> list[Any]:
        return [each for key, each in resources.store.items() if key.startswith(f"{kind}:")]

    return _said(200, {
        "refunds": [{"id": each.id, "amount": each.amount, **each.metadata} for each in of("refund") if each.status != "failed"],
        "received": [
            {"id": each.id, "amount": each.amount, **each.metadata}
            for each in of("payment_intent") if each.status == "succeeded" and each.metadata
        ],
    })  # fmt: skip


def _said(status: int, content: dict[str, Any]) -> web.Response:
    return web.json_response(content, status=status)


def _load(state: Path, store: Any) -> None:
    if state.exists():
        store.update(pickle.loads(state.read_bytes()))


def _keep(state: Path, store: Any) -> None:
    fresh = state.with_suffix(".new")
    fresh.write_bytes(pickle.dumps(dict(store)))
    fresh.replace(state)


def main() -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    given = parser.parse_args()
    here["url"] = f"http://127.0.0.1:{given.port}"
    store = resources.store
    _load(given.state, store)
    type(store).dump_to_disk = partial(_keep, given.state, store)
    resources.PaymentIntent.amount_received = property(lambda intent: intent.amount if intent.status == "succeeded" else 0)
    resources.Charge.amount_captured = property(lambda charge: charge.amount if charge.status == "succeeded" else 0)
    resources.Charge.payment_method_details = property(
        lambda charge: {"type": resources.PaymentMethod._api_retrieve(charge.payment_method).type}
    )
    app = server.app
    app.middlewares.insert(0, house)
    add = app.router.add_route
    add("POST", "/v1/checkout/sessions", server.api_create(Session, "/v1/checkout/sessions"))
    add("GET", "/v1/checkout/sessions", server.api_list_all(Session, "/v1/checkout/sessions"))
    add("GET", "/v1/checkout/sessions/{id}", server.api_retrieve(Session, "/v1/checkout/sessions/{id}"))
    add("POST", "/v1/checkout/sessions/{id}/expire", server.api_extra(Session._api_expire, ""))
    add("POST", "/_config/house/behave", behave)
    add("POST", "/_config/house/pay/{id}", pay)
    add("POST", "/_config/house/refunds/{id}", turn)
    add("POST", "/_config/house/again/{type}", tell_again)
    add("GET", "/_config/house/ledger", ledger)
    web.run_app(app, host="127.0.0.1", port=given.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
