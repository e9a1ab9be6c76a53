"""A number read from a photo of its code: the camera of a browser that reads no codes itself, or a picture chosen by hand."""

import io
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from shouhou.documents.codes import named
from shouhou.documents.reading import read_photo
from shouhou.foundation.refusals import Refused

PHOTO_BYTES_MOST = 12_000_000
CODE_MOST = 80


def code_answer(request: HttpRequest, *, find: str, back: str) -> HttpResponse:
    """To the page `find` with what the photo says, or `back` with why not; to a script that asks for JSON just the code."""
    code = _read(request)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"code": code})
    if code:
        return redirect(f"{reverse(find)}?{urlencode({'q': code})}")
    messages.warning(request, _("照片上没有读到条码或二维码：靠近一些再拍，或直接输入号码。"))
    return redirect(back)


def _read(request: HttpRequest) -> str:
    photo = request.FILES.get("photo")
    if photo is None or (photo.size or 0) > PHOTO_BYTES_MOST:
        return ""
    try:
        return named(read_photo(io.BytesIO(photo.read())).replace("\x00", "").strip())[:CODE_MOST]
    except Refused:
        return ""
