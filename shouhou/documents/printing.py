"""Blank forms for the counter: every form in both languages, written into a folder."""

from datetime import datetime
from pathlib import Path

from shouhou.documents.forms import FORMS
from shouhou.documents.paper import Filled, form_pdf

LANGUAGES = {"zh-hans": "zh", "en": "en"}


def print_blanks(folder: Path, *, at: datetime) -> list[Path]:
    """Write FORM-LANGUAGE.pdf for each; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for form in FORMS.values():
        for language, short in LANGUAGES.items():
            path = folder / f"{form.code}-{short}.pdf"
            path.write_bytes(form_pdf(form, Filled(), language=language, at=at))
            written.append(path)
    return written
