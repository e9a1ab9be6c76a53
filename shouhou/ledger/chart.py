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
PLATFORM_PROMOTIONS = Account(
    "platform_promotions", "platform:promotions",
    Text("平台促销补贴", "Platform promotions"),
    Text("平台为促销补给商家的钱；退货时由商家退回。",
         "What the platform adds to a sale for a promotion; the shop gives it back with a return."),
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

MERCHANT_DEPOSIT = Account(
    "merchant_deposit", "merchant:{merchant}:deposit",
    Text("商家保证金", "Merchant's deposit"),
    Text("商家缴存的保证金；货款不足以偿还平台垫付时从这里补足，退出时退还。",
         "What the shop has paid in as security: it fills up what its sales cannot pay back, and is returned when it leaves."),
)
MERCHANT_HELD = Account(
    "merchant_held", "merchant:{merchant}:held",
    Text("商家冻结货款", "Held from the merchant"),
    Text("争议未结的订单货款，暂不结算；售后单结束即解冻。",
         "What is at risk in an open dispute: not settled until the case has ended."),
)
PLATFORM_LOSSES = Account(
    "platform_losses", "platform:losses",
    Text("平台损失追偿", "Platform's losses recovered"),
    Text("经核实由商家造成、凭证据向商家追偿的平台损失。", "Losses of the platform that a shop caused, proven and claimed from it."),
)
PLATFORM_PENALTIES = Account(
    "platform_penalties", "platform:penalties",
    Text("违约处罚", "Penalties"),
    Text("商家违约按处罚表扣收的金额；申诉期满或驳回申诉后入账。",
         "What shops pay for breaches by the penalty table, once they can be appealed no more."),
)
BANK = Account(
    "bank", "platform:bank:{channel}",
    Text("平台银行账户", "Platform's bank account"),
    Text("商家保证金缴入、商家货款与保证金付出的账户。", "Where merchants' deposits come in and what they are paid goes out."),
)

PLATFORM_FEES = Account(
    "platform_fees", "platform:fees:{channel}",
    Text("渠道手续费", "Channel fees"),
    Text("支付渠道收取的手续费，按其对账单入账。", "What a channel takes for its work, booked from its statement."),
)
DIFFERENCES = Account(
    "differences", "platform:differences:{channel}",
    Text("对账差异核销", "Differences written off"),
    Text("与渠道对账的差异，经核实、按金额复核后由平台承担或计入平台。",
         "Differences to a channel's statement that the platform bears or keeps, once looked into and, above a limit, approved."),
)

INSURER_CLAIMS = Account(
    "insurer_claims", "insurer:{insurer}:claims",
    Text("应收保险公司", "Claimed from insurers"),
    Text("平台代保险公司或保障计划承保方先付、待其回款的钱。",
         "Paid for an insurer or the provider of a protection plan, until it settles."),
)

PLATFORM_FLASH = Account(
    "platform_flash", "platform:flash",
    Text("闪退垫款", "Flash refunds"),
    Text("商品寄达之前先退给消费者的钱；验收后由商家承担，未寄达则向消费者追回。",
         "Refunded before the goods came: the shop's once they are taken back, else asked back from the buyer."),
)
RECEIVABLE = Account(
    "receivable", "platform:receivable:{buyer}",
    Text("应收消费者闪退款", "Owed by a buyer"),
    Text("闪退后商品未寄达或未通过验收、应由消费者退还的钱。", "A flash refund whose goods did not come: the buyer is to give it back."),
)
WRITTEN_OFF = Account(
    "written_off", "platform:written-off",
    Text("核销损失", "Written off"),
    Text("催收无果、经第二人复核核销的钱。", "What could not be collected, written off by two people."),
)

CHART: tuple[Account, ...] = (
    PLATFORM_PROMOTIONS,
    MERCHANT_PAYABLE, MERCHANT_DEDUCTIONS, BUYER, TENDER, OFFLINE, OVERPAID, PLATFORM_ADVANCE, PLATFORM_GOODWILL, FREIGHT,
    CARRIER_CLAIMS, CHARGES, SERVICE_INCOME, PLATFORM_FLASH, RECEIVABLE, WRITTEN_OFF,
    MERCHANT_DEPOSIT, MERCHANT_HELD, PLATFORM_LOSSES, PLATFORM_PENALTIES, BANK,
    PLATFORM_FEES, DIFFERENCES,
    INSURER_CLAIMS,
)  # fmt: skip
_BY_SHAPE: dict[tuple[str, int], list[Account]] = {}
for _account in sorted(CHART, key=lambda account: account.path.count("{")):
    _BY_SHAPE.setdefault((_account.path.partition(":")[0], _account.path.count(":")), []).append(_account)
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    account.name: re.compile(re.sub(r"\\{\w+\\}", r"[^:]+", re.escape(account.path))) for account in CHART
}


@lru_cache(maxsize=10_000)
def account_of(path: str) -> Account:
    """The family a path belongs to; the one with fewer named parts where two fit. Raises KeyError off the chart."""
    for account in _BY_SHAPE.get((path.partition(":")[0], path.count(":")), ()):
        if _PATTERNS[account.name].fullmatch(path):
            return account
    raise KeyError(path)
