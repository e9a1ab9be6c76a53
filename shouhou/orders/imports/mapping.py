"""A mapping: our field ← their column, with defaults, joins and rules, as strict YAML data."""

from collections.abc import Mapping as MappingOf
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
import yaml
from msgspec import Meta, Struct

from shouhou.foundation.refusals import refusal, refused

FOLDER = Path(__file__).parent / "mappings"
ORDER_FIELDS = frozenset(
    "buyer buyer_name buyer_email buyer_phone tier merchant merchant_name channel currency placed_at paid_at promised_by "
    "shipped_at arrived_at signed_at carrier tracking freight total tender reference status invoice contact phone region "
    "region_code address".split()
)
LINE_FIELDS = frozenset(
    "sku title category quantity unit_price paid discount freight merchant merchant_name channel position".split()
)
AMOUNTS = frozenset({"freight", "total", "unit_price", "paid", "discount", "amount"})
WHOLE = frozenset({"quantity", "position"})
INSTANTS = ("placed_at", "paid_at", "promised_by", "shipped_at", "arrived_at", "signed_at")

MAPPING_UNKNOWN = refusal(
    "MAPPING_UNKNOWN", "invalid", zh="没有映射 {mapping}；可选：{known}。", en="No mapping {mapping}; there are: {known}."
)
MAPPING_INVALID = refusal(
    "MAPPING_INVALID", "invalid", zh="映射 {mapping} 有误：{reason}", en="The mapping {mapping} is wrong: {reason}"
)


class Field(Struct, forbid_unknown_fields=True, frozen=True):
    """Where a value comes from. Several columns: the first that holds something, or all `joined` by a space."""

    column: str | tuple[str, ...] = ()
    const: str | None = None
    default: str | None = None
    map: dict[str, str] = {}
    otherwise: str | None = None
    joined: bool = False
    optional: bool = False
    # Made a code: lower case, everything but letters and digits an underscore.
    code: bool = False
    # Ending cut off ("17850.0"), and values that mean nothing ("0").
    trim: str = ""
    blank: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,) if isinstance(self.column, str) else self.column


class Join(Struct, forbid_unknown_fields=True, frozen=True):
    """A further file whose columns `by` equal another's."""

    file: str
    by: dict[str, str]


class Payments(Struct, forbid_unknown_fields=True, frozen=True):
    """Tenders from their own file, or one for the order's `total`, or one (`whole`) for the sum of all its rows."""

    file: str = ""
    by: str = ""
    tender: Field | str = ""
    amount: str = ""
    position: str = ""
    total: bool = False
    whole: str = ""


class Codes(Struct, forbid_unknown_fields=True, frozen=True):
    """Articles that are freight, and those that are no goods at all."""

    freight: tuple[str, ...] = ()
    not_goods: tuple[str, ...] = ()


class CreditNote(Struct, forbid_unknown_fields=True, frozen=True):
    """How a credit note is known: its number begins so."""

    prefix: Annotated[str, Meta(min_length=1)]


class Spec(Struct, forbid_unknown_fields=True, frozen=True):
    """The mapping as it stands in its file."""

    name: str
    title: dict[str, str]
    native: bool = False
    zone: str = "UTC"
    files: dict[str, str] = {}
    rows: str = ""
    join: tuple[Join, ...] = ()
    key: str = ""
    strip_key: str = ""
    order: dict[str, Field | str] = {}
    line: dict[str, Field | str] = {}
    payments: Payments = Payments()
    codes: Codes = Codes()
    credit_note: CreditNote | None = None
    merge_repeated: bool = False
    split_by_merchant: bool = False
    spread_total: bool = False

    def field(self, part: MappingOf[str, Field | str], name: str) -> Field:
        """The field as a Field; one that the mapping does not name gives nothing."""
        given = part.get(name, Field())
        return Field(column=given) if isinstance(given, str) else given


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name: str) -> Spec:
    """A shipped mapping by name, or one of the user's own by the path of its YAML.

    Raises Refused MAPPING_UNKNOWN, MAPPING_INVALID.
    """
    if name in names():
        return _read(FOLDER / f"{name}.yaml")
    path = Path(name)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return _read(path)
    raise refused(MAPPING_UNKNOWN, mapping=name, known=", ".join(names()))


@cache
def _read(path: Path) -> Spec:
    try:
        spec = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Spec)
    except (msgspec.ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise refused(MAPPING_INVALID, mapping=path.name, reason=str(error)[:300]) from error
    strangers = sorted({*spec.order} - ORDER_FIELDS) + sorted({*spec.line} - LINE_FIELDS)
    needed = [] if spec.native else [n for n, v in (("key", spec.key), ("order", spec.order), ("line", spec.line)) if not v]
    if strangers or needed:
        raise refused(MAPPING_INVALID, mapping=path.name, reason=f"unknown {strangers}, missing {needed}")
    return spec
