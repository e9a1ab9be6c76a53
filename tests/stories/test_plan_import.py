"""Sold plans from files: each row told apart, the same file again changes nothing, and a file cut short is gone on with."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from shouhou.foundation.refusals import Refused
from shouhou.plans.imports import import_plans
from shouhou.plans.models import Plan
from tests.stories.repairing import PHONE
from tests.world import World, refusal_of

pytestmark = pytest.mark.django_db
HEAD = "number,kind,order,line,serial,starts_on,ends_on,price,cap\n"


def counted(report: dict[str, Any]) -> tuple[int, int, int, int]:
    return report["created"], report["changed"], report["unchanged"], report["refused"]


def test_a_csv_tells_what_became_of_every_row(world: World, tmp_path: Path) -> None:
    order = world.order(**PHONE)
    file = tmp_path / "plans.csv"
    file.write_text(
        HEAD + f"A1,screen,{order},1,,2026-03-12,,9900,\nA2,accident,,,IMEI-1,,,19900,500000\nA3,moon,{order},1,,,,,\n"
        f"A4,screen,NONE,1,,,,,\nA5,screen,{order},1,,2026-05-01,2026-04-01,,\nA6,screen,{order},1,,soon,,,\n,screen,{order},1,,,,,\n"
    )
    report = import_plans(file, now=world.now)
    assert counted(report) == (2, 0, 0, 5)
    assert [(each["row"], each["number"], each["refusal"]) for each in report["wrong"]] == [
        (4, "A3", "PLAN_INVALID"), (5, "A4", "PLAN_GOODS_UNKNOWN"), (6, "A5", "PLAN_INVALID"), (7, "A6", "PLAN_INVALID"),
        (8, "", "PLAN_INVALID"),
    ]  # fmt: skip
    assert "screen, accident" in report["wrong"][0]["en"]
    assert list(Plan.objects.order_by("number").values_list("number", "order_number", "price_minor", "cap_minor", "claims_most")) == [
        ("A1", order, 9900, None, 1), ("A2", order, 19900, 500000, 2),
    ]  # fmt: skip
    again = import_plans(file, now=world.later(days=3).now)
    assert (counted(again), Plan.objects.filter(version=1).count()) == ((0, 0, 2, 5), 2)


def test_ndjson_and_parquet_say_the_same_as_csv(world: World, tmp_path: Path) -> None:
    order = world.order(**PHONE)
    lines = tmp_path / "plans.ndjson"
    lines.write_text(json.dumps({"number": "B1", "kind": "screen", "order": order, "price": 9900, "starts_on": "2026-03-12"}) + "\nnope\n")
    report = import_plans(lines, now=world.now)
    assert (counted(report), report["wrong"][0]["row"], report["wrong"][0]["refusal"]) == ((1, 0, 0, 1), 2, "INVALID_INPUT")
    table = tmp_path / "plans.parquet"
    row = f"'B1' AS number, 'screen' AS kind, '{order}' AS \"order\", 9900::BIGINT AS price, DATE '2026-03-12' AS starts_on"
    duckdb.sql(f"COPY (SELECT {row}) TO '{table}' (FORMAT parquet)")
    assert counted(import_plans(table, now=world.now)) == (0, 0, 1, 0)


def test_a_file_that_stops_half_way_is_gone_on_with(world: World, tmp_path: Path) -> None:
    order = world.order(**PHONE)
    rows = [f"C{n},screen,{order},1,,,,,\n" for n in range(1200)]
    file = tmp_path / "plans.csv"
    file.write_text(HEAD + "".join(rows))

    class Killed(Exception):
        pass

    def killed(done: int, total: int | None) -> None:
        if done == 500:
            raise Killed

    with pytest.raises(Killed):
        import_plans(file, now=world.now, progress=killed)
    assert Plan.objects.count() == 500
    assert counted(import_plans(file, now=world.now)) == (700, 0, 500, 0)


@pytest.mark.parametrize("content", [b"number,kind,colour\nA,screen,red\n", b"kind\nscreen\n", b"\xff\xfe\x00", b""])
def test_a_file_that_is_none_is_refused_as_a_whole(world: World, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "plans.csv"
    file.write_bytes(content)
    no: Refused = refusal_of(import_plans, file, now=world.now)
    assert (no.code, Plan.objects.count()) == ("PLAN_FILE", 0)
