"""What people write and attach, checked the same way everywhere in this room."""

from collections.abc import Sequence

from shouhou.foundation.refusals import refused
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import uploaded_by
from shouhou.sla.refusals import APPEAL_FILES, SLA_WORDS

TEXT_MOST, FILES_MOST = 1000, 9


def words(text: str) -> str:
    """Raises SLA_WORDS."""
    text = text.replace("\x00", "").strip()
    if not 1 <= len(text) <= TEXT_MOST:
        raise refused(SLA_WORDS, most=TEXT_MOST)
    return text


def own_files(tokens: Sequence[str], *, actor: Actor) -> list[Upload]:
    """Only what this person has uploaded and nothing else holds. Raises APPEAL_FILES."""
    wanted = list(dict.fromkeys(tokens))
    files = list(Upload.objects.filter(uploaded_by(actor.uploads_as), token__in=wanted[: FILES_MOST + 1], erased_at=None))
    if len(files) != len(wanted) or len(files) > FILES_MOST:
        raise refused(APPEAL_FILES, most=FILES_MOST)
    return files
