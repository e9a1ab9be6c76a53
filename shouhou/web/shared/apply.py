"""The application as a form, whatever the service: chosen lines, reason, condition, what the service asks, way, contact."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from shouhou.cases.actions import Application, ItemWish
from shouhou.cases.reasons import FAMILY, reasons_for
from shouhou.cases.refusals import NO_LINES
from shouhou.foundation.refusals import Refused, refused
from shouhou.foundation.workflow import Text, Workflow
from shouhou.logistics.network import Place
from shouhou.logistics.rules.windows import Window
from shouhou.orders.models import Order, OrderLine
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import take_upload
from shouhou.web.labels import CHANNELS, METHODS
from shouhou.web.page import language, said
from shouhou.web.shared.conditions import fact_value, questions_for
from shouhou.web.shared.moves import (
    ACCEPT,
    FILES_MAX,
    TOKEN_LENGTH_MAX,
    FilesField,
    FilesInput,
    sent,
    window_code,
    window_words,
)
from shouhou.web.shared.place_words import whole_address
from shouhou.web.shared.service_asks import AsksForm

LINES_MAX = 200
DESCRIPTION_MAX = 2000
CALL_CHANNELS = ("phone", "chat", "form", "outlet")
# The fields of how the goods come back; all others are about what and why.
WAY_FIELDS = frozenset({"return_method", "window", "place", "find", "name", "phone", "region", "address"})


def way_fields(workflow: Workflow) -> frozenset[str]:
    """What is asked for in a step of its own: nothing where no goods come back."""
    return WAY_FIELDS if workflow.applying.goods else frozenset()


def chosen_lines(order: Order, wanted: Sequence[str], *, claims: bool = True) -> list[OrderLine]:
    """The lines that were ticked and still have something to apply for. Raises NO_LINES."""
    numbers = {int(line) for line in wanted[:LINES_MAX] if line.isdigit() and len(line) < 10}
    found = order.lines.filter(line__in=numbers).order_by("line")
    lines = [line for line in found if not claims or line.quantity > line.claimed_quantity]
    if not lines:
        raise refused(NO_LINES)
    return lines


class ApplyForm(forms.Form):
    """One application for the service of `workflow`; `asks` are its own questions.

    `behalf` adds what an agent records: through which channel, and a note of the call.
    """

    service = forms.CharField(widget=forms.HiddenInput, max_length=24)
    once = forms.CharField(widget=forms.HiddenInput, max_length=80)
    shown_at = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(
        self, order: Order, lines: Sequence[OrderLine], windows: Sequence[Window], *, actor: Actor, behalf: bool,
        workflow: Workflow, asks: AsksForm, data: Any = None, files: Any = None, initial: dict[str, Any] | None = None,
        tokens: Sequence[str] = (), places: Sequence[Place] = (), counters: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(data, files, initial={"service": workflow.service, **(initial or {})})
        self.workflow, self.asks = workflow, asks
        self.judged = workflow.applying.verdict is not None
        self.order, self.lines, self.actor, self.behalf = order, lines, actor, behalf
        self.tokens = [token[:TOKEN_LENGTH_MAX] for token in (*sent(self.data, "evidence"), *tokens)][:FILES_MAX]
        for line in lines:
            self._add_line(line)
        # Where the goods may be handed over, and whether there is any such counter at all.
        self.windows, self.places, self.counters = windows, places, counters
        self._add_rest(windows)

    def groups(self) -> list[tuple[OrderLine, list[forms.BoundField]]]:
        """Each line with its quantity and its questions."""
        return [
            (line, [self[name] for name in self.fields if name == f"q{line.line}" or name.startswith(f"c{line.line}-")])
            for line in self.lines
        ]

    def starts(self) -> dict[str, list[str]]:
        """What each field begins with, as a browser would send it."""
        return self.asks.starts() | {
            name: [str(field.initial)] for name, field in self.fields.items() if field.initial not in (None, "", False)
        }

    def is_valid(self) -> bool:
        asked = not self.asks.is_bound or self.asks.is_valid()
        return super().is_valid() and asked

    def wrong_in_way(self) -> bool:
        return any(name in way_fields(self.workflow) for name in self.errors)

    def wrong_in_why(self) -> bool:
        return any(name not in way_fields(self.workflow) for name in self.errors) or (self.asks.is_bound and bool(self.asks.errors))

    def ask_description(self) -> None:
        """For every reason but the plain wish, the domain wants words; told here before the last step."""
        family = FAMILY.get(self.cleaned_data.get("reason", ""))
        if family is not None and family.evidence and not self.cleaned_data.get("description", "").strip():
            self.add_error("description", _("请描述遇到的问题。"))

    def application(self) -> Application:
        """What the domain takes. Call when valid."""
        given = self.cleaned_data
        contact = {part: given[part] for part in ("name", "phone", "region", "address") if given.get(part)}
        more: dict[str, Any] = {"channel": "web"}
        if self.behalf:
            more = {"channel": given["channel"], "call_note": given["call_note"]}
        if self.workflow.applying.goods:
            more["return_method"] = given["return_method"]
            if given["return_method"] == "pickup" and given.get("window"):
                contact["window"] = given["window"]
            if given["return_method"] == "drop_off" and given.get("place"):
                contact["place"] = given["place"]
        return Application(
            order=self.order.number, service=self.workflow.service, reason=given["reason"],
            lines=tuple(ItemWish(line.line, given[f"q{line.line}"], self.condition(line)) for line in self.lines),
            description=given["description"], evidence=tuple(self.tokens), contact=contact, policy_shown_at=given["shown_at"],
            request_review=given["request_review"], answers=self.asks.answers() if self.asks.is_bound else {}, **more,
        )  # fmt: skip

    def take_files(self, *, now: datetime) -> bool:
        """Store the photos, so that they survive every further step; False when one was refused."""
        fine = self.asks.take_files(now=now) if self.asks.is_bound and self.asks.is_valid() else True
        for file in self.cleaned_data.get("photos") or []:
            if len(self.tokens) >= FILES_MAX:
                self.add_error("photos", _("最多 %(n)d 个文件。") % {"n": FILES_MAX})
                return False
            try:
                self.tokens.append(take_upload(file, name=file.name or "", actor=self.actor, now=now).token)
            except Refused as no:
                self.add_error("photos", f"{file.name}{_('：')}{no.sentence(language())}")
                fine = False
        return fine

    def refuse(self, no: Refused) -> None:
        """Show a domain refusal at the fields it names, else above the form."""
        places = {"contact.phone": "phone", "contact_phone": "phone", "problem_description": "description"}
        if no.code == "DESCRIPTION_REQUIRED":
            self.add_error("description", no.sentence(language()))
        elif no.code == "CONTACT_REQUIRED":
            self.add_error("phone", no.sentence(language()))
        elif not no.errors:
            self.add_error(None, no.sentence(language()))
        for error in no.errors:
            name, words = places.get(error.field, error.field), error.en if language() == "en" else error.zh
            if name in self.asks.fields:
                self.asks.add_error(name, words)
            else:
                self.add_error(name if name in self.fields else None, words)

    def kept(self) -> list[tuple[str, str]]:
        """Everything filled in, as hidden fields of the page that asks to confirm."""
        kept = [(name, value) for name in self.data for value in sent(self.data, name)
                if name not in ("csrfmiddlewaretoken", "act", "evidence", "acknowledged") and not name.endswith("-taken")]  # fmt: skip
        kept += [(name, token) for name, tokens in self.asks.taken_fields().items() for token in tokens]
        return kept + [("evidence", token) for token in self.tokens]

    def summary(self) -> list[tuple[str, str]]:
        """What was filled in, in words, for the page that asks to confirm."""
        given = self.cleaned_data
        family = FAMILY[given["reason"]]
        detail = next((d for d in family.details if d.code == given["reason"]), None)
        rows = [(_("原因"), said(family.label) + (f" · {said(detail.label)}" if detail else ""))]
        if self.asks.is_bound:
            rows += self.asks.summary()
        if given["description"]:
            rows.append((_("问题描述"), given["description"]))
        if self.tokens:
            rows.append((_("凭证"), _("%(n)d 个文件") % {"n": len(self.tokens)}))
        if self.workflow.applying.goods:
            rows.append((_("退回方式"), self._method_words(given)))
        rows.append((_("联系人"), " ".join(part for part in (given["name"], given["phone"]) if part)))
        if given["region"] or given["address"]:
            rows.append((_("地址"), f"{given['region']} {given['address']}".strip()))
        return rows

    def _method_words(self, given: dict[str, Any]) -> str:
        method = said(METHODS[given["return_method"]])
        if given["return_method"] == "pickup" and given.get("window"):
            method += f" · {dict(self.fields['window'].choices).get(given['window'], '')}"  # type: ignore[attr-defined]
        chosen = next((each for each in self.places if each.code == given.get("place")), None)
        if given["return_method"] == "drop_off" and chosen is not None:
            method += f" · {said(chosen.name)} · {whole_address(chosen)}"
        return method

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("return_method") == "pickup":
            for name in ("region", "address"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("上门取件需要填写。"))
        chosen = given.get("place", "")
        # Staff may know of a counter that is not in the list; what they choose from it is one of it.
        if given.get("return_method") == "drop_off" and (chosen or not self.behalf) and chosen not in {each.code for each in self.places}:
            self.add_error("place" if "place" in self.fields else None, _("请选择一个网点。"))
        return given

    def _add_line(self, line: OrderLine) -> None:
        most = line.quantity - (line.claimed_quantity if self.workflow.applying.claims else 0)
        self.fields[f"q{line.line}"] = forms.IntegerField(label=_("数量"), min_value=1, max_value=most, initial=most)
        if most == 1:
            self.fields[f"q{line.line}"].widget = forms.HiddenInput()
        for question in questions_for(line.category) if self.judged else ():
            self.fields[f"c{line.line}-{question.fact}"] = forms.ChoiceField(
                label=said(question.label), choices=[(code, said(text)) for code, text in question.choices],
                widget=forms.RadioSelect, initial=question.choices[0][0],
            )  # fmt: skip

    def _add_rest(self, windows: Sequence[Window]) -> None:
        address = self.order.address
        self.fields["reason"] = forms.ChoiceField(
            label=_("申请原因"), choices=self._reasons(), error_messages={"required": _("请选择原因。")}
        )
        self.fields["description"] = forms.CharField(
            label=_("问题描述"), max_length=DESCRIPTION_MAX, required=False, widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("无理由可不填；其他原因请说明何时、何种情况下发现。"),
        )  # fmt: skip
        self.fields["photos"] = FilesField(
            label=_("照片、视频或 PDF"), required=False, widget=FilesInput(attrs={"accept": ACCEPT}),
            help_text=_("最多 9 个：图片、PDF 各 10 MB 以内，视频 100 MB 以内。"),
        )  # fmt: skip
        if self.workflow.applying.goods:
            self._add_way(windows)
        contact = {"name": Text("联系人", "Name"), "phone": Text("联系电话", "Phone"), "region": Text("省市区", "Province, city, district"),
                   "address": Text("详细地址", "Street address")}  # fmt: skip
        starts = {"name": address.get("contact") or self.order.buyer.name, "phone": address.get("phone") or self.order.buyer.phone,
                  "region": address.get("region", ""), "address": address.get("address", "")}  # fmt: skip
        most = {"name": 80, "phone": 32, "region": 120, "address": 240}
        for name, text in contact.items():
            self.fields[name] = forms.CharField(
                label=said(text), max_length=most[name], required=name == "phone", initial=starts[name]
            )
        self.fields["request_review"] = forms.BooleanField(
            label=_("仍要申请人工复核"), required=False, help_text=_("会有人查看您的情况；不符合政策的，仍可能不通过。")
        )
        if self.behalf:
            self.fields["channel"] = forms.ChoiceField(
                label=_("受理渠道"), choices=[(code, said(CHANNELS[code])) for code in CALL_CHANNELS]
            )
            self.fields["call_note"] = forms.CharField(
                label=_("来电记录"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("谁在何时、通过什么方式、要求什么。"),
            )  # fmt: skip

    def _add_way(self, windows: Sequence[Window]) -> None:
        self.fields["return_method"] = forms.ChoiceField(
            label=_("退回方式"), choices=[(code, said(text)) for code, text in METHODS.items() if self._usable(code, windows)],
            widget=forms.RadioSelect, initial="pickup" if windows else "ship_back",
        )  # fmt: skip
        if windows:
            self.fields["window"] = forms.ChoiceField(
                label=_("上门时间"), required=False, choices=[(window_code(w), window_words(w)) for w in windows]
            )
        if self.places or self.counters:
            self.fields["place"] = forms.CharField(label=_("网点"), max_length=24, required=False)
            self.fields["find"] = forms.CharField(label=_("换个地区找"), max_length=60, required=False)

    def _usable(self, method: str, windows: Sequence[Window]) -> bool:
        """A courier needs a window, handing over a counter; staff may know of one that is not in the list."""
        return bool(windows) if method == "pickup" else method != "drop_off" or self.behalf or bool(self.places) or self.counters

    def _reasons(self) -> list[tuple[str, Any]]:
        groups: dict[str, tuple[str, dict[str, str]]] = {}
        for line in self.lines:
            for family in reasons_for(line.category, self.workflow.service):
                _name, details = groups.setdefault(family.code, (said(family.label), {family.code: said(family.label)}))
                details.update({detail.code: said(detail.label) for detail in family.details})
        return [("", _("请选择")), *((name, list(details.items())) for name, details in groups.values())]

    def condition(self, line: OrderLine) -> dict[str, object]:
        return {
            question.fact: fact_value(self.cleaned_data[f"c{line.line}-{question.fact}"])
            for question in (questions_for(line.category) if self.judged else ())
        }
