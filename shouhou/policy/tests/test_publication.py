"""Publishing: floors, unlawful words, notice, services; what is published stays, and is found by its day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.policy import queries
from shouhou.policy.actions import Draft, draft_of, publish, record_decision, sync_books
from shouhou.policy.decide import decide, replay
from shouhou.policy.library import shipped, shipped_ids
from shouhou.policy.models import BookVersion, CalendarOverride
from shouhou.policy.models import Decision as DecisionRecord
from shouhou.policy.rules.publish import check_book, check_services, check_settings, check_text
from shouhou.policy.tests.made import facts

NOW = datetime(2025, 3, 1, 4, tzinfo=UTC)
OPERATIONS = Actor(role="operations", who="user:1")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    queries.forget()
    yield
    queries.forget()


def draft(effective_in_days: int = 30, **settings: str) -> Draft:
    return drafted(settings, effective_in_days)


def drafted(settings: dict[str, str], effective_in_days: int = 30) -> Draft:
    return draft_of(
        "std-1", "1", version="2", effective_from=date(2025, 3, 1) + timedelta(days=effective_in_days),
        announced_on=date(2025, 3, 1), note_zh="试", note_en="try", settings=settings,
    )  # fmt: skip


def refusal_of(refused_draft: Draft, actor: Actor = OPERATIONS) -> Refused:
    before = BookVersion.objects.count()
    with pytest.raises(Refused) as caught:
        publish(refused_draft, NOW, actor)
    assert BookVersion.objects.count() == before
    assert queries.compiled("std-1", "1").term("no_reason_return_days") == 7
    return caught.value


def test_the_default_book_stands_above_every_floor_and_the_literal_ones_do_not() -> None:
    assert check_book(shipped("std-1").book) == []
    below = {book: {one.code for one in check_book(shipped(book).book)} for book in shipped_ids()}
    assert below["literal-D18"] == {"BELOW_FLOOR"}
    assert below["literal-D11"] == below["literal-D07"] == {"UNLAWFUL_TERM", "WEAKER_TAKES_AWAY"}
    assert not any(shipped(book).book.publishable for book in shipped_ids() if book.startswith("literal"))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("no_reason_return_days", 6, "BELOW_FLOOR"), ("quality_exchange_days", 14, "BELOW_FLOOR"),
        ("warranty_days_phone", 364, "BELOW_FLOOR"), ("refund_statutory_days", 8, "BELOW_FLOOR"),
        ("no_reason_restocking_fee", 1, "UNLAWFUL_TERM"), ("opened_for_inspection_ok", False, "UNLAWFUL_TERM"),
        ("clause", "签收即视为质量合格", "UNLAWFUL_TERM"), ("note", "本活动最终解释权归本店所有", "UNLAWFUL_TERM"),
        ("note", "特价商品不退不换", "UNLAWFUL_TERM"), ("note", "离柜概不负责", "UNLAWFUL_TERM"),
        ("note", "一经拆封，恕不退货", "UNLAWFUL_TERM"), ("note", "消费者不得投诉", "UNLAWFUL_TERM"),
        ("note", "All sales are final.", "UNLAWFUL_TERM"),
    ],
)  # fmt: skip
def test_a_setting_below_the_floor_or_an_unlawful_phrase_is_found(field: str, value: int | str, code: str) -> None:
    assert [(one.code, one.field) for one in check_settings({field: value})] == [(code, field)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("no_reason_return_days", 7), ("no_reason_return_days", 10), ("quality_exchange_days", 15),
        ("warranty_days_phone", 365), ("no_reason_restocking_fee", 0), ("opened_for_inspection_ok", True),
        ("note", "签收后 7 天内可退"), ("note", "我们负责到底，支持退换"), ("note", "解释权归您"), ("unheard_of", 3),
    ],
)  # fmt: skip
def test_what_the_law_allows_is_not_found(field: str, value: int | str) -> None:
    assert check_settings({field: value}) == []


def test_no_configuration_removes_a_statutory_service() -> None:
    (finding,) = check_services(["return", "exchange"])
    assert (finding.code, finding.needed) == ("POLICY_SERVICE_MISSING", "repair, refund")
    assert check_text("x", "您好，已为您安排上门取件") == []


@pytest.mark.django_db
def test_shipped_books_are_recorded_once_with_their_hash() -> None:
    assert sync_books(NOW) == len(shipped_ids())
    assert sync_books(NOW) == 0
    row = BookVersion.objects.get(book="std-1", version="1")
    assert row.sha256 == shipped("std-1").book.sha256
    assert row.published_at <= NOW
    assert BookVersion.objects.filter(publishable=True).values_list("book", flat=True).get() == "std-1"


@pytest.mark.django_db
def test_a_recorded_version_that_is_in_use_is_not_renewed_and_is_what_decides() -> None:
    sync_books(NOW)
    layers = [dict(layer) for layer in queries.layers_of("std-1", "1")]
    layers[0]["terms.yaml"] = layers[0]["terms.yaml"].replace("value: 7}", "value: 9}", 1)
    BookVersion.objects.filter(book="std-1").update(content={"layers": layers}, sha256="0" * 64)
    queries.forget()
    held = queries.compiled("std-1", "1")
    assert held.term("no_reason_return_days") == 9
    record_decision(decide(facts(), book=held), subject="SO-1", now=NOW)
    sync_books(NOW)
    assert queries.compiled("std-1", "1").term("no_reason_return_days") == 9
    DecisionRecord.objects.all().delete()
    sync_books(NOW)
    assert queries.compiled("std-1", "1").term("no_reason_return_days") == 7


@pytest.mark.django_db
def test_a_better_version_is_published_and_holds_from_its_day_for_new_orders_only() -> None:
    publish(draft(no_reason_return_days="10"), NOW, OPERATIONS)
    before, after = datetime(2025, 3, 30, 12, tzinfo=UTC), datetime(2025, 3, 31, 12, tzinfo=UTC)
    assert queries.book_in_force(before).version == "1"
    assert queries.book_in_force(after).version == "2"
    assert queries.compiled("std-1", "1").term("no_reason_return_days") == 7
    assert queries.compiled("std-1", "2").term("no_reason_return_days") == 10
    assert queries.compiled("std-1").version == "2"
    late = facts(at_day=20157 + 9)
    assert decide(late, book=queries.compiled("std-1", "1")).verdict("return") == "deny"
    assert decide(late, book=queries.compiled("std-1", "2")).verdict("return") == "allow"
    (change,) = queries.difference("std-1", old="1", new="2")
    assert (change.kind, change.name, change.old, change.new) == ("term", "no_reason_return_days", "7", "10")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("settings", "code", "field"),
    [
        ({"no_reason_return_days": "5"}, "BELOW_FLOOR", "no_reason_return_days"),
        ({"quality_return_days": "{self: 15, third: 6}"}, "BELOW_FLOOR", "quality_return_days_third"),
        ({"warranty_days": "30"}, "BELOW_FLOOR", "warranty_days_phone"),
        ({"warranty_months": "{default: 12, phone: 6, battery: 6}"}, "BELOW_FLOOR", "warranty_days_phone"),
        ({"no_reason_restocking_fee": '"10.00"'}, "UNLAWFUL_TERM", "no_reason_restocking_fee"),
        ({"opening_forbidden": "all"}, "UNLAWFUL_TERM", "opening_forbidden"),
        ({"category_ban": "absolute"}, "UNLAWFUL_TERM", "category_ban"),
        ({"proof_rule": "invoice_and_card"}, "UNLAWFUL_TERM", "proof_rule"),
    ],
)
def test_a_draft_below_the_floor_is_refused_and_nothing_is_kept(settings: dict[str, str], code: str, field: str) -> None:
    refusal = refusal_of(drafted(settings))
    assert (refusal.code, refusal.facts["field"]) == (code, field)


@pytest.mark.django_db
def test_other_drafts_that_may_not_be_published_are_refused() -> None:
    assert refusal_of(draft(effective_in_days=6)).code == "NOTICE_TOO_SHORT"
    assert refusal_of(draft(), SYSTEM).code == "FORBIDDEN"
    assert refusal_of(draft(no_such_term="1")).code == "BAD_BOOK"
    profile = draft()
    text = profile.files["book.yaml"].replace("publishable: true", "publishable: false")
    assert refusal_of(Draft("std-1", "1", {"book.yaml": text})).code == "NOT_PUBLISHABLE"
    publish(draft(no_reason_return_days="10"), NOW, OPERATIONS)
    assert refusal_of(draft(no_reason_return_days="11")).code == "VERSION_EXISTS"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "when", "text", "code"),
    [
        ("bar", "reason == 'no_reason' and used", "商家不接受使用过的商品", "WEAKER_TAKES_AWAY"),
        ("grant", "reason == 'no_reason' and promised_no_reason", "特价商品不退不换", "UNLAWFUL_TERM"),
    ],
)
@pytest.mark.parametrize("strength", ["platform", "merchant"])
def test_a_weaker_clause_may_only_add_and_only_in_lawful_words(
    kind: str, when: str, text: str, code: str, strength: str
) -> None:
    clause = (
        f"- id: SHOP\n  slot: 300\n  kind: {kind}\n  rank: 105\n  strength: {strength}\n  section: return\n"
        f"  services: [return]\n  when: {when}\n  sources: [RET-18]\n  text: {{zh: {text}, en: shop rule}}\n"
        "  examples: {yes: [{used: true}], no: [{used: false}]}\n"
    )
    shop = Draft("std-1", "1", {**draft().files, "clauses/shop.yaml": clause})
    assert refusal_of(shop).code == code


@pytest.mark.django_db
def test_a_stored_decision_replays_from_the_database() -> None:
    decision = decide(facts(category="phone", activated=True), book=queries.compiled("std-1", "1"))
    record = record_decision(decision, subject="SO-1", now=NOW)
    found: Any = DecisionRecord.objects.get(pk=record.pk)
    again = replay(found.facts, book=queries.compiled(found.book, found.book_version))
    assert again.as_dict() == found.outcome
    assert (found.reasons_mask, found.engine_version) == (decision.reasons_mask, 1)


@pytest.mark.django_db
def test_an_override_of_the_calendar_moves_windows_after_it_is_read() -> None:
    assert decide(facts(), book=queries.compiled("std-1", "1")).deadlines["return"].date() == date(2025, 3, 17)
    CalendarOverride.objects.create(day=date(2025, 3, 17), kind="holiday", source="洪灾公告")
    queries.forget()
    assert decide(facts(), book=queries.compiled("std-1", "1")).deadlines["return"].date() == date(2025, 3, 18)


@pytest.mark.django_db
def test_an_export_has_five_sections_each_with_version_day_and_sources() -> None:
    exported: Any = queries.export("std-1", "1")
    assert [section["section"] for section in exported["sections"]] == [
        "return", "exchange", "repair", "refund", "compensation"
    ]  # fmt: skip
    for section in exported["sections"]:
        assert section["version"] == "1"
        assert section["effective_from"] == "2014-03-15"
        assert section["sources"]
        assert section["terms"]


@pytest.mark.django_db
def test_before_the_first_version_the_first_holds_and_an_unknown_book_is_refused() -> None:
    assert queries.book_in_force(datetime(2010, 12, 1, tzinfo=UTC)).version == "1"
    with pytest.raises(Refused) as caught:
        queries.compiled("std-9", "1")
    assert caught.value.code == "UNKNOWN_BOOK"
