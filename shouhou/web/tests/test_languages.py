"""Both languages are whole: no Chinese left on an English page, no English label on a Chinese one."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from shouhou.cases.workflows import WORKFLOWS
from shouhou.merchants.models import ReturnAddress
from shouhou.policy.queries import compiled
from tests.world import World

WEB = Path(__file__).parents[1]
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
CATALOGUE = polib.pofile(str(Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"))
LINE = {"line": 1, "sku": "K1", "title": "Kettle 1.7 L", "category": "kettle", "quantity": 1, "unit_price": 600000, "paid": 600000}
PARTS: dict[str, Any] = {
    "buyer": {"id": "u1", "name": "Lin", "phone": "13800000001"}, "merchant": {"code": "self", "channel": "self", "name": "House of Tea"},
    "address": {"contact": "Lin", "phone": "13800000001", "region": "Chengdu", "address": "1 Chunxi Road"}, "lines": [LINE],
    "payments": [{"tender": "card", "amount": 600000, "reference": "a"}],
}  # fmt: skip
WISH: dict[str, Any] = {"contact": {"name": "Lin", "phone": "13800000001", "region": "Chengdu", "address": "1 Chunxi Road"}}


@pytest.fixture
def pages(world: World, buyer: Callable[..., Client], staff: Callable[..., Client]) -> Callable[[str], dict[str, str]]:
    """Every main page as text in a language; all data in it is English."""
    order, other = world.order(**PARTS), world.order(**PARTS)
    denied = world.order(**{**PARTS, "lines": [{**LINE, "category": "fresh", "title": "Blueberries"}]}, shipments=[])
    ReturnAddress.objects.update(label="Returns", contact="Warehouse", region="Guangzhou", address="8 Depot Road")
    case = world.apply(other, **WISH)["number"]
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000001")
    world.later(days=1)
    world.move(case, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok", note="fine")
    world.move(case, "accept", actor=world.staff("inspector"))
    asked = world.apply(world.order(**PARTS), reason="quality", description="It leaks.", **WISH)["number"]
    waiting = world.apply(world.order(**PARTS), **WISH)["number"]

    def shown(language: str) -> dict[str, str]:
        addresses: dict[Callable[[], Client], list[str]] = {
            buyer: ["/", "/orders/", f"/orders/{order}/", f"/orders/{denied}/", f"/orders/{order}/apply/?line=1", "/cases/",
                    f"/cases/{case}/", f"/cases/{asked}/", f"/cases/{waiting}/", f"/cases/{waiting}/slip/",
                    f"/cases/{waiting}/moves/book_pickup/", "/policy/", "/nowhere/"],
            lambda: staff("supervisor"): [
                "/staff/", "/staff/?status=closed&shown=all", f"/staff/cases/{case}/", f"/staff/cases/{asked}/",
                f"/staff/cases/{asked}/moves/extend/", f"/staff/cases/{waiting}/moves/receive/", "/staff/apply/?q=" + order,
                f"/staff/orders/{denied}/", f"/staff/orders/{denied}/receipt/1/", "/staff/refunds/",
                "/staff/keys/", "/staff/views/", "/staff/search/?q=0001", f"/staff/bulk/?number={asked}&number={waiting}"],
            Client: ["/sign-in/", "/staff/sign-in/"],
        }  # fmt: skip
        found = {}
        for who, paths in addresses.items():
            client = who()
            client.cookies["django_language"] = language
            for path in paths:
                found[path] = text_of(client.get(path, follow=True).content.decode())
        return found

    return shown


def test_english_pages_have_no_chinese_left(pages: Callable[[str], dict[str, str]]) -> None:
    around = re.compile(rf".{{0,12}}{CJK.pattern}+.{{0,12}}")
    left = {path: sorted(set(around.findall(text))) for path, text in pages("en").items()}
    assert {path: words for path, words in left.items() if words} == {}


def test_chinese_pages_have_no_english_labels(pages: Callable[[str], dict[str, str]]) -> None:
    english = {entry.msgstr for entry in CATALOGUE if len(entry.msgstr) > 4 and "%" not in entry.msgstr}
    shown = pages("zh-hans")
    left = {path: [words for words in english if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text)] for path, text in shown.items()}
    assert {path: words for path, words in left.items() if words} == {}
    assert all(CJK.search(text) for text in shown.values())


def test_the_language_is_kept_by_a_cookie(db: None) -> None:
    client = Client()
    answer = client.post(reverse("web:language"), {"language": "en", "next": "/sign-in/"})
    assert answer["Location"] == "/sign-in/"
    assert '<html lang="en">' in client.get("/sign-in/").content.decode()
    client.post(reverse("web:language"), {"language": "zh-hans", "next": "https://evil.example/"})
    assert '<html lang="zh-Hans">' in client.get("/sign-in/").content.decode()


def test_every_text_of_the_pages_is_in_the_catalogue() -> None:
    known = {entry.msgid for entry in CATALOGUE if entry.msgstr or all(entry.msgstr_plural.values() or [""])}
    assert {text for text in source_texts() if text not in known} == set()


def test_every_entry_of_the_catalogue_is_english_and_fills_the_same_places() -> None:
    for entry in CATALOGUE:
        for words in [entry.msgstr, *entry.msgstr_plural.values()]:
            assert not CJK.search(words), entry.msgid
            if words:
                assert set(re.findall(r"%\(\w+\)s", words)) == set(re.findall(r"%\(\w+\)s", entry.msgid)), entry.msgid


def test_every_limit_of_every_workflow_has_a_name_for_people(db: None) -> None:
    terms = {limit.term for workflow in WORKFLOWS.values() for state in workflow.states for limit in state.limits}
    named = {term: found.label for term, found in compiled().terms.terms.items()}
    assert {term for term in terms if not (CJK.search(named[term].zh) and named[term].en)} == set()


def text_of(page: str) -> str:
    """What a person reads: titles, hints and values included; the other language's own name and the law's own words are not."""
    page = re.sub(r'<(button|blockquote)[^>]*lang="(zh-Hans|en)"[^>]*>.*?</\1>', "", page, flags=re.S)
    said = re.findall(r'(?:placeholder|aria-label|title|alt)="([^"]*)"', page)
    body = re.sub(r"<(svg|script|style)\b.*?</\1>", " ", page, flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", " ".join([re.sub(r"<[^>]+>", " ", body), *said])))


def source_texts() -> set[str]:
    found = set()
    for path in WEB.rglob("templates/**/*.html"):
        text = path.read_text()
        found |= {double or single for double, single in re.findall(r"""{% translate (?:"([^"]*)"|'([^']*)') %}""", text)}
        for block in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text, flags=re.S):
            found.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", block))
    for path in WEB.rglob("*.py"):
        if "tests" not in path.parts:
            found |= set(re.findall(r'\b(?:_|gettext_lazy)\("([^"]+)"\)', path.read_text()))
    return found
