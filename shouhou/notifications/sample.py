"""A made-up case with which a template can be looked at before anybody gets it."""

from shouhou.foundation.workflow import Text
from shouhou.notifications.choose import BY_EVENT, BY_MOVE, BY_STATUS, REMINDERS, TO_FINANCE, TO_PERSON, TO_SHOP
from shouhou.notifications.letter import last_link, letter
from shouhou.notifications.models import Notice
from shouhou.notifications.rules.kinds import kind_of
from shouhou.notifications.rules.rooms import HOUSE_KINDS, SHOP_KINDS
from shouhou.notifications.templates import TEMPLATES, rendered, shortened

LINK = "https://shop.example/cases/SO-2345-6789-A/"
FACTS: dict[str, Text] = {
    "number": Text("SO-2345-6789-A", "SO-2345-6789-A"), "order": Text("HM2026000001", "HM2026000001"), "link": Text(LINK, LINK),
    "shop": Text("云裳旗舰店", "Cloud Apparel"), "service": Text("退货", "return"), "items": Text("电热水壶 ×1", "Kettle ×1"),
    "status": Text("等待寄回", "awaiting the goods"), "hint": Text("请把商品寄回。", "Please send the goods back."),
    "said": Text("审核通过", "approved"), "due": Text("2026 年 3 月 17 日 18:00（北京时间）", "17 Mar 2026 18:00 (Beijing time)"),
    "first_response_due": Text("2026 年 3 月 10 日 18:00（北京时间）", "10 Mar 2026 18:00 (Beijing time)"),
    "review_due": Text("2026 年 3 月 12 日 18:00（北京时间）", "12 Mar 2026 18:00 (Beijing time)"),
    "refund_due": Text("2026 年 3 月 20 日 18:00（北京时间）", "20 Mar 2026 18:00 (Beijing time)"),
    "refund_statutory": Text("2026 年 3 月 27 日 18:00（北京时间）", "27 Mar 2026 18:00 (Beijing time)"),
    "expected": Text("2026 年 3 月 19 日 18:00（北京时间）", "19 Mar 2026 18:00 (Beijing time)"),
    "refund": Text("199.00 元", "CNY 199.00"), "deduction": Text("20.00 元", "CNY 20.00"),
    "deduction_reason": Text("包装缺失", "packaging is missing"), "tenders": Text("银行卡 199.00 元", "card CNY 199.00"),
    "return_address": Text("售后收货组 020-12345678，广东省广州市仓库路 8 号", "Returns 020-12345678, 8 Depot Road, Guangzhou"),
    "freight": Text("由商家承担", "paid by the shop"), "note": Text("检测未见故障。", "No fault was found."),
    "disagree_until": Text("2026 年 3 月 17 日 18:00（北京时间）", "17 Mar 2026 18:00 (Beijing time)"),
    "outside": Text("您还可以拨打 12315。", "You may also call 12315."),
    "survey_until": Text("2026 年 4 月 1 日 18:00（北京时间）", "1 Apr 2026 18:00 (Beijing time)"),
    "reply": Text("已核实签收记录，配送员没有送到门口。", "The delivery record was checked: it was not brought to the door."),
    "solution": Text("补偿运费，并培训配送员。", "The freight is paid back and the courier is trained."),
    "what": Text("故障视频", "a video of the fault"), "clause": Text("RET-07", "RET-07"),
    "quote": Text("180.00 元", "CNY 180.00"),
    "talk": Text("TK-2345-6789-A", "TK-2345-6789-A"), "title": Text("什么时候发货？", "When is it sent?"), "minutes": Text("5", "5"),
    "ref": Text("RC-2345-6789-A", "RC-2345-6789-A"), "balance": Text("800.00 元", "CNY 800.00"),
    "required": Text("2000.00 元", "CNY 2,000.00"), "kind": Text("垫付运费", "freight"),
    "verdict": Text("驳回申诉，继续追收", "refused: it is taken"), "reasons": Text("检测认定为质量问题", "found to be a defect"),
    "about": Text("SO-2345-6789-A", "SO-2345-6789-A"),
    "numbered": Text("“手机”", "“Phone”"), "ground": Text("检测未发现故障", "no defect found"),
    "serials_unlike": Text("860000000000018", "860000000000018"),
    "conditions": Text("配件齐全", "all accessories"), "reason": Text("补充了新证据", "new evidence"), "hours": Text("24", "24"),
    "closing_reason": Text("已解决", "solved"), "carrier": Text("京东快递", "JD Express"),
    "tracking_number": Text("JD0000000000001", "JD0000000000001"), "pickup": Text("PU-2345-6789-A", "PU-2345-6789-A"),
    "window": Text("2026 年 3 月 11 日 09:00–11:00", "11 Mar 2026 09:00–11:00"), "attempt": Text("1", "1"),
    "attempts_left": Text("2", "2"), "why": Text("无人在家", "nobody was at home"),
    "text": Text("请问故障何时出现？", "When did the fault appear?"),
    "speaker": Text("客服", "Customer service"), "code": Text("NOT_NOW", "NOT_NOW"), "deadline": Text("review", "review"),
    "cause": Text("台风", "typhoon"), "first_day": Text("2026-03-11", "2026-03-11"), "last_day": Text("2026-03-13", "2026-03-13"),
    "remark": Text("恢复后优先上门", "you come first when couriers go out again"), "trouble": Text("收件地址有误", "wrong address"),
    "advice": Text("客服会向快递公司查件，结果会通知您。", "We ask the courier where it is and tell you the result."),
    "waybill": Text("SF0000000000077", "SF0000000000077"), "unidentified": Text("UP-2345-6789-A", "UP-2345-6789-A"),
    "place": Text("B-03", "B-03"), "plan": Text("PLN-0001", "PLN-0001"), "amount": Text("180.00 元", "CNY 180.00"),
    "deductible": Text("50.00 元", "CNY 50.00"), "charge": Text("CH-2345-6789-A", "CH-2345-6789-A"),
    "contradiction": Text("渠道：100.00", "channel: 100.00"), "grade": Text("2", "2"), "refusal": Text("金额有误", "wrong amount"),
    "claim": Text("CL-2345-6789-A", "CL-2345-6789-A"), "payout": Text("12.00 元", "CNY 12.00"),
    "freight_ground": Text("未见运费凭证", "no receipt for the freight"),
    "insurer_due": Text("2026 年 3 月 21 日 15:00（北京时间）", "21 Mar 2026 15:00 (Beijing time)"),
    "appeal_until": Text("2026 年 3 月 28 日 23:59（北京时间）", "28 Mar 2026 23:59 (Beijing time)"),
    "bank_said": Text("179.00 元", "CNY 179.00"), "count": Text("2", "2"), "channel": Text("wechat", "wechat"),
    "percent": Text("4.2", "4.2"), "defective": Text("21", "21"), "sold": Text("500", "500"),
    "person": Text("苏敏", "Su Min"), "mean": Text("4.4", "4.4"), "course": Text("家电售后", "Home appliances"),
    "swapped": Text("已批准，值班表已更新", "approved: the rota says so"),
    "month": Text("2026-03", "2026-03"), "clock": Text("审核", "Review"), "points": Text("3", "3"), "owner": Text("林客服", "Lin"),
    "was_due": Text("2026 年 3 月 12 日 18:00（北京时间）", "12 Mar 2026 18:00 (Beijing time)"),
    "day": Text("2026-03-11", "2026-03-11"), "checks": Text("渠道对账单与账不一致", "a channel's statement does not agree"),
    "author": Text("王店员", "Wang"), "outcome": Text("申诉成立：系误判", "granted: a false alarm"),
    "held_to": Text("CDT-08 未登记的电话", "CDT-08 a telephone that is not registered"),
    "turn": Text("质检员", "the inspector"), "since": Text("2026 年 3 月 8 日 10:00（北京时间）", "8 Mar 2026 10:00 (Beijing time)"),
    "due_ahead": Text("2026 年 3 月 12 日 18:00（北京时间）", "12 Mar 2026 18:00 (Beijing time)"), "due_passed": Text("", ""),
    "delay_cause": Text("审核员未在 2026 年 3 月 8 日 18:00（北京时间）前完成这一步",
                        "The reviewer did not finish this step by 8 Mar 2026 18:00 (Beijing time)"),
    "new_due": Text("2026 年 3 月 12 日 18:00（北京时间）", "12 Mar 2026 18:00 (Beijing time)"), "heard_by": Text("", ""),
    "options": Text("申请平台介入、撤销申请、在售后单里留言", "ask the platform to step in, withdraw, write in the case"),
    "invoice": Text("25117000000100000001", "25117000000100000001"), "issued": Text("25117000000100000009", "25117000000100000009"),
    "plan_name": Text("碎屏保", "Screen cover"),
    "plan_papers": Text("损坏部位照片、序列号照片", "a photo of the damage, a photo of the serial"),
    "plan_period": Text("2026 年 3 月 12 日 至 2027 年 3 月 11 日", "12 Mar 2026 to 11 Mar 2027"),
    "covers": Text("屏幕因意外碎裂时免费换屏一次。", "One new screen after an accident."),
}  # fmt: skip


