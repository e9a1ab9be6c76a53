"""A service point as a form: plain fields in the words that the domain reads, its refusals back at their fields."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from shouhou.foundation.refusals import Refused
from shouhou.logistics.models import ServicePoint
from shouhou.logistics.network import point_json
from shouhou.logistics.rules.points import KINDS, SERVICES
from shouhou.merchants.models import Merchant
from shouhou.web.page import said

SHOPS_MOST = 500
LINES = {"rows": 2}


class PointForm(forms.Form):
    """Lists are written with commas; what is wrong with them the domain says."""

    code = forms.CharField(label=gettext_lazy("编码"), max_length=24, help_text=gettext_lazy("字母、数字、- 或 _，保存后不能改"))
    name_zh = forms.CharField(label=gettext_lazy("中文名称"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=120, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    services = forms.MultipleChoiceField(
        label=gettext_lazy("提供的服务"), required=False, widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("都不选则按类型")
    )
    region_code = forms.CharField(
        label=gettext_lazy("地区编码"), max_length=6, help_text=gettext_lazy("6 位行政区划代码，例如 510104 成都市锦江区")
    )
    address_zh = forms.CharField(label=gettext_lazy("详细地址"), max_length=200)
    address_en = forms.CharField(label=gettext_lazy("英文地址"), max_length=240, required=False)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=32, required=False)
    latitude = forms.CharField(
        label=gettext_lazy("纬度"), max_length=16, required=False, help_text=gettext_lazy("十进制度数；没有则按地区查找")
    )
    longitude = forms.CharField(label=gettext_lazy("经度"), max_length=16, required=False)
    hours = forms.CharField(
        label=gettext_lazy("营业时间"), max_length=600, required=False, widget=forms.Textarea(attrs=LINES),
        help_text=gettext_lazy("1 是周一，例如 1-5 09:00-12:00,13:30-18:00; 6 10:00-16:00；没写的日子休息，过夜写 20:00-02:00"),
    )  # fmt: skip
    closings = forms.CharField(
        label=gettext_lazy("特别休息日"), max_length=4000, required=False, widget=forms.Textarea(attrs=LINES),
        help_text=gettext_lazy("每行一段，例如 2027-02-05..2027-02-12 春节"),
    )  # fmt: skip
    closed_on_holidays = forms.BooleanField(label=gettext_lazy("法定节假日休息"), required=False)
    categories = forms.CharField(
        label=gettext_lazy("受理品类"), max_length=2000, required=False,
        help_text=gettext_lazy("品类编码，逗号分隔，例如 phone,laptop；留空为全部"),
    )  # fmt: skip
    brands = forms.CharField(
        label=gettext_lazy("受理品牌"), max_length=2000, required=False, help_text=gettext_lazy("逗号分隔；留空为全部")
    )
    merchant = forms.ChoiceField(label=gettext_lazy("所属"), required=False)
    joint_warranty = forms.BooleanField(label=gettext_lazy("全国联保：不论在哪里购买都受理保修"), required=False)
    capacity_per_day = forms.CharField(
        label=gettext_lazy("每日受理量"), max_length=7, required=False, help_text=gettext_lazy("留空不限；0 表示暂不受理")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, start: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {**start, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, said(text)) for code, text in KINDS.items()]  # type: ignore[attr-defined]
        self.fields["services"].choices = [(code, said(text)) for code, text in SERVICES.items()]  # type: ignore[attr-defined]
        house = [("", gettext_lazy("平台自有"))]
        shops = Merchant.objects.order_by("code").values_list("code", "name")[:SHOPS_MOST]
        self.fields["merchant"].choices = [*house, *shops]  # type: ignore[attr-defined]
        if start:
            self.fields["code"].disabled = True
        for name in ("latitude", "longitude", "capacity_per_day", "region_code"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def refuse(self, no: Refused, language: str) -> None:
        """A refusal of the domain, at the fields that it names, else above the form."""
        for error in no.errors:
            self.add_error(error.field if error.field in self.fields else None, error.en if language == "en" else error.zh)
        if not no.errors:
            self.add_error(None, no.sentence(language))


def starting(row: ServicePoint | None) -> dict[str, Any]:
    """What the form begins with."""
    if row is None:
        return {}
    told = point_json(row)
    listed = {name: ",".join(told[name]) for name in ("categories", "brands")}
    return {**told, **listed, "capacity_per_day": "" if told["capacity_per_day"] is None else told["capacity_per_day"]}


def filled(given: Mapping[str, Any], row: ServicePoint | None) -> dict[str, object]:
    """What was filled in, as the domain takes it."""
    told = {name: value for name, value in given.items() if name not in ("version", "once")}
    return told if row is None else {**told, "code": row.code}
