"""A complaint or feedback as a form, for whoever writes it: what about, what happened, what is wished for, how to be reached."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.cases.access import case_for
from shouhou.cases.actions import Application, ItemWish
from shouhou.cases.reasons import reasons_for
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import take_upload
from shouhou.web.access import cases_of, orders_of
from shouhou.web.labels import CHANNELS
from shouhou.web.page import language, said
from shouhou.web.shared.moves import ACCEPT, FILES_MAX, TOKEN_LENGTH_MAX, FilesField, FilesInput, sent
from shouhou.web.shared.once import new_key, once

KINDS = ("complaint", "feedback")
CHOICES_MOST, SHOPS_MOST, TEXT_MOST = 20, 300, 2000
CALL_CHANNELS = ("phone", "chat", "form", "outlet")
CALLED = {
    "complaint": (
        Text("发生了什么", "What happened"),
        Text("时间、经过、涉及的人或商品；请勿填写银行卡号和密码。",
             "When, what, who or which article. Never write card numbers or passwords."),
    ),
    "feedback": (Text("您的建议或表扬", "Your suggestion or praise"), Text("", "")),
}  # fmt: skip
PLACES = {"contact.phone": "phone", "contact_phone": "phone", "merchant": "shop", "order": "about", "requested_by": "about"}


@dataclass(frozen=True, slots=True)
class About:
    """An order or a case (numbers, or empty) and the lines chosen of it."""

    order: str = ""
    case: str = ""
    lines: tuple[ItemWish, ...] = ()


def plain_service(service: str) -> bool:
    """Whether this is written on the form for complaints, not on that for goods."""
    return service in KINDS


def said_once(form: "ComplaintForm", act: Callable[[], str], *, actor: Actor, now: datetime) -> str:
    """The case of the form. The same words about the same thing with as many files on the same day are one complaint: the
    back button fetches a new form, with a new key. A file more is not dropped, and what has been closed since may be said anew.
    """
    whole = form.application()
    words = f"{local_day(now)} {len(whole.evidence)} {replace(whole, evidence=())!r}"

    def by_form() -> str:
        return once(form.cleaned_data["once"] or new_key(), act, actor=actor, now=now)

    number = once(f"words-{sha256(words.encode()).hexdigest()}", by_form, actor=actor, now=now)
    return number if case_for(actor, number).closed_at is None else by_form()


class ComplaintForm(forms.Form):
    """One complaint or feedback. `behalf`: an agent writes down what somebody says, and through which channel."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=gettext_lazy("投诉或反馈的主题"))
    about = forms.ChoiceField(label=gettext_lazy("关于哪笔订单或售后单"), required=False)
    shop = forms.ChoiceField(
        label=gettext_lazy("关于哪家店铺"), required=False, help_text=gettext_lazy("与订单无关时可选；不涉及店铺请留空。")
    )
    description = forms.CharField(max_length=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 6}))
    wish = forms.CharField(
        label=gettext_lazy("希望如何解决"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("例如道歉、补寄、赔偿；不填也可以。"),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("怎么称呼您"), max_length=80, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=gettext_lazy("联系电话"), max_length=32, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )
    photos = FilesField(label=gettext_lazy("凭证（照片、视频、PDF）"), required=False, widget=FilesInput(attrs={"accept": ACCEPT}))

    def __init__(
        self, *, service: str, actor: Actor, behalf: bool = False, about: About | None = None, data: Any = None, files: Any = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, files, initial=dict(initial or {}))
        self.service, self.actor, self.behalf, self.fixed = service, actor, behalf, about or About()
        self.tokens = [token[:TOKEN_LENGTH_MAX] for token in sent(self.data, "photos-taken")][:FILES_MAX]
        self.fields["reason"].choices = [(each.code, capfirst(said(each.label))) for each in reasons_for("", service)]  # type: ignore[attr-defined]
        self.fields["description"].label, self.fields["description"].help_text = said(CALLED[service][0]), said(CALLED[service][1])
        if service == "feedback":
            del self.fields["wish"]
        shops = Merchant.objects.filter(active=True, channel="third").order_by("name").values_list("code", "name")[:SHOPS_MOST]
        self.fields["shop"].choices = [("", _("不涉及店铺")), *shops]  # type: ignore[attr-defined]
        self._ask_about()
        if actor.order_id is not None or actor.merchant_id is not None or not shops:
            del self.fields["shop"]
        if behalf:
            channels = [(code, said(CHANNELS[code])) for code in CALL_CHANNELS]
            self.fields["channel"] = forms.ChoiceField(label=_("受理渠道"), choices=channels)
            self.fields["call_note"] = forms.CharField(label=_("来电记录"), max_length=500, required=False)

    def application(self) -> Application:
        """What the domain takes. Call when valid."""
        given = self.cleaned_data
        kind, _sep, number = given.get("about", "").strip().partition(":")
        order, case = self.fixed.order, self.fixed.case
        if self.behalf and not (order or case):
            typed = kind.strip()
            order, case = ("", typed) if cases_of(self.actor).filter(number=typed).exists() else (typed, "")
        elif not (order or case):
            order, case = (number, "") if kind == "order" else ("", number)
        answers: dict[str, object] = {"about_case": case} if case else {}
        if given.get("wish"):
            answers["wish"] = given["wish"]
        more: dict[str, Any] = {"channel": given["channel"], "call_note": given["call_note"]} if self.behalf else {"channel": "web"}
        return Application(
            order=order, service=self.service, reason=given["reason"], lines=self.fixed.lines, description=given["description"],
            evidence=tuple(self.tokens), contact={name: given[name] for name in ("name", "phone") if given.get(name)}, answers=answers,
            merchant="" if order or case else given.get("shop", ""), **more,
        )  # fmt: skip

    def take_files(self, *, now: datetime) -> bool:
        """Store the files, so that they survive a refusal; False when one was refused."""
        files: Sequence[UploadedFile[Any]] = self.cleaned_data.get("photos") or []
        for file in files:
            if len(self.tokens) >= FILES_MAX:
                self.add_error("photos", _("最多 %(n)d 个文件。") % {"n": FILES_MAX})
                return False
            try:
                self.tokens.append(take_upload(file, name=file.name or "", actor=self.actor, now=now).token)
            except Refused as no:
                self.add_error("photos", f"{file.name}{_('：')}{no.sentence(language())}")
                return False
        return True

    def refuse(self, no: Refused) -> None:
        """A refusal of the domain, at the fields that it names."""
        if not no.errors:
            self.add_error(None, no.sentence(language()))
        for error in no.errors:
            name = PLACES.get(error.field, error.field)
            self.add_error(name if name in self.fields else None, error.en if language() == "en" else error.zh)

    def _ask_about(self) -> None:
        if self.fixed.order or self.fixed.case:
            del self.fields["about"]
            return
        if self.behalf:
            self.fields["about"] = forms.CharField(
                label=_("订单号或售后单号"), max_length=80, required=False, help_text=_("没有订单就留空：以电话号码建档。"),
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )  # fmt: skip
            return
        cases = cases_of(self.actor).exclude(service__in=KINDS).order_by("-submitted_at")[:CHOICES_MOST]
        orders = orders_of(self.actor).prefetch_related("lines").order_by("-placed_at")[:CHOICES_MOST]
        known = [(f"case:{case.number}", f"{said(WORKFLOWS[case.service].label)} {case.number} · {case.title}") for case in cases]
        for order in orders:
            titles = [line.title for line in order.lines.all()]
            known.append((f"order:{order.number}", f"{_('订单')} {order.number}" + (f" · {titles[0]}" if titles else "")))
        none = [] if self.actor.order_id is not None else [("", _("与订单无关"))]
        self.fields["about"].choices = [*none, *known]  # type: ignore[attr-defined]