def sample(name: str, *, channel: str, language: str) -> Notice:
    """The notice as it would be written, unsaved. Raises KeyError for an unknown template or one without that channel."""
    facts = {fact: text.in_(language) for fact, text in FACTS.items()}
    title, body = rendered(TEMPLATES[name], facts, language=language)
    if channel == "sms":
        body = shortened(name, facts, language=language, title=title)
    if channel == "im":
        body = last_link(body)
    return Notice(
        id=0, subject=facts["number"], channel=channel, template=name, language=language, title=title, body=body, state="queued"
    )


def sample_mail(name: str, *, language: str) -> bytes:
    """The same as a mail, as it would be handed to the mail server."""
    return letter(sample(name, channel="email", language=language), "reader@shop.example").message().as_bytes()


def channels_of(name: str) -> tuple[str, ...]:
    """Through which channels a template may leave: buyers' texts by message and telephone, too, the staff's in their rooms."""
    kind = kind_of(name)
    if kind.staff:
        return ("site", "email", "im") if kind.code in {*HOUSE_KINDS, *SHOP_KINDS} else ("site", "email")
    return ("site", "sms", "email", "call") if "call" in kind.chain else ("site", "email", "sms")


def causes_of(name: str) -> list[str]:
    """The moves, states and events that call for it."""
    moves = [f"case.moved: {move}" for move, template in BY_MOVE.items() if template == name]
    states = [f"case.moved → {status}" for status, template in BY_STATUS.items() if template == name]
    reminders = [f"case.reminded: {status}" for status, template in REMINDERS.items() if template == name]
    events = [event for event, template in (BY_EVENT | TO_SHOP | TO_FINANCE | TO_PERSON).items() if template == name]
    return moves + states + reminders + events + OTHER_CAUSES.get(name, [])


