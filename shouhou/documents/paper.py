"""A form and what stands in it, laid out for print: data in, PDF out; nothing is asked of database or clock."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from shouhou.documents.codes import Marked, bars, square
from shouhou.documents.form import Entry, Form
from shouhou.foundation.workflow import Text

PAPERS = Path(__file__).parent / "papers"
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
ROWS_LEAST = 3
COLUMN_LABELS = (
    Text("商品名称", "Article"), Text("商品编号", "Article number"), Text("序列号/IMEI", "Serial or IMEI"), Text("数量", "Quantity"),
)  # fmt: skip
PAGE = Text("第 {n} 页，共 {all} 页", "Page {n} of {all}")
FOOT = Text("{house} · {title} 第 {version} 版", "{house} · {title}, version {version}")
HOUSE = Text("售后服务", "After-sales service")


@dataclass(frozen=True, slots=True)
class Article:
    """One row of the goods."""

    title: str
    sku: str = ""
    serials: Sequence[str] = ()
    quantity: int | None = None

    def cells(self) -> list[str]:
        return [self.title, self.sku, ", ".join(self.serials), str(self.quantity) if self.quantity else ""]


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a form: texts and ticks by the entry's name, the goods, and what the codes say."""

    texts: Mapping[str, str] = field(default_factory=dict)
    ticks: Mapping[str, Collection[str]] = field(default_factory=dict)
    goods: Sequence[Article] = ()
    case: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """What travels in the parcel (APP-10 to APP-14). `facts` are (label, value, columns of six)."""

    number: str
    title: Text
    about: str
    to_name: str
    to_phone: str
    to_address: str
    goods: Sequence[Article]
    facts: Sequence[tuple[Text, str, int]]
    checks: Sequence[Text]


def form_pdf(form: Form, filled: Filled, *, language: str, at: datetime) -> bytes:
    """The form as a PDF in `language` ("en…", anything else is Chinese); the same data give the same bytes."""
    marked = Marked(form.code, form.version, filled.case, filled.order)
    rows = [each.cells() for each in filled.goods]
    rows += [[""] * len(COLUMN_LABELS)] * (ROWS_LEAST - len(rows))
    return printed("form.typ", {
        **_frame(marked, form.title.in_(language), language=language), "about": form.about.in_(language),
        "blocks": [
            {"title": block.title.in_(language), "entries": [_entry(each, filled, language) for each in block.entries]}
            for block in form.blocks
        ],
        "goods": _goods(rows, language), "notes": [note.in_(language) for note in form.notes],
    }, at=at)  # fmt: skip


def slip_pdf(slip: Slip, *, language: str, at: datetime) -> bytes:
    """The slip as a PDF."""
    return printed("slip.typ", {
        **_frame(Marked("slip", 1, slip.number), slip.title.in_(language), language=language), "about": slip.about,
        # The warehouse's scanner types what it reads: both codes are the number alone.
        "square": square(slip.number), "square_says": slip.number,
        "to": {"label": TO.in_(language), "name": slip.to_name, "phone": slip.to_phone, "address": slip.to_address},
        "goods": _goods([each.cells() for each in slip.goods], language),
        "facts": [{"label": label.in_(language), "value": value or "–", "span": span} for label, value, span in slip.facts],
        "check_title": CHECK.in_(language), "checks": [each.in_(language) for each in slip.checks], "cut": CUT.in_(language),
    }, at=at)  # fmt: skip


TO, CHECK = Text("寄往", "Send to"), Text("寄出前请确认", "Before you send it")
CUT = Text(
    "请将本单放入包裹；使用可追踪的快递，勿寄到付。",
    "Put this slip into the parcel. Use a carrier with tracking; do not send it freight collect.",
)


def printed(template: str, data: Mapping[str, object], *, at: datetime) -> bytes:
    """Typeset with the font of the package only, so that a paper looks the same on every machine."""
    made = typst.compile(
        PAPERS / template, root=PAPERS, font_paths=[FONTS], ignore_system_fonts=True, timestamp=at.replace(microsecond=0), format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("one PDF was expected")
    return made


def _frame(marked: Marked, title: str, *, language: str) -> dict[str, object]:
    says = marked.square()
    return {
        "title": title, "house": HOUSE.in_(language), "lang": "en" if language.startswith("en") else "zh",
        "region": "gb" if language.startswith("en") else "cn", "page": PAGE.in_(language),
        "foot": FOOT.in_(language).format(house=HOUSE.in_(language), title=title, version=marked.version), "number": marked.case,
        "bars": bars(marked.case) if marked.case else None, "square": square(says), "square_says": says,
    }  # fmt: skip


def _entry(entry: Entry, filled: Filled, language: str) -> dict[str, object]:
    ticked = filled.ticks.get(entry.name, ())
    return {
        "kind": entry.kind, "label": entry.label.in_(language), "span": entry.span, "lines": entry.lines,
        "value": filled.texts.get(entry.name, ""),
        "choices": [{"label": label.in_(language), "ticked": code in ticked} for code, label in entry.choices],
    }  # fmt: skip


def _goods(rows: Sequence[Sequence[str]], language: str) -> dict[str, object]:
    return {"columns": [each.in_(language) for each in COLUMN_LABELS], "rows": rows}
