"""The pages of paper forms: printing them, taking scans in, keying them in beside the scan."""

import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from shouhou.cases.models import Attachment, Case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.documents.filling import order_pdf
from shouhou.documents.forms import FORMS
from shouhou.documents.models import PaperScan
from shouhou.plumbing import clock
from tests.world import World

Staff = Callable[..., Client]


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(out, "PNG")
    return SimpleUploadedFile("scan.png", out.getvalue(), content_type="image/png")


def key_of(html: str) -> str:
    return str(re.findall(r'name="once" value="([^"]+)"', html)[0])


@pytest.fixture
def agent(world: World, staff: Staff) -> Client:
    world.now = clock.now()
    return staff("agent")


def taken(client: Client, *files: SimpleUploadedFile) -> list[PaperScan]:
    once = key_of(client.get(reverse("web:scans")).content.decode())
    assert client.post(reverse("web:scans"), {"once": once, "scans": list(files or [picture()])}).status_code == 302
    return list(PaperScan.objects.order_by("id"))


def application(client: Client, scan: PaperScan, order: str) -> dict[str, object]:
    html = client.get(reverse("web:scan_key", args=[scan.number, order]), {"line": "1", "service": "return"}).content.decode()
    shown = re.findall(r'name="shown_at" value="([^"]+)"', html)[0]
    return {
        "line": ["1"], "q1": "1", "service": "return", "once": key_of(html), "shown_at": shown, "reason": "defect_other",
        "description": "打开后不加热", "return_method": "ship_back", "name": "林一", "phone": "13800000001", "region": "四川省成都市",
        "address": "春熙路 1 号", "channel": "form",
        "call_note": re.findall(r"纸质表格 FS-[\w-]+", html)[0],
        "c1-opened": "yes", "c1-used": "yes", "c1-accessories": "complete",
    }  # fmt: skip


def test_every_blank_form_is_there_for_everybody(db: None) -> None:
    html = Client().get(reverse("web:forms")).content.decode()
    for code in FORMS:
        assert reverse("web:form", args=[code]) in html
        answer = Client().get(reverse("web:form", args=[code]), {"language": "en"})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert Client().get(reverse("web:form", args=["nonsense"])).status_code == 404


def test_a_buyer_prints_the_own_case_and_nobody_elses(world: World, buyer: Callable[..., Client]) -> None:
    order = world.order()
    case = world.apply(order)["number"]
    html = buyer().get(reverse("web:case_forms", args=[case])).content.decode()
    assert reverse("web:case_form", args=[case, "return"]) in html
    for client, status in ((buyer(), 200), (buyer("somebody-else"), 404)):
        assert client.get(reverse("web:case_form", args=[case, "slip"])).status_code == status
        assert client.get(reverse("web:order_form", args=[order, "repair"])).status_code == status
        assert client.get(reverse("web:case_forms", args=[case])).status_code == status


def test_the_way_of_every_service_is_told_to_everybody(db: None) -> None:
    for service, workflow in WORKFLOWS.items():
        html = Client().get(reverse("web:process", args=[service])).content.decode()
        assert all(state.label.zh in html for state in workflow.states)
        drawn = Client().get(reverse("web:process_picture", args=[service, "en"]))
        assert drawn["Content-Type"].startswith("image/svg+xml")
        assert not re.search("[一-鿿]", drawn.content.decode().partition("</style>")[2])
    assert "30 天" in Client().get(reverse("web:process", args=["repair"])).content.decode()
    assert Client().get(reverse("web:process", args=["nonsense"])).status_code == 404
    assert Client().get(reverse("web:process_picture", args=["return", "fr"])).status_code == 404


def test_a_printed_form_is_scanned_keyed_in_and_becomes_a_case(world: World, agent: Client) -> None:
    order = world.order()
    paper = order_pdf(world.buyer(), order, "return", language="zh-hans", at=world.now)
    [scan] = taken(agent, SimpleUploadedFile("form.pdf", paper, content_type="application/pdf"))
    html = agent.get(reverse("web:scan", args=[scan.number])).content.decode()
    assert "退货申请表" in html and order in html and "编号由条形码识别" in html
    assert agent.get(reverse("web:scan_page", args=[scan.number, 1]), {"turn": "90"})["Content-Type"] == "image/jpeg"
    form = application(agent, scan, order)
    address = reverse("web:scan_key", args=[scan.number, order])
    shown = agent.post(address, {**form, "act": "preview"}).content.decode()
    assert re.findall(r'class="errorlist[^>]*>(.*?)</ul>|class="note bad[^>]*>(.*?)</', shown, flags=re.S) == []
    assert "核对录入" in shown and reverse("web:scan_page", args=[scan.number, 1]) in shown
    assert not Case.objects.exists()
    for _ in range(2):  # a double click
        answer = agent.post(address, {**form, "act": "submit", "acknowledged": "yes"})
        assert answer["Location"] == reverse("web:staff_case", args=[Case.objects.get().number])
    case = Case.objects.get()
    assert (case.source, case.description) == ("form", "打开后不加热")
    assert Attachment.objects.get().case_id == case.pk
    assert agent.get(address)["Location"] == reverse("web:scan", args=[scan.number])


