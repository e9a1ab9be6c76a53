"""Scanned forms: read, keyed in, put to cases, looked at twice; and what is refused changes nothing."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from PIL import Image

from shouhou.cases.actions import Application, ItemWish
from shouhou.cases.models import Attachment, Case, Message
from shouhou.cases.tasks import forget_unattached
from shouhou.documents.actions import (
    add_to_case,
    ask_second,
    drop_scan,
    erase_scans_of,
    keep_fields,
    key_in,
    scan_for,
    take_scan,
)
from shouhou.documents.filling import case_pdf, order_pdf
from shouhou.documents.models import PaperScan, PaperScanEntry
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload
from tests.world import World


def photo(colour: str = "white") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(out, "PNG")
    out.seek(0)
    return out


def kept_files() -> set[Path]:
    return {path for path in Path(settings.UPLOADS_ROOT).rglob("*") if path.is_file()}


def wish(order: str, **more: object) -> Application:
    plain: dict[str, object] = {
        "order": order, "service": "return", "reason": "quality", "description": "打开后不加热", "lines": (ItemWish(1, 1),),
        "contact": {"name": "林一", "phone": "13800000001"}, "channel": "form",
    } | more  # fmt: skip
    return Application(**plain)  # type: ignore[arg-type]


@pytest.fixture
def agent(world: World) -> Actor:
    return world.staff("agent", "user:71")


@pytest.fixture
def clerk(world: World) -> Actor:
    return world.staff("clerk", "user:72")


def taken(world: World, actor: Actor, file: io.BytesIO | None = None) -> str:
    return take_scan(file or photo(), name="scan.png", actor=actor, now=world.now).number


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as no:
        act()
    return no.value.code


def test_a_printed_form_comes_back_and_is_known_by_its_code(world: World, agent: Actor) -> None:
    order = world.order()
    paper = order_pdf(world.buyer(), order, "repair", language="zh-hans", at=world.now)
    scan = take_scan(io.BytesIO(paper), name="维修.pdf", actor=agent, now=world.now)
    assert (scan.form, scan.form_version, scan.order_number, scan.case_number, scan.read_by_code) == ("repair", 1, order, "", True)
    case = world.apply(order)["number"]
    slip = case_pdf(world.buyer(), case, "complaint", language="en", at=world.now)
    scan = take_scan(io.BytesIO(slip), name="c.pdf", actor=agent, now=world.now)
    assert (scan.form, scan.case_number, scan.pages, scan.state) == ("complaint", case, 1, "waiting")


def test_a_scan_without_a_code_waits_to_be_typed(world: World, agent: Actor) -> None:
    scan = scan_for(agent, taken(world, agent))
    assert (scan.form, scan.case_number, scan.order_number, scan.read_by_code) == ("", "", "", False)


def test_what_is_no_scan_is_refused_and_leaves_no_file(world: World, agent: Actor) -> None:
    before = kept_files()
    for content in (b"", b"MZ not a picture", b"%PDF-1.4 broken\n%%EOF", b"\x89PNG\r\n\x1a\n broken"):
        assert refusal_of(partial(take_scan, io.BytesIO(content), name="x", actor=agent, now=world.now)) in {
            "UPLOAD_EMPTY", "UPLOAD_TYPE", "UPLOAD_BROKEN", "SCAN_UNREADABLE",
        }  # fmt: skip
    assert not PaperScan.objects.exists() and not Upload.objects.exists()
    assert kept_files() == before


def test_keying_in_opens_the_case_with_the_scan_on_it_and_says_who(world: World, agent: Actor, clerk: Actor) -> None:
    order, number = world.order(), taken(world, agent)
    acting = clerk.acting_for(world.buyer().buyer_id or 0)
    case = Case.objects.get(number=key_in(number, wish(order), actor=acting, now=world.now)["number"])
    scan = scan_for(agent, number)
    assert (scan.state, scan.case_id, scan.ended_by, scan.buyer_id) == ("keyed", case.pk, "user:72", case.buyer_id)
    assert (case.source, case.created_by, case.on_behalf_of) == ("form", "user:72", f"buyer:{case.buyer_id}")
    assert [(row.upload_id, row.kind) for row in Attachment.objects.filter(case=case)] == [(scan.upload_id, "form")]
    assert [(row.deed, row.who) for row in scan.entries.order_by("id")] == [("taken", "user:71"), ("keyed", "user:72")]


def test_the_combined_form_makes_the_same_case_as_the_services_own(world: World, agent: Actor) -> None:
    cases = []
    for form in ("return", "combined"):
        order = world.order()
        paper = order_pdf(world.buyer(), order, form, language="zh-hans", at=world.now)
        body = key_in(taken(world, agent, io.BytesIO(paper)), wish(order), actor=agent, now=world.now)
        cases.append({name: body[name] for name in ("service", "reason", "description", "channel", "status", "waits_on", "items")})
    assert cases[0] == cases[1]


def test_a_dry_run_opens_nothing_and_the_scan_waits_on(world: World, agent: Actor) -> None:
    order, number = world.order(), taken(world, agent)
    assert key_in(number, wish(order), actor=agent, now=world.now, dry_run=True)["service"] == "return"
    assert not Case.objects.exists() and scan_for(agent, number).state == "waiting"


def test_what_the_application_lacks_is_refused_and_the_scan_waits_on(world: World, agent: Actor) -> None:
    order, number = world.order(), taken(world, agent)
    assert refusal_of(lambda: key_in(number, wish(order, description=""), actor=agent, now=world.now)) == "DESCRIPTION_REQUIRED"
    assert refusal_of(lambda: key_in(number, wish(order, contact={}), actor=agent, now=world.now)) == "CONTACT_REQUIRED"
    assert refusal_of(lambda: key_in(number, wish("nonsense"), actor=agent, now=world.now)) == "ORDER_NOT_FOUND"
    assert not Case.objects.exists() and not Attachment.objects.exists()
    assert scan_for(agent, number).state == "waiting"


def test_one_scan_makes_one_case(world: World, agent: Actor, clerk: Actor) -> None:
    number = taken(world, agent)
    key_in(number, wish(world.order()), actor=agent, now=world.now)
    assert refusal_of(lambda: key_in(number, wish(world.order()), actor=clerk, now=world.now)) == "SCAN_ENDED"
    assert refusal_of(lambda: ask_second(number, reason="?", actor=clerk, now=world.now)) == "SCAN_ENDED"
    assert Case.objects.count() == 1


def test_a_form_is_put_to_a_case_that_is_there(world: World, agent: Actor) -> None:
    case, number = world.apply(world.order())["number"], taken(world, agent)
    assert refusal_of(lambda: add_to_case(number, case=case, text=" ", actor=agent, now=world.now)) == "SCAN_TEXT"
    assert refusal_of(lambda: add_to_case(number, case="SO-0000", text="x", actor=agent, now=world.now)) == "CASE_NOT_FOUND"
    assert not Message.objects.exists()
    assert add_to_case(number, case=case.lower(), text="要求加急", actor=agent, now=world.now) == case
    said = Message.objects.get()
    assert (said.case.number, said.text, said.internal, said.who) == (case, "要求加急", True, "user:71")
    assert scan_for(agent, number).state == "added" and Attachment.objects.get().case.number == case


def test_what_is_unclear_is_anothers_to_end(world: World, agent: Actor, clerk: Actor) -> None:
    order, number = world.order(), taken(world, agent)
    assert refusal_of(lambda: ask_second(number, reason=" ", actor=agent, now=world.now)) == "SCAN_REASON"
    assert refusal_of(lambda: drop_scan(number, reason="空白", actor=agent, now=world.now)) == "SCAN_NOT_ASKED"
    ask_second(number, reason="订单号看不清", actor=agent, now=world.now)
    for act in (lambda: key_in(number, wish(order), actor=agent, now=world.now),
                lambda: drop_scan(number, reason="空白", actor=agent, now=world.now)):  # fmt: skip
        assert refusal_of(act) == "SCAN_SECOND_LOOK"
    assert refusal_of(lambda: ask_second(number, reason="也看不清", actor=clerk, now=world.now)) == "SCAN_ASKED"
    assert not Case.objects.exists() and scan_for(agent, number).state == "unclear"
    key_in(number, wish(order), actor=clerk, now=world.now)
    assert scan_for(agent, number).state == "keyed"


def test_nothing_is_dropped_by_one_person_alone(world: World, agent: Actor, clerk: Actor) -> None:
    number = taken(world, agent)
    ask_second(number, reason="不是我们的表格", actor=agent, now=world.now)
    drop_scan(number, reason="同意，是广告", actor=clerk, now=world.now)
    scan = scan_for(agent, number)
    assert (scan.state, scan.asked_by, scan.ended_by, scan.case) == ("dropped", "user:71", "user:72", None)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperScan.objects.filter(pk=scan.pk).update(ended_by="user:71")


def test_a_draft_is_kept_for_whoever_goes_on_and_gone_when_it_is_keyed(world: World, agent: Actor, clerk: Actor) -> None:
    order, number = world.order(), taken(world, agent)
    keep_fields(number, {"description": ["打开后\x00不加热"], "line": ["1"]}, order=order, actor=agent, now=world.now)
    kept = scan_for(clerk, number)
    assert (kept.fields, kept.order_number) == ({"description": ["打开后不加热"], "line": ["1"]}, order)
    key_in(number, wish(order), actor=clerk, now=world.now)
    assert scan_for(clerk, number).fields == {}


def test_other_roles_and_other_houses_see_no_scans(world: World, agent: Actor) -> None:
    number = taken(world, agent)
    for role in ("auditor", "finance", "inspector", "technician"):
        assert refusal_of(partial(scan_for, world.staff(role), number)) == "FORBIDDEN"
        assert refusal_of(partial(take_scan, photo(), name="x", actor=world.staff(role), now=world.now)) == "FORBIDDEN"
    world.order(merchant={"code": "yun", "channel": "third", "name": "云裳"})
    theirs = world.staff("clerk", "user:80", merchant="yun")
    assert refusal_of(lambda: scan_for(theirs, number)) == "SCAN_NOT_FOUND"
    assert refusal_of(lambda: drop_scan(number, reason="x", actor=theirs, now=world.now)) == "SCAN_NOT_FOUND"
    assert PaperScan.objects.count() == 1


def test_a_waiting_scan_is_not_forgotten_with_the_unattached_files(world: World, agent: Actor) -> None:
    number = taken(world, agent)
    assert forget_unattached(now=world.later(days=90).now) == 0
    assert scan_for(agent, number).upload.erased_at is None


def test_a_persons_scans_and_drafts_go_with_the_person(world: World, agent: Actor) -> None:
    number = taken(world, agent)
    case = key_in(number, wish(world.order()), actor=agent, now=world.now)["number"]
    buyer = Case.objects.get(number=case).buyer_id
    assert erase_scans_of(buyer + 1, world.now) == {"scans": 0}
    assert erase_scans_of(buyer, world.now) == {"scans": 1}
    assert scan_for(agent, number).upload.erased_at == world.now


def test_what_was_done_cannot_be_changed(world: World, agent: Actor) -> None:
    taken(world, agent)
    for change in (lambda: PaperScanEntry.objects.update(who="user:1"), lambda: PaperScanEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert PaperScanEntry.objects.get().who == "user:71"
