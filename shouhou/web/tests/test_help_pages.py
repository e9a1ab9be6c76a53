"""The help centre on pages: read by everybody in both languages, written by operations, answered by readers."""

import re
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from shouhou.foundation.days import local_day
from shouhou.plumbing import clock
from shouhou.support.help.actions import sync_shipped
from shouhou.support.help.models import Version, Vote

Browser = Callable[..., Client]
FORM = {
    "title_zh": "退货流程（新）", "title_en": "Returning goods", "words_zh": "退", "words_en": "back",
    "body_zh": "签收后 **{no_reason_return_days} 天**内申请。",
    "body_en": "Apply within **{no_reason_return_days} days**.", "why": "更清楚", "seen": "1",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shipped() -> None:
    sync_shipped(clock.now())


def text(client: Client, path: str, **more: str) -> str:
    answer = client.get(path, **more)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return answer.content.decode()


def english() -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def test_everybody_reads_the_chapters_and_every_link_of_every_article_leads_somewhere() -> None:
    client = Client()
    for reader in (client, english()):
        front = text(reader, "/help/")
        slugs = set(re.findall(r'href="/help/([a-z0-9-]+)/"', front)) - {"rules"}
        assert len(slugs) > 40
        links = set()
        for slug in slugs:
            body = text(reader, f"/help/{slug}/").partition('<div class="help-text">')[2].partition("</div>")[0]
            assert "{" not in body
            links |= set(re.findall(r'href="(/[^"]*)"', body))
        for link in links:
            assert reader.get(link).status_code in (200, 302), link


def test_a_question_shows_the_words_it_was_found_by() -> None:
    found = text(Client(), "/help/?q=运费险")
    assert "/help/freight-insurance/" in found
    assert "<mark>" in found
    nothing = text(Client(), "/help/?q=<script>区块链")
    assert "没有找到答案" in nothing
    assert "<script>区" not in nothing


def test_a_reader_answers_once_and_says_what_was_missing() -> None:
    client = Client()
    assert client.post("/help/return-process/useful/", {"useful": "no"})["Location"].endswith("?answer=no#useful")
    assert "缺了什么" in text(client, "/help/return-process/?answer=no")
    client.post("/help/return-process/useful/", {"useful": "no", "why": "没写到付"})
    vote = Vote.objects.get()
    assert (vote.useful, vote.why) == (False, "没写到付")
    Client().post("/help/return-process/useful/", {"useful": "yes"})
    assert Vote.objects.count() == 2


def test_operations_preview_without_a_trace_and_publish_once(staff: Browser) -> None:
    client, form = staff("operations"), {**FORM, "since": str(local_day(clock.now())), "once": "k1"}
    seen = client.post("/operations/help/return-process/", {**form, "preview": ""})
    assert seen.status_code == 200
    assert "<strong>7 天</strong>" in seen.content.decode()
    assert Version.objects.filter(article__slug="return-process").count() == 1
    for _ in range(2):
        assert client.post("/operations/help/return-process/", form)["Location"] == "/operations/help/return-process/"
    assert Version.objects.filter(article__slug="return-process").count() == 2
    assert LogEntry.objects.get(object_id="help.published").object_repr == "return-process 2"
    assert "退货流程（新）" in text(Client(), "/help/return-process/")
    assert "第" in text(Client(), "/help/return-process/1/")


def test_what_is_wrong_stays_in_the_form_with_its_words(staff: Browser) -> None:
    client = staff("operations")
    wrong = {**FORM, "since": str(local_day(clock.now())), "once": "k1", "body_zh": "{no_such} 天"}
    answer = client.post("/operations/help/return-process/", wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "政策里没有 {no_such}" in page
    assert "{no_such} 天" in page
    assert Version.objects.filter(article__slug="return-process").count() == 1


def test_a_new_article_is_made_found_taken_out_and_listed(staff: Browser) -> None:
    client = staff("operations")
    form = {**FORM, "since": str(local_day(clock.now())), "once": "k1", "seen": "0", "slug": "parcel-lockers"}
    form |= {"chapter": "return", "kind": "faq", "title_zh": "快递柜能退吗", "title_en": "Can I use a parcel locker"}
    assert client.post("/operations/help/new/", form)["Location"] == "/operations/help/parcel-lockers/"
    assert "/help/parcel-lockers/" in text(Client(), "/help/?q=快递柜")
    assert "parcel-lockers" in client.get("/operations/help.csv?q=快递柜").getvalue().decode()
    client.post("/operations/help/parcel-lockers/show/", {"once": "k2"})
    assert "/help/parcel-lockers/" not in text(Client(), "/help/?q=快递柜")
    assert "快递柜能退吗" in text(client, "/operations/help/?shown=hidden")


def test_an_auditor_reads_and_writes_nothing(staff: Browser) -> None:
    client = staff("auditor")
    assert "写新版本" not in text(client, "/operations/help/return-process/")
    answer = client.post("/operations/help/return-process/", {**FORM, "since": str(local_day(clock.now())), "once": "k1"})
    assert answer.status_code == 403
    assert Version.objects.filter(article__slug="return-process").count() == 1