OTHER_CAUSES = {
    "plan_bought": ["plan.bought"], "shop_plan_bought": ["plan.bought"], "plan_payment_failed": ["plan.payment_failed"],
    "plan_unpaid": ["plan.not_bought: unpaid"], "plan_goods_gone": ["plan.not_bought: goods_gone"],
    "talk_unread": ["conversation.unread: consumer"], "staff_talk_unread": ["conversation.unread: staff"],
    "progress": ["case.moved"], "overdue": ["case.moved: note_…"], "reminded": ["case.reminded"], "new_message": ["case.message"],
    "parcel_delivered": ["parcel.delivered"], "parcel_trouble": ["parcel.tracked"], "repair_appointed": ["repair.appointed"],
    "staff_attached": ["case.attached"], "staff_poor_rating": ["case.rated"], "staff_parcel_found": ["unidentified.matched"],
    "staff_money_differs": ["charge.contradicted", "refund.contradicted"], "staff_refund_refused": ["case.moved: refuse_refund"],
    "staff_turn": ["case.opened", "case.moved"],
    "staff_task": [
        "case.moved: note_late_claim", "case.moved: note_solution", "case.moved: note_ready_contact", "case.moved: note_picking",
    ],
    "staff_extended": ["case.moved: extend"], "staff_message": ["case.message"], "staff_blocked": ["case.deadline_blocked"],
    "staff_silent": ["case.silent"],
}  # fmt: skip
