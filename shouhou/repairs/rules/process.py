"""What is published about repairs (REP-09): process with durations, conditions, modes, period, cost; and the warning (REP-14)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from shouhou.foundation.workflow import Text
from shouhou.repairs.rules.faults import faults_of
from shouhou.repairs.rules.modes import INSTALLED, MAINTAINED, MODES, modes_of, routes_of

WARNING = Text(
    "请勿自行拆卸或交给未经授权的人员修理：由此造成的故障不在免费维修范围内，也可能影响品牌保修。",
    "Do not open or repair it yourself or let an unauthorised person do so: what breaks that way is not repaired free, "
    "and the brand's warranty may end.",
)
BRING: dict[str, tuple[Text, ...]] = {
    "": (Text("商品本体及与故障有关的配件", "the item and the accessories that matter for the fault"),
         Text("维修单号", "the ticket number")),
    "phone": (Text("备份并清除个人数据，退出账号，关闭查找功能", "back up and erase your data, sign out, turn off “find my device”"),
              Text("取出 SIM 卡和存储卡", "take out SIM and memory cards")),
    "laptop": (Text("备份数据，带好电源适配器", "back up your data and bring the power adapter"),),
}  # fmt: skip
BRING["tablet"] = BRING["phone"]
Number = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the published process: what happens, by whom, and the term that bounds it."""

    label: Text
    who: Text
    term: str


PROCESS: tuple[Step, ...] = (
    Step(Text("提交申请，说明故障", "apply and describe the fault"), Text("您", "you"), ""),
    Step(Text("审核并告知维修方式、地点与单号", "review; mode, place and ticket"), Text("审核员", "the reviewer"), "review_hours"),
    Step(Text("寄送、到店或预约上门", "send, bring, or book a visit"), Text("您", "you"), "ship_back_days"),
    Step(Text("检测，确定是否在保", "diagnosis; in warranty or not"), Text("工程师", "the technician"), "diagnosis_hours"),
    Step(Text("保外报价，您同意并付款后开始", "quote when not covered; work begins once you accept and pay"),
         Text("您", "you"), "quote_valid_days"),
    Step(Text("维修并测试", "repair and test"), Text("工程师", "the technician"), "repair_limit_days"),
    Step(Text("交还", "hand back"), Text("工程师", "the technician"), "ship_hours"),
    Step(Text("您确认；期满未异议视为确认", "you confirm; silence confirms"), Text("您", "you"), "confirm_days"),
)  # fmt: skip
CONDITIONS: tuple[Text, ...] = (
    Text("保修期内的质量问题免费维修：零件、人工与往返运费均不收取。",
         "A defect in warranty is repaired free: parts, labour and transport."),
    Text("保修期外，或人为、进液、自行拆修、安装或使用不当造成的，可付费维修；报价经您同意并付款前不开始。",
         "Out of warranty, or caused by a person, liquid, self-repair, installation or misuse: at your cost, and nothing begins "
         "before you have accepted the quote and paid."),
    Text("同一故障修理两次仍不能正常使用、维修超期或无法修复的，可换货或退货。",
         "After two repairs of the same fault, an overdue or an impossible repair you may have an exchange or your money."),
)  # fmt: skip


def published(category: str, *, days: Number, in_warranty: bool, language: str) -> dict[str, object]:
    """The repair page of one category: all five parts, the period in days, warning and routes. `days` reads a term."""
    return {
        "category": category, "warning": WARNING.in_(language),
        "process": [
            {"step": place, "text": step.label.in_(language), "who": step.who.in_(language), "term": step.term or None,
             "limit": days(step.term) if step.term else None}
            for place, step in enumerate(PROCESS, start=1)
        ],
        "conditions": [each.in_(language) for each in CONDITIONS],
        "modes": [{"mode": mode, "label": MODES[mode].in_(language)} for mode in modes_of(category)],
        "maintenance": category in MAINTAINED, "installation": category in INSTALLED,
        "period_days": days("repair_target_days"), "longest_days": days("repair_limit_days"),
        "cost": {"in_warranty": 0, "otherwise": Text("按报价（零件费 + 人工费）", "as quoted (parts + labour)").in_(language)},
        "guarantee_days": days("repair_guarantee_days"), "loan_unit_after_days": days("loan_unit_after_days"),
        "faults": [
            {"code": fault.code, "label": fault.label.in_(language), "plan": fault.plan or None,
             "try_first": fault.try_first.in_(language) if fault.try_first else None}
            for fault in faults_of(category)
        ],
        "routes": [
            {"code": route.code, "label": route.label.in_(language), "impact": route.impact.in_(language)}
            for route in routes_of(category, in_warranty=in_warranty)
        ],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guidance:
    """Where to go with it: told on approval (REP-07)."""

    mode: str
    ticket: str
    place: Text
    address: Text | None = None
    phone: str = ""
    hours: Text | None = None
    category: str = ""
    until: datetime | None = None

    def bring(self) -> tuple[Text, ...]:
        """What to bring or to put into the parcel."""
        return (*BRING[""], *BRING.get(self.category, ()))

    def text(self) -> Text:
        """One message in both languages."""
        lines = {
            "mail_in": ("请将商品寄到", "Send it to"), "walk_in": ("请到店维修", "Bring it to"),
            "on_site": ("工程师将按约上门", "A technician comes to"), "remote": ("工程师将按约联系您", "A technician contacts you at"),
        }  # fmt: skip
        zh, en = lines[self.mode]
        said_zh = [f"维修方式：{MODES[self.mode].zh}。工单号 {self.ticket}。"]  # type: ignore[index]
        said_en = [f"Mode: {MODES[self.mode].en}. Ticket {self.ticket}."]  # type: ignore[index]
        where = (self.address.zh, self.address.en) if self.address else ("", "")
        said_zh.append(f"{zh}：{' '.join(filter(None, (self.place.zh, where[0], self.phone)))}。")
        said_en.append(f"{en}: {' '.join(filter(None, (self.place.en, where[1], self.phone)))}.")
        if self.hours is not None:
            said_zh.append(f"营业时间：{self.hours.zh}。")
            said_en.append(f"Hours: {self.hours.en}.")
        if self.mode in ("mail_in", "walk_in"):
            said_zh.append("请带上：" + "；".join(each.zh for each in self.bring()) + "。")
            said_en.append("Bring: " + "; ".join(each.en for each in self.bring()) + ".")
        said_zh.append(WARNING.zh)
        said_en.append(WARNING.en)
        return Text("\n".join(said_zh), "\n".join(said_en))

    def as_json(self, language: str) -> Mapping[str, object]:
        return {
            "mode": self.mode, "ticket": self.ticket, "place": self.place.in_(language),
            "address": self.address.in_(language) if self.address else None,
            "phone": self.phone, "hours": self.hours.in_(language) if self.hours else None,
            "bring": [each.in_(language) for each in self.bring()], "warning": WARNING.in_(language),
        }  # fmt: skip


