"""Independent repairers near by, as data (ADD-07): none is shipped, and only whoever runs the house lists one it has vetted."""

import os
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
import yaml
from msgspec import Meta, Struct

from shouhou.foundation.refusals import refusal, refused
from shouhou.foundation.workflow import Text

REPAIRERS_INVALID = refusal(
    "REPAIRERS_INVALID", "invalid", zh="独立维修商名录文件 {file} 有误：{reason}",
    en="The file of independent repairers {file} is wrong: {reason}"
)
OWN_FILE = "SHOUHOU_INDEPENDENT_REPAIRERS"
"""The environment variable that names a YAML file, a list of repairers; without it nobody is listed."""
LABEL = Text("非平台服务", "Not platform service")
Region = Annotated[str, Meta(pattern=r"^[0-9]{2,6}$")]
Phone = Annotated[str, Meta(max_length=30)]


class Independent(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One repairer: what they repair, what it costs, where; `regions` are beginnings of region codes, and when they were vetted."""

    name: Text
    scope: Text
    price: Text
    address: Text
    regions: tuple[Region, ...]
    phone: Phone = ""
    vetted_on: date


def independents(region: str = "") -> Sequence[Independent]:
    """Those who are at work in the region (a code, or the beginning of one); all without. Raises REPAIRERS_INVALID."""
    found = _read(os.environ.get(OWN_FILE, ""))
    return [each for each in found if any(region.startswith(code) or code.startswith(region) for code in each.regions)]


@cache
def _read(own: str) -> tuple[Independent, ...]:
    if not own:
        return ()
    try:
        return msgspec.convert(yaml.safe_load(Path(own).read_text(encoding="utf-8")) or [], tuple[Independent, ...])
    except (OSError, msgspec.ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise refused(REPAIRERS_INVALID, file=Path(own).name, reason=str(error)[:300]) from error
