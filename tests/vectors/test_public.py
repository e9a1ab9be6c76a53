"""The public decision vectors, one by one, through the product's own door; where ../shared is there."""

import os
from pathlib import Path
from typing import Any

import pytest

from shouhou.cases.decisions import answer
from shouhou.foundation.refusals import Refused
from shouhou.policy.vectors import ABOUT, load_vectors, matches

FILE = Path(os.environ.get("SHOUHOU_SHARED", Path(__file__).parents[3] / "shared")) / "vectors" / "public.yaml"
VECTORS = load_vectors(FILE) if FILE.exists() else []


@pytest.mark.django_db
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_the_product_answers_as_the_vector_expects(vector: dict[str, Any]) -> None:
    asked = {key: value for key, value in vector.items() if key not in ABOUT}
    try:
        actual = answer(asked)
    except Refused as refusal:
        actual = {"error": refusal.code}
    assert matches(vector["expect"], actual), f"{vector['expect']} != {actual}"
