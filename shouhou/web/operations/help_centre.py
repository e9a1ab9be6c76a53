"""The help centre for those who write it: the articles with what readers said, one article's next version, a preview, its switch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.support.help.actions import BODY_MOST, TITLE_MOST, WHY_MOST, WORDS_MOST, publish, show
from shouhou.support.help.models import Article, Version
from shouhou.support.help.queries import as_read, kept, latest, said_by_readers, votes_of
from shouhou.support.help.rules.text import Words
from shouhou.support.help.shipped import chapters
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked, taken
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.help_centre import safe
from shouhou.web.shared.once import new_key, once

PAGE_SIZE = 50
SHOWN = {"shown": Text("显示中", "Shown"), "hidden": Text("已撤下", "Taken out"), "": Text("全部", "All")}
KINDS = {"section": Text("章节", "Section"), "faq": Text("常见问题", "Question")}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    q: str = ""
    chapter: str = ""
    shown: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        given = taken(query, cls.__slots__)
        given["shown"] = given["shown"] if given["shown"] in SHOWN else ""
        given["chapter"] = given["chapter"] if given["chapter"] in {chapter.code for chapter in chapters()} else ""
        return cls(**given)


class ArticleForm(forms.Form):
    """One version in both languages; what is wrong with it the domain says."""

    slug = forms.CharField(
        label=gettext_lazy("网址名"), max_length=60, required=False, help_text=gettext_lazy("小写字母、数字和连字符，保存后不能改")
    )
    chapter = forms.ChoiceField(label=gettext_lazy("章节"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    title_zh = forms.CharField(label=gettext_lazy("中文标题"), max_length=TITLE_MOST)
    title_en = forms.CharField(label=gettext_lazy("英文标题"), max_length=TITLE_MOST)
    words_zh = forms.CharField(
        label=gettext_lazy("中文搜索词"), max_length=WORDS_MOST, required=False, help_text=gettext_lazy("顾客会用的说法，空格分隔")
    )
    words_en = forms.CharField(label=gettext_lazy("英文搜索词"), max_length=WORDS_MOST, required=False)
    body_zh = forms.CharField(
        label=gettext_lazy("中文正文"), max_length=BODY_MOST, widget=forms.Textarea(attrs={"rows": 14, "lang": "zh-Hans"}),
        help_text=gettext_lazy("空行分段，- 开头为列表，**粗体**，[文字](/orders/) 为链接；{no_reason_return_days} 显示政策现行的值"),
    )  # fmt: skip
    body_en = forms.CharField(
        label=gettext_lazy("英文正文"), max_length=BODY_MOST, widget=forms.Textarea(attrs={"rows": 14, "lang": "en"})
    )
    since = forms.DateField(label=gettext_lazy("从哪天起生效"), widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(label=gettext_lazy("改了什么、为什么"), max_length=WHY_MOST)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chapter"].choices = [(each.code, said(each.title)) for each in chapters()]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(code, said(text)) for code, text in KINDS.items()]  # type: ignore[attr-defined]

    @property
    def words(self) -> Words:
        given = self.cleaned_data
        return Words(
            Text(given["title_zh"], given["title_en"]), Text(given["words_zh"], given["words_en"]), Text(given["body_zh"], given["body_en"])
        )


@operations_door
def articles(request: HttpRequest, actor: Actor) -> HttpResponse:
    filters = Filters.of(request.GET)
    found = kept(chapter=filters.chapter, shown=filters.shown, q=filters.q)
    start = int(filters.after) if filters.after.isascii() and filters.after.isdigit() else 0
    rows = list(found[start : start + PAGE_SIZE + 1])
    titles = latest([row.id for row in rows])
    context = {
        "filters": filters, "rows": [_row(row, titles[row.id]) for row in rows[:PAGE_SIZE] if row.id in titles],
        "chapters": [(each.code, said(each.title), each.code == filters.chapter) for each in chapters()],
        "views": [
            {"label": said(label), "address": filters.address(shown=code, after=""), "count": "", "here": code == filters.shown}
            for code, label in SHOWN.items()
        ],
        "first": filters.address(after="") if start else "", "export": filters.address(after=""),
        "next": filters.address(after=str(start + PAGE_SIZE)) if len(rows) > PAGE_SIZE else "",
    }  # fmt: skip
    return operations_page(request, "help", context, actor=actor, place="ops_help")


@operations_door
def articles_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    filters = Filters.of(request.GET)
    columns = [
        Column(_("网址名")), Column(_("章节")), Column(_("类型")), Column(_("中文标题")), Column(_("英文标题")),
        Column(_("版本"), "number"), Column(_("生效")), Column(_("有帮助"), "number"), Column(_("没有帮助"), "number"), Column(_("状态")),
    ]  # fmt: skip
    return exported("help", form, columns=columns, rows=_cells(filters))


@operations_door
def new_article(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _edited(request, actor, None)


@operations_door
def article(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """What it says now, what readers said of it, and the form of its next version."""
    row = kept().filter(slug=slug).first()
    if row is None:
        raise Http404("no such article")
    return _edited(request, actor, row)


@require_POST
@operations_door
def show_article(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    shown, now = request.POST.get("shown") == "on", clock.now()

    def act() -> str:
        return str(show(slug, shown=shown, actor=actor, now=now))

    once(request.POST.get("once", ""), act, actor=actor, now=now)
    messages.success(request, _("文章已显示。") if shown else _("文章已撤下，不再显示，也搜不到。"))
    return redirect("web:ops_help_article", slug)


def _edited(request: HttpRequest, actor: Actor, row: Article | None) -> HttpResponse:
    now, status = clock.now(), 200
    last = latest([row.id])[row.id] if row else None
    form = ArticleForm(initial={**_starting(last), "since": local_day(now), "seen": last.number if last else 0, "once": new_key()})
    preview: dict[str, Any] | None = None
    if request.method == "POST":
        form = ArticleForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                preview = _tried(form, row, actor) if "preview" in request.POST else None
                if preview is None:
                    return _published(request, form, row, actor)
                status = 200
            except Refused as no:
                status = no.status
                for error in no.errors:
                    form.add_error(error.field if error.field in form.fields else None, error.en if language() == "en" else error.zh)
                if not no.errors:
                    form.add_error(None, no.sentence(language()))
    context = {
        "row": row, "last": last, "form": form, "preview": preview, "once": new_key(),
        "versions": list(row.versions.order_by("-number")) if row else [], "votes": votes_of(row.slug) if row else {},
        "said": said_by_readers(row.slug) if row else [], "title": said(last.said.title) if last else "",
    }  # fmt: skip
    return operations_page(request, "help_article", context, actor=actor, place="ops_help", status=status)


def _publish(form: ArticleForm, row: Article | None, actor: Actor) -> Version:
    given = form.cleaned_data
    return publish(
        row.slug if row else given["slug"], form.words, since=given["since"], why=given["why"], seen=given["seen"], actor=actor,
        now=clock.now(), new=None if row else (given["kind"], given["chapter"]),
    )  # fmt: skip


def _published(request: HttpRequest, form: ArticleForm, row: Article | None, actor: Actor) -> HttpResponse:
    def act() -> str:
        return _publish(form, row, actor).article.slug

    slug = once(form.cleaned_data["once"], act, actor=actor, now=clock.now())
    messages.success(request, _("新版本已发布。"))
    return redirect("web:ops_help_article", slug)


def _tried(form: ArticleForm, row: Article | None, actor: Actor) -> dict[str, Any]:
    """The real thing, rolled back: what would be read in both languages."""
    with transaction.atomic():
        version = _publish(form, row, actor)
        both = [
            {"lang": lang, "title": read.title, "body": safe(read.html)}
            for lang, code in (("zh-Hans", "zh-hans"), ("en", "en"))
            if (read := as_read(version, code, at=clock.now()))
        ]
        transaction.set_rollback(True)
    return {"both": both, "since": version.effective_from}


def _starting(last: Version | None) -> dict[str, Any]:
    if last is None:
        return {}
    return {name: getattr(last, name) for name in ("title_zh", "title_en", "words_zh", "words_en", "body_zh", "body_en")}


def _row(row: Any, last: Version) -> dict[str, Any]:
    answers = row.helped + row.failed
    return {
        "slug": row.slug, "title": said(last.said.title), "chapter": _chapter(row.chapter), "kind": said(KINDS[row.kind]),
        "shown": row.shown,
        "number": last.number, "since": last.effective_from, "helped": row.helped, "failed": row.failed,
        "share": round(100 * row.helped / answers) if answers else None,
    }  # fmt: skip


def _cells(filters: Filters) -> Iterator[list[Cell]]:
    found = list(kept(chapter=filters.chapter, shown=filters.shown, q=filters.q))
    titles = latest([row.id for row in found])
    for row in found:
        last, counted = titles[row.id], _row(row, titles[row.id])
        yield [
            row.slug, counted["chapter"], counted["kind"], last.title_zh, last.title_en, last.number,
            last.effective_from.isoformat(), counted["helped"], counted["failed"], said(SHOWN["shown" if row.shown else "hidden"]),
        ]  # fmt: skip


def _chapter(code: str) -> str:
    return next((said(chapter.title) for chapter in chapters() if chapter.code == code), code)
