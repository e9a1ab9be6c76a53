"""Promises of the platform beyond the three verdicts: refund only, cancelling, resending, price protection, compensation.

Pure: facts and the book's terms in; verdict, reasons and last instant out. Each reason names the term that carries it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from shouhou.foundation.days import Calendar
from shouhou.foundation.workflow import Text
from shouhou.policy.terms import Terms

Verdict = Literal["allow", "review", "deny"]


@dataclass(frozen=True, slots=True)
class PromiseReason:
    """Why: words in both languages, the term of the book it rests on, and further sources."""

    code: str
    text: Text
    term: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """What a promise is decided on, for one line of an order. Amounts in minor units; days of Beijing.

    `shop` is what the shop says now (price, stock, the price's history); `said` what the applicant answered;
    `refunded_minor` and `returned` what of the line has gone back, `earlier` how often the same was granted for it,
    `same_part` how many of the accessory that `said` names were sent.
    """

    service: str
    reason: str
    at: datetime
    channel: str
    member: str
    category: str
    placed_at: datetime
    shipped_at: datetime | None
    signed_at: datetime | None
    received_on: date | None
    quantity: int
    ordered: int
    unit_price_minor: int
    paid_minor: int
    others_open: int = 0
    merchant: str = ""
    refunded_minor: int = 0
    returned: int = 0
    earlier: int = 0
    same_part: int = 0
    shop: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Promise:
    """The verdict on one line; `until` is the last instant; `amount_minor` what follows where the promise is money."""

    verdict: Verdict
    reasons: tuple[str, ...]
    until: datetime | None = None
    amount_minor: int | None = None


Rule = Callable[[PromiseFacts, Terms, Calendar], Promise]

REASONS: dict[str, PromiseReason] = {
    reason.code: reason
    for reason in (
        PromiseReason("PEOPLE_DECIDE", Text("由客服或商家审核决定", "a person decides"), "review_hours", ("REV-02",)),
    )
}
REASONS |= {
    code: PromiseReason(code, Text(zh, en), term, sources)
    for code, zh, en, term, sources in (
        ("PP_TO_BE_COMPARED", "在价保期内，申请后系统将核对价格历史",
         "within price protection: the prices since are compared at once",
         "price_protection_days", ()),
        ("PP_LOWER_PRICE", "期内有更低价，退还差额",
         "there was a lower price: the difference is paid back", "price_protection_price", ()),
        ("PP_NOT_PROMISED", "该品类或商家不提供价保",
         "no price protection for this category or merchant", "price_protection_category_days", ()),
        ("PP_WINDOW_OVER", "已超过价保期限", "price protection has ended", "price_protection_days", ()),
        ("PP_TIMES_USED", "价保次数已用完",
         "price protection was used as often as it can be", "price_protection_times", ()),
        ("PP_RETURNED", "商品已退回或未付款，没有可价保的数量",
         "nothing is left of it: returned, or never paid", "price_protection_basis", ()),
        ("PP_NO_LOWER_PRICE", "期内没有低于您实付单价的价格",
         "no price since was below what you paid", "price_protection_basis", ()),
        ("PP_BELOW_MINIMUM", "差额低于起付金额",
         "the difference is below the least amount", "price_protection_minimum", ()),
        ("PP_FLASH_SALE", "更低价为秒杀或限购促销价",
         "the lower price was a flash sale", "price_protection_excludes_flash", ()),
        ("PP_CLEARANCE", "更低价为清仓价",
         "the lower price was a clearance", "price_protection_excludes_clearance", ()),
        ("PP_COUPON_ONLY", "更低价须用券", "the lower price needed a coupon", "price_protection_excludes_coupon", ()),
        ("PP_MEMBER_PRICE", "更低价为会员专享",
         "the lower price was for members", "price_protection_excludes_member", ()),
        ("PP_SECONDARY", "更低价为二手或瑕疵品",
         "the lower price was for used or flawed goods", "price_protection_excludes_secondary", ()),
        ("PP_SOLD_OUT", "更低价时商品无货",
         "it was sold out at the lower price", "price_protection_excludes_sold_out", ()),
        ("PP_OTHER_MERCHANT", "更低价为其他商家的价格",
         "the lower price was another merchant's", "price_protection_excludes_other_merchant", ()),
        ("COMP_SHIPPED_LATE", "发货晚于承诺时限，按规则补偿",
         "shipped later than promised: compensated by rule", "promised_ship_hours", ("RFD-06",)),
        ("COMP_SHIPPED_IN_TIME", "已在承诺时限内发货", "shipped as promised", "promised_ship_hours", ()),
        ("COMP_NOT_LATE_YET", "尚未超过承诺发货时限",
         "the promised time to ship is not over yet", "promised_ship_hours", ()),
        ("COMP_BY_RULE", "核实后按规则补偿",
         "compensated by rule once it is confirmed", "compensation_claim_days", ("RFD-06",)),
        ("COMP_GOODWILL", "由客服或商家提出补偿方案",
         "a person proposes a compensation", "compensation_claim_days", ("RFD-06",)),
        ("COMP_ONCE_ALREADY", "该商品已补偿过，须人工审核",
         "it was compensated before: a person decides", "compensation_claim_days", ("REV-02",)),
        ("RO_NOT_SHIPPED", "订单尚未发货，请改为取消订单",
         "not shipped yet: cancel the order instead", "cancel_stop_hours", ()),
        ("RO_NOTHING_LEFT", "没有可退款的数量或金额", "nothing is left to refund", "refund_only_days", ()),
        ("RO_NOT_RECEIVED", "尚未收到商品，请选择“未收到货”或“拒收”",
         "not received yet: choose “never arrived” or “refused at the door”", "not_received_after_hours", ()),
        ("RO_WINDOW_OVER", "已超过仅退款的申请期限", "too late to ask for a refund without return", "refund_only_days", ()),
        ("RO_BY_CONSENT", "一般需退回商品；商家同意时可不退货退款",
         "goods are usually sent back; without that by the merchant's consent", "review_hours", ("REV-02",)),
        ("RO_PHOTO_IS_ENOUGH", "不宜寄回的商品，凭照片退款，无需退货",
         "unfit to send back: refunded with a photo, nothing to return", "refund_only_auto_most", ()),
        ("RO_NAME_SHARE", "填写坏损比例后按比例表当场计算；未填写的由人工核定",
         "give the share that is spoiled and the table says the amount at once; without it a person decides", "spoiled_ladder", ()),
        ("RO_SPOILED_SHARE", "生鲜坏损按比例表退款，凭照片，无需退货",
         "fresh goods are refunded by the share that is spoiled, with a photo, nothing to return", "spoiled_ladder", ()),
        ("RO_SPOILED_STEP_1", "坏损比例属第一档", "the share is in the first step", "spoiled_refund_1", ()),
        ("RO_SPOILED_STEP_2", "坏损比例属第二档", "the share is in the second step", "spoiled_refund_2", ()),
        ("RO_SPOILED_STEP_3", "坏损比例属第三档", "the share is in the third step", "spoiled_refund_3", ()),
        ("RO_SPOILED_STEP_4", "坏损比例属第四档", "the share is in the fourth step", "spoiled_refund_4", ()),
        ("RO_SPOILED_STEP_5", "坏损比例属最高一档，全额退款", "the share is in the highest step: all of it goes back",
         "spoiled_refund_5", ()),
        ("RO_UNFIT_TO_RETURN", "不宜寄回的商品，审核后退款，无需退货",
         "unfit to send back: refunded after a review, nothing to return", "unfit_to_return", ()),
        ("RO_SIGNED_FOR", "承运商记录显示已签收，请改为退货",
         "the carrier's record says signed for: return it instead", "not_received_claim_days", ("ADD-11",)),
        ("RO_CLAIM_TOO_LATE", "显示签收后已超过申报未收到的期限",
         "too late to say that what shows as signed for never came", "not_received_claim_days", ("ADD-11",)),
        ("RO_SHOWS_AS_SIGNED", "承运商记录显示已签收，将调取签收凭证核实",
         "it shows as signed for: the carrier's proof is looked at", "not_received_claim_days", ("ADD-11",)),
        ("RO_REFUSED", "拒收的包裹，向承运商核实退回后退款",
         "refused at the door: refunded once the carrier confirms that it goes back", "trace_hours", ()),
        ("RO_STILL_COMING", "包裹仍在正常运输时间内", "the parcel is still within its usual time", "not_received_after_hours", ()),
        ("RO_TO_BE_TRACED", "向承运商查件，查无下落即退款",
         "the carrier looks for it; not found in time, it is refunded", "trace_hours", ()),
        ("CX_DELIVERED", "商品已签收，请申请退货", "it was signed for: return it instead", "intercept_hours", ()),
        ("CX_NOTHING_LEFT", "没有可取消的数量", "nothing is left to cancel", "cancel_stop_hours", ()),
        ("CX_NOT_SHIPPED", "尚未发货：停发成功即全额退款，无需审核",
         "not shipped: refunded at once when it could be stopped, no review", "cancel_stop_hours", ()),
        ("CX_ON_ITS_WAY", "已发货：将请承运商拦截，拦截成功后退款",
         "on its way: the carrier is asked to stop it, refunded when that works", "intercept_hours", ()),
        ("RS_NOT_RECEIVED", "尚未收到包裹，暂不能补发", "not received yet", "resend_days", ()),
        ("RS_WINDOW_OVER", "已超过申请补发的期限", "too late to ask for what is missing", "resend_days", ()),
        ("RS_RETURNED", "该商品已退回", "it went back already", "resend_days", ()),
        ("RS_NAME_IT", "请写明缺少的配件、赠品或部件", "name the accessory, gift or part that is missing", "resend_days", ()),
        ("RS_SENT_ALREADY", "这些数量已补发过，不能重复补发",
         "these units were sent again already", "resend_days", ("EXG-04",)),
        ("RS_PART_SENT", "该配件、赠品或部件已补发过，不能重复补发",
         "this accessory, gift or part was sent already", "resend_days", ("EXG-04",)),
        ("RS_SENT_BEFORE", "该商品补发过，须人工核对", "something of it was sent before: a person looks", "review_hours", ("REV-02",)),
        ("RS_BY_THE_BOOK", "核对照片后按政策补发，无需退货",
         "sent by the book once a photo is there, nothing to return", "resend_auto_most", ("EXG-04",)),
        ("RS_TO_BE_CHECKED", "核对出库称重与照片后补发，无需退货",
         "sent once weight and photos were checked, nothing to return", "resend_days", ("EXG-04",)),
        ("COMP_TOO_LATE", "已超过申请补偿的期限", "too late to ask for compensation", "compensation_claim_days", ()),
    )
}  # fmt: skip
