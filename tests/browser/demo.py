"""A demo of its own for pictures and budgets: started in a scratch folder, looked into, and taken away again."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext

from tests.browser.sights import Facts, Sight

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from shouhou.accounts.models import User

    Row = TypeVar("Row", bound=Model)

ROOT = Path(__file__).parents[2]
READY = re.compile(r"address\s+(http://\S+)")
PEOPLE = ("supervisor", "inspector", "technician", "clerk", "operations", "merchant_manager", "insurer")
# What goes back without a word more than that it is not as expected.
EASY = ("apparel", "shoes", "toys", "home", "home_textile")
# What can go every way: back, exchanged, repaired.
REPAIRED = ("tv", "laptop", "tablet", "camera", "phone", "aircon", "appliance")
FAULTS = {"zh-hans": "比照片上小了一圈。", "en": "It is smaller than in the photos."}
START_SECONDS, STOP_SECONDS, LOOKING_SECONDS = 900, 20, 4 * 3600


@dataclass(frozen=True, slots=True)
class Demo:
    """Where it runs, what there is to see, and the session cookie of each buyer (by number) and member of staff (by role)."""

    address: str
    facts: Facts
    sessions: dict[str, str]

    def window(self, browser: Browser, sight: Sight, *, language: str, theme: str, size: tuple[int, int]) -> BrowserContext:
        """A browser of somebody who may see the sight."""
        context = browser.new_context(
            base_url=self.address, viewport={"width": size[0], "height": size[1]}, locale="zh-CN", reduced_motion="reduce"
        )
        cookies = {"django_language": language, "theme": theme, "sessionid": self._session(sight)}
        context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in cookies.items() if value])
        return context

    def _session(self, sight: Sight) -> str:
        """A consumer's page is opened by who owns the number in its address."""
        if sight.who != "consumer":
            return self.sessions.get(sight.who, "")
        named = re.search(r"\{(\w+)\}", sight.path)
        return self.sessions[getattr(self.facts, named[1] if named else "waiting")]


@contextmanager
def demo(language: str = "zh-hans", *, port: int = 8350) -> Iterator[Demo]:
    """Start it, with what the shop sells and says in `language`; wait until it is filled, stop it."""
    home = tempfile.mkdtemp(prefix="shouhou-demo-")
    os.environ["SHOUHOU_HOME"] = home
    os.environ.pop("DATABASE_URL", None)
    log = Path(home) / "demo.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "shouhou.cli", "serve", "--demo", "--language", language, "--port", str(port)],
            cwd=ROOT, env=os.environ, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        address = _address(process, log)
        # In a thread of its own: Playwright's loop and Django's connections do not share one.
        with ThreadPoolExecutor(1) as thread:
            facts, sessions = thread.submit(_look, language).result()
        yield Demo(address, facts, sessions)
    finally:
        process.terminate()  # the demo's own master stops its children
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(home, ignore_errors=True)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if found := READY.search(log.read_text()):
            return found[1]
        time.sleep(0.5)
    raise SystemExit(f"the demo did not start:\n{log.read_text()[-2000:]}")


def _look(language: str) -> tuple[Facts, dict[str, str]]:
    from shouhou.plumbing.embedded import data_folder, database

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouhou.settings")
    with database(data_folder()):
        import django

        django.setup()
        from django.db import connections

        try:
            return _seen(language)
        finally:
            connections.close_all()


