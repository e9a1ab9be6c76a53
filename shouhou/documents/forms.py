"""The forms of the house (APP-01 to APP-09, APP-14): what each asks for, in the order of the paper."""

from shouhou.cases.reasons import REASONS
from shouhou.cases.workflows import WORKFLOWS
from shouhou.cases.workflows.asks import RETURN_METHODS
from shouhou.documents.form import Block, Entry, Form, box, choice, line
from shouhou.foundation.workflow import Text
from shouhou.repairs.rules.modes import MODES

YES_NO = {"yes": Text("是", "yes"), "no": Text("否", "no")}
PACKING = {
    "unopened": Text("未拆封", "unopened"), "opened": Text("已拆封未使用", "opened, not used"),
    "used": Text("已使用", "used"), "damaged": Text("有损坏", "damaged"),
}  # fmt: skip
COMPLETE = {
    "accessories": Text("配件齐全", "accessories complete"), "gifts": Text("赠品齐全", "gifts complete"),
    "packing": Text("原包装完好", "original packing intact"), "labels": Text("吊牌、标贴完好", "tags and labels intact"),
}  # fmt: skip
REFUND_ROUTES = {
    "original": Text("原支付方式退回", "back to what was paid with"),
    "other": Text("其他（请在问题描述中写明）", "other (say which under the problem)"),
}  # fmt: skip
PROOFS = {
    "order": Text("订单记录", "order record"), "invoice": Text("发票", "invoice"), "voucher": Text("购物凭证", "shopping voucher"),
}  # fmt: skip
EVIDENCE = {
    "photo": Text("照片", "photos"), "video": Text("视频", "video"), "report": Text("检测报告", "test report"),
    "refusal": Text("快递拒收凭证", "courier's refusal note"), "none": Text("无", "none"),
}  # fmt: skip
VOUCHERS = {
    "present": Text("有", "present"), "absent": Text("无", "absent"), "altered": Text("有涂改", "altered"),
    "mismatched": Text("与商品不符", "does not match"),
}  # fmt: skip
WARRANTY = {
    "card": Text("保修卡", "warranty card"), "invoice": Text("发票", "invoice"), "order": Text("订单记录", "order record"),
    "plan": Text("延保/意外保障", "extended or accident cover"), "none": Text("无", "none"),
}  # fmt: skip
SUBJECTS = {"consultation": Text("咨询", "a question"), "complaint": Text("投诉", "a complaint")}
ABOUT = {
    "goods": Text("商品质量", "goods"), "delivery": Text("物流配送", "delivery"), "return": Text("退换货", "return or exchange"),
    "repair": Text("维修", "repair"), "refund": Text("退款", "refund"), "staff": Text("服务态度", "how one was treated"),
    "installation": Text("安装使用", "installation and use"), "other": Text("其他", "other"),
}  # fmt: skip
ANSWER_BY = {"phone": Text("电话", "phone"), "email": Text("邮件", "e-mail"), "post": Text("信函", "letter")}

PERSON = Block(Text("一、个人信息", "1. About you"), (
    line("name", "姓名", "Name", 2), line("phone", "联系电话", "Phone", 2), line("email", "电子邮箱", "E-mail", 2),
    line("address", "地址（省市区与详细地址）", "Address (region, street, number)"),
))  # fmt: skip
SIGNED = Block(Text("五、签名", "5. Signature"), (
    Entry("consent", "told", Text(
        "本人确认以上内容属实，已知悉适用的售后政策；个人信息仅用于办理本申请。",
        "What is written here is true. I know the after-sales policy that applies. My data is used for this application only.",
    )),
    Entry("signature", "sign", Text("申请人签名", "Signature"), 3), Entry("date", "sign", Text("日期", "Date"), 3),
))  # fmt: skip
OFFICE = Block(Text("以下由售后人员填写", "For office use"), (
    line("case", "售后单号", "Case number", 2), line("received", "收件日期", "Received on", 2), line("keyed", "录入人", "Keyed in by", 2),
))  # fmt: skip
NOTES = (
    Text("请用黑色或蓝色笔填写，选项打 × 或 ✓；写不下可另附纸，并在附纸上写明订单号。",
         "Write in black or blue, mark the boxes. Add a sheet if you need more room and write the order number on it."),
    Text("除七天无理由退货外，请附凭证（照片、视频、检测报告）。", "Enclose evidence, except for the seven-day return without a reason."),
)  # fmt: skip
LABELS = {reason.code: reason.label for reason in REASONS}
# On the one form for all: what fits goods, and a word of one's own for the rest.
COMMON = {reason.code: reason.label for reason in REASONS if not reason.only} | {
    "maintenance": LABELS["maintenance"], "installation": LABELS["installation"], "other": Text("其他（写在下面）", "other (write below)"),
}  # fmt: skip
ORDER_LINES = (line("order", "订单号", "Order number", 3), line("received_on", "收货日期", "Received on", 3))
GOODS = Entry("goods", "goods", Text("商品", "Goods"))


