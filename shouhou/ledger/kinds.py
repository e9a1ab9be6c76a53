"""The kinds of transfer that exist, and what people call them: each is posted by the recipe of its name."""

from collections.abc import Mapping
from dataclasses import dataclass

from shouhou.foundation.workflow import Text
from shouhou.ledger.bearers import BEARERS
from shouhou.ledger.chart import (
    BANK,
    BUYER,
    CARRIER_CLAIMS,
    CHARGES,
    DIFFERENCES,
    FREIGHT,
    INSURER_CLAIMS,
    MERCHANT_DEDUCTIONS,
    MERCHANT_DEPOSIT,
    MERCHANT_HELD,
    MERCHANT_PAYABLE,
    OFFLINE,
    OVERPAID,
    PLATFORM_ADVANCE,
    PLATFORM_FEES,
    PLATFORM_FLASH,
    PLATFORM_GOODWILL,
    PLATFORM_LOSSES,
    PLATFORM_PENALTIES,
    PLATFORM_PROMOTIONS,
    RECEIVABLE,
    SERVICE_INCOME,
    TENDER,
    WRITTEN_OFF,
    Account,
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a kind of transfer is called and between which families of accounts it moves money."""

    name: str
    label: Text
    flows: tuple[tuple[Account, Account], ...]


REFUND = Recipe(
    "refund", Text("退款：经支付渠道", "Refund through a channel"),
    (*((bearer, BUYER) for bearer in BEARERS), (BUYER, TENDER)),
)
REFUND_OFFLINE = Recipe(
    "refund_offline", Text("退款：线下付款", "Refund paid offline"),
    (*((bearer, BUYER) for bearer in BEARERS), (BUYER, OFFLINE)),
)
REFUND_RETURNED = Recipe(
    "refund_returned", Text("退款被银行退回", "A refund came back from the bank"),
    tuple((destination, source) for source, destination in REFUND.flows),
)
REFUND_OVERPAID = Recipe(
    "refund_overpaid", Text("渠道多付", "Overpaid by the channel"), ((OVERPAID, TENDER),),
)
OVERPAID_RETURNED = Recipe(
    "overpaid_returned", Text("消费者退回渠道多付", "Given back by the buyer"), ((CHARGES, OVERPAID),),
)
OVERPAID_WRITTEN_OFF = Recipe(
    "overpaid_written_off", Text("核销渠道多付", "Overpaid, written off"), ((WRITTEN_OFF, OVERPAID),),
)
DEDUCTION = Recipe(
    "deduction", Text("扣款", "Deduction"), ((MERCHANT_PAYABLE, BUYER), (BUYER, MERCHANT_DEDUCTIONS)),
)
PROMOTION_GRANTED = Recipe(
    "promotion_granted", Text("平台促销补贴", "Platform's promotion"), ((PLATFORM_PROMOTIONS, MERCHANT_PAYABLE),),
)
PROMOTION_RETURNED = Recipe(
    "promotion_returned", Text("退回平台促销补贴", "Platform's promotion given back"), ((MERCHANT_PAYABLE, PLATFORM_PROMOTIONS),),
)
FREIGHT_ADVANCED = Recipe(
    "freight_advanced", Text("平台垫付运费", "Freight advanced by the platform"), ((PLATFORM_ADVANCE, FREIGHT),),
)
FREIGHT_BILLED = Recipe(
    "freight_billed", Text("承运商取件账单", "A courier's bill for a pickup"),
    ((PLATFORM_ADVANCE, FREIGHT), (MERCHANT_PAYABLE, FREIGHT), (PLATFORM_GOODWILL, FREIGHT), (CARRIER_CLAIMS, FREIGHT)),
)
FREIGHT_RECHARGED = Recipe(
    "freight_recharged", Text("向商家追收垫付款", "Advance recharged to the shop"), ((MERCHANT_PAYABLE, PLATFORM_ADVANCE),),
)
CHARGE_RECEIVED = Recipe(
    "charge_received", Text("消费者付款：已收", "Paid by the buyer"), ((TENDER, CHARGES),),
)
CHARGE_EARNED = Recipe(
    "charge_earned", Text("消费者付款：服务完成转收入", "What the buyer paid is earned"), ((CHARGES, SERVICE_INCOME),),
)
SALE = Recipe(
    "sale", Text("销售货款", "Sale"), ((TENDER, MERCHANT_PAYABLE),),
)
SALE_HELD = Recipe(
    "sale_held", Text("争议冻结货款", "Held for a dispute"), ((MERCHANT_PAYABLE, MERCHANT_HELD),),
)
SALE_RELEASED = Recipe(
    "sale_released", Text("争议结束解冻", "Released after a dispute"), ((MERCHANT_HELD, MERCHANT_PAYABLE),),
)
RECHARGE = Recipe(
    "recharge", Text("向商家追收", "Recharged to the shop"),
    ((MERCHANT_PAYABLE, PLATFORM_ADVANCE), (MERCHANT_PAYABLE, PLATFORM_LOSSES)),
)
RECHARGE_RETURNED = Recipe(
    "recharge_returned", Text("追收退回", "Recharge given back"), ((PLATFORM_ADVANCE, MERCHANT_PAYABLE),),
)
PENALTY = Recipe(
    "penalty", Text("违约处罚", "Penalty for a breach"), ((MERCHANT_PAYABLE, PLATFORM_PENALTIES),),
)
RULING_BORNE = Recipe(
    "ruling_borne", Text("商家申诉成立，平台承担", "Borne by the platform on a shop's appeal"), ((PLATFORM_GOODWILL, MERCHANT_PAYABLE),),
)
DEPOSIT_DRAWN = Recipe(
    "deposit_drawn", Text("动用保证金", "Deposit drawn"), ((MERCHANT_DEPOSIT, MERCHANT_PAYABLE),),
)
DEPOSIT_TOPPED_UP = Recipe(
    "deposit_topped_up", Text("货款补足保证金", "Deposit topped up from sales"), ((MERCHANT_PAYABLE, MERCHANT_DEPOSIT),),
)
DEPOSIT_PAID_IN = Recipe(
    "deposit_paid_in", Text("缴纳保证金", "Deposit paid in"), ((BANK, MERCHANT_DEPOSIT),),
)
DEPOSIT_PAID_OUT = Recipe(
    "deposit_paid_out", Text("退还保证金", "Deposit paid out"), ((MERCHANT_DEPOSIT, BANK),),
)
INCOME_SETTLED = Recipe(
    "income_settled", Text("收入并入货款", "Income joins what is payable"),
    ((MERCHANT_DEDUCTIONS, MERCHANT_PAYABLE), (SERVICE_INCOME, MERCHANT_PAYABLE)),
)
MERCHANT_PAID_IN = Recipe(
    "merchant_paid_in", Text("商家结清欠款", "What the shop owed is paid in"), ((BANK, MERCHANT_PAYABLE),),
)
MERCHANT_PAYOUT = Recipe(
    "merchant_payout", Text("结算付款", "Settlement paid out"), ((MERCHANT_PAYABLE, BANK),),
)
CHANNEL_FEE = Recipe(
    "channel_fee", Text("渠道手续费", "A channel's fee"), ((PLATFORM_FEES, TENDER), (TENDER, PLATFORM_FEES)),
)
DIFFERENCE_OFFLINE = Recipe(
    "difference_offline", Text("对账：渠道少付，线下补付", "Reconciliation: paid outside the channel instead"), ((TENDER, OFFLINE),),
)
DIFFERENCE_WRITTEN_OFF = Recipe(
    "difference_written_off", Text("对账：差异核销", "Reconciliation: written off"), ((DIFFERENCES, TENDER), (TENDER, DIFFERENCES)),
)
INSURER_SETTLED = Recipe(
    "insurer_settled", Text("保险公司回款", "Settled by the insurer"), ((BANK, INSURER_CLAIMS),),
)
PLAN_CLAIMED = Recipe(
    "plan_claimed", Text("保障计划承担维修费", "A plan pays for a repair"), ((INSURER_CLAIMS, SERVICE_INCOME),),
)
FLASH_COVERED = Recipe(
    "flash_covered", Text("闪退商品已收回", "Goods of a flash refund taken back"), ((MERCHANT_PAYABLE, PLATFORM_FLASH),),
)
RECEIVABLE_OPENED = Recipe(
    "receivable_opened", Text("追回闪退款", "Flash refund asked back"), ((RECEIVABLE, PLATFORM_FLASH),),
)
RECEIVABLE_DROPPED = Recipe(
    "receivable_dropped", Text("商品寄达，不再追回", "Goods came after all"), ((PLATFORM_FLASH, RECEIVABLE),),
)
RECEIVABLE_PAID = Recipe(
    "receivable_paid", Text("消费者退还闪退款", "Flash refund given back"), ((CHARGES, RECEIVABLE),),
)
RECEIVABLE_WRITTEN_OFF = Recipe(
    "receivable_written_off", Text("核销闪退款", "Flash refund written off"), ((WRITTEN_OFF, RECEIVABLE),),
)
RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        REFUND, REFUND_OFFLINE, REFUND_RETURNED, REFUND_OVERPAID, OVERPAID_RETURNED, OVERPAID_WRITTEN_OFF, DEDUCTION,
        FREIGHT_ADVANCED, FREIGHT_BILLED, FREIGHT_RECHARGED, CHARGE_RECEIVED,
        CHARGE_EARNED, PROMOTION_GRANTED, PROMOTION_RETURNED,
        SALE, SALE_HELD, SALE_RELEASED, RECHARGE, DEPOSIT_DRAWN, DEPOSIT_TOPPED_UP, DEPOSIT_PAID_IN, DEPOSIT_PAID_OUT,
        INCOME_SETTLED, MERCHANT_PAYOUT, MERCHANT_PAID_IN, RECHARGE_RETURNED, PENALTY, RULING_BORNE,
        CHANNEL_FEE, DIFFERENCE_OFFLINE, DIFFERENCE_WRITTEN_OFF,
        INSURER_SETTLED, PLAN_CLAIMED,
        FLASH_COVERED, RECEIVABLE_OPENED, RECEIVABLE_DROPPED, RECEIVABLE_PAID, RECEIVABLE_WRITTEN_OFF,
    )
}  # fmt: skip
