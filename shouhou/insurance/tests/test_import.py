"""Freight policies from files: every row by itself, any number of times."""

import gzip
from pathlib import Path

import pytest

from shouhou.foundation.refusals import Refused
from shouhou.insurance.imports import import_policies
from shouhou.insurance.models import Policy
from tests.world import THIRD, World

pytestmark = pytest.mark.django_db


def test_a_csv_is_taken_row_by_row_and_again_changes_nothing(world: World, tmp_path: Path) -> None:
    third, own = world.order(**THIRD), world.order()
    file = tmp_path / "policies.csv"
    file.write_text(
        f"number,order,insurer,sum,mode\nFP1,{third},picc,1200,fixed\nFP2,{own},picc,1200,\nFP3,NONE,picc,1200,\nFP4,{third},picc,x,\n"
    )
    seen: list[int] = []
    told = import_policies(file, now=world.now, progress=lambda done, whole: seen.append(done))
    assert {name: told[name] for name in ("rows", "created", "refused")} == {"rows": 4, "created": 1, "refused": 3}
    codes = [(each["row"], each["refusal"]) for each in told["wrong"]]
    assert codes == [(3, "FREIGHT_POLICY_SELF_OPERATED"), (4, "FREIGHT_POLICY_ORDER_UNKNOWN"), (5, "FREIGHT_POLICY_INVALID")]
    assert (Policy.objects.get().mode, seen) == ("fixed", [4])
    assert import_policies(file, now=world.now)["unchanged"] == 1


def test_ndjson_is_taken_too_and_a_file_of_other_columns_is_refused(world: World, tmp_path: Path) -> None:
    order = world.order(**THIRD)
    file = tmp_path / "policies.ndjson.gz"
    file.write_bytes(gzip.compress(f'{{"number": "FP1", "order": "{order}", "insurer": "picc", "sum": 900}}\nnot json\n'.encode()))
    told = import_policies(file, now=world.now)
    assert (told["created"], told["refused"], told["wrong"][0]["row"]) == (1, 1, 2)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(Refused, match="FREIGHT_POLICY_FILE"):
        import_policies(other, now=world.now)
    assert Policy.objects.count() == 1
