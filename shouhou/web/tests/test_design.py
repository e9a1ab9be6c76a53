"""The design language holds: components say what they are, colours can be read, the theme is kept, the menu fits its reader."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse

from shouhou.plumbing.actor import Actor
from shouhou.web.frame import places
from shouhou.web.shared.design import SampleForm
from shouhou.web.shared.tokens import SOURCE, colours, contrasts
from shouhou.web.tests.test_languages import CJK, text_of

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
COMPONENTS = sorted(path.stem for path in (SOURCE.parents[2] / "templates" / "cotton").glob("*.html"))


def shown(source: str, **context: Any) -> str:
    """A piece of a template as the browser gets it."""
    from django_cotton.compiler_regex import CottonCompiler

    template = engines["django"].from_string(CottonCompiler().process(source))
    return template.render({"now": NOW, **context}, RequestFactory().get("/"))


@pytest.mark.parametrize("pair", list(contrasts()), ids=lambda pair: f"{pair.theme}-{pair.text}-on-{pair.ground}")
def test_every_pair_of_colours_can_be_read(pair: Any) -> None:
    assert pair.ratio >= pair.enough


def test_a_browser_without_light_dark_gets_the_light_colours() -> None:
    plain = SOURCE.read_text().split("@supports")[0]
    assert dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", plain)) == {
        colour.name: colour.light for colour in colours().values()
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_living_page_shows_every_component_in_its_language(db: None, language: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    page = client.get(reverse("web:design")).content.decode()
    assert "<c-" not in page
    assert page.count('data-theme="dark"') == page.count('data-theme="light"') == 1
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert bool(CJK.search(text_of(page).replace("中文", ""))) is (language == "zh-hans")
    used = set(re.findall(r"<c-([a-z]+)", "".join(path.read_text() for path in SOURCE.parents[2].glob("templates/design*.html"))))
    assert set(COMPONENTS) - used == {"toast"}


def test_the_living_page_shows_filters_that_fold_away_on_a_phone(db: None) -> None:
    page = Client().get(reverse("web:design")).content.decode()
    folded = re.findall(r'<details class="card narrowing"><summary>筛选</summary><form[^>]* role="search"', page)
    assert len(folded) == 2
    for theme in ("light", "dark"):
        assert f'<select name="status" id="{theme}_filter_status"' in page


def test_a_deadline_tells_the_instant_what_is_left_and_how_urgent_it_is() -> None:
    late = shown('<c-deadline :at="at" label="截止" />', at=NOW - timedelta(hours=2))
    assert 'datetime="2026-11-23T02:00:00+00:00"' in late
    assert "2026-11-23 10:00" in late
    assert re.search(r'class="tag bad num" data-countdown="[^"]+">已超时 2 小时<', late)
    assert 'class="tag wait' in shown('<c-deadline :at="at" />', at=NOW + timedelta(hours=3))
    assert 'class="tag plain' in shown('<c-deadline :at="at" />', at=NOW + timedelta(days=3))
    assert shown('<c-deadline :at="at" />', at=None).strip() == ""


def test_money_is_written_from_minor_units_in_its_currency() -> None:
    assert ">¥1,299.00<" in shown('<c-money :minor="m" />', m=129900)
    assert ">−$20.00<" in shown('<c-money :minor="m" :currency="c" />', m=-2000, c="USD")


def test_a_stepper_marks_the_step_that_is_here() -> None:
    html = shown('<c-stepper :steps="s" />', s=[{"label": "A", "state": "done"}, {"label": "B", "state": "here"}])
    assert html.count('aria-current="step"') == 1
    assert 'class="here" aria-current="step">B' in html
    assert "已完成" in html


def test_a_wrong_field_is_tied_to_its_error_and_its_help() -> None:
    html = shown('<c-field :field="field" />', field=SampleForm({})["name"])
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html or 'aria-describedby="id_name_helptext"' in html
    assert 'id="id_name_helptext"' in html
    assert 'for="id_name"' in html
    assert 'href="#id_name"' in shown('<c-errors :form="form" />', form=SampleForm({}))


def test_words_given_to_a_component_are_escaped() -> None:
    for source in ('<c-card title="{{ x }}">{{ x }}</c-card>', "<c-badge>{{ x }}</c-badge>", '<c-empty title="{{ x }}">{{ x }}</c-empty>'):
        assert "<script>" not in shown(source, x="<script>alert(1)</script>")
    assert "<b>" not in shown('<c-facts :rows="rows" />', rows=[("<b>", "<b>")])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_is_kept_and_taken_back(db: None, theme: str) -> None:
    client = Client()
    answer = client.post(reverse("web:theme"), {"theme": theme, "next": "/policy/"})
    assert answer["Location"] == "/policy/"
    assert f'data-theme="{theme}"' in client.get("/sign-in/").content.decode()
    client.post(reverse("web:theme"), {"theme": "", "next": "/policy/"})
    assert "data-theme" not in client.get("/sign-in/").content.decode()


def test_a_theme_that_is_none_and_an_address_elsewhere_change_nothing(db: None) -> None:
    client = Client()
    answer = client.post(reverse("web:theme"), {"theme": 'x" onload="y', "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert "data-theme" not in client.get("/sign-in/").content.decode()


def test_everybody_gets_the_places_of_their_role_and_sees_where_they_are() -> None:
    def menu(role: str, path: str) -> dict[str, bool]:
        return {link.address: link.here for link in places(Actor(role=role, who="user:1"), path)}  # type: ignore[arg-type]

    assert menu("agent", "/staff/cases/SO-1/")["/staff/"] is True
    assert menu("agent", "/staff/apply/") == {
        "/staff/": False, "/staff/talks/": False, "/staff/apply/": True, "/staff/scans/": False, "/staff/refunds/": False,
        "/staff/satisfaction/": False, "/staff/team/": False, "/staff/statistics/": False, "/staff/calls/": False, "/help/": False,
    }  # fmt: skip
    assert menu("consumer", "/cases/SO-1/") == {"/orders/": False, "/cases/": True, "/talks/": False, "/help/": False}
    assert [link.address for link in places(None, "/")] == ["/help/"]


def test_every_page_loads_its_scripts_from_here_and_sends_the_token_with_htmx(buyer: Callable[..., Client]) -> None:
    page = buyer().get(reverse("web:orders")).content.decode()
    assert re.findall(r'<script src="/static/([^"]+)" defer></script>', page)[:2] == ["django_htmx/htmx-2.min.js", "web/shouhou.js"]
    assert '"allowEval":false' in page
    assert re.search(r"""hx-headers='\{"X-CSRFToken": "\w{64}"\}'""", page)
