"""Papers: what stands on them, that it can be read by people and by scanners."""

import io
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageFilter

from shouhou.cases.access import case_for
from shouhou.cases.workflows import WORKFLOWS
from shouhou.documents.codes import Marked, understand
from shouhou.documents.filling import blank_pdf, case_forms, case_pdf, order_pdf
from shouhou.documents.forms import COMBINED, COMPLAINT, EXCHANGE, FORMS, REPAIR, RETURN, form_for
from shouhou.documents.paper import Filled, form_pdf
from shouhou.documents.printing import print_blanks
from shouhou.documents.reading import as_jpeg, page_picture, read_codes
from shouhou.foundation.ids import new_number
from shouhou.foundation.refusals import Refused
from tests.world import World

AT = datetime(2026, 11, 23, tzinfo=UTC)
NUMBER = new_number("SO")
CJK = re.compile(r"[一-鿿]")


def words(pdf: bytes) -> str:
    """What stands on all pages, without blanks."""
    document = pypdfium2.PdfDocument(pdf)
    return re.sub(r"\s+", "", "".join(document[page].get_textpage().get_text_range() for page in range(len(document))))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_blank_form_says_every_label_in_its_language_on_one_page(form: object) -> None:
    form = FORMS[form.code]  # type: ignore[attr-defined]
    for language in ("zh-hans", "en"):
        pdf = form_pdf(form, Filled(), language=language, at=AT)
        said = words(pdf)
        labels = [entry.label for entry in form.entries() if entry.kind != "goods"]
        labels += [label for entry in form.entries() for _code, label in entry.choices]
        assert [each.en for each in labels if re.sub(r"\s+", "", each.in_(language)) not in said] == []
        assert len(pypdfium2.PdfDocument(pdf)) == 1
        assert bool(CJK.search(said)) == (language == "zh-hans")


def test_the_forms_ask_for_what_the_mission_wants() -> None:
    asked = {form.code: {entry.name for entry in form.entries()} for form in FORMS.values()}
    person = {"name", "phone", "address"}
    returned = {"order", "goods", "reason", "condition", "refund_route", "date", "signature", "description", "evidence", "proof"}
    assert asked["return"] >= person | returned
    assert asked["exchange"] >= asked["return"] | {"wanted", "delivery"}
    assert asked["repair"] >= person | {"order", "goods", "serial", "description", "warranty", "backup", "mode"}
    assert asked["complaint"] >= person | {"subject", "related_case", "description", "demand", "date", "signature"}
    assert asked["combined"] >= person | {"service", "order", "goods", "description", "reason", "wanted", "serial", "mode"}
    services = COMBINED.entry("service")
    assert services is not None and {code for code, _label in services.choices} == set(WORKFLOWS)
    assert [form_for(name) for name in ("return", "exchange", "repair", "compensation")] == [RETURN, EXCHANGE, REPAIR, COMBINED]


def test_the_font_is_inside_the_paper_and_only_what_is_needed_of_it() -> None:
    pdf = form_pdf(RETURN, Filled({"name": "喆龘"}), language="zh-hans", at=AT)
    assert b"NotoSansSC" in pdf and b"FontFile3" in pdf
    assert len(pdf) < 100_000
    assert "喆龘" in words(pdf)


def test_the_same_data_make_the_same_bytes() -> None:
    assert form_pdf(RETURN, Filled(), language="en", at=AT) == form_pdf(RETURN, Filled(), language="en", at=AT)


def test_what_is_written_in_cannot_command_the_typesetter() -> None:
    hostile = '#read("/etc/passwd") $x$ *bold* <b> \\u{41} "quote" ]['
    said = words(form_pdf(COMPLAINT, Filled({"description": hostile}), language="en", at=AT))
    assert re.sub(r"\s+", "", hostile).replace('"', "") in said.replace('"', "")


