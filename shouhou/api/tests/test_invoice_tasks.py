"""Invoice tasks over HTTP: the shop's invoicing system lists them and says under which number each was made out."""

import pytest

from shouhou.api.tests.conftest import Api, body
from shouhou.api.tests.test_matrix import objects
from shouhou.payments.models import InvoiceTask
from shouhou.plumbing.models import Event

__all__ = ["objects"]
pytestmark = pytest.mark.django_db


def test_the_shops_system_lists_what_is_open_and_issues_it_once(api: Api, objects: dict[str, str]) -> None:
    number = objects["invoice-tasks"]
    [told] = body(api.get("invoice-tasks?state=open"))["items"]
    assert (told["number"], told["kind"], told["reason"], told["amount"]) == (number, "red", "02", {"amount": 100, "currency": "CNY"})
    assert told["refund"] == objects["refunds"] and told["order"] == objects["orders"]
    assert body(api.get(f"invoice-tasks?state=open&subject={objects['cases']}"))["items"] == [told]
    for _ in range(2):
        answer = api.post(f"invoice-tasks/{number}/issue", {"issued_number": "RED-9"})
        assert (answer.status_code, body(answer)["state"], body(answer)["issued_number"]) == (200, "issued", "RED-9")
    other = api.post(f"invoice-tasks/{number}/issue", {"issued_number": "RED-10"})
    assert (other.status_code, body(other)["code"]) == (409, "INVOICE_NOT_OPEN")
    assert Event.objects.filter(type="invoice.issued").count() == 1
    assert body(api.get("invoice-tasks?state=open"))["items"] == []


def test_the_buyers_confirmation_comes_first_where_it_is_needed_and_a_rejection_keeps_it_open(api: Api, objects: dict[str, str]) -> None:
    number = objects["invoice-tasks"]
    InvoiceTask.objects.update(needs_confirmation=True)
    no = api.post(f"invoice-tasks/{number}/issue", {"issued_number": "RED-9"})
    assert (no.status_code, body(no)["code"], InvoiceTask.objects.get().state) == (409, "INVOICE_NOT_CONFIRMED", "drafted")
    assert body(api.post(f"invoice-tasks/{number}/reject", {"why": "税号有误"}))["why"] == "税号有误"
    assert body(api.post(f"invoice-tasks/{number}/confirm", {"confirmation": "FORM-9"}))["state"] == "confirmed"
    assert body(api.post(f"invoice-tasks/{number}/issue", {"issued_number": "RED-9"}))["state"] == "issued"


@pytest.mark.parametrize("role", ["consumer", "agent", "merchant_operator", "insurer", "technician"])
def test_whoever_has_nothing_to_do_with_invoices_is_told_so(api: Api, objects: dict[str, str], role: str) -> None:
    for method, path in (("GET", "invoice-tasks"), ("POST", f"invoice-tasks/{objects['invoice-tasks']}/issue")):
        assert api.call(method, path, {"issued_number": "X"} if method == "POST" else None, role=role).status_code == 403
    assert InvoiceTask.objects.get().state == "drafted"


def test_an_auditor_reads_and_writes_nothing(api: Api, objects: dict[str, str]) -> None:
    number = objects["invoice-tasks"]
    assert body(api.get(f"invoice-tasks/{number}", role="auditor"))["number"] == number
    assert api.post(f"invoice-tasks/{number}/reject", {"why": "x"}, role="auditor").status_code == 403
    assert InvoiceTask.objects.get().state == "drafted"
