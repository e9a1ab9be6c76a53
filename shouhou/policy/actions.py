"""Publishing policy: shipped books into the record, drafts through the floors; nothing published is ever changed."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import transaction

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import FORBIDDEN, FieldError, refusal, refused
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.policy import queries
from shouhou.policy.book import Book, Layer, fingerprint, read_book, versions_of
from shouhou.policy.decide import Decision, decision_row
from shouhou.policy.library import UNKNOWN_BOOK, shipped, shipped_ids, shipped_layers, shipped_versions
from shouhou.policy.models import BookVersion
from shouhou.policy.models import Decision as DecisionRecord
from shouhou.policy.rules.publish import Finding, check_book, check_notice
from shouhou.policy.vocabulary import vocabulary

log = logging.getLogger(__name__)
MAY_PUBLISH = ("operations",)
BELOW_FLOOR = refusal(
    "BELOW_FLOOR", "invalid",
    zh="{field} 低于法定标准：当前 {found}，须为 {needed}。", en="{field} is below the legal floor: {found}, must be {needed}.",
)  # fmt: skip
UNLAWFUL_TERM = refusal(
    "UNLAWFUL_TERM", "invalid",
    zh="{field} 含有无效或违法的条款：{found}。", en="{field} holds an unlawful term: {found}.",
)  # fmt: skip
POLICY_SERVICE_MISSING = refusal(
    "POLICY_SERVICE_MISSING", "invalid", zh="政策缺少法定服务：{needed}。", en="The policy lacks statutory services: {needed}."
)
NOTICE_TOO_SHORT = refusal(
    "NOTICE_TOO_SHORT", "invalid",
    zh="规则变更至少提前 {needed} 天公示，目前只有 {found} 天。", en="Changes need {needed} days' notice; this gives {found}.",
)  # fmt: skip
WEAKER_TAKES_AWAY = refusal(
    "WEAKER_TAKES_AWAY", "invalid",
    zh="{field}（{found}）不能减损更强的权利。", en="{field} ({found}) cannot take away a stronger right.",
)  # fmt: skip
VERSION_EXISTS = refusal(
    "VERSION_EXISTS", "conflict",
    zh="{book} 的版本 {version} 已经发布，发布后不能修改。", en="Version {version} of {book} is published and cannot be changed.",
)  # fmt: skip
NOT_PUBLISHABLE = refusal(
    "NOT_PUBLISHABLE", "invalid", zh="{book} 是测试用政策，不能发布。", en="{book} is a test profile and is never published."
)
REFUSALS = {
    one.code: one for one in (BELOW_FLOOR, UNLAWFUL_TERM, POLICY_SERVICE_MISSING, NOTICE_TOO_SHORT, WEAKER_TAKES_AWAY)
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A new version: files laid over a published one. `files` may hold only `book.yaml` with `set:` (see `draft_of`)."""

    base: str
    base_version: str
    files: Layer


def draft_of(
    base: str, base_version: str, *, version: str, effective_from: date, announced_on: date, note_zh: str, note_en: str,
    settings: Mapping[str, str],
) -> Draft:  # fmt: skip
    """A draft that only sets terms: `{"no_reason_return_days": "10"}`, each value as it would stand in the file."""
    book = queries.compiled(base, base_version).book
    lines = [
        f"id: {book.id}", f"title: {{zh: {_quoted(book.title.zh)}, en: {_quoted(book.title.en)}}}",
        "publishable: true", f"jurisdiction: {book.jurisdiction}", f"zone: {book.zone}", "versions:",
        f"  - version: {_quoted(version)}", f"    effective_from: {effective_from}", f"    published_on: {announced_on}",
        f"    note: {{zh: {_quoted(note_zh)}, en: {_quoted(note_en)}}}", *(["set:"] if settings else []),
        *(f"  {name}: {value}" for name, value in settings.items()),
    ]  # fmt: skip
    return Draft(base, base_version, {"book.yaml": "\n".join(lines) + "\n"})