@pytest.mark.parametrize("blur", [0.0, 1.2])
def test_a_printed_and_scanned_form_says_which_it_is_and_whose(blur: float) -> None:
    pdf = form_pdf(REPAIR, Filled(case=NUMBER, order="订单/1 & 2"), language="zh-hans", at=AT)
    picture = page_picture(io.BytesIO(pdf), content_type="application/pdf", page=0, long_side=2338)
    crooked = picture.rotate(181.5, fillcolor=255).filter(ImageFilter.GaussianBlur(blur))
    scan = io.BytesIO(as_jpeg(crooked))
    assert read_codes(scan, content_type="image/jpeg", pages=1) == Marked("repair", 1, NUMBER, "订单/1 & 2")


def test_foreign_codes_say_nothing() -> None:
    assert understand([f"https://example.com/?case={NUMBER}", "6901234567892", "shouhou:return/x?case=nonsense"]) == Marked("return")
    assert understand(["RF-7K3Q-9XMT-4", NUMBER.lower().replace("-", " ")]) == Marked(case=NUMBER)


def test_a_photo_is_shown_upright_and_turned_as_asked() -> None:
    flat = io.BytesIO()
    Image.new("RGB", (400, 200), "white").save(flat, "PNG")
    for turn, size in ((0, (400, 200)), (90, (200, 400)), (180, (400, 200)), (45, (400, 200))):
        flat.seek(0)
        assert page_picture(flat, content_type="image/png", page=0, turn=turn).size == size


def test_every_blank_can_be_printed_into_a_folder(tmp_path: Path) -> None:
    written = print_blanks(tmp_path / "forms", at=AT)
    assert sorted(path.name for path in written) == sorted(f"{code}-{short}.pdf" for code in FORMS for short in ("zh", "en"))
    assert all(path.read_bytes().startswith(b"%PDF-") for path in written)


def test_a_case_fills_its_own_form(world: World) -> None:
    order = world.order()
    case = world.apply(order, actor=world.buyer(), reason="quality", description="打开后不加热")["number"]
    said = words(case_pdf(world.buyer(), case, "return", language="zh-hans", at=AT))
    assert all(each in said for each in (case, order, "林一", "13800000001", "电热水壶", "KETTLE", "打开后不加热"))
    complaint = words(case_pdf(world.buyer(), case, "complaint", language="zh-hans", at=AT))
    assert case in complaint and "打开后不加热" not in complaint


def test_the_slip_comes_with_the_return_address_and_not_before(world: World) -> None:
    order = world.order()
    waits = world.apply(order, actor=world.buyer(), reason="quality", description="打开后不加热")["number"]
    with pytest.raises(Refused) as no:
        case_pdf(world.buyer(), waits, "slip", language="zh-hans", at=AT)
    assert no.value.code == "NOT_FOUND"
    approved = world.apply(world.order(), actor=world.buyer())["number"]
    pdf = case_pdf(world.buyer(), approved, "slip", language="zh-hans", at=AT)
    assert all(each in words(pdf) for each in (approved, "仓库路8号", "13900000000", "电热水壶", "林一"))
    assert read_codes(io.BytesIO(pdf), content_type="application/pdf", pages=1).case == approved


def test_a_person_who_may_not_see_the_contact_prints_it_masked(world: World) -> None:
    order = world.order()
    case = world.apply(order, actor=world.buyer(), reason="quality", description="坏了")["number"]
    for said in (words(case_pdf(world.staff("auditor"), case, "return", language="zh-hans", at=AT)),
                 words(order_pdf(world.staff("auditor"), order, "return", language="zh-hans", at=AT))):  # fmt: skip
        assert "13800000001" not in said and "林一" not in said


def test_a_stranger_gets_no_paper_of_somebody_else(world: World) -> None:
    order = world.order()
    case = world.apply(order, actor=world.buyer())["number"]
    world.order(buyer={"id": "u9", "name": "路人", "phone": "13900000009"})
    for act in (partial(case_pdf, world.buyer("u9"), case, "return"), partial(order_pdf, world.buyer("u9"), order, "return"),
                partial(blank_pdf, "nonsense")):  # fmt: skip
        with pytest.raises(Refused) as no:
            act(language="en", at=AT)
        assert no.value.refusal.kind == "not_found"


def test_what_can_be_printed_for_a_case_is_known(world: World) -> None:
    case = world.apply(world.order(), actor=world.buyer())["number"]
    assert case_forms(case_for(world.buyer(), case)) == ["slip", "return", "complaint"]
