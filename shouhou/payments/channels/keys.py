"""A key as the operator gives it: the text itself (PEM, or only its base64), or the path of a file that holds it."""

import textwrap
from pathlib import Path
from typing import Literal

MARK = "-----BEGIN "
Kind = Literal["PRIVATE KEY", "PUBLIC KEY"]


def key_text(given: str, *, kind: Kind) -> str:
    """The key as PEM. Raises OSError for a path that cannot be read."""
    # One line of an environment file cannot hold line ends: they may be written as \n.
    text = given.strip().replace("\\n", "\n")
    if not text:
        return ""
    if MARK not in text and (text.startswith(("/", "./", "~")) or text.endswith((".pem", ".key", ".txt"))):
        text = Path(text).expanduser().read_text().strip()
    if MARK in text:
        return text + "\n"
    return f"{MARK}{kind}-----\n{chr(10).join(textwrap.wrap(''.join(text.split()), 64))}\n-----END {kind}-----\n"