@transaction.atomic
def sync_books(now: datetime) -> int:
    """Record every version of every shipped book; returns how many were new. Running it twice adds nothing.

    A recorded version whose shipped files changed stays as it is once a decision rests on it (queries read the record);
    before that it is renewed.
    """
    added = 0
    for book_id in shipped_ids():
        layers = shipped_layers(book_id)
        for version in shipped_versions(book_id):
            book = shipped(book_id, version.version).book
            row, created = BookVersion.objects.get_or_create(
                book=book_id, version=version.version,
                defaults=_row(book, layers, SYSTEM, min(now, datetime.combine(version.published_on, time.min, UTC))),
            )  # fmt: skip
            if not created and row.sha256 != book.sha256:
                _changed(row, book, layers)
            added += created
    queries.forget()
    return added


def check(draft: Draft, now: datetime) -> tuple[Book, list[Finding]]:
    """The book the draft makes and everything that stands against publishing it. Raises BAD_BOOK."""
    layers = layers_of(draft)
    book = read_book(layers, versions_of(layers)[-1].version, vocabulary=vocabulary())
    found = check_book(book) + check_notice(
        announced_on=local_day(now), effective_on=book.effective_from, jurisdiction=book.jurisdiction
    )
    return book, found


@transaction.atomic
def publish(draft: Draft, now: datetime, actor: Actor) -> BookVersion:
    """Publish the draft. Raises FORBIDDEN, BAD_BOOK, NOT_PUBLISHABLE, VERSION_EXISTS, or the first finding; nothing is kept then."""
    if actor.role not in MAY_PUBLISH:
        raise refused(FORBIDDEN)
    book, found = check(draft, now)
    if not book.publishable:
        raise refused(NOT_PUBLISHABLE, book=book.id)
    if found:
        first = found[0]
        errors = [FieldError(one.field, f"{one.code}: {one.found} → {one.needed}", f"{one.code}: {one.found} → {one.needed}")
                  for one in found]  # fmt: skip
        raise refused(REFUSALS[first.code], *errors, field=first.field, found=first.found, needed=first.needed)
    row, created = BookVersion.objects.get_or_create(
        book=book.id, version=book.version, defaults=_row(book, layers_of(draft), actor, now)
    )
    if not created:
        raise refused(VERSION_EXISTS, book=book.id, version=book.version)
    queries.forget()
    return row


def record_decision(decision: Decision, *, subject: str, now: datetime) -> DecisionRecord:
    """Store a decision with everything needed to replay it."""
    return DecisionRecord.objects.create(subject=subject, decided_at=now, **decision_row(decision))


def layers_of(draft: Draft) -> tuple[Layer, ...]:
    """The draft's files over those of its base. Raises UNKNOWN_BOOK, BAD_BOOK."""
    if "book.yaml" not in draft.files:
        raise refused(UNKNOWN_BOOK, book="draft", version="book.yaml")
    return (*queries.layers_of(draft.base, draft.base_version), draft.files)


def _changed(row: BookVersion, book: Book, layers: tuple[Layer, ...]) -> None:
    if DecisionRecord.objects.filter(book=book.id, book_version=book.version).exists():
        log.error("%s %s is in use and its shipped files differ: the record stands, ship a new version", book.id, book.version)
        return
    BookVersion.objects.filter(pk=row.pk).update(
        content={"layers": [dict(layer) for layer in layers]}, sha256=book.sha256, effective_from=book.effective_from
    )


def _row(book: Book, layers: tuple[Layer, ...], actor: Actor, at: datetime) -> dict[str, object]:
    return {
        "effective_from": book.effective_from, "published_at": at, "published_by": actor.who,
        "publishable": book.publishable, "sha256": fingerprint(layers), "content": {"layers": [dict(x) for x in layers]},
    }  # fmt: skip


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
