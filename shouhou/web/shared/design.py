"""The design language on one living page: every token and every component in every state, light and dark side by side."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.plumbing import clock
from shouhou.web.doors import public_door
from shouhou.web.page import page
from shouhou.web.shared.tokens import colours, contrasts, lengths
from shouhou.web.who import buyer_of


class SampleForm(forms.Form):
    """One field of each kind; sent empty it shows how each says what is wrong."""

    name = forms.CharField(label=gettext_lazy("联系人"), max_length=40, help_text=gettext_lazy("快递员会这样称呼您。"))
    reason = forms.ChoiceField(label=gettext_lazy("申请原因"), choices=[("", "–"), ("a", gettext_lazy("与描述不符"))])
    method = forms.ChoiceField(
        label=gettext_lazy("退回方式"), widget=forms.RadioSelect,
        choices=[("pickup", gettext_lazy("上门取件")), ("ship", gettext_lazy("自行寄回"))],
    )  # fmt: skip
    text = forms.CharField(label=gettext_lazy("描述"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label=gettext_lazy("我已阅读并知悉适用的售后政策"))
    photos = forms.FileField(label=gettext_lazy("照片与视频"), required=False, help_text=gettext_lazy("最多 9 个，每个不超过 20 MB。"))


class SampleFilters(forms.Form):
    """What narrows a list: folded away on a phone, kept in the address."""

    status = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[("", gettext_lazy("不限")), ("a", gettext_lazy("等待商家"))]
    )
    day = forms.DateField(label=gettext_lazy("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


@public_door
def design(request: HttpRequest) -> HttpResponse:
    """Open to everybody: it shows no data of anyone."""
    now = clock.now()
    pairs = sorted(contrasts(), key=lambda pair: pair.ratio / pair.enough)
    context = {
        "colours": colours().values(), "lengths": lengths(), "contrasts": pairs[:12],
        "sides": [_side("light", now=now), _side("dark", now=now)],
    }  # fmt: skip
    return page(request, "design.html", context, actor=buyer_of(request))


def _side(theme: str, *, now: datetime) -> dict[str, Any]:
    """What one theme's column shows; ids carry the theme so that the page has each once."""
    picture = {"src": static("web/icon.svg"), "name": _("照片"), "image": True}
    return {
        "theme": theme, "label": _("浅色") if theme == "light" else _("深色"), "dialog": f"{theme}-dialog",
        "form": SampleForm(auto_id=f"{theme}_%s", initial={"name": _("林一")}),
        "wrong": SampleForm({}, auto_id=f"{theme}_wrong_%s"),
        "filters": SampleFilters(auto_id=f"{theme}_filter_%s"),
        "soon": now + timedelta(hours=3), "later": now + timedelta(days=2, hours=5), "late": now - timedelta(hours=2),
        "steps": [
            {"label": _("申请"), "state": "done"}, {"label": _("审核"), "state": "done"}, {"label": _("寄回"), "state": "here"},
            {"label": _("验收"), "state": "todo"}, {"label": _("退款"), "state": "todo"},
        ],
        "entries": [
            {"at": now - timedelta(hours=1), "what": _("已寄出"), "who": _("您"), "told": [(_("运单号"), "SF0000000000001")]},
            {"at": now - timedelta(hours=9), "what": _("审核通过"), "who": _("商家"), "told": []},
        ],
        "views": [
            {"label": _("我的"), "address": "#", "count": 3, "here": True},
            {"label": _("已超时"), "address": "#", "count": 1, "bad": True}, {"label": _("全部"), "address": "#", "count": 128},
        ],
        "facts": [(_("订单"), "SH20261123001"), (_("退回方式"), _("上门取件")), (_("运费"), _("商家承担"))],
        "amounts": {
            "columns": [_("预估"), _("核定"), _("实付")], "currency": "CNY", "rows": [
                {"kind": "goods", "name": _("商品"), "units": 2, "amounts": [_amount(39800), _amount(39800), _amount(39800)]},
                {"kind": "deduction", "name": _("验货扣款（已经您同意）"), "why": _("配件"),
                 "amounts": [_amount(None), _amount(-2000, changed=True), _amount(-2000)]},
                {"kind": "total", "name": _("合计"), "amounts": [_amount(39800), _amount(37800, changed=True), _amount(37800)]},
            ],
        },
        "files": [picture, {"src": "#", "name": "invoice.pdf", "image": False}],
    }  # fmt: skip


def _amount(minor: int | None, *, changed: bool = False) -> dict[str, Any]:
    return {"minor": minor, "changed": changed}
