"""Both languages are whole: no Chinese left on an English page, no English label on a Chinese one."""

import ast
import html
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import polib
import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import Organisation, User
from shouhou.cases.workflows import WORKFLOWS
from shouhou.merchants.models import Merchant
from shouhou.notifications.models import Notice
from shouhou.notifications.sample import channels_of, sample, sample_mail
from shouhou.notifications.templates import TEMPLATES
from shouhou.plumbing import clock
from shouhou.policy.queries import compiled
from tests.browser.ground import Story, lay, sign_in
from tests.browser.sights import DOORS, sights_of
from tests.conftest import Fake
from tests.world import World

WEB = Path(__file__).parents[1]
HOUSE = WEB.parent
REGION = "四川省 成都市 锦江区"
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
CATALOGUE = polib.pofile(str(Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"))
LINE = {"line": 1, "sku": "K1", "title": "Kettle 1.7 L", "category": "kettle", "quantity": 1, "unit_price": 600000, "paid": 600000}
PARTS: dict[str, Any] = {
    "buyer": {"id": "u1", "name": "Lin", "phone": "13800000001"}, "merchant": {"code": "self", "channel": "self", "name": "House of Tea"},
    "address": {"contact": "Lin", "phone": "13800000001", "region": "Chengdu", "address": "1 Chunxi Road"}, "lines": [LINE],
    "payments": [{"tender": "card", "amount": 600000, "reference": "a"}],
}  # fmt: skip
WISH: dict[str, Any] = {"contact": {"name": "Lin", "phone": "13800000001", "region": "Chengdu", "address": "1 Chunxi Road"}}


STORY = Story(
    parts=PARTS, wish=WISH, fault="It leaks.", fine="fine", name="Lin",
    depot={"label": "Returns", "contact": "Warehouse", "region": "Guangzhou", "address": "8 Depot Road"},
    many={"lines": [{**LINE, "quantity": 2, "paid": 1200000}], "payments": [{"tender": "card", "amount": 1200000, "reference": "a"}]},
)  # fmt: skip


@pytest.fixture
def pages(world: World, fake: Fake) -> Callable[[str], dict[str, str]]:
    """Every page type as text in a language; all data in it is English."""
    world.now = clock.now()
    facts = lay(world, STORY)
    denied = world.order(**{**PARTS, "lines": [{**LINE, "category": "fresh", "title": "Blueberries"}]}, shipments=[])
    cookies = {who: sign_in(who) for who in DOORS}
    Organisation.objects.update(name="House of Tea")
    Merchant.objects.update(name="House of Tea")
    User.objects.update(first_name="Lin", last_name="")
    # Told in the language of whoever was told then, not of the page.
    Notice.objects.update(title="A letter", body="Some words.", short="")
    more = {
        "consumer": [f"/orders/{denied}/", f"/cases/{facts.waiting}/moves/book_pickup/"],
        "supervisor": [f"/staff/orders/{denied}/", f"/staff/orders/{denied}/receipt/1/", "/staff/search/?q=zzzz",
                       *(f"/staff/cases/{facts.case}/moves/{move}/" for move in ("extend", "reject", "ask_evidence", "approve")),
                       f"/staff/cases/{facts.received}/moves/propose_deduction/"],
    }  # fmt: skip

    def shown(language: str) -> dict[str, str]:
        found = {}
        for who in DOORS:
            client = Client()
            client.cookies.load({"django_language": language, **cookies[who]})
            for path in [*(sight.address(facts) for sight in sights_of(who)), *more.get(who, ())]:
                answer = client.get(path, follow=True)
                assert answer.status_code in {200, 404}, path
                found[f"{who} {path}"] = text_of(answer.content.decode())
        return found

    return shown


def test_english_pages_have_no_chinese_left(pages: Callable[[str], dict[str, str]]) -> None:
    around = re.compile(rf".{{0,12}}{CJK.pattern}+.{{0,12}}")
    # The regions of the service point have their official names only.
    left = {path: sorted(set(around.findall(text.replace(REGION, "")))) for path, text in pages("en").items()}
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


def test_every_text_of_the_code_is_said_in_both_languages() -> None:
    """Labels, hints, refusals, events, choices: whatever stands as Text(zh, en) or with zh= and en= in the source."""
    told = {(where, zh, en) for path in HOUSE.rglob("*.py") if "tests" not in path.parts for where, zh, en in _pairs_of(path)}
    assert len(told) > 800
    assert sorted(each for each in told if _lame(each[1], each[2])) == []


def test_every_text_of_the_books_is_said_in_both_languages() -> None:
    """Titles, clauses, terms, sources, advice."""
    told = [pair for path in HOUSE.rglob("*.yaml") for pair in _pairs_in(path.name, yaml.load(path.read_text(), yaml.CSafeLoader))]
    assert len(told) > 500
    assert sorted(each for each in told if _lame(each[1], each[2])) == []


def test_every_notice_is_written_in_both_languages_for_every_channel() -> None:
    wrong = []
    for name in TEMPLATES:
        for channel in channels_of(name):
            zh, en = (sample(name, channel=channel, language=language) for language in ("zh-hans", "en"))
            # A room is told one line, the title, and the link.
            spoken = CJK.search(zh.title) and (channel == "im" or CJK.search(zh.body))
            if CJK.search(en.title + en.body) or not (spoken and en.title and en.body):
                wrong.append((name, channel))
        if CJK.search(message_from_bytes(sample_mail(name, language="en"), policy=default).as_string()):
            wrong.append((name, "letter"))
    assert wrong == []


def test_every_limit_of_every_workflow_has_a_name_for_people(db: None) -> None:
    terms = {limit.term for workflow in WORKFLOWS.values() for state in workflow.states for limit in state.limits}
    named = {term: found.label for term, found in compiled().terms.terms.items()}
    assert {term for term in terms if not (CJK.search(named[term].zh) and named[term].en)} == set()


def _lame(zh: str, en: str) -> bool:
    """One half is missing, or is the other language; what is the same in both (a number, a name) is neither."""
    return bool(zh) != bool(en) or (zh != en and (bool(CJK.search(en)) or not CJK.search(zh)))


def _pairs_of(path: Path) -> Iterator[tuple[str, str, str]]:
    """The texts of a source file with their line; only those written out can be judged."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg in ("zh", "en")}
        if isinstance(node.func, ast.Name) and node.func.id == "Text" and len(node.args) == 2:
            given = dict(zip(("zh", "en"), node.args, strict=True))
        values = [_written(given[name]) for name in ("zh", "en") if name in given]
        if len(values) == 2 and None not in values:
            yield f"{path.name}:{node.lineno}", str(values[0]), str(values[1])


def _written(node: ast.expr) -> str | None:
    """The text without what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant)) or None
    return None


def _pairs_in(where: str, value: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        if set(value) & {"zh", "en"}:
            yield where, str(value.get("zh") or ""), str(value.get("en") or "")
        for each in value.values():
            yield from _pairs_in(where, each)
    elif isinstance(value, list):
        for each in value:
            yield from _pairs_in(where, each)


def text_of(page: str) -> str:
    """What a person reads: titles, hints and values included; codes, the other language's own name and the law's own words are not."""
    page = re.sub(r"<code\b[^>]*>[ -~\n]*?</code>", " ", page)
    page = re.sub(r'<(button|blockquote|textarea)[^>]*lang="(zh-Hans|en)"[^>]*>.*?</\1>', "", page, flags=re.S)
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
