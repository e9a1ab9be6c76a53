"""A move as a form, drawn from what the workflow says it asks for; and its answers, as the domain takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from shouhou.cases.workflows.asks import DISPOSITIONS, GRADES
from shouhou.foundation.money import Money, exponent
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Ask, Text
from shouhou.logistics.queries import couriers_off
from shouhou.logistics.rules.couriers import COURIERS
from shouhou.logistics.rules.waybills import recognise
from shouhou.logistics.rules.windows import Window
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import KINDS, take_upload
from shouhou.web.page import language, said
from shouhou.web.shared.files import kept_files
from shouhou.web.shared.transport import windows_at
from shouhou.web.templatetags.words import day

FILES_MAX = 9
TOKEN_LENGTH_MAX = 60
ACCEPT = ",".join(sorted(KINDS))
OTHER_PLACE = "place-other"
ADDRESS_PARTS = {
    "name": (Text("联系人", "Name"), 80), "phone": (Text("电话", "Phone"), 32),
    "region": (Text("省市区", "Region"), 120), "address": (Text("详细地址", "Address"), 240),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What an item row of a form shows and starts from."""

    line: int
    title: str
    quantity: int
    received: int
    currency: str
    sold: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(file, initial) for file in files]


class MoveForm(forms.Form):
    """One form per move. `receipt` is the move that counts what came in; `cuts` are those that may cut money; `sending` is
    the consumer's word on which units go back."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, asks: Sequence[Ask], *, items: Sequence[ItemFacts], version: int, actor: Actor,
        data: Any = None, files: Any = None, receipt: bool = False, cuts: bool = False,
        windows: Mapping[str, str] | None = None, contact: Mapping[str, Any] | None = None,
        deadlines: Mapping[str, str] | None = None, places: Sequence[tuple[str, str]] = (), place: str = "",
        choices: Mapping[str, Mapping[str, str]] | None = None, prefix: str | None = None, sending: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(data, files, initial={"version": version}, prefix=prefix)
        self.asks, self.items, self.actor, self.receipt, self.cuts, self.sending = asks, items, actor, receipt, cuts, sending
        self.contact = contact or {}
        # Choices that are not the workflow's but the day's: when a courier can come, which limits run.
        self.choices: dict[str, Mapping[str, str]] = {"window": windows or {}, "deadline": deadlines or {}, **(choices or {})}
        if any(ask.field == "carrier" for ask in asks):
            self.choices["carrier"] = offered_couriers()
        # Counters of ours to choose from, and the one chosen when applying; another place is told in words.
        self.places, self.place = places, place
        self.taken: dict[str, list[str]] = {}
        for ask in asks:
            for name, field in self._fields(ask):
                self.fields[name] = field
        if {"carrier", "tracking_number"} <= self.fields.keys():
            # The number first: its shape mostly says whose it is, and the courier need not be chosen.
            self.order_fields(["version", "tracking_number", "carrier"])
            self.fields["carrier"].required = False
            self.fields["carrier"].help_text = _("可不选：多数运单号能自动识别快递公司。")

    def clean(self) -> dict[str, Any]:
        """An unchosen courier is recognised by the number; where the shape does not settle it, the form asks."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        number = cleaned.get("tracking_number")
        if number and "carrier" in self.fields and not cleaned.get("carrier") and "carrier" not in self.errors:
            found = recognise(number)
            if found.sure is not None:
                cleaned["carrier"] = found.sure.code
            elif found.maybe:
                names = _("、").join(said(courier.name) for courier in found.maybe)
                self.add_error("carrier", _("看起来像%(names)s，请确认并选择快递公司。") % {"names": names})
            else:
                self.add_error("carrier", _("无法从运单号识别快递公司，请选择。"))
        for item in self.items if self.sending else ():
            name = f"items-{item.line}-"
            if not cleaned.get(f"{name}sold") and not cleaned.get(f"{name}serials") and f"{name}serials" not in self.errors:
                self.add_error(f"{name}sold", _("请勾选与手中商品一致的序列号，或填写商品上的号码。"))
        if OTHER_PLACE in self.fields and not cleaned.get("place") and not cleaned.get(OTHER_PLACE):
            self.add_error(OTHER_PLACE, _("请选择网点，或写明送到了哪里。"))
        return cleaned

    def answers(self) -> dict[str, object]:
        """The answers as the domain takes them; only what was filled in. Call when valid."""
        found: dict[str, object] = {}
        for ask in self.asks:
            value = self._answer(ask)
            if value not in (None, "", [], {}):
                found[ask.field] = value
        return found

    def take_files(self, *, now: datetime) -> bool:
        """Store the files of the form; a refused one is told at its field. False when one was refused."""
        fine = True
        for ask in self.asks:
            if ask.type != "files":
                continue
            tokens = [token[:TOKEN_LENGTH_MAX] for token in self._kept_tokens(ask)][:FILES_MAX]
            for file in self.cleaned_data.get(ask.field) or []:
                try:
                    tokens.append(take_upload(file, name=file.name or "", actor=self.actor, now=now).token)
                except Refused as no:
                    self.add_error(ask.field, f"{file.name}{_('：')}{no.sentence(language())}")
                    fine = False
            self.taken[ask.field] = tokens
            if ask.required and not tokens:
                self.add_error(ask.field, _("请至少上传一个文件。"))
                fine = False
        return fine

    def refuse(self, no: Refused) -> None:
        """Show a domain refusal: at the fields that it names, else above the form."""
        placed = False
        for error in no.errors:
            name = next((field for field in self.fields if field in (error.field, f"{error.field}-{error.field}")), None)
            sentence = error.en if language() == "en" else error.zh
            self.add_error(name, sentence)
            placed = True
        if not placed:
            self.add_error(None, no.sentence(language()))

    def kept(self) -> list[tuple[str, str]]:
        """Everything filled in, for the hidden fields of the page that asks to confirm."""
        kept = [(name, value) for name in self.data for value in sent(self.data, name) if _plain(name)]
        kept = [(name, value) for name, value in kept if not name.endswith("-taken")]
        return kept + [(f"{name}-taken", token) for name, tokens in self.taken.items() for token in tokens]

    def rows(self) -> list[tuple[ItemFacts, list[forms.BoundField]]]:
        """The item rows with their fields."""
        return [(item, [self[name] for name in self.fields if name.startswith(f"items-{item.line}-")]) for item in self.items]

    def kept_of(self, name: str) -> list[dict[str, Any]]:
        """The files of a field that were uploaded before and not sent yet."""
        tokens = self.taken.get(name) or sent(self.data, f"{self.add_prefix(name)}-taken")
        return kept_files([token[:TOKEN_LENGTH_MAX] for token in tokens][:FILES_MAX], self.actor)

    def shown_fields(self) -> list[tuple[forms.BoundField, list[dict[str, Any]]]]:
        """The plain fields with the files that they hold already."""
        return [
            (bound, self.kept_of(bound.name) if isinstance(bound.field, FilesField) else []) for bound in self.plain_fields()
        ]

    def plain_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if not bound.name.startswith("items-")]

    @property
    def has_items(self) -> bool:
        return any(name.startswith("items-") for name in self.fields)

    def _kept_tokens(self, ask: Ask) -> list[str]:
        return sent(self.data, f"{self.add_prefix(ask.field)}-taken")

    def _fields(self, ask: Ask) -> list[tuple[str, forms.Field]]:
        words: dict[str, Any] = {
            "label": said(ask.label), "required": ask.required, "help_text": said(ask.help) if ask.help else "",
        }  # fmt: skip
        if ask.field == "place" and self.places:
            elsewhere = forms.CharField(label=_("其他地点"), max_length=ask.most or 120, required=False)
            listed = [*self.places, ("", _("其他地点（写在下面）"))]
            known = {code for code, _name in self.places}
            return [
                (ask.field, forms.ChoiceField(
                    choices=listed, widget=forms.RadioSelect, initial=self.place if self.place in known else self.places[0][0],
                    **{**words, "required": False})),
                (OTHER_PLACE, elsewhere),
            ]  # fmt: skip
        if ask.field in self.choices and ask.type in ("text", "choice"):
            choices = [("", _("请选择")), *self.choices[ask.field].items()]
            return [(ask.field, forms.ChoiceField(choices=choices, **words))]
        match ask.type:
            case "choice":
                choices = [(code, said(text)) for code, text in ask.choices.items()]
                first = [] if ask.required and len(choices) < 4 else [("", _("请选择"))]
                shape = forms.Select if first else forms.RadioSelect
                return [(ask.field, forms.ChoiceField(choices=first + choices, widget=shape, **words))]
            case "money":
                return [(ask.field, _money_field(**words))]
            case "number":
                return [(ask.field, forms.IntegerField(min_value=0, max_value=ask.most, **words))]
            case "boolean":
                return [(ask.field, forms.BooleanField(**{**words, "required": False}))]
            case "date":
                return [(ask.field, forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **words))]
            case "instant":
                clock = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
                return [(ask.field, forms.DateTimeField(widget=clock, **words))]
            case "files":
                # Whether one is needed is judged with the files kept from an earlier try: take_files does it.
                field = FilesField(widget=FilesInput(attrs={"accept": ACCEPT}), **{**words, "required": False})
                return [(ask.field, field)]
            case "address":
                return [
                    (f"{ask.field}-{part}", forms.CharField(
                        label=said(text), max_length=most, required=ask.required, initial=self.contact.get(part, "")))
                    for part, (text, most) in ADDRESS_PARTS.items()
                ]  # fmt: skip
            case "checklist":
                choices = [(code, said(text)) for code, text in ask.choices.items()]
                return [(ask.field, forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **words))]
            case "items":
                return [pair for item in self.items for pair in self._item_fields(item)]
        most = ask.most or 2000
        widget: forms.Widget = forms.Textarea(attrs={"rows": 3}) if most > 160 else forms.TextInput()
        return [(ask.field, forms.CharField(max_length=most, widget=widget, **words))]

    def _item_fields(self, item: ItemFacts) -> list[tuple[str, forms.Field]]:
        name = f"items-{item.line}-"
        if self.sending:
            return _serials_sent(item)
        if self.receipt:
            return [
                (f"{name}received", forms.IntegerField(
                    label=_("实收数量"), min_value=0, max_value=item.quantity, initial=item.quantity)),
                (f"{name}serials", forms.CharField(label=_("序列号（逗号分隔）"), max_length=800, required=False)),
            ]  # fmt: skip
        fields: list[tuple[str, forms.Field]] = [
            (f"{name}accepted", forms.IntegerField(
                label=_("通过数量"), min_value=0, max_value=item.received, initial=item.received)),
            (f"{name}grade", forms.ChoiceField(
                label=_("成色"), choices=[(code, said(text)) for code, text in GRADES.items()], initial="A")),
            (f"{name}disposition", forms.ChoiceField(
                label=_("去向"), choices=[("", _("按成色")), *((code, said(text)) for code, text in DISPOSITIONS.items())],
                required=False)),
        ]  # fmt: skip
        if self.cuts:
            fields += [
                (f"{name}deduction", _money_field(label=_("扣款金额"), required=False)),
                (f"{name}deduction_reason", forms.CharField(label=_("扣款理由"), max_length=300, required=False)),
            ]
        return fields

    def _answer(self, ask: Ask) -> object:
        if ask.field == "place" and self.places:
            return self.cleaned_data.get("place") or self.cleaned_data.get(OTHER_PLACE)
        if ask.type == "items":
            return [self._item(item) for item in self.items]
        if ask.type == "address":
            parts = {part: str(self.cleaned_data.get(f"{ask.field}-{part}") or "") for part in ADDRESS_PARTS}
            return {part: value for part, value in parts.items() if value}
        if ask.type == "files":
            return self.taken.get(ask.field, [])
        value = self.cleaned_data.get(ask.field)
        if value is None or value == "":
            return None
        if ask.type == "money":
            return Money.of(value, self._currency).minor
        if ask.type == "date":
            return value.isoformat()
        if ask.type == "instant":
            return timezone.localtime(value).isoformat()
        if ask.type == "checklist":
            return dict.fromkeys(value, "yes")
        return value

    def _item(self, item: ItemFacts) -> dict[str, object]:
        found: dict[str, object] = {"line": item.line}
        for name in ("received", "accepted", "grade", "disposition", "deduction_reason"):
            value = self.cleaned_data.get(f"items-{item.line}-{name}")
            if value not in (None, ""):
                found[name] = value
        ticked = list(self.cleaned_data.get(f"items-{item.line}-sold") or ())
        typed = str(self.cleaned_data.get(f"items-{item.line}-serials") or "").replace("，", ",").split(",")
        if serials := [*ticked, *(part.strip() for part in typed if part.strip())]:
            found["serials"] = serials
        if deduction := self.cleaned_data.get(f"items-{item.line}-deduction"):
            found["deduction"] = Money.of(deduction, self._currency).minor
        return found

    @property
    def _currency(self) -> str:
        return self.items[0].currency if self.items else "CNY"


