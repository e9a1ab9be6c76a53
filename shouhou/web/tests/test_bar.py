"""The bar in one row: what is rarely needed stands under one entry, and nothing is lost by it."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from shouhou.web.frame import ROW_MOST
from tests.world import World

Staff = Callable[..., Client]


def bar(page: str) -> tuple[list[str], list[str], list[str]]:
    """Addresses in the row, under "more", and in the menu of a phone."""
    row, sheet = re.findall(r'<nav class="places".*?</nav>|<div class="menu-sheet">(?!<a).*?</nav>', page, re.S), ""
    if '<details class="menu rest">' in row[0]:
        sheet = row[0].partition('<details class="menu rest">')[2]
    links = [re.findall(r'href="(/[^"]*)"', part) for part in (row[0].replace(sheet, ""), sheet, row[1])]
    return links[0], links[1], links[2]


def test_a_supervisors_row_is_short_and_everything_is_there_once(world: World, staff: Staff) -> None:
    client = staff("supervisor")
    row, rest, phone = bar(client.get("/staff/").content.decode())
    assert len(row) < ROW_MOST
    assert {"/staff/", "/finance/", "/operations/"} <= set(row)
    assert {"/technician/", "/desk/", "/help/"} <= set(rest)
    assert sorted(row + rest) == sorted(phone)


def test_the_place_where_somebody_is_stands_in_the_row(world: World, staff: Staff) -> None:
    page = staff("supervisor").get("/desk/").content.decode()
    row, rest, _phone = bar(page)
    assert "/desk/" in row
    assert "/desk/" not in rest
    assert re.search(r'<nav class="places".*?href="/desk/" aria-current="page"', page, re.S)


@pytest.mark.parametrize("role", ["finance", "technician", "inspector"])
def test_whoever_has_few_places_sees_them_all(world: World, staff: Staff, role: str) -> None:
    page = staff(role).get("/staff/").content.decode()
    assert "menu rest" not in page
    row, _rest, phone = bar(page)
    assert row == phone


def test_the_menu_of_operations_has_a_short_row_too_and_shows_where_one_is(world: World, staff: Staff) -> None:
    client = staff("operations")
    for path in ("/operations/", "/operations/calendar/"):
        page = client.get(path).content.decode()
        menu = re.findall(r'<nav class="views ops-menu".*?</nav>', page, re.S)[0]
        links, sheet = menu.split('<details class="menu rest">')
        shown = re.findall(r'href="([^"]+)"(?! class="ops-rare")', links)
        assert f'href="{path}" aria-current="page"' in links
        assert f'href="{path}"' not in sheet
        assert sorted({*shown, *re.findall(r'href="([^"]+)"', sheet)}) == sorted(re.findall(r'href="([^"]+)"', links))
