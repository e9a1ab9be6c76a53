"""The consumer's form as an agent fills it in: with a named exception for those who may accept what the policy refuses."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from shouhou.cases.actions import Application
from shouhou.cases.workflows.asks import OVERRIDE_REASONS, OVERRIDERS
from shouhou.logistics.rules.windows import Window
from shouhou.orders.models import Order, OrderLine
from shouhou.plumbing.actor import Actor
from shouhou.web.page import said
from shouhou.web.shared.apply import ApplyForm


class BehalfForm(ApplyForm):
    """`override_reason` is there only for whoever may override; the case then opens although the book says no."""

    def __init__(self, order: Order, lines: Sequence[OrderLine], windows: Sequence[Window], *, actor: Actor, **more: Any) -> None:
        super().__init__(order, lines, windows, actor=actor, **more)
        if actor.role in OVERRIDERS:
            self.fields["override_reason"] = forms.ChoiceField(
                label=_("特批受理的理由"), required=False,
                choices=[("", _("不特批")), *((code, said(text)) for code, text in OVERRIDE_REASONS.items())],
                help_text=_("政策不允许时，以有名有姓的例外受理：理由与您的姓名会留在记录中，原判断继续显示。"),
            )  # fmt: skip

    def application(self) -> Application:
        return replace(super().application(), override_reason=self.cleaned_data.get("override_reason", ""))

    def summary(self) -> list[tuple[str, str]]:
        rows = super().summary()
        rows += [(_("受理渠道"), dict(self.fields["channel"].choices)[self.cleaned_data["channel"]]),  # type: ignore[attr-defined]
                 (_("来电记录"), self.cleaned_data["call_note"])]  # fmt: skip
        if chosen := self.cleaned_data.get("override_reason"):
            rows.append((_("特批受理"), said(OVERRIDE_REASONS[chosen])))
        return rows
