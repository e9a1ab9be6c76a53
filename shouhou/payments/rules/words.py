"""Words for what channels and tenders are called by code: tenders, and why a channel did not pay."""

from collections.abc import Mapping

from shouhou.foundation.workflow import Text

TENDERS: dict[str, Text] = {
    "card": Text("银行卡", "card"), "credit_card": Text("信用卡", "credit card"), "debit_card": Text("借记卡", "debit card"),
    "wallet": Text("钱包余额", "wallet"), "balance": Text("账户余额", "balance"), "wechat": Text("微信支付", "WeChat Pay"),
    "alipay": Text("支付宝", "Alipay"), "coupon": Text("优惠券", "coupon"), "voucher": Text("代金券", "voucher"),
    "points": Text("积分", "points"), "gift_card": Text("礼品卡", "gift card"), "boleto": Text("银行票据", "boleto"),
    "cash": Text("现金", "cash"), "installment": Text("分期", "instalments"), "bank": Text("银行转账", "bank transfer"),
}  # fmt: skip
REFUSALS: Mapping[str, Text] = {
    "ACCOUNT_CLOSED": Text("账户已注销", "the account is closed"),
    "lost_or_stolen_card": Text("卡片已挂失", "the card was reported lost"),
    "expired_or_canceled_card": Text("卡片已失效", "the card has expired or was cancelled"),
    "charge_for_pending_refund_disputed": Text("付款正在争议中", "the payment is disputed"),
    "insufficient_funds": Text("商户账户余额不足", "our account there has not enough"),
    "NOTENOUGH": Text("商户账户余额不足", "our account there has not enough"),
    "NOT_ENOUGH": Text("商户账户余额不足", "our account there has not enough"),
    "USER_ACCOUNT_ABNORMAL": Text("收款账户异常", "the account is barred"),
    "declined": Text("被拒绝", "declined"),
    "BY_TRANSFER": Text("按消费者的选择由财务转账", "finance transfers it, as the buyer has chosen"),
}


def refusals_told(refused: Mapping[str, object]) -> str:
    """By tender the channel's code, as what the system writes: "中文 / English". Unknown codes stay what they are."""
    zh, en = [], []
    for tender, code in refused.items():
        name, why = TENDERS.get(tender, Text(tender, tender)), REFUSALS.get(str(code))
        told = why or Text(str(code), str(code))
        zh.append(f"{name.zh}：{told.zh}")
        en.append(f"{name.en}: {told.en}")
    return f"{'；'.join(zh)} / {'; '.join(en)}" if zh else ""
