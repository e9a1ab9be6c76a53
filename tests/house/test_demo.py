"""The demo shop in the database: cases in every state, made by the real actions; a second time changes nothing."""

import re
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest

from shouhou.accounts.models import ApiKey, Buyer, Organisation, User
from shouhou.cases.models import Case, HistoryEntry
from shouhou.cases.workflows import WORKFLOWS
from shouhou.demo.seed import seed
from shouhou.demo.staff import demo_secrets
from shouhou.documents.models import PaperScan
from shouhou.ledger.queries import trial_balance
from shouhou.logistics.models import Parcel, UnknownParcel
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.orders.models import Order, OrderLine
from shouhou.repairs.models import Appointment

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


@pytest.mark.django_db
def test_the_demo_shows_every_state_and_is_not_made_twice() -> None:
    said: list[str] = []
    seed(orders=300, cases=60, seed=1, today=None, now=NOW, say=said.append)
    assert said == ["演示订单 300 笔 / 300 demo orders", "演示售后单 60 件 / 60 demo cases"]
    assert Order.objects.count() == 300
    assert Order.objects.exclude(difference_minor=0).count() == 0
    assert Buyer.objects.count() >= 40
    shown = set(Case.objects.values_list("status", flat=True))
    assert shown >= {
        "submitted", "evidence_asked", "escalated", "rejected", "awaiting_goods", "in_transit", "received",
        "deduction_proposed", "not_accepted", "disputed", "dispute_answer", "dispute_proposal",
        "sent_back", "refund_review", "refunding", "closed", "cancelled",
        "lapsed", "refund_stuck", "pickup_booked", "auditing", "auditing_second", "offered", "shop_asked", "coming_back",
        "tracing", "to_resend", "denied", "quoted", "awaiting_payment", "awaiting_visit", "appointment_booked", "waiting_parts",
        "ready", "unrepairable", "diagnosing",
    }  # fmt: skip
    assert set(Case.objects.values_list("service", flat=True)) == set(WORKFLOWS)
    assert Case.objects.filter(service="exchange", status="accepted").exists()
    assert Parcel.objects.filter(problem=True).count() == 1
    assert set(UnknownParcel.objects.values_list("state", flat=True)) == {"waiting"}
    assert sorted(PaperScan.objects.values_list("read_by_code", flat=True)) == [False, True]
    today = Appointment.objects.filter(state="booked").order_by("window_start")[0].window_start
    assert NOW < today < NOW + timedelta(hours=4)
    assert all(total == 0 for total in trial_balance().values())
    assert User.objects.get(username="finance").check_password(demo_secrets().password)
    before = (Case.objects.count(), User.objects.count(), ApiKey.objects.count())

    seed(orders=300, cases=60, seed=1, today=None, now=NOW, say=said.append)
    assert said[-1] == "演示数据已存在 / the demo data is there already"
    assert (Case.objects.count(), User.objects.count(), ApiKey.objects.count()) == before
    assert Order.objects.count() == 300


@pytest.mark.django_db
def test_the_demo_told_in_english_is_the_same_shop_without_a_chinese_word() -> None:
    said: list[str] = []
    seed(orders=300, cases=60, seed=1, today=None, now=NOW, say=said.append, language="en")
    assert said == ["演示订单 300 笔 / 300 demo orders", "演示售后单 60 件 / 60 demo cases"]
    told: list[Any] = list(chain(
        OrderLine.objects.values_list("title"), Order.objects.values_list("address", "extra"), Buyer.objects.values_list("name"),
        Merchant.objects.values_list("name"), Organisation.objects.values_list("name"),
        ReturnAddress.objects.values_list("label", "contact", "region", "address"),
        User.objects.values_list("first_name", "last_name"),
        Case.objects.values_list("title", "description", "contact", "call_note"),
        HistoryEntry.objects.exclude(role__in=["system", "carrier"]).values_list("name", "answers"),
    ))  # fmt: skip
    assert sorted({row for row in map(str, told) if CJK.search(row)}) == []
    assert set(Buyer.objects.values_list("language", flat=True)) == {"en"}
    assert User.objects.get(username="supervisor").get_full_name() == "Lan Qin"
