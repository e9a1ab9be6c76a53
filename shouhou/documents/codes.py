"""The codes on a paper: bars of the case's number for a warehouse's scanner, a square that says which form this is."""

import io
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import segno
import zxingcpp

from shouhou.foundation.ids import is_case_number, parse_number

SCHEME = "shouhou"


@dataclass(frozen=True, slots=True)
class Marked:
    """What the codes of a paper say: which form in which version, of which case or order ("" where unsaid)."""

    form: str = ""
    version: int = 0
    case: str = ""
    order: str = ""

    def square(self) -> str:
        """The text of the square code."""
        said = {name: value for name, value in (("case", self.case), ("order", self.order)) if value}
        return f"{SCHEME}:{quote(self.form, safe='')}/{self.version}" + (f"?{urlencode(said)}" if said else "")


def understand(texts: list[str]) -> Marked:
    """What the texts of all codes on a scan come to; a foreign code says nothing."""
    form, version, case, order = "", 0, "", ""
    for text in texts:
        parts = urlsplit(text)
        if parts.scheme == SCHEME:
            name, _sep, number = parts.path.partition("/")
            form, version = name[:24], int(number) if number.isdecimal() and len(number) < 6 else 0
            said = parse_qs(parts.query)
            case = _case(said.get("case", [""])[0]) or case
            order = said.get("order", [""])[0].replace("\x00", "")[:80] or order
        else:
            case = case or _case(text)
    return Marked(form, version, case, order)


def named(text: str) -> str:
    """The number that a code's text names: a form's case or order, else the text as it is."""
    marked = understand([text])
    return marked.case or marked.order or text


def bars(text: str) -> str:
    """The text as Code 128, an SVG."""
    return str(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128).to_svg(add_hrt=False, add_quiet_zones=True))


def square(text: str) -> str:
    """The text as a QR code, an SVG."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, border=2, nl=False)
    return out.getvalue().decode()


def _case(text: str) -> str:
    """A case's number, as it is written; anything else is none."""
    found = parse_number(text[:40]) or ""
    return found if is_case_number(found) else ""
