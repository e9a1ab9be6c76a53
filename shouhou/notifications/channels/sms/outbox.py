"""Without a gateway: messages as files, so that a small installation can be tried (readable by its owner only)."""

import os
from hashlib import sha256
from pathlib import Path


class Outbox:
    """One file a message, named by its key: the same key is the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, *, phone: str, text: str, key: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{sha256(key.encode()).hexdigest()[:24]}.txt"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{phone}\n{text}\n")
