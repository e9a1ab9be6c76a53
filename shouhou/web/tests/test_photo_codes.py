"""A photo of a code stands for its number: at the inspector's bench and at the counter, with a script or without."""

import io
from collections.abc import Callable

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouhou.documents.codes import Marked
from tests.world import World

Staff = Callable[..., Client]


def photo(text: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=6, border=4)
    return SimpleUploadedFile("code.png", out.getvalue(), content_type="image/png")


@pytest.mark.parametrize(("door", "role"), [("inspect", "inspector"), ("counter", "clerk")])
def test_a_photo_of_a_slip_or_a_form_leads_to_its_case(world: World, staff: Staff, door: str, role: str) -> None:
    case, client = str(world.apply(world.order())["number"]), staff(role)
    for text in (case, Marked("return", 1, case=case).square()):
        answer = client.post(reverse(f"web:{door}_read"), {"photo": photo(text)})
        assert (answer.status_code, answer["Location"]) == (302, f"{reverse(f'web:{door}_find')}?q={case}")
    # A scanner or a browser that reads by itself hands in what stands in the code.
    found = client.get(reverse(f"web:{door}_find"), {"q": Marked("return", 1, case=case).square()})
    assert (found.status_code, found["Location"]) == (302, reverse(f"web:{door}_case", args=[case]))


def test_a_script_is_told_the_code_alone(world: World, staff: Staff) -> None:
    world.order()
    client, address = staff("inspector"), reverse("web:inspect_read")
    assert client.post(address, {"photo": photo("SF1234567890123")}, headers={"accept": "application/json"}).json() == {
        "code": "SF1234567890123"
    }
    nothing = SimpleUploadedFile("code.png", b"not a picture", content_type="image/png")
    assert client.post(address, {"photo": nothing}, headers={"accept": "application/json"}).json() == {"code": ""}


def test_a_photo_without_a_code_says_what_to_do(world: World, staff: Staff) -> None:
    world.order()
    nothing = SimpleUploadedFile("code.png", b"not a picture", content_type="image/png")
    for form in ({"photo": nothing}, {}):
        answer = staff("inspector").post(reverse("web:inspect_read"), form, follow=True)
        assert answer.redirect_chain == [(reverse("web:inspect"), 302)]
        assert "照片上没有读到条码或二维码" in answer.content.decode()


def test_who_may_not_inspect_has_no_photo_read(world: World, staff: Staff) -> None:
    world.order()
    assert staff("finance").post(reverse("web:inspect_read"), {"photo": photo("R-1")}).status_code == 403
