"""Every way in which the ledger moves money has its words, in both languages, wherever it is shown."""

from collections.abc import Callable

import pytest
from django.test import Client

from shouhou.ledger.chart import Account
from shouhou.ledger.kinds import RECIPES
from shouhou.ledger.models import Posting, Transfer
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.web.tests.test_languages import text_of
from tests.world import World

PARTS = ("buyer", "channel", "tender", "carrier", "purpose", "insurer")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_recipe_and_its_accounts_have_words_on_every_page_that_shows_them(
    world: World, staff: Callable[..., Client], language: str
) -> None:
    world.now = clock.now()
    case = str(world.apply(world.order())["number"])
    shop = Merchant.objects.get(code="self")
    for name, recipe in RECIPES.items():
        transfer = Transfer.objects.create(recipe=name, subject=case, phase="posted", key=name, by="clock", at=world.now)
        for source, destination in recipe.flows:
            Posting.objects.create(
                transfer=transfer, source=path(source, shop), destination=path(destination, shop), amount_minor=100, currency="CNY"
            )
    client, month = staff("supervisor"), f"{clock.now():%Y-%m}"
    words = {name: recipe.label.zh if language == "zh-hans" else recipe.label.en for name, recipe in RECIPES.items()}
    accounts = {account.label.zh if language == "zh-hans" else account.label.en
                for recipe in RECIPES.values() for flow in recipe.flows for account in flow}  # fmt: skip

    def shown(address: str) -> str:
        answer = client.get(address, headers={"Accept-Language": language})
        assert answer.status_code == 200, address
        return text_of(answer.content.decode()).lower()

    for name, said in words.items():
        assert said.lower() in shown(f"/finance/ledger/postings/?recipe={name}"), name
    everything = shown(f"/staff/cases/{case}/")
    assert [name for name, said in words.items() if said.lower() not in everything] == []
    assert [each for each in accounts if each.lower() not in everything] == []
    statement = shown(f"/finance/merchants/shops/self/statements/{month}/")
    raw = [name for name in RECIPES if "_" in name and (name in everything or name in statement)]
    assert raw == []


def path(account: Account, shop: Merchant) -> str:
    """One account of the family."""
    return account.of(merchant=shop.pk, **dict.fromkeys(PARTS, "x1"))
