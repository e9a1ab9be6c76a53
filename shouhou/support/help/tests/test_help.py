"""The help centre: what is shipped, versions by their day, live values, what is refused, votes, the search."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shouhou.accounts.models import User
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.policy import queries
from shouhou.policy.actions import draft_of
from shouhou.policy.actions import publish as publish_book
from shouhou.support.help.actions import publish, show, sync_shipped, vote
from shouhou.support.help.models import Article, Version, Vote
from shouhou.support.help.queries import Reading, find, help_parts, history, kept, reading, votes_of
from shouhou.support.help.rules.text import Words, html, names
from shouhou.support.help.shipped import chapters

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AGENT = Actor(role="agent", who="user:2", name="Bo")
SAID = Words(
    Text("退货要几天", "How many days to return"), Text("退货 期限", "return window"),
    Text("签收后 {no_reason_return_days} 天内可以退。", "Within {no_reason_return_days} days of receipt."),
)  # fmt: skip
# The five chapters of the mission (D01) and their sections.
SECTIONS = {
    "overview": ("service-intro", "related-processes", "how-to-apply"),
    "return": ("return-process", "return-conditions", "return-review", "exchange-process", "exchange-conditions", "exchange-review"),
    "quality": ("quality-apply", "quality-review", "ask-us"),
    "repair": ("repair-process", "repair-conditions", "repair-ways", "repair-duration", "repair-cost"),
    "refund": ("refund-apply", "refund-review", "refund-ways"),
}
QUESTIONS = ("faq-return", "faq-exchange", "faq-repair", "faq-refund", "faq-ask")
LANGUAGES = ("zh-hans", "en")

pytestmark = pytest.mark.django_db


def read(slug: str, *, language: str = "zh-hans", at: datetime = NOW) -> Reading:
    found = reading(slug, language, at=at)
    assert found is not None
    return found


@pytest.fixture
def anna() -> Actor:
    user = User.objects.create_user("anna", role="operations")
    return Actor(role="operations", who=f"user:{user.pk}", name="Anna")


def test_the_five_chapters_of_the_mission_are_there_with_every_section_in_both_languages() -> None:
    sync_shipped(NOW)
    for language in LANGUAGES:
        parts = {part.code: part for part in help_parts(language, at=NOW)}
        for chapter, slugs in SECTIONS.items():
            found = {article.slug: article for article in parts[chapter].articles}
            assert set(slugs) <= set(found)
            assert all(len(found[slug].plain) > 80 for slug in slugs)


def test_every_part_of_the_questions_has_five_at_least() -> None:
    sync_shipped(NOW)
    parts = {part.code: part for part in help_parts("zh-hans", at=NOW)}
    assert all(len(parts[code].articles) >= 5 for code in QUESTIONS)


def test_no_shipped_article_writes_a_term_that_the_policy_has_not() -> None:
    known = set(queries.compiled().terms.terms)
    used = {name for chapter in chapters() for each in chapter.articles for name in names(each.said.body.zh + each.said.body.en)}
    assert used
    assert used <= known


def test_both_languages_of_a_shipped_article_print_the_same_values() -> None:
    for chapter in chapters():
        for each in chapter.articles:
            assert names(each.said.body.zh) == names(each.said.body.en), each.slug


def test_shipped_twice_adds_nothing_and_keeps_what_was_rewritten_here(anna: Actor) -> None:
    first = sync_shipped(NOW)
    assert first == Version.objects.count() == Article.objects.count()
    assert sync_shipped(NOW) == 0
    publish("return-process", SAID, since=NOW.date(), why="更短", seen=1, actor=anna, now=NOW)
    assert sync_shipped(NOW) == 0
    assert read("return-process").title == "退货要几天"


def test_a_version_holds_from_its_day_on(anna: Actor) -> None:
    sync_shipped(NOW)
    before = reading("return-process", "zh-hans", at=NOW)
    publish("return-process", SAID, since=date(2026, 3, 12), why="新规则", seen=1, actor=anna, now=NOW)
    assert reading("return-process", "zh-hans", at=NOW) == before
    later = read("return-process", at=NOW + timedelta(days=2))
    assert (later.number, later.title) == (2, "退货要几天")
    assert [version.number for version in history("return-process")] == [2, 1]


def test_an_article_prints_the_policy_of_the_day(anna: Actor) -> None:
    sync_shipped(NOW)
    publish("return-days", SAID, since=NOW.date(), why="新", seen=0, actor=anna, now=NOW, new=("faq", "return"))
    assert "签收后 7 天内" in read("return-days").plain
    draft = draft_of(
        "std-1", "1", version="2", effective_from=date(2026, 5, 1), announced_on=NOW.date(), note_zh="更长", note_en="longer",
        settings={"no_reason_return_days": "10"},
    )  # fmt: skip
    publish_book(draft, NOW, anna)
    queries.forget()
    assert "签收后 7 天内" in read("return-days").plain
    assert "Within 10 days" in read("return-days", language="en", at=datetime(2026, 5, 2, tzinfo=NOW.tzinfo)).plain


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (Words(Text("", "x"), SAID.words, SAID.body), "title_zh"),
        (Words(SAID.title, SAID.words, Text("{no_such_days} 天", "x")), "body_zh"),
        (Words(SAID.title, SAID.words, Text("x", "half { a brace")), "body_en"),
        (Words(SAID.title, SAID.words, Text("[去](javascript:alert(1))", "x")), "body_zh"),
        (Words(SAID.title, SAID.words, Text("本店概不退换，最终解释权归本店所有。", "x")), "body_zh"),
    ],
    ids=["empty title", "unknown term", "stray brace", "script link", "unlawful term"],
)  # fmt: skip
def test_what_cannot_be_published_names_its_field_and_changes_nothing(changed: Words, field: str, anna: Actor) -> None:
    sync_shipped(NOW)
    many = Version.objects.count()
    with pytest.raises(Refused) as no:
        publish("return-process", changed, since=NOW.date(), why="试", seen=1, actor=anna, now=NOW)
    assert no.value.code == "HELP_INVALID"
    assert field in {error.field for error in no.value.errors}
    assert Version.objects.count() == many


def test_only_operations_write_and_whoever_saw_an_old_version_is_told(anna: Actor) -> None:
    sync_shipped(NOW)
    for actor, seen, code in ((AGENT, 1, "FORBIDDEN"), (anna, 0, "OVERTAKEN")):
        with pytest.raises(Refused) as no:
            publish("return-process", SAID, since=NOW.date(), why="试", seen=seen, actor=actor, now=NOW)
        assert no.value.code == code
    with pytest.raises(Refused) as no:
        show("return-process", shown=False, actor=AGENT, now=NOW)
    assert no.value.code == "FORBIDDEN"
    assert Version.objects.filter(article__slug="return-process").count() == 1


def test_a_name_is_taken_once_and_some_are_kept_for_pages(anna: Actor) -> None:
    sync_shipped(NOW)
    for slug, code in (("return-process", "HELP_EXISTS"), ("rules", "HELP_INVALID"), ("Ä b", "HELP_INVALID")):
        with pytest.raises(Refused) as no:
            publish(slug, SAID, since=NOW.date(), why="新", seen=0, actor=anna, now=NOW, new=("faq", "return"))
        assert no.value.code == code


def test_what_was_taken_out_is_neither_read_nor_found(anna: Actor) -> None:
    sync_shipped(NOW)
    assert show("return-process", shown=False, actor=anna, now=NOW)
    assert not show("return-process", shown=False, actor=anna, now=NOW)
    assert reading("return-process", "zh-hans", at=NOW) is None
    assert "return-process" not in {article.slug for article, _hit in find("退货流程", "zh-hans", at=NOW)}
    assert history("return-process") == []


def test_a_reader_counts_once_and_may_change_his_mind() -> None:
    sync_shipped(NOW)
    version = read("return-process").version
    vote(version, reader="buyer:1", useful=False, why="没写运费", now=NOW)
    vote(version, reader="buyer:2", useful=True, why="ignored", now=NOW)
    assert votes_of("return-process") == {1: (1, 1)}
    vote(version, reader="buyer:1", useful=True, now=NOW)
    assert votes_of("return-process") == {1: (2, 0)}
    assert not Vote.objects.filter(reader__contains="buyer").exists()
    row: Any = kept(q="return-process").get()
    assert (row.newest, row.helped, row.failed) == (1, 2, 0)


@pytest.mark.parametrize(
    ("question", "language", "among"),
    [
        ("运费险", "zh-hans", {"freight-insurance"}),
        ("怎么退货", "zh-hans", {"return-process", "return-conditions"}),
        ("修了多久能好", "zh-hans", {"repair-duration", "repair-process"}),
        ("how long does a repair take", "en", {"repair-duration"}),
        ("return freight insurance", "en", {"freight-insurance"}),
        ("换货流程", "en", {"exchange-process"}),
    ],
)  # fmt: skip
def test_a_question_in_everyday_words_finds_its_article_among_the_first_three(question: str, language: str, among: set[str]) -> None:
    sync_shipped(NOW)
    assert among & {article.slug for article, _hit in find(question, language, at=NOW)[:3]}


def test_no_html_of_an_author_passes() -> None:
    written = html("<script>x</script> **b** [a](javascript:x) [c](//evil) ![p](https://x/y.png)\n\n# t")
    assert [piece for piece in ("<script", "<img", 'href="javascript', 'href="//') if piece in written] == []
    assert "<strong>b</strong>" in written and "<h3>t</h3>" in written
