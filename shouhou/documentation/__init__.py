"""Documentation drawn from the code; a page that no longer says what the code says fails the check."""

from collections.abc import Mapping
from pathlib import Path

from shouhou.documentation import api, flows, ledger, policy, registries

DOCS = Path(__file__).resolve().parents[2] / "docs"
# Folders that hold nothing but generated pages: what is no longer generated is stale too.
GENERATED = ("flows", "policy", "api")


def documents() -> dict[str, str]:
    """Every generated page by its path below `docs/`."""
    return {**flows.pages(), **policy.pages(), **ledger.pages(), **registries.pages(), **api.pages()}


def write(pages: Mapping[str, str], *, root: Path = DOCS) -> list[Path]:
    """Write what has changed and remove what is no longer generated; returns the paths touched."""
    touched = []
    for name in _outdated(pages, root):
        path = root / name
        if name in pages:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[name], encoding="utf-8")
        else:
            path.unlink()
        touched.append(path)
    return touched


def stale(pages: Mapping[str, str], *, root: Path = DOCS) -> list[Path]:
    """The pages on disk that differ from what the code says."""
    return [root / name for name in _outdated(pages, root)]


def _outdated(pages: Mapping[str, str], root: Path) -> list[str]:
    on_disk = {
        path.relative_to(root).as_posix() for folder in GENERATED for path in (root / folder).rglob("*") if path.is_file()
    }  # fmt: skip
    changed = [name for name, text in pages.items() if not _says(root / name, text)]
    return sorted({*changed, *(on_disk - set(pages))})


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
