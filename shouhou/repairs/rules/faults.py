"""What can be wrong, by category (REP-13): codes, words, where to look first; and the checklists of the test afterwards."""

from dataclasses import dataclass

from shouhou.foundation.workflow import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault to choose. `categories` empty fits all; `plan` is the cover that may pay for it (PLN-02)."""

    code: str
    label: Text
    categories: frozenset[str] = frozenset()
    plan: str = ""
    try_first: Text | None = None


def _fault(code: str, zh: str, en: str, categories: str = "", *, plan: str = "", first: tuple[str, str] | None = None) -> Fault:
    return Fault(code, Text(zh, en), frozenset(categories.split()), plan, Text(*first) if first else None)


HANDHELD = "phone tablet laptop earphone camera"
SCREENED = "phone tablet laptop tv camera"
MACHINES = "aircon fridge washer appliance printer"
FAULTS: tuple[Fault, ...] = (
    _fault("no_power", "无法开机/不通电", "does not switch on", first=("请换一个插座和充电线再试。", "Try another socket and cable.")),
    _fault("broken_screen", "屏幕碎裂", "broken screen", "phone tablet laptop camera", plan="screen"),
    _fault("screen", "显示异常（花屏、亮线、坏点）", "display fault (lines, dead pixels)", SCREENED),
    _fault("battery_life", "续航短/电池鼓包", "low battery life or swollen battery", HANDHELD),
    _fault("charging", "充不进电", "does not charge", HANDHELD),
    _fault("system_crash", "系统崩溃/反复重启", "system crash or restarts", "phone tablet laptop tv",
           first=("请先备份数据，更新系统或恢复出厂设置后再试。",
                  "Back up, update the system or reset it to factory state, then try again.")),
    _fault("no_signal", "无信号/无法联网", "no signal or network", "phone tablet laptop tv",
           first=("请重启设备和路由器，检查飞行模式。", "Restart the device and the router, check flight mode.")),
    _fault("camera", "摄像头故障", "camera fault", "phone tablet laptop camera"),
    _fault("sound", "扬声器/麦克风故障", "speaker or microphone fault", "phone tablet laptop tv earphone"),
    _fault("buttons", "按键/接口故障", "button or port fault"),
    _fault("mainboard", "主板故障", "mainboard", "phone tablet laptop tv"),
    _fault("liquid", "进液", "liquid inside", HANDHELD, plan="accident"),
    _fault("no_heat", "不加热", "does not heat", "kettle appliance washer"),
    _fault("no_cooling", "不制冷/制冷差", "does not cool", "aircon fridge",
           first=("请清洗滤网，检查设定温度与通风。", "Clean the filter, check the set temperature and the air flow.")),
    _fault("leak", "漏水/漏液", "leaks", "aircon fridge washer kettle"),
    _fault("noise", "异响/震动", "noise or vibration", f"{MACHINES} laptop",
           first=("请检查是否放平，运输螺栓是否拆除。", "Check that it stands level and that the transport bolts are out.")),
    _fault("seam", "开线/脱胶", "seam or glue comes apart", "apparel shoes bags"),
    _fault("zip", "拉链/五金损坏", "zip or fittings broken", "apparel shoes bags"),
    _fault("stops", "走时不准/停走", "stops or runs wrong", "watch"),
    _fault("defect_other", "其他故障", "another fault"),
)
FAULT_BY_CODE = {fault.code: fault for fault in FAULTS}
FAULT_TEXTS = {fault.code: fault.label for fault in FAULTS}
CAUSES: dict[str, Text] = {
    "manufacturing": Text("产品质量（材料、工艺、设计）", "the product itself"),
    "human": Text("人为损坏（摔、压、碰撞）", "damage by a person"),
    "liquid": Text("进液", "liquid"),
    "unauthorized_repair": Text("自行拆修或改装", "self-repair or modification"),
    "wrong_installation": Text("安装不当", "wrong installation"),
    "misuse": Text("使用不当", "misuse"),
}
CUSTOMER_CAUSES = frozenset(CAUSES) - {"manufacturing"}
CHECKS: dict[str, Text] = {
    "fault_gone": Text("原故障已消除", "the fault is gone"),
    "power": Text("通电/开机正常", "switches on"),
    "functions": Text("主要功能正常", "main functions work"),
    "safety": Text("安全检查（绝缘、漏电、外壳）", "safety (insulation, leakage, housing)"),
    "screen": Text("显示与触控正常", "display and touch work"),
    "battery": Text("充放电正常", "charges and discharges"),
    "network": Text("通话、网络正常", "calls and network work"),
    "data": Text("数据未改动或已告知", "data untouched, or the owner was told"),
    "running": Text("连续运行 30 分钟正常", "runs 30 minutes without trouble"),
    "looks": Text("外观无新增损伤", "no new marks"),
}
_ALWAYS = ("fault_gone", "functions", "looks")
_ELECTRIC = ("power", "safety")
_CHECKS_OF = {
    "phone": (*_ELECTRIC, "screen", "battery", "network", "data"), "tablet": (*_ELECTRIC, "screen", "battery", "network", "data"),
    "laptop": (*_ELECTRIC, "screen", "battery", "network", "data"), "camera": (*_ELECTRIC, "screen", "battery", "data"),
    "earphone": ("power", "battery"), "tv": (*_ELECTRIC, "screen", "network", "running"),
    "aircon": (*_ELECTRIC, "running"), "fridge": (*_ELECTRIC, "running"), "washer": (*_ELECTRIC, "running"),
    "kettle": _ELECTRIC, "appliance": (*_ELECTRIC, "running"), "printer": (*_ELECTRIC, "network"),
}  # fmt: skip


def faults_of(category: str) -> tuple[Fault, ...]:
    """The faults that fit the category, the most likely first."""
    fitting = [fault for fault in FAULTS if not fault.categories or category in fault.categories]
    return tuple(sorted(fitting, key=lambda fault: (fault.code == "defect_other", not fault.categories)))


def checks_of(category: str) -> dict[str, Text]:
    """What must be checked before goods of the category leave the workshop."""
    return {code: CHECKS[code] for code in (*_ALWAYS[:1], *_CHECKS_OF.get(category, ()), *_ALWAYS[1:])}
