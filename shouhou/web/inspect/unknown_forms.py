"""The forms of an unidentified parcel: what stands on it and in it, and what becomes of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.logistics.actions.unknown import PHOTOS_MOST, Found
from shouhou.logistics.rules.couriers import COURIERS
from shouhou.logistics.rules.waybills import recognise
from shouhou.web.inspect.forms import serials_in
from shouhou.web.page import said
from shouhou.web.shared.moves import ACCEPT, FilesField, FilesInput

REASON_MAX = 500


def _carrier() -> forms.ChoiceField:
    choices = [("", _("自动识别"))] + [(code, said(courier.name)) for code, courier in COURIERS.items()]
    return forms.ChoiceField(label=_("快递公司"), choices=choices, required=False)


class OnceForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False


class RecordForm(OnceForm):
    """A new record: only what is inside and where it lies is needed."""

    waybill = forms.CharField(label=gettext_lazy("运单号"), max_length=40, required=False)
    contents = forms.CharField(
        label=gettext_lazy("包裹内有什么"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("商品、颜色、数量、配件、成色。"),
    )  # fmt: skip
    place = forms.CharField(label=gettext_lazy("存放位置"), max_length=80, help_text=gettext_lazy("货架或区域，例如 无主区 B-03。"))
    order_number = forms.CharField(label=gettext_lazy("包裹内的订单号或退货单号"), max_length=80, required=False)
    serials = forms.CharField(
        label=gettext_lazy("序列号（扫描或输入，一行一个）"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    sender_name = forms.CharField(label=gettext_lazy("面单上的寄件人"), max_length=80, required=False)
    sender_phone = forms.CharField(
        label=gettext_lazy("寄件人电话"), max_length=32, required=False, help_text=gettext_lazy("只有后四位也可以。")
    )
    sender_address = forms.CharField(label=gettext_lazy("寄件地址"), max_length=240, required=False)
    photos = FilesField(
        label=gettext_lazy("照片（面单、外箱、内容）"), required=False,
        widget=FilesInput(attrs={"accept": ACCEPT, "capture": "environment"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier"] = _carrier()
        self.order_fields(["once", "waybill", "carrier"])

    def found(self, photos: list[str]) -> Found:
        """As the action takes it; an unchosen courier is recognised by the number where its shape settles it."""
        given = self.cleaned_data
        carrier = given["carrier"]
        if given["waybill"] and not carrier and (sure := recognise(given["waybill"]).sure):
            carrier = sure.code
        words = {name: given[name] for name in (
            "contents", "place", "waybill", "sender_name", "sender_phone", "sender_address", "order_number",
        )}  # fmt: skip
        return Found(**words, carrier=carrier, serials=serials_in(given["serials"]), photos=photos[:PHOTOS_MOST])


class MatchForm(OnceForm):
    case = forms.CharField(label=gettext_lazy("售后单号"), max_length=40)


class AskForm(OnceForm):
    """Wishing it sent away: how, and why."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = [("return", _("退回寄件人")), ("dispose", _("处置"))]
        self.fields["end"] = forms.ChoiceField(label=_("处理方式"), choices=ends, widget=forms.RadioSelect, initial="return")
        self.order_fields(["once", "end", "reason"])


class ConfirmForm(OnceForm):
    waybill = forms.CharField(label=gettext_lazy("退回的运单号"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier"] = _carrier()


class KeepForm(OnceForm):
    reason = forms.CharField(label=gettext_lazy("不同意的理由"), max_length=REASON_MAX)