def sent(data: Any, name: str) -> list[str]:
    """Every value sent under a name; an unbound form has none."""
    return list(data.getlist(name)) if hasattr(data, "getlist") else []


def pickup_choices(address: Mapping[str, Any], *, now: datetime) -> dict[str, str]:
    """The windows in which a courier can come to this address now: code → words."""
    return {window_code(window): window_words(window) for window in windows_at(address, now=now)}


def window_code(window: Window) -> str:
    return f"{window.start.isoformat()}/{window.end.isoformat()}"


def window_words(window: Window) -> str:
    return f"{day(timezone.localtime(window.start))} {window_times(window)}"


def window_times(window: Window) -> str:
    return f"{timezone.localtime(window.start):%H:%M}–{timezone.localtime(window.end):%H:%M}"


def offered_couriers() -> dict[str, str]:
    """Those of which new waybills are taken."""
    closed = couriers_off()
    return {code: name for code, name in courier_choices().items() if code not in closed}


def courier_choices() -> dict[str, str]:
    return {code: said(courier.name) for code, courier in COURIERS.items()}


def _serials_sent(item: ItemFacts) -> list[tuple[str, forms.Field]]:
    """The serials that were sold, to be ticked by whoever has the unit in hand; and any other that stands on it."""
    name = f"items-{item.line}-"
    typed = forms.CharField(
        label=_("手中的是别的号码（没有就不填）") if item.sold else _("商品上的序列号或 IMEI"), max_length=800, required=not item.sold,
        help_text=_("几个号码用逗号分开。在机身、包装盒或“设置”里能看到；手机拨 *#06# 显示 IMEI。"),
        initial=", ".join(serial for serial in item.told if serial not in item.sold),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    if not item.sold:
        return [(f"{name}serials", typed)]
    ticks = forms.MultipleChoiceField(
        label=_("与手中商品一致的序列号"), choices=[(serial, serial) for serial in item.sold], required=False,
        initial=[serial for serial in item.told if serial in item.sold], widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    return [(f"{name}sold", ticks), (f"{name}serials", typed)]


def _money_field(**words: Any) -> forms.DecimalField:
    return forms.DecimalField(min_value=0, max_digits=12, decimal_places=max(2, exponent("CNY")), **words)


def _plain(name: str) -> bool:
    return name not in ("csrfmiddlewaretoken", "act")
