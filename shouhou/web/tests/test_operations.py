"""The pages of operations: for whom they are, what they show, and what happens when a button is pressed, once and twice."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from shouhou.accounts.models import Buyer, FailedSignIn, User
from shouhou.cases.models import HistoryEntry
from shouhou.logistics.models import OwnArea, PickupSuspension
from shouhou.notifications.models import Notice
from shouhou.notifications.templates import TEMPLATES
from shouhou.plumbing import clock
from shouhou.policy.actions import sync_books
from shouhou.policy.models import CalendarOverride
from shouhou.policy.queries import calendar_now, forget
from shouhou.web.tests.test_languages import CJK, text_of
from tests.world import World

PAGES = [
    "/operations/", "/operations/stuck/", "/operations/jobs/", "/operations/audit/", "/operations/people/", "/operations/people/new/",
    "/operations/books/", "/operations/books/std-1/compare/", "/operations/calendar/", "/operations/texts/",
    "/operations/texts/refund_settled/", "/operations/carriers/",
]  # fmt: skip
Staff = Callable[..., Client]


def failed_job() -> int:
    """A job that has been given up."""
    number = app.configure_task("notifications.deliver", queue="notifications").defer(notice_id=7)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [number])
    return number


def failed_notice(subject: str = "SO-NONE") -> Notice:
    return Notice.objects.create(
        event_seq=1, event_type="case.moved", subject=subject, recipient="buyer:1", buyer_id=1, channel="sms", template="approved",
        language="zh-hans", title="标题", body="短信", state="failed", attempts=9, trouble="SmsSilent: ConnectError",
        created_at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", ["operations", "supervisor", "auditor"])
def test_the_house_reads_every_page(staff: Staff, role: str, path: str) -> None:
    answer = staff(role).get(path)
    assert answer.status_code == 200
    assert 'aria-current="page"' in answer.content.decode()


@pytest.mark.parametrize("role", ["agent", "reviewer", "inspector", "finance"])
def test_other_roles_find_no_such_page(staff: Staff, role: str) -> None:
    client = staff(role)
    assert {client.get(path).status_code for path in PAGES} == {404}


@pytest.mark.parametrize("role", ["merchant_manager", "operations"])
def test_nobody_of_a_shop_finds_such_a_page(world: World, staff: Staff, role: str) -> None:
    world.order(merchant={"code": "yunshang", "channel": "third", "name": "云裳旗舰店"})
    client = staff(role, shop="yunshang")
    assert {client.get(path).status_code for path in PAGES} == {404}


def test_a_stranger_signs_in_first(db: None) -> None:
    assert {Client().get(path).status_code for path in PAGES} == {302}


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
def test_readers_change_no_master_data(staff: Staff, role: str) -> None:
    client = staff(role)
    posts = {
        "/operations/people/new/": {"username": "neu", "name": "新人", "role": "agent", "organisation": "operator", "once": "a"},
        "/operations/calendar/": {"day": "2026-10-09", "kind": "holiday", "source": "x", "once": "b"},
        "/operations/carriers/areas/": {"region_code": "5101", "name": "成都", "once": "c"},
        "/operations/carriers/suspensions/": {"first_day": "2026-10-09", "last_day": "2026-10-09", "cause": "台风", "once": "d"},
    }
    for path, form in posts.items():
        assert client.post(path, form).status_code == 403, path
    assert not User.objects.filter(username="neu").exists()
    assert CalendarOverride.objects.count() + OwnArea.objects.count() + PickupSuspension.objects.count() == 0
    assert LogEntry.objects.count() == 0


def test_the_overview_counts_what_needs_a_person(staff: Staff) -> None:
    failed_notice()
    failed_job()
    html = staff("operations").get("/operations/").content.decode()
    counted = dict(re.findall(r'href="(/operations/[^"]*)"><strong class="num">(\d+)<', html))
    assert counted["/operations/jobs/?status=failed"] == "1"
    assert counted["/operations/stuck/?kind=notices"] == "1"
    assert "最终失败" in html


def test_a_stuck_notice_is_sent_again_once_however_often_one_clicks(staff: Staff) -> None:
    notice, client = failed_notice(), staff("supervisor")
    buyer = Buyer.objects.create(external_id="u1", phone="13800000001")
    Notice.objects.update(buyer_id=buyer.pk, recipient=f"buyer:{buyer.pk}")
    html = client.get("/operations/stuck/?kind=notices").content.decode()
    assert "SmsSilent: ConnectError" in html
    address = reverse("web:ops_again", args=["notices", notice.id])
    for _ in range(2):
        assert client.post(address, {"once": "k"}).status_code == 302
    new = Notice.objects.get(again_of=notice)
    assert (new.attempts, new.body) == (0, notice.body)
    # By day it is on its way, at night it waits for the morning.
    assert (new.state, ProcrastinateJob.objects.filter(task_name="notifications.deliver").count()) in (("queued", 1), ("held", 0))
    assert LogEntry.objects.filter(object_id="notice.sent_again").count() == 1


def test_the_auditor_sends_nothing_again(staff: Staff) -> None:
    notice = failed_notice()
    client = staff("auditor")
    assert "重新投递" not in client.get("/operations/stuck/").content.decode()
    assert client.post(reverse("web:ops_again", args=["notices", notice.id]), {"once": "k"}).status_code == 403
    notice.refresh_from_db()
    assert notice.state == "failed"


def test_a_failed_job_is_retried_and_a_waiting_one_is_not(staff: Staff) -> None:
    number, client = failed_job(), staff("operations")
    waits = app.configure_task("notifications.deliver", queue="notifications").defer(notice_id=8)
    assert f"#{number}" in client.get("/operations/jobs/?status=failed").content.decode()
    assert client.post(reverse("web:ops_job_retry", args=[number]), {"once": "a"}).status_code == 302
    assert client.post(reverse("web:ops_job_retry", args=[waits]), {"once": "b"}).status_code == 409
    assert client.post(reverse("web:ops_job_retry", args=[999999]), {"once": "c"}).status_code == 404
    assert {job.status for job in ProcrastinateJob.objects.filter(id__in=[number, waits])} == {"todo"}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_jobs_and_what_is_stuck_are_exported_as_filtered_and_to_nobody_else(staff: Staff, form: str) -> None:
    number, notice = failed_job(), failed_notice()
    app.configure_task("notifications.code", queue="notifications").defer(phone="13800000001", code="123456", language="zh-hans")
    client = staff("operations")
    for path in ("/operations/jobs", "/operations/stuck"):
        assert client.get(f"{path}.{form}").status_code == 200
        assert staff("agent").get(f"{path}.{form}").status_code in (403, 404)
        assert client.get(f"{path}.pdf").status_code == 404
    if form == "csv":
        asked = ("jobs.csv?status=failed", "jobs.csv", "stuck.csv?kind=notices", "stuck.csv?kind=refunds")
        sheets = [csv_lines(client, path) for path in asked]
        assert [len(sheet) for sheet in sheets] == [2, 3, 2, 1]
        assert sheets[0][1].startswith(f"{number},")
        assert "123456" not in sheets[1][1] + sheets[1][2]
        assert notice.subject in sheets[2][1]


def csv_lines(client: Client, path: str) -> list[str]:
    return b"".join(client.get(f"/operations/{path}").streaming_content).decode().splitlines()  # type: ignore[attr-defined]


def test_a_sign_in_code_is_not_shown_among_the_jobs(staff: Staff) -> None:
    app.configure_task("notifications.code", queue="notifications").defer(
        buyer_id=1, code="135790", language="en", asked_at="2026-03-01T04:00:00+00:00", tries=0
    )
    html = staff("operations").get("/operations/jobs/").content.decode()
    assert "notifications.code" in html
    assert "135790" not in html


def test_the_audit_log_tells_moves_and_staff_actions_together_and_filters_them(world: World, staff: Staff) -> None:
    case = world.apply(world.order())["number"]
    client = staff("operations")
    client.post("/operations/carriers/areas/", {"region_code": "5101", "name": "成都市", "once": "a"})
    whole = client.get("/operations/audit/").content.decode()
    assert case in whole
    assert "关闭配送范围" in whole.split("<tbody>")[1]
    assert "成都市" not in client.get("/operations/audit/?source=cases").content.decode()
    assert case not in client.get("/operations/audit/?source=staff").content.decode()
    mine = client.get("/operations/audit/?who=operations-operator").content.decode()
    assert "成都市" in mine
    assert case not in mine.split("<tbody>")[1]
    assert "没有记录" in client.get("/operations/audit/?until=2001-01-01").content.decode()
    assert case in client.get(f"/operations/audit/?case={case.lower()}").content.decode()
    sheet = b"".join(client.get("/operations/audit.csv?source=staff").streaming_content).decode()  # type: ignore[attr-defined]
    assert "成都市" in sheet
    assert case not in sheet


def test_the_audit_log_pages_through_both_books_without_loss(world: World, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shouhou.web.operations.audit.PAGE_SIZE", 2)
    world.apply(world.order())
    client = staff("operations")
    for code in ("5101", "5102", "5103"):
        client.post("/operations/carriers/areas/", {"region_code": code, "name": f"地区{code}", "once": code})
    seen, address = "", "/operations/audit/"
    for _ in range(20):
        html = client.get(address).content.decode()
        seen += html.split("<tbody>")[1].split("</tbody>")[0]
        following = re.search(r'rel="next" href="([^"]+)"', html)
        if not following:
            break
        address = "/operations/audit/" + following[1]
    assert [seen.count(f"地区{code}") for code in ("5101", "5102", "5103")] == [1, 1, 1]
    assert seen.count("<tr>") == LogEntry.objects.count() + HistoryEntry.objects.count()


def test_a_new_account_gets_a_password_that_is_shown_once(staff: Staff) -> None:
    client = staff("operations")
    form = {"username": "xin", "name": "新人甲", "email": "xin@example.com", "role": "reviewer", "organisation": "operator", "once": "k"}
    first, second = client.post("/operations/people/new/", form), client.post("/operations/people/new/", form)
    password = re.search(r'ops-password">([^<]+)<', first.content.decode())
    user = User.objects.get(username="xin")
    assert password
    assert user.check_password(password[1])
    assert user.get_full_name() == "新人甲"
    assert second["Location"] == f"/operations/people/{user.pk}/"
    assert password[1] not in client.get(second["Location"]).content.decode()
    assert list(LogEntry.objects.values_list("object_id", "object_repr")) == [("staff.created", "xin")]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"username": "operations-operator"}, "已被使用"), ({"role": "merchant_manager"}, "商家组织"), ({"username": "a b"}, "请修改后再提交"),
     ({"role": "king"}, "请修改后再提交")],
)  # fmt: skip
def test_a_wrong_account_is_told_and_not_made(staff: Staff, wrong: dict[str, str], said: str) -> None:
    client = staff("operations")
    form = {"username": "xin", "name": "新人甲", "role": "reviewer", "organisation": "operator", "once": "k", **wrong}
    answer = client.post("/operations/people/new/", form)
    assert answer.status_code in (409, 422)
    assert said in answer.content.decode()
    assert User.objects.count() == 1


def test_switching_off_ends_every_session_and_on_lets_them_in_again(staff: Staff) -> None:
    other, client = staff("agent"), staff("operations")
    agent = User.objects.get(username="agent-operator")
    assert other.get("/staff/notices/").status_code == 200
    client.post(reverse("web:ops_person_change", args=[agent.pk, "off"]), {"once": "a"})
    assert other.get("/staff/notices/").status_code == 302
    client.post(reverse("web:ops_person_change", args=[agent.pk, "on"]), {"once": "b"})
    agent.refresh_from_db()
    assert agent.is_active


def test_a_role_is_changed_and_nobody_changes_their_own(staff: Staff) -> None:
    staff("agent")
    client = staff("operations")
    agent, me = User.objects.get(username="agent-operator"), User.objects.get(username="operations-operator")
    form = {"role": "supervisor", "organisation": "operator"}
    assert client.post(reverse("web:ops_person_change", args=[agent.pk, "role"]), {**form, "once": "a"}).status_code == 302
    assert client.post(reverse("web:ops_person_change", args=[me.pk, "role"]), {**form, "once": "b"}).status_code == 409
    assert client.post(reverse("web:ops_person_change", args=[me.pk, "off"]), {"once": "c"}).status_code == 409
    assert client.post(reverse("web:ops_person_change", args=[agent.pk, "sing"]), {"once": "d"}).status_code == 404
    agent.refresh_from_db()
    me.refresh_from_db()
    assert (agent.role, me.role, me.is_active) == ("supervisor", "operations", True)


def test_a_renewed_password_replaces_the_old_one(staff: Staff) -> None:
    staff("agent")
    agent = User.objects.get(username="agent-operator")
    answer = staff("operations").post(reverse("web:ops_person_change", args=[agent.pk, "password"]), {"once": "a"})
    password = re.search(r'ops-password">([^<]+)<', answer.content.decode())
    agent.refresh_from_db()
    assert password
    assert agent.check_password(password[1])


def test_people_are_filtered_and_their_addresses_masked(staff: Staff) -> None:
    staff("agent")
    client = staff("operations")
    User.objects.filter(username="agent-operator").update(email="secret@example.com")
    html = client.get("/operations/people/?role=agent").content.decode()
    assert "agent-operator" in html
    assert "secret@example.com" not in html
    assert "operations-operator" not in html.split("<tbody>")[1]
    assert "agent-operator" not in client.get("/operations/people/?shown=off").content.decode()
    sheet = b"".join(client.get("/operations/people.csv?q=agent").streaming_content).decode()  # type: ignore[attr-defined]
    assert "agent-operator" in sheet
    assert "secret@example.com" not in sheet


def test_a_lockout_is_listed_and_lifted(staff: Staff) -> None:
    FailedSignIn.objects.create(kind="name", value="suyue", failures=8, last_at=clock.now())
    client = staff("operations")
    assert "suyue" in client.get("/operations/people/").content.decode()
    row = FailedSignIn.objects.get()
    assert staff("supervisor").post(reverse("web:ops_lift", args=[row.pk]), {"once": "a"}).status_code == 403
    assert FailedSignIn.objects.count() == 1
    assert client.post(reverse("web:ops_lift", args=[row.pk]), {"once": "b"}).status_code == 302
    assert FailedSignIn.objects.count() == 0


def test_every_version_of_a_book_is_readable_with_sources_and_compared(staff: Staff) -> None:
    sync_books(clock.now())
    client = staff("auditor")
    listed = client.get("/operations/books/").content.decode()
    versions = re.findall(r'href="(/operations/books/std-1/[^"]+)"', listed)
    page = client.get(next(path for path in versions if "compare" not in path)).content.decode()
    assert "消费者权益保护法" in page
    assert "no_reason_return_days" in page
    assert client.get("/operations/books/std-1/nonsense/").status_code == 404
    assert client.get("/operations/books/nonsense/compare/").status_code == 404
    assert client.get("/operations/books/std-1/compare/?old=0").status_code == 404


def test_a_day_is_overridden_once_counts_at_once_and_is_dropped(
    staff: Staff, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    client, form = staff("operations"), {"day": "2026-10-09", "kind": "holiday", "source": "国办发明电〔2026〕1 号", "once": "a"}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        assert client.post("/operations/calendar/", form)["Location"] == "/operations/calendar/?year=2026"
    assert not calendar_now().is_workday(date(2026, 10, 9))
    again = client.post("/operations/calendar/", {**form, "once": "b"})
    assert again.status_code == 409
    assert "已有修订" in again.content.decode()
    assert "国办发明电" in client.get("/operations/calendar/?year=2026").content.decode()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        client.post(reverse("web:ops_override_drop", args=[CalendarOverride.objects.get().pk]), {"once": "c"})
    assert calendar_now().is_workday(date(2026, 10, 9))
    forget()


def test_pickups_are_suspended_and_resumed(staff: Staff) -> None:
    client, today = staff("operations"), clock.now().astimezone().date()
    span = {"first_day": today - timedelta(days=3), "last_day": today + timedelta(days=3)}
    form = {"suspended_code": "51", **span, "cause": "台风", "once": "a"}
    assert client.post("/operations/carriers/suspensions/", form).status_code == 302
    row = PickupSuspension.objects.get()
    assert "暂停中" in client.get("/operations/carriers/").content.decode()
    assert client.post(reverse("web:ops_resume", args=[row.pk]), {"once": "b"}).status_code == 302
    row.refresh_from_db()
    assert row.last_day < today + timedelta(days=1)
    wrong = {**form, "last_day": today - timedelta(days=9), "once": "c"}
    answer = client.post("/operations/carriers/suspensions/", wrong)
    assert answer.status_code == 422
    assert "末日" in answer.content.decode()
    assert PickupSuspension.objects.count() == 1


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_can_be_looked_at_in_both_languages_and_all_channels(staff: Staff, name: str) -> None:
    client = staff("operations")
    for language in ("zh-hans", "en"):
        for channel in ("site", "email", "sms"):
            html = client.get(f"/operations/texts/{name}/?channel={channel}&language={language}").content.decode()
            assert "…" not in html.split("ops-preview")[1].split("</article>")[0].split("</div>")[0]


def test_a_mail_can_be_taken_home_as_a_file(staff: Staff) -> None:
    answer = staff("operations").get("/operations/texts/refund_settled/zh-hans.eml")
    assert answer["Content-Disposition"] == 'attachment; filename="refund_settled-zh-hans.eml"'
    assert b"text/html" in answer.content
    assert staff("operations").get("/operations/texts/nonsense/zh-hans.eml").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["jobs/?before=x&status=nonsense&queue=%00", "audit/?since=gestern&after=a.b&who=%00", "people/?shown=nonsense&after=%00",
     "calendar/?year=99999", "stuck/?kind=nonsense", "texts/?for=nonsense", "texts/approved/?channel=fax&language=tlh"],
)  # fmt: skip
def test_nonsense_in_the_address_asks_for_nothing(staff: Staff, address: str) -> None:
    assert staff("operations").get(f"/operations/{address}").status_code == 200


def test_english_pages_have_no_chinese_left(staff: Staff) -> None:
    sync_books(clock.now())
    failed_notice()
    failed_job()
    FailedSignIn.objects.create(kind="name", value="suyue", failures=8, last_at=clock.now())
    Notice.objects.update(title="Title", body="Text")
    client = staff("operations")
    client.cookies["django_language"] = "en"
    me = User.objects.get().pk
    client.post("/operations/carriers/areas/", {"region_code": "5101", "name": "Chengdu", "once": "a"})
    for path in [*PAGES, "/staff/notices/", f"/operations/people/{me}/", "/operations/texts/approved/?channel=sms"]:
        text = text_of(client.get(path).content.decode())
        assert re.findall(rf".{{0,20}}{CJK.pattern}+.{{0,20}}", text) == [], path
