"""Independent repairers (ADD-07): none by default, each with scope, price and label, and nobody but the house can list one."""

from pathlib import Path

import pytest
from django.test import Client

from shouhou.foundation.refusals import Refused
from shouhou.repairs.rules.independents import OWN_FILE, independents

pytestmark = pytest.mark.django_db
LISTED = """
- name: {zh: 锦江手机维修, en: Jinjiang phone repair}
  scope: {zh: 手机换屏、换电池, en: "screens and batteries of phones"}
  price: {zh: 换屏 180 元起, en: from CNY 180 for a screen}
  address: {zh: 成都市锦江区红星路 1 号, en: "1 Hongxing Road, Jinjiang, Chengdu"}
  regions: ["5101"]
  vetted_on: 2026-03-01
"""


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "repairers.yaml"
    own.write_text(LISTED, encoding="utf-8")
    monkeypatch.setenv(OWN_FILE, str(own))
    return own


def test_without_the_houses_own_file_nobody_is_listed_and_the_routes_are_told_with_their_effect() -> None:
    html = Client().get("/repairers/").content.decode()
    assert independents() == () or list(independents()) == []
    assert "目前没有收录独立维修商" in html and "非平台服务" not in html
    assert html.index("平台售后维修") < html.index("品牌官方售后") < html.index("第三方维修")
    assert "可能使保修失效" in html


@pytest.mark.usefixtures("listed")
def test_an_entry_shows_scope_price_and_that_it_is_no_service_of_the_platform() -> None:
    html = Client().get("/repairers/?region=四川省成都市锦江区").content.decode()
    assert all(each in html for each in ("锦江手机维修", "手机换屏、换电池", "换屏 180 元起", "非平台服务", "2026-03-01"))
    english = Client(headers={"accept-language": "en"}).get("/repairers/").content.decode()
    assert "Not platform service" in english and "from CNY 180 for a screen" in english


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("region", ["1101", "广东省广州市", "no such place"])
def test_of_another_region_nobody_is_shown(region: str) -> None:
    html = Client().get("/repairers/", {"region": region}).content.decode()
    assert "锦江手机维修" not in html and "这个地区没有收录的维修商" in html


@pytest.mark.usefixtures("listed")
def test_nobody_can_put_one_in_through_a_page() -> None:
    before = list(independents())
    Client().post("/repairers/", {"name": "隔壁维修", "price": "1 元"})
    assert list(independents()) == before and "隔壁维修" not in Client().get("/repairers/").content.decode()


def test_a_file_that_leaves_out_the_price_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "wrong.yaml"
    own.write_text(LISTED.replace("price:", "prise:"), encoding="utf-8")
    monkeypatch.setenv(OWN_FILE, str(own))
    with pytest.raises(Refused, match="REPAIRERS_INVALID"):
        independents()


def test_the_way_of_a_repair_leads_there() -> None:
    assert 'href="/repairers/"' in Client().get("/process/repair/").content.decode()


@pytest.mark.parametrize("page", ["repairers.md", "repairers.zh-CN.md"])
def test_the_example_of_the_documentation_is_a_list_that_is_shown(page: str, listed: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / page).read_text(encoding="utf-8")
    assert OWN_FILE in text
    listed.with_name(page).write_text(text.split("```yaml")[1].split("```")[0], encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(OWN_FILE, str(listed.with_name(page)))
        assert [(each.name.en, each.phone) for each in independents("5106")] == [("Jinjiang phone repair", "028-00000000")]
