"""English texts: compiled from the .po file when it is newer, so that no machine needs the gettext programs."""

import os
from pathlib import Path

import polib
from django.conf import settings


def compile_catalogues() -> list[Path]:
    """Write every .mo that is missing or older than its .po; returns those written. Two processes at once are safe."""
    written = []
    for folder in map(Path, settings.LOCALE_PATHS):
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            if not os.access(target.parent, os.W_OK):
                continue  # an installed, read-only package brings its .mo along
            fresh = target.with_name(f"{target.name}.{os.getpid()}")
            polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(fresh))
            fresh.replace(target)
            written.append(target)
    return written