def _reasons(*codes: str) -> dict[str, Text]:
    return {code: LABELS[code] for code in codes}


def _product(*more: Entry) -> Block:
    return Block(Text("二、订单与商品信息", "2. Order and goods"), (
        *ORDER_LINES, GOODS,
        choice("condition", "商品状态", "Condition of the goods", PACKING, 3), choice("complete", "随附", "With it", COMPLETE, 3),
        choice("proof", "购买证明（任一即可）", "Proof of purchase (any of them)", PROOFS, 3),
        choice("invoice_state", "发票", "Invoice", VOUCHERS, 3), *more,
    ))  # fmt: skip


def _problem(codes: tuple[str, ...], *more: Entry) -> Block:
    return Block(Text("三、原因与问题描述", "3. Reason and problem"), (
        choice("reason", "申请原因", "Reason", _reasons(*codes)),
        box("description", "问题描述", "What is wrong", 3), choice("evidence", "随附凭证", "Evidence enclosed", EVIDENCE), *more,
    ))  # fmt: skip


def _form(
    code: str, zh: str, en: str, about: Text, service: str, product: Block, problem: Block, *wishes: Entry
) -> Form:  # fmt: skip
    wish = Block(Text("四、处理要求", "4. What you ask for"), wishes)
    return Form(code, 1, Text(zh, en), about, (PERSON, product, problem, wish, SIGNED, OFFICE), NOTES, service)


METHOD = choice("method", "退回方式", "How it comes back", RETURN_METHODS, 3)
WINDOW = line("window", "希望的上门时间", "When a pickup would suit", 3)
REFUND = choice("refund_route", "退款方式", "How to refund", REFUND_ROUTES)
FAULTS = ("no_reason", "quality", "wrong_item", "mismatch", "short_delivery")
WANTED = line("wanted", "换成的商品、型号或规格", "Article, model or variant wanted instead")
DELIVERY = line("delivery", "换新收货地址（与上同则不填）", "Address for the replacement (empty: as above)")
SERIAL = line("serial", "序列号/IMEI", "Serial number or IMEI", 3)
CARD = choice("warranty_card", "保修卡", "Warranty card", VOUCHERS, 3)
MODE = choice("mode", "维修方式", "How to repair", {str(code): label for code, label in MODES.items()})
BACKUP = choice("backup", "已备份数据并同意维修中可能清除", "Data is saved; it may be lost in the repair", YES_NO, 3)
PROOF_OF_WARRANTY = choice("warranty", "保修凭证", "Proof of warranty", WARRANTY, 3)