def _seen(language: str) -> tuple[Facts, dict[str, str]]:
    """What asks most of its reader: a deduction to agree to, an application to review, goods on the table, a finished case."""
    from shouhou.accounts.models import User
    from shouhou.accounts.reset import reset_link
    from shouhou.cases.models import Case
    from shouhou.insurance.models import FreightClaim
    from shouhou.logistics.models import ServicePoint
    from shouhou.merchants.models import ReturnAddress
    from shouhou.notifications.models import Notice
    from shouhou.orders.models import Order, OrderLine
    from shouhou.payments.models import Charge, InvoiceTask, Refund
    from shouhou.plumbing.actor import Actor
    from shouhou.plumbing.clock import now
    from shouhou.policy.queries import versions
    from shouhou.repairs.models import WorkOrder
    from shouhou.settlements.models import Recharge, Settlement
    from shouhou.support.conversations.models import Conversation
    from shouhou.support.satisfaction.models import FollowUp
    from shouhou.support.teams.models import Check
    from tests.browser.corners import accept, paper_scan, unknown_parcel
    from tests.browser.finance_corner import batched, wrong_charge
    from tests.browser.ground import Story, clock_of, half_applied
    from tests.browser.notice_corner import notice_corner

    cases = Case.objects.select_related("buyer").order_by("-deduction_minor", "due_at")
    free = OrderLine.objects.select_related("order__buyer").filter(line=1, received_on__isnull=False, claimed_quantity=0)
    free = free.exclude(order_id__in=Case.objects.values("order_id")).order_by("-order__placed_at")
    chosen = {
        "waiting": cases.filter(waits_on="consumer", closed_at=None).first(),
        "case": cases.filter(waits_on="reviewer", closed_at=None).first(),
        "received": cases.filter(status="received").first(),
        "closed": cases.filter(status="refunded").first(),
        "complaint": cases.filter(service="complaint", closed_at=None).first(),
    }
    line = free.filter(category__in=REPAIRED).first() or free.first()
    half = free.filter(category__in=EASY).exclude(order_id=line.order_id if line else 0).first()
    repair = cases.filter(status="quoted").first()
    recharge = _first(Recharge.objects.select_related("merchant").order_by("id"))
    shop = recharge.merchant.code
    sold = Order.objects.filter(merchant__code=shop).order_by("-placed_at").first()
    if line is None or half is None or sold is None or repair is None or None in chosen.values():
        raise SystemExit(f"the demo has not everything to show: {chosen}, {line}, {half}, {sold}, {repair}")
    # The demo's worker makes the payment out.
    accept(repair.number, Actor(role="consumer", who=f"buyer:{repair.buyer_id}", buyer_id=repair.buyer_id, name=repair.buyer.name))
    story = Story(fault=FAULTS[language], name=half.order.buyer.name)
    # A shop's manager is called like the shop.
    people = {role: User.objects.get(username=shop if role == "merchant_manager" else role) for role in PEOPLE}
    numbers = {name: case.number for name, case in chosen.items() if case is not None}
    numbers["rated"] = _first(FollowUp.objects.filter(state="open").order_by("id")).case.number
    numbers |= {"repair": repair.number, "work": WorkOrder.objects.get(subject=repair.number).number, "parcel": unknown_parcel(story),
                "charge": Charge.objects.get(subject=repair.number).number, "scan": paper_scan(),
                "point": _first(ServicePoint.objects.order_by("id")).code,
                "freight": _first(FreightClaim.objects.filter(state="received").order_by("id")).number}  # fmt: skip
    refused = _first(Refund.objects.filter(state="failed").order_by("id")).number
    numbers |= {"refund": refused, "invoice": _first(InvoiceTask.objects.order_by("id")).number, "batch": batched(refused, story)}
    numbers["wrong"] = wrong_charge(numbers["received"])
    numbers |= {"recharge": recharge.number, "settlement": _first(Settlement.objects.order_by("id")).number}
    numbers["month"] = f"{now():%Y-%m}"
    talk = _first(Conversation.objects.order_by("id"))
    numbers["talk"] = talk.number
    _first(Notice.objects.filter(subject=numbers["waiting"], buyer_id__isnull=False).exclude(channel="site").order_by("id"))
    numbers["check"] = str(_first(Check.objects.filter(state="open").exclude(user__username="supervisor").order_by("id")).pk)
    numbers |= dict(zip(("told", "call", "off"), notice_corner(numbers["waiting"], now=now()), strict=True))
    facts = Facts(
        order=line.order.number, half=half_applied(half.order.number, story), sold=sold.number, clock=clock_of(numbers["waiting"]),
        version=versions("std-1")[-1].version,
        address=str(ReturnAddress.objects.filter(merchant__code=shop).order_by("id")[0].pk),
        person=str(people["inspector"].pk), reset=urlsplit(reset_link(people["inspector"])).path, **numbers,
    )  # fmt: skip
    buyers = {case.number: case.buyer_id for case in chosen.values() if case is not None}
    buyers |= {repair.number: repair.buyer_id, numbers["charge"]: repair.buyer_id, talk.number: talk.buyer_id}
    buyers |= {line.order.number: line.order.buyer_id, half.order.number: half.order.buyer_id}
    sessions = {number: _session({"buyer_id": buyer}) for number, buyer in buyers.items()}
    sessions |= {role: _session(_signed_in(user)) for role, user in people.items()}
    asked = {"order": line.order.number, "phone": line.order.buyer.phone, "next": "", "at": datetime.now(UTC).isoformat()}
    return facts, {**sessions, "asked": _session({"sign_in_asked": asked})}


def _first(rows: "QuerySet[Row]") -> "Row":
    """The first of them; what the demo's worker makes is waited for. Raises SystemExit when it does not come."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if (found := rows.all().first()) is not None:
            return found
        time.sleep(0.5)
    raise SystemExit(f"the demo has no {rows.model.__name__} to show")


def _signed_in(user: "User") -> dict[str, object]:
    """A session of somebody who has just given the password, and for as long as a slow machine looks at pages."""
    given = {"method": "password", "reauthenticated": True, "at": time.time() + LOOKING_SECONDS, "username": user.username}
    return {
        "_auth_user_id": str(user.pk), "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
        "_auth_user_hash": user.get_session_auth_hash(),
        "account_authentication_methods": [given], "account_authentication_methods_user": str(user.pk),
    }  # fmt: skip


def _session(kept: dict[str, object]) -> str:
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store.update(kept)
    store.create()
    return str(store.session_key)