def test_a_half_keyed_form_is_kept_for_a_colleague(world: World, agent: Client, staff: Staff) -> None:
    order = world.order()
    [scan] = taken(agent)
    address = reverse("web:scan_key", args=[scan.number, order])
    form = {**application(agent, scan, order), "description": "写到一半", "act": "keep"}
    assert agent.post(address, form)["Location"] == reverse("web:scan", args=[scan.number])
    html = staff("clerk").get(address, {"line": "1", "service": "return"}).content.decode()
    assert "写到一半" in html
    assert not Case.objects.exists()


def test_the_second_look_is_another_persons(world: World, agent: Client, staff: Staff) -> None:
    [scan] = taken(agent)
    page = reverse("web:scan", args=[scan.number])
    form = {"once": key_of(agent.get(page).content.decode()), "reason": "订单号看不清"}
    assert agent.post(reverse("web:scan_unclear", args=[scan.number]), form).status_code == 302
    assert "须由另一位同事处理" in agent.get(page).content.decode()
    refused = agent.post(reverse("web:scan_drop", args=[scan.number]), {"once": "k1", "reason": "是广告"})
    assert refused.status_code == 403
    assert PaperScan.objects.get().state == "unclear"
    clerk = staff("clerk")
    assert clerk.post(reverse("web:scan_drop", args=[scan.number]), {"once": "k2", "reason": "是广告"}).status_code == 302
    assert PaperScan.objects.get().state == "dropped"


def test_a_scan_is_put_to_a_case_and_what_is_wrong_is_told(world: World, agent: Client) -> None:
    case = world.apply(world.order())["number"]
    [scan] = taken(agent)
    address = reverse("web:scan_add", args=[scan.number])
    wrong = agent.post(address, {"once": "k1", "case": "SO-0000", "text": "要求加急"})
    assert wrong.status_code == 404 and PaperScan.objects.get().state == "waiting"
    assert agent.post(address, {"once": "k1", "case": "", "text": ""}).status_code == 422
    assert agent.post(address, {"once": "k1", "case": case, "text": "要求加急"})["Location"] == reverse("web:staff_case", args=[case])
    assert "要求加急" in agent.get(reverse("web:staff_case", args=[case])).content.decode()


def test_several_files_come_in_at_once_and_a_bad_one_alone_is_refused(world: World, agent: Client) -> None:
    once = key_of(agent.get(reverse("web:scans")).content.decode())
    bad = SimpleUploadedFile("x.exe", b"MZ", content_type="image/png")
    answer = agent.post(reverse("web:scans"), {"once": once, "scans": [picture(), bad]})
    assert answer.status_code == 422 and "x.exe" in answer.content.decode()
    assert PaperScan.objects.count() == 1


def test_the_queue_is_filtered_by_its_address_and_exported(world: World, agent: Client) -> None:
    first, second = taken(agent, picture(), picture())
    PaperScan.objects.filter(pk=second.pk).update(order_number="D-77")
    html = agent.get(reverse("web:scans"), {"q": "D-77"}).content.decode()
    assert second.number in html and first.number not in html
    exported = agent.get(reverse("web:scans_export", args=["csv"]), {"q": first.number})
    text = b"".join(exported).decode("utf-8-sig") if exported.streaming else exported.content.decode("utf-8-sig")
    assert first.number in text and second.number not in text
    assert "没有待处理" in agent.get(reverse("web:scans"), {"view": "dropped"}).content.decode()


@pytest.mark.parametrize("role", ["auditor", "finance", "inspector", "technician", "reviewer"])
def test_other_roles_are_told_that_it_is_not_theirs(world: World, agent: Client, staff: Staff, role: str) -> None:
    [scan] = taken(agent)
    other = staff(role)
    for address in (reverse("web:scans"), reverse("web:scan", args=[scan.number]), reverse("web:scan_page", args=[scan.number, 1])):
        assert other.get(address).status_code == 403