RETURN = _form(
    "return", "退货申请表", "Return application",
    Text("不想要了、有质量问题或与描述不符，退货退款。", "Send goods back and have your money back."),
    "return", _product(), _problem(FAULTS), METHOD, WINDOW, REFUND,
)  # fmt: skip
EXCHANGE = _form(
    "exchange", "换货申请表", "Exchange application",
    Text("换一件相同的，或换其他型号、规格。", "The same article anew, or another model or variant."),
    "exchange", _product(), _problem(FAULTS), WANTED, DELIVERY, METHOD, WINDOW, REFUND,
)  # fmt: skip
REPAIR = Form(
    "repair", 1, Text("维修申请表", "Repair application"),
    Text("寄修、送修、上门或远程指导，保内保外均可。", "By post, at a service point, at home or remotely; in or out of warranty."),
    (
        PERSON,
        Block(Text("二、订单与商品信息", "2. Order and goods"), (
            *ORDER_LINES, GOODS, SERIAL, CARD, PROOF_OF_WARRANTY, choice("complete", "随附", "With it", COMPLETE, 3),
        )),
        Block(Text("三、故障描述", "3. The fault"), (
            choice("reason", "申请原因", "Reason", _reasons("quality", "maintenance", "installation", "usage")),
            box("description", "故障现象、何时出现、如何重现", "What happens, since when, how to see it again", 4),
            choice("evidence", "随附凭证", "Evidence enclosed", EVIDENCE),
        )),
        Block(Text("四、处理要求", "4. What you ask for"), (
            MODE, line("point", "送修网点", "Service point", 3), line("wish", "希望的上门或联系时间", "When a visit or call would suit", 3),
            BACKUP, Entry("delivery", "line", Text("修好后寄回地址（与上同则不填）", "Where to send it back (empty: as above)"), 3),
        )),
        SIGNED, OFFICE,
    ),
    (
        *NOTES,
        Text("保外维修先报价，您同意并付款后才开始。", "Out of warranty you get a quote first; nothing begins before you accept and pay."),
    ),
    "repair",
)  # fmt: skip
COMPLAINT = Form(
    "complaint", 1, Text("咨询与投诉表", "Question and complaint"),
    Text("对商品、物流、售后或服务有疑问或不满。", "Ask about, or complain of, goods, delivery, after-sales or service."),
    (
        PERSON,
        Block(Text("二、事项", "2. What it is about"), (
            choice("subject", "类型", "Kind", SUBJECTS, 2), choice("about", "主题", "Subject", ABOUT, 4),
            line("related_case", "相关售后单号", "Case it is about", 3), line("order", "相关订单号", "Order it is about", 3),
        )),
        Block(Text("三、事实经过", "3. What happened"), (
            box("description", "时间、经过、涉及人员或商品", "When, what, who or which article", 8),
            choice("evidence", "随附凭证", "Evidence enclosed", EVIDENCE),
        )),
        Block(Text("四、诉求", "4. What you ask for"), (
            box("demand", "希望如何处理", "How it should be settled", 3),
            choice("answer_by", "希望的答复方式", "How to answer you", ANSWER_BY),
        )),
        SIGNED, OFFICE,
    ),
    (Text("收到后 24 小时内受理并告知处理时限。", "It is acknowledged within 24 hours, with the time it will take."), NOTES[0]),
)  # fmt: skip
COMBINED = Form(
    "combined", 1, Text("售后服务申请表", "After-sales application"),
    Text("一张表申请任何一项售后服务。", "One form for every service."),
    (
        PERSON,
        Block(Text("二、申请的服务", "2. The service"), (
            choice("service", "服务类型", "Service", {name: workflow.label for name, workflow in WORKFLOWS.items()}),
        )),
        Block(Text("三、订单与商品信息", "3. Order and goods"), (
            *ORDER_LINES, GOODS, choice("condition", "商品状态", "Condition of the goods", PACKING, 3),
            choice("complete", "随附", "With it", COMPLETE, 3),
            choice("proof", "购买证明（任一即可）", "Proof of purchase (any of them)", PROOFS),
        )),
        Block(Text("四、原因、问题描述与要求", "4. Reason, problem and wishes"), (
            choice("reason", "申请原因", "Reason", COMMON), box("description", "问题描述", "What is wrong", 2),
            choice("evidence", "随附凭证", "Evidence enclosed", EVIDENCE),
            line("wanted", "换货：换成的商品、型号或规格", "Exchange: article, model or variant wanted", 3),
            line("serial", "维修：序列号/IMEI", "Repair: serial number or IMEI", 3),
            choice("mode", "维修方式", "How to repair", {str(code): label for code, label in MODES.items()}),
            METHOD, choice("backup", "维修：已备份数据并同意可能清除", "Repair: data is saved and may be lost", YES_NO, 3),
            choice("refund_route", "退款方式", "How to refund", REFUND_ROUTES),
        )),
        SIGNED, OFFICE,
    ),
    NOTES,
)  # fmt: skip

FORMS: dict[str, Form] = {form.code: form for form in (RETURN, EXCHANGE, REPAIR, COMPLAINT, COMBINED)}
SLIP = "slip"


def form_for(service: str) -> Form:
    """The form of a service; the combined one where it has none of its own."""
    return next((form for form in FORMS.values() if form.service == service), COMBINED)
