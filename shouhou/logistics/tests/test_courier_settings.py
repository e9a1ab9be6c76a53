"""Couriers switched off: no new waybill of theirs, parcels on their way go on; and where a number is looked up."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry

from shouhou.accounts.models import User
from shouhou.foundation.refusals import Refused
from shouhou.logistics.actions import register_parcel, send_back
from shouhou.logistics.actions.couriers import set_tracking_link, switch_courier
from shouhou.logistics.models import CarrierSetting, Parcel
from shouhou.logistics.queries import couriers, parcels_of
from shouhou.plumbing.actor import Actor

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
OPERATIONS = Actor(role="operations", who="key:1")
CONSUMER = Actor(role="consumer", who="buyer:12", buyer_id=12)
HOME = {"name": "林晓", "phone": "13800000000", "region": "四川省成都市锦江区", "address": "春熙路 1 号"}


def ship(subject: str = "SO-1", number: str = "SF0000000000001", carrier: str = "SF") -> Parcel:
    return register_parcel(subject=subject, carrier=carrier, tracking_number=number, actor=CONSUMER, now=NOW)


def off(code: str = "SF", *, active: bool = False) -> None:
    switch_courier(code, active=active, actor=OPERATIONS, now=NOW)


@pytest.mark.django_db
def test_a_courier_that_is_off_takes_no_new_waybill_and_says_so() -> None:
    off()
    with pytest.raises(Refused) as no:
        ship()
    assert no.value.code == "CARRIER_OFF"
    assert "顺丰速运" in no.value.sentence("zh")
    assert not Parcel.objects.exists()
    off(active=True)
    assert ship().carrier == "SF"


@pytest.mark.django_db
def test_a_waybill_registered_before_goes_on_and_registering_it_again_is_the_same_parcel() -> None:
    before = ship()
    off()
    assert ship().pk == before.pk
    with pytest.raises(Refused):
        ship("SO-2", "SF0000000000002")
    assert Parcel.objects.count() == 1


@pytest.mark.django_db
def test_no_label_is_asked_of_a_courier_that_is_off() -> None:
    off("JD")
    with pytest.raises(Refused) as no:
        send_back(subject="SO-1", actor=CONSUMER, now=NOW, key="k", address=HOME, carrier="JD")
    assert no.value.code == "CARRIER_OFF"
    assert not Parcel.objects.exists()


@pytest.mark.django_db
def test_forms_offer_only_couriers_that_are_on() -> None:
    off()
    assert "SF" not in {each["code"] for each in couriers()}
    assert "ZTO" in {each["code"] for each in couriers()}


@pytest.mark.django_db
def test_switching_twice_is_once_and_stands_in_the_log() -> None:
    user = User.objects.create(username="liang", role="operations")
    for _ in range(2):
        switch_courier("SF", active=False, actor=Actor(role="operations", who=f"user:{user.pk}"), now=NOW)
    assert list(LogEntry.objects.values_list("object_id", "object_repr")) == [("carrier.switched_off", "SF 顺丰速运")]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["auditor", "supervisor", "consumer"])
def test_nobody_else_switches_a_courier(role: str) -> None:
    with pytest.raises(Refused) as no:
        switch_courier("SF", active=False, actor=Actor(role=role, who="x:1"), now=NOW)  # type: ignore[arg-type]
    assert no.value.code == "FORBIDDEN"
    assert not CarrierSetting.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("link", [
    "http://a.example/{number}", "https://a.example/", "javascript:alert('{number}')", "https://{number}.example/", "https:///{number}",
    "https://a.example/{number}?x={y}", "https://a.example/<{number}>", "https://a.example/" + "x" * 200 + "{number}",
])  # fmt: skip
def test_a_link_that_is_no_safe_link_is_refused(link: str) -> None:
    with pytest.raises(Refused) as no:
        set_tracking_link("SF", link=link, actor=OPERATIONS, now=NOW)
    assert no.value.code == "TRACKING_LINK"
    assert not CarrierSetting.objects.exclude(tracking_url="").exists()


@pytest.mark.django_db
def test_a_parcel_shows_the_houses_link_else_the_couriers_own_else_none() -> None:
    ship()
    assert parcels_of("SO-1")[0]["link"] == "https://www.sf-express.com/chn/sc/waybill/waybill-detail/SF0000000000001"
    set_tracking_link("SF", link="https://track.example/?no={number}", actor=OPERATIONS, now=NOW)
    assert parcels_of("SO-1")[0]["link"] == "https://track.example/?no=SF0000000000001"
    ship("SO-2", "73111111111111", "ZTO")
    assert parcels_of("SO-2")[0]["link"] == ""
