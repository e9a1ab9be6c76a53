"""What finance writes down: proofs, other accounts, what became of an invoice."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shouhou.foundation.money import Money
from shouhou.payments.rules.charges import WAYS
from shouhou.web.page import said


class ProofForm(forms.Form):
    """How it was paid outside the channel."""

    proof = forms.CharField(label=_("线下付款凭证号"), max_length=500, help_text=_("银行流水号等，写入账务与审计。"))
    file = forms.FileField(label=_("凭证文件"), required=False)


class PaperForm(forms.Form):
    """A file about a refund."""

    file = forms.FileField(label=_("文件"))


class RouteForm(forms.Form):
    """Where else the buyer agreed to be paid."""

    payee = forms.CharField(label=_("收款人"), max_length=80)
    bank = forms.CharField(label=_("开户行"), max_length=80, required=False)
    account = forms.CharField(label=_("账号"), max_length=60)
    consent = forms.CharField(
        label=_("消费者何时、以何种方式同意"), max_length=300, help_text=_("没有消费者明确同意，退款只能原路退回。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The bank's answer to a batch."""

    file = forms.FileField(label=_("银行回单文件（CSV）"))


class WrongChargeForm(forms.Form):
    """What a channel really took of a charge, and what follows."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    amount = forms.CharField(
        label=_("渠道实收金额"), max_length=20, help_text=_("以渠道账单为准。"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    reference = forms.CharField(label=_("渠道交易号"), max_length=120, help_text=_("退回款项时渠道凭此号找到原付款。"))
    proof = forms.CharField(label=_("凭证"), max_length=500, help_text=_("账单日期与行号等，写入账务与审计。"))
    way = forms.ChoiceField(label=_("如何处理"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["way"].choices = [(way, said(words)) for way, words in WAYS.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        try:
            told["minor"] = Money.exactly(str(told.get("amount") or ""), self.currency).minor
        except ValueError:
            self.add_error("amount", gettext("请填写金额，如 8.00。"))
        return told


class NumberForm(forms.Form):
    """The number of an invoice or of a confirmation."""

    number = forms.CharField(label=_("号码"), max_length=60)


class WhyForm(forms.Form):
    """Why an invoice was sent back, or need not be made out."""

    why = forms.CharField(label=_("原因"), max_length=300)
