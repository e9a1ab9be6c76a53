"""Why somebody applies: two levels, fitting the category; the first level is what the policy decides on."""

from dataclasses import dataclass

from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Text, Workflow
from shouhou.repairs.rules.modes import INSTALLED, MAINTAINED


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason. `categories` empty: fits every category; `evidence` says whether proof is asked for (APP-04).

    `decides_as` is the policy's own word for it, where that differs; `only` names the services it is for (empty: all
    those whose verdict is the policy's)."""

    code: str
    label: Text
    details: tuple["Reason", ...] = ()
    categories: frozenset[str] = frozenset()
    evidence: bool = True
    decides_as: str = ""
    only: frozenset[str] = frozenset()

    @property
    def policy(self) -> str:
        return self.decides_as or self.code


def _of(code: str, zh: str, en: str, categories: str = "") -> Reason:
    return Reason(code, Text(zh, en), (), frozenset(categories.split()))


ELECTRONICS = "phone laptop camera tablet tv aircon fridge washer kettle earphone charger battery appliance printer"
WORN = "apparel shoes bags home_textile"
EATEN = "food health_food fresh"

REASONS: tuple[Reason, ...] = (
    Reason("no_reason", Text("七天无理由", "No reason (7 days)"), (
        _of("not_as_expected", "与预期不符", "not as expected"),
        _of("do_not_want", "不想要了", "do not want it any more"),
        _of("bought_wrong", "拍错/多拍", "ordered by mistake"),
        _of("size", "尺码不合适", "size does not fit", WORN),
        _of("colour", "颜色/款式不喜欢", "do not like colour or style", WORN),
    ), evidence=False),
    Reason("quality", Text("质量问题", "Quality problem"), (
        _of("no_power", "无法开机", "does not switch on", ELECTRONICS),
        _of("screen", "屏幕问题", "screen fault", "phone laptop tablet tv camera"),
        _of("battery_life", "续航异常", "battery does not last", "phone laptop tablet earphone"),
        _of("noise", "异响", "strange noise", "aircon fridge washer appliance"),
        _of("seam", "开线/脱胶", "seam or glue comes apart", WORN),
        _of("fading", "褪色/起球", "fading or pilling", WORN),
        _of("spoiled", "变质/腐烂", "spoiled", EATEN),
        _of("expired", "过期", "past its date", f"{EATEN} cosmetics"),
        _of("allergy", "过敏", "allergic reaction", "cosmetics apparel"),
        _of("defect_other", "其他质量问题", "another defect"),
    )),
    Reason("wrong_item", Text("发错货", "Wrong item"), (
        _of("other_product", "发了别的商品", "another product came"),
        _of("other_variant", "颜色/尺码/型号不对", "wrong colour, size or model"),
    )),
    Reason("mismatch", Text("与描述不符", "Not as described"), (
        _of("spec", "规格参数不符", "specification differs"),
        _of("material", "材质不符", "material differs", f"{WORN} jewelry home"),
        _of("looks", "外观与图片不符", "looks different from the pictures"),
    )),
    Reason("short_delivery", Text("少件/漏发", "Something is missing"), (
        _of("missing_item", "少发商品", "items missing"),
        _of("missing_accessory", "缺少配件/赠品", "accessories or gifts missing"),
    )),
    Reason("price_drop", Text("买后降价", "The price has fallen since"), evidence=False, decides_as="no_reason",
           only=frozenset({"price_protection"})),
    *(
        Reason(code, Text(zh, en), evidence=False, decides_as="no_reason", only=frozenset({service}))
        for code, zh, en, service in (
            ("about_presale", "售前咨询与宣传", "advice and claims before buying", "complaint"),
            ("about_order", "下单与付款", "ordering and payment", "complaint"),
            ("about_delivery", "物流配送", "the delivery", "complaint"),
            ("about_install", "安装", "installation", "complaint"),
            ("about_use", "使用与说明", "use and instructions", "complaint"),
            ("about_repair", "维修", "a repair", "complaint"),
            ("about_goods", "商品质量", "the goods", "complaint"),
            ("about_return", "退换货与退款", "a return, exchange or refund", "complaint"),
            ("about_people", "客服或售后人员", "how one was treated", "complaint"),
            ("about_shop", "商家行为", "the shop's conduct", "complaint"),
            ("about_charge", "价格、费用或发票", "price, charges or invoice", "complaint"),
            ("about_other", "其他", "something else", "complaint"),
            ("suggestion", "建议", "a suggestion", "feedback"), ("praise", "表扬", "praise", "feedback"),
        )
    ),
    Reason("late_delivery", Text("延迟发货/送达", "Shipped or delivered late"), evidence=False, decides_as="no_reason",
           only=frozenset({"compensation"})),
    Reason("missing_gift", Text("赠品漏发且无法补发", "A gift is missing and cannot be sent"), evidence=False,
           decides_as="short_delivery", only=frozenset({"compensation"})),
    Reason("unclear_page", Text("页面说明不清", "The page was unclear"), evidence=False, decides_as="mismatch",
           only=frozenset({"compensation"})),
    Reason("bad_service", Text("服务体验不佳", "Poor service"), evidence=False, decides_as="no_reason",
           only=frozenset({"compensation"})),
    Reason("not_received", Text("未收到货", "Never arrived"), evidence=False, decides_as="short_delivery",
           only=frozenset({"refund_only"})),
    Reason("refused_delivery", Text("拒收", "Refused at the door"), evidence=False, decides_as="no_reason",
           only=frozenset({"refund_only"})),
    Reason("changed_mind", Text("不想要了", "No longer wanted"), (
        _of("wrong_address", "地址或信息填错", "wrong address or details"),
        _of("ordered_twice", "拍错/多拍/重复下单", "ordered by mistake or twice"),
        _of("found_cheaper", "别处更优惠", "cheaper elsewhere"),
    ), evidence=False, decides_as="no_reason", only=frozenset({"cancel"})),
    Reason("not_shipped", Text("迟迟未发货", "Not shipped for too long"), evidence=False, decides_as="short_delivery",
           only=frozenset({"cancel"})),
    Reason("out_of_stock", Text("商家缺货或无法发货", "The shop has none or cannot ship"), evidence=False,
           decides_as="short_delivery", only=frozenset({"cancel"})),
    Reason("maintenance", Text("保养", "Maintenance"), evidence=False, decides_as="quality", only=frozenset({"repair"}),
           categories=MAINTAINED),
    Reason("installation", Text("安装", "Installation"), evidence=False, decides_as="quality", only=frozenset({"repair"}),
           categories=INSTALLED),
    Reason("usage", Text("使用问题，需要指导", "A question of use"), evidence=False, decides_as="quality", only=frozenset({"repair"})),
)  # fmt: skip
FAMILY: dict[str, Reason] = {reason.code: reason for reason in REASONS} | {
    detail.code: reason for reason in REASONS for detail in reason.details
}


def fits_service(reason: Reason, workflow: Workflow) -> bool:
    """Whether this service can be applied for with the reason."""
    if workflow.applying.reasons:
        return reason.code in workflow.applying.reasons
    return not reason.only or workflow.service in reason.only


def reasons_for(category: str, service: str) -> tuple[Reason, ...]:
    """The reasons that fit the category, with fitting details."""
    return tuple(
        Reason(
            reason.code, reason.label,
            tuple(d for d in reason.details if not d.categories or category in d.categories), frozenset(), reason.evidence,
        )
        for reason in REASONS
        if fits_service(reason, WORKFLOWS[service]) and (not reason.categories or category in reason.categories)
    )  # fmt: skip
