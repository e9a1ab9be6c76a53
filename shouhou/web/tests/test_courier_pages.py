"""Finance's page of couriers' bills: taken in once, what is to be asked about stands first, files as filtered."""

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouhou.ledger.models import Posting
from shouhou.payments.models import CourierBill, CourierBillLine
from shouhou.plumbing import clock
from tests.stories.test_courier_bills import bill, picked_up
from tests.world import World

Staff = Callable[..., Client]


def sent(data: bytes, *, key: str = "a") -> dict[str, object]:
    return {"once": key, "carrier": "SF", "file": SimpleUploadedFile("sf.csv", data, content_type="text/csv")}


def test_a_bill_is_taken_in_once_and_what_is_to_be_asked_about_stands_first(world: World, staff: Staff) -> None:
    world.now = clock.now()
    number, reference = picked_up(world, fault="seller")
    client, address = staff("finance"), "/finance/couriers/"
    data = bill((reference, "12.50"), ("NOBODY", "3.00"))
    for key in "aab":
        assert client.post(address, sent(data, key=key)).status_code == 302
    assert (CourierBill.objects.count(), CourierBillLine.objects.count(), Posting.objects.count()) == (1, 2, 1)
    html = client.get(address).content.decode()
    assert "NOBODY" in html and reference not in html
    html = client.get(f"{address}?outcome=all").content.decode()
    assert reference in html and reverse("web:staff_case", args=[number]) in html and "12.50" in html
    case = client.get(reverse("web:staff_case", args=[number])).content.decode()
    assert "应付运费" in case
    rows = b"".join(client.get("/finance/couriers.csv?outcome=posted").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 2 and reference in rows[1]


def test_what_is_no_bill_is_said_at_the_field_and_an_auditor_only_reads(world: World, staff: Staff) -> None:
    client = staff("finance")
    answer = client.post("/finance/couriers/", sent(b"no,bill"))
    assert answer.status_code == 422 and "reference, amount, currency" in answer.content.decode()
    auditor = staff("auditor")
    assert auditor.get("/finance/couriers/").status_code == 200
    assert auditor.post("/finance/couriers/", sent(bill(("A", "1.00")))).status_code == 403
    assert not CourierBill.objects.exists()
