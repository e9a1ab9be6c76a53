"""Service points from a file: every row is told what became of it; the same file again changes nothing."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.foundation.refusals import Refused
from shouhou.logistics.imports import BYTES_MOST, COLUMNS, take_points
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language
from shouhou.web.shared.once import new_key, once


class ImportForm(forms.Form):
    """A file of points."""

    file = forms.FileField(
        label=gettext_lazy("文件"), help_text=gettext_lazy("CSV（首行为列名）或 NDJSON，UTF-8，最多 8 MB、20000 行"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.ndjson,.jsonl,.json"}),
    )  # fmt: skip
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > BYTES_MOST:
            raise forms.ValidationError(_("文件超过 %(n)d MB。") % {"n": BYTES_MOST >> 20})
        return file


@operations_door
def import_service_points(request: HttpRequest, actor: Actor) -> HttpResponse:
    form, status, result = ImportForm(initial={"once": new_key()}), 200, None
    if request.method == "POST":
        form, status = ImportForm(request.POST, request.FILES), 422
        if form.is_valid():
            file, now = form.cleaned_data["file"], clock.now()
            content, name = file.read(), file.name or ""

            def act() -> str:
                return json.dumps(take_points(content, name=name, actor=actor, now=now).as_json())

            try:
                result = json.loads(once(form.cleaned_data["once"], act, actor=actor, now=now))
            except Refused as no:
                form.add_error("file", no.sentence(language()))
                status = no.status
            else:
                form, status = ImportForm(initial={"once": new_key()}), 200
    context = {"form": form, "result": _told(result) if result else None, "columns": COLUMNS}
    return operations_page(request, "points_import", context, actor=actor, place="ops_points", status=status)


def _told(result: dict[str, Any]) -> dict[str, Any]:
    """The account in the page's language, good and bad rows apart."""
    spoken = "en" if language() == "en" else "zh"
    wrong = [{"row": each["row"], "code": each["code"], "words": each[spoken]} for each in result["wrong"]]
    return {**result, "wrong": wrong, "more": result["refused"] - len(wrong)}
