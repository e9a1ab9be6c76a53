"""Lexicons as shipped data: read once, checked, newest last; and whether a picture carries a code."""

import io
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
import zxingcpp
from PIL import Image, ImageOps

from shouhou.conduct.rules.lexicon import Code, Detector, Lexicon
from shouhou.foundation.refusals import refusal, refused
from shouhou.foundation.workflow import Text

FOLDER = Path(__file__).parent / "lexicons"
CORPUS = Path(__file__).parent / "corpus" / "messages.yaml"
# Wording that displeases: a person classifies it after a complaint, no rule of words may block or punish it (CDT-12).
JUDGED_BY_PEOPLE = frozenset({"CDT-12"})
LONG_SIDE_MOST = 2400
PIXELS_MOST = 60_000_000
CODES_READ = zxingcpp.barcode_formats_from_str("QRCode,MicroQRCode,DataMatrix,Aztec")
BAD_LEXICON = refusal(
    "BAD_LEXICON", "invalid", zh="词库文件有误（{where}）：{problem}", en="The lexicon is wrong ({where}): {problem}"
)


@cache
def lexicon(version: str = "") -> Lexicon:
    """A shipped version, the newest by default. Raises KeyError for an unknown one, Refused BAD_LEXICON."""
    files = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
    return read(files[version or max(files)])


def read(path: Path) -> Lexicon:
    """One lexicon file: `codes`, `words`, `detectors`. Raises Refused BAD_LEXICON naming the place."""
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    if judged := JUDGED_BY_PEOPLE & set(document["codes"]):
        raise refused(BAD_LEXICON, where=path.name, problem=f"{', '.join(judged)} is judged by people")
    codes = {
        code: Code(code, said["action"], Text(said["zh"], said["en"]), said["source"]) for code, said in document["codes"].items()
    }
    words = {name: tuple(str(word) for word in found) for name, found in document["words"].items()}
    detectors = tuple(_detector(said, codes, where=f"{path.name}:{said.get('name')}") for said in document["detectors"])
    return Lexicon(path.stem, codes, detectors, words)


def codes_in_picture(data: bytes) -> tuple[str, ...]:
    """What two-dimensional codes in a picture say, upright, turned, small or inverted. What is no picture has none."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > PIXELS_MOST:
                opened.draft("L", (LONG_SIDE_MOST, LONG_SIDE_MOST))
            picture = ImageOps.exif_transpose(opened).convert("L")
    except (OSError, ValueError, Image.DecompressionBombError, SyntaxError):
        return ()
    picture.thumbnail((LONG_SIDE_MOST, LONG_SIDE_MOST))
    found = {code.text for code in zxingcpp.read_barcodes(picture, formats=CODES_READ, try_invert=True) if code.valid}
    if not found and max(picture.size) < LONG_SIDE_MOST // 2:
        large = picture.resize((picture.width * 2, picture.height * 2))
        found = {code.text for code in zxingcpp.read_barcodes(large, formats=CODES_READ, try_invert=True) if code.valid}
    return tuple(sorted(found))


def _detector(said: dict[str, Any], codes: dict[str, Code], *, where: str) -> Detector:
    if said["code"] not in codes:
        raise refused(BAD_LEXICON, where=where, problem=f"{said['code']}?")
    try:
        return Detector(
            said["name"], said["code"], said.get("look", "bare"), tuple(re.compile(one) for one in said["patterns"]),
            tuple(re.compile(one) for one in said.get("unless", ())),
        )  # fmt: skip
    except re.error as error:
        raise refused(BAD_LEXICON, where=where, problem=str(error)) from error
