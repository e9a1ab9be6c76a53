"""Looking at a scan: its pages as pictures, upright, and what the codes on them say."""

import io
from threading import Lock
from typing import BinaryIO

import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

from shouhou.documents.codes import Marked, understand
from shouhou.foundation.refusals import refusal, refused

PAGES_MOST = 20
LONG_SIDE_MOST = 3000
READ_LONG_SIDE, SHOWN_LONG_SIDE = 2400, 1800
POINTS_MOST = 20_000
# PDFium is not made for two threads at once.
_PDFIUM = Lock()
PIXELS_MOST = 50_000_000
FORMATS = zxingcpp.barcode_formats_from_str("Code128,QRCode")

SCAN_UNREADABLE = refusal(
    "SCAN_UNREADABLE", "invalid", zh="扫描件无法打开，请重新扫描。", en="The scan cannot be opened. Scan it again."
)
SCAN_TOO_LONG = refusal(
    "SCAN_TOO_LONG", "invalid", zh="扫描件最多 {most} 页，请分开上传。", en="At most {most} pages. Upload it in parts."
)


def page_count(file: BinaryIO, *, content_type: str) -> int:
    """Raises SCAN_UNREADABLE, SCAN_TOO_LONG."""
    if content_type != "application/pdf":
        return 1
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(file.read())
        except pypdfium2.PdfiumError as error:
            raise refused(SCAN_UNREADABLE) from error
        try:
            count = len(document)
        finally:
            document.close()
    if not count:
        raise refused(SCAN_UNREADABLE)
    if count > PAGES_MOST:
        raise refused(SCAN_TOO_LONG, most=PAGES_MOST)
    return count


def page_picture(file: BinaryIO, *, content_type: str, page: int, turn: int = 0, long_side: int = SHOWN_LONG_SIDE) -> Image.Image:
    """One page (from 0) in grey levels, upright and turned by `turn` degrees clockwise. Raises SCAN_UNREADABLE."""
    long_side = min(long_side, LONG_SIDE_MOST)
    try:
        found = _pdf_page(file, page, long_side) if content_type == "application/pdf" else _picture(file, long_side)
    except (pypdfium2.PdfiumError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise refused(SCAN_UNREADABLE) from error
    return found.rotate(-(turn % 360), expand=True) if turn % 360 in (90, 180, 270) else found


def as_jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def read_codes(file: BinaryIO, *, content_type: str, pages: int) -> Marked:
    """What the codes on all pages say; a scan without any says nothing. Raises SCAN_UNREADABLE."""
    texts: list[str] = []
    for page in range(pages):
        file.seek(0)
        picture = page_picture(file, content_type=content_type, page=page, long_side=READ_LONG_SIDE)
        texts += [found.text for found in zxingcpp.read_barcodes(picture, formats=FORMATS) if found.valid]
    return understand(texts)


def read_photo(file: BinaryIO) -> str:
    """The text of the largest code on a photo, of any kind that parcels and devices carry; "" where none can be read.
    Raises SCAN_UNREADABLE."""
    try:
        with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as opened:
            if opened.width * opened.height > PIXELS_MOST:
                raise refused(SCAN_UNREADABLE)
        file.seek(0)
        picture = _picture(file, READ_LONG_SIDE)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise refused(SCAN_UNREADABLE) from error
    found = [code for code in zxingcpp.read_barcodes(picture) if code.valid and code.text]
    return max(found, key=_breadth).text if found else ""


def _breadth(code: zxingcpp.Barcode) -> int:
    """Across the code, in pixels."""
    corners = code.position
    return abs(corners.bottom_right.x - corners.top_left.x) + abs(corners.bottom_right.y - corners.top_left.y)


def _pdf_page(file: BinaryIO, page: int, long_side: int) -> Image.Image:
    with _PDFIUM:
        document = pypdfium2.PdfDocument(file.read())
        try:
            if not 0 <= page < len(document):
                raise refused(SCAN_UNREADABLE)
            width, height = document[page].get_size()
            if not 0 < max(width, height) < POINTS_MOST:
                raise refused(SCAN_UNREADABLE)
            made: Image.Image = document[page].render(scale=long_side / max(width, height), grayscale=True).to_pil().copy()
            return made.convert("L")
        finally:
            document.close()


def _picture(file: BinaryIO, long_side: int) -> Image.Image:
    with Image.open(file, formats=["JPEG", "PNG", "WEBP"]) as opened:
        opened.draft("L", (long_side, long_side))
        upright = ImageOps.exif_transpose(opened).convert("L")
    upright.thumbnail((long_side, long_side))
    return upright
