"""What finance writes about a shop's money."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.settlements.actions import AccountFacts
from shouhou.settlements.channels.bank import CHANNELS
from shouhou.settlements.models import MerchantAccount
from shouhou.web.page import said
from shouhou.web.shared.moves import ACCEPT, FilesField, FilesInput

MOST = Decimal(10) ** 9
MOVEMENTS = {
    "in": Text("缴入保证金", "Deposit paid in"), "due": Text("商家缴来欠款", "What the shop owed, paid in"),
    "out": Text("退还多缴的保证金", "Deposit above what is required goes back"),
    "leave": Text("商家退出，退还保证金", "The shop leaves: its deposit goes back"),
}  # fmt: skip
VERDICTS = {"uphold": Text("驳回申诉，继续追收", "Uphold the claim"), "waive": Text("申诉成立，免除追收", "Waive the claim")}


class OnceForm(forms.Form):
    use_required_attribute = False
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)


def _amount(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=Decimal("0.01"), max_value=MOST, decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}), **more,
    )  # fmt: skip


class MovementForm(OnceForm):
    """Money seen on the bank's statement, or sent."""

    what = forms.ChoiceField(label=gettext_lazy("事项"))
    amount = _amount(gettext_lazy("金额（元）"))
    proof = forms.CharField(label=gettext_lazy("凭证号"), max_length=200, help_text=gettext_lazy("银行流水号；同一流水只能登记一次。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, said(text)) for code, text in MOVEMENTS.items()]
        self.fields["what"] = forms.ChoiceField(label=gettext_lazy("事项"), choices=choices)

    def minor(self) -> int:
        return Money.of(self.cleaned_data["amount"]).minor


class AccountForm(OnceForm):
    """The contract's side of a shop's money."""

    settles_sales = forms.BooleanField(
        label=gettext_lazy("货款由平台结算"), required=False,
        help_text=gettext_lazy(
            "从现在起新下的订单，其货款在结算周期后由平台付给商家。不选则货款在别处结算，这里只结算售后资金。"
        ),
    )  # fmt: skip
    required = forms.DecimalField(
        label=gettext_lazy("合同约定的保证金（元）"), required=False, min_value=0, max_value=MOST, decimal_places=2,
        help_text=gettext_lazy("不填则按政策规定。"), widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )  # fmt: skip
    payout_channel = forms.ChoiceField(label=gettext_lazy("付款方式"))
    payee = forms.CharField(label=gettext_lazy("收款户名"), max_length=120, required=False)
    payee_account = forms.CharField(
        label=gettext_lazy("收款账号"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [(code, said(text)) for code, text in CHANNELS.items()]
        self.fields["payout_channel"] = forms.ChoiceField(label=gettext_lazy("付款方式"), choices=ways)

    @staticmethod
    def start(account: MerchantAccount) -> dict[str, Any]:
        required = None if account.required_minor is None else Money(account.required_minor).decimal
        return {
            "settles_sales": account.sales_since is not None, "required": required, "payout_channel": account.payout_channel,
            "payee": account.payee, "payee_account": account.payee_account,
        }  # fmt: skip

    def facts(self) -> AccountFacts:
        given = self.cleaned_data
        required = None if given["required"] is None else Money.of(given["required"]).minor
        return AccountFacts(given["settles_sales"], required, given["payout_channel"], given["payee"], given["payee_account"])


class LossForm(OnceForm):
    """A verified loss that the shop caused."""

    amount = _amount(gettext_lazy("金额（元）"))
    case = forms.CharField(label=gettext_lazy("售后单号"), max_length=60, required=False)
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    proofs = FilesField(
        label=gettext_lazy("凭证"), widget=FilesInput(attrs={"accept": ACCEPT}), help_text=gettext_lazy("照片、视频或 PDF，1 到 9 份。")
    )

    def minor(self) -> int:
        return Money.of(self.cleaned_data["amount"]).minor


class DecisionForm(OnceForm):
    """The platform's word on an appeal."""

    verdict = forms.ChoiceField(label=gettext_lazy("裁决"), widget=forms.RadioSelect)
    reasons = forms.CharField(label=gettext_lazy("裁决理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [(code, said(text)) for code, text in VERDICTS.items()]
        self.fields["verdict"] = forms.ChoiceField(label=gettext_lazy("裁决"), widget=forms.RadioSelect, choices=words)


class ReallyPaidForm(OnceForm):
    """What the bank has really paid, where it tells another amount than it was told to pay."""

    paid = forms.DecimalField(label=gettext_lazy("银行实付金额"), min_value=0, max_digits=14, decimal_places=2)
    proof = forms.CharField(label=gettext_lazy("银行流水号"), max_length=200)

    def minor(self, currency: str) -> int:
        return Money.of(self.cleaned_data["paid"], currency).minor


class ProofForm(OnceForm):
    """Paid by hand."""

    proof = forms.CharField(label=gettext_lazy("付款凭证号"), max_length=200)
