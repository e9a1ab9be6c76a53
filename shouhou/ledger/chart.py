"""The chart of accounts as data: paths with named parts, what each stands for, in both languages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from shouhou.foundation.workflow import Text


@dataclass(frozen=True, slots=True)
class Account:
    """A family of accounts: `{name}` in the path stands for a shop, a buyer, a channel or a tender."""

    name: str
    path: str
    label: Text
    meaning: Text

    def of(self, **parts: object) -> str:
        """The path of one account. Raises KeyError for a missing part, ValueError for one that is not plain."""
        for value in parts.values():
            if not PLAIN.fullmatch(str(value)):
                raise ValueError(f"{value!r} cannot stand in an account path")
        return self.path.format_map({key: str(value) for key, value in parts.items()})


PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,60}")

MERCHANT_PAYABLE = Account(
    "merchant_payable", "merchant:{merchant}:payable",
    Text("应付商家货款", "Merchant payable"),
    Text("商家卖出货物后应得的钱；退款从这里出。", "What the shop earned by its sales; refunds come out of it."),
)
MERCHANT_DEDUCTIONS = Account(
    "merchant_deductions", "merchant:{merchant}:deductions",
    Text("商家扣款收入", "Merchant's deductions"),
    Text("消费者同意或依法扣下、归商家的部分。", "What was kept back by consent or by law, for the shop."),
)
BUYER = Account(
    "buyer", "buyer:{buyer}:refunds",
    Text("消费者应退款", "Owed to the buyer"),
    Text("我们欠消费者的钱；付出后归零。", "What we owe the buyer; zero once it is paid."),
)
TENDER = Account(
    "tender", "tender:{channel}:{tender}",
    Text("支付渠道清算", "Tender clearing"),
    Text("经某渠道以某支付方式付出的钱。", "What left through a channel, by the tender it was paid with."),
)
OFFLINE = Account(
    "offline", "tender:offline:{tender}",
    Text("线下付款清算", "Offline clearing"),
    Text("渠道拒绝后由财务线下付出、附有凭证的钱。", "Paid by finance outside the channel, with proof, after it refused."),
)
OVERPAID = Account(
    "overpaid", "buyer:{buyer}:overpaid",
    Text("渠道多付、待追回", "Overpaid, to be collected"),
    Text("支付渠道付出的比应退的多；多出部分记在这里，直到追回。", "A channel paid more than was owed; kept here until it is collected."),
)
PLATFORM_ADVANCE = Account(
    "platform_advance", "platform:advance",
    Text("平台垫付", "Platform advance"),
    Text("平台先替商家付出、之后向其追收的钱。", "Paid by the platform first, claimed from the shop afterwards."),
)
PLATFORM_GOODWILL = Account(
    "platform_goodwill", "platform:goodwill",
    Text("平台善意补偿", "Platform goodwill"),
    Text("平台自己承担的补偿。", "Compensation the platform bears itself."),
)
FREIGHT = Account(
    "freight", "platform:freight:{carrier}",
    Text("应付运费", "Freight payable"),
    Text("应付承运商的取件与退货运费。", "What carriers are owed for pickups and returns."),
)
CARRIER_CLAIMS = Account(
    "carrier_claims", "carrier:{carrier}:claims",
    Text("向承运商追偿", "Claimed from carriers"),
    Text("由承运商责任引起、先赔给消费者、再向承运商追偿的钱。", "Paid to consumers for a carrier's fault and claimed from it."),
)
CHARGES = Account(
    "charges", "buyer:{buyer}:charges",
    Text("消费者预付服务款", "Paid ahead by the buyer"),
    Text("消费者为维修、差价等付来、服务尚未完成的钱；完成后转收入，取消则退还。",
         "Paid by the buyer for a repair or a difference that is still to be served; then it is income, or goes back."),
)
SERVICE_INCOME = Account(
    "service_income", "merchant:{merchant}:income:{purpose}",
    Text("服务收入", "Service income"),
    Text("服务完成后归商家的维修费、换货差价、未归还商品款或运费。",
         "Repairs, price differences, goods never returned or freight: the shop's once the service is done."),
)

CHART: tuple[Account, ...] = (
    MERCHANT_PAYABLE, MERCHANT_DEDUCTIONS, BUYER, TENDER, OFFLINE, OVERPAID, PLATFORM_ADVANCE, PLATFORM_GOODWILL, FREIGHT,
    CARRIER_CLAIMS, CHARGES, SERVICE_INCOME,
)  # fmt: skip
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    account.name: re.compile(re.sub(r"\\{\w+\\}", r"[^:]+", re.escape(account.path))) for account in CHART
}


@lru_cache(maxsize=10_000)
def account_of(path: str) -> Account:
    """The family a path belongs to; the one with fewer named parts where two fit. Raises KeyError off the chart."""
    fitting = [account for account in CHART if _PATTERNS[account.name].fullmatch(path)]
    if not fitting:
        raise KeyError(path)
    return min(fitting, key=lambda account: account.path.count("{"))
