"""A photo that a consumer of the stories takes."""

from io import BytesIO

from PIL import Image

from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import take_upload
from tests.world import World


def photo(world: World, *, name: str = "凭证.png", by: Actor | None = None) -> str:
    """Uploaded by the buyer, or whoever; answers its token."""
    data = BytesIO()
    Image.new("RGB", (4, 4), "white").save(data, "PNG")
    data.seek(0)
    return take_upload(data, name=name, actor=by or world.buyer(), now=world.now).token
