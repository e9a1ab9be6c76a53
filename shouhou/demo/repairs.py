"""Repairs of the demo: one in every column of the technician's board, as data like the other scenarios."""

from shouhou.demo.scenarios import ALL_WELL, Scenario, Step
from shouhou.repairs.rules.faults import CHECKS
from shouhou.repairs.rules.modes import INSTALLED

MOBILE = frozenset({"phone", "laptop", "tablet", "camera"})
AT_HOME = frozenset({"tv"})
ALL_CHECKED = dict.fromkeys(CHECKS, "true")


def _here(after: float) -> tuple[Step, ...]:
    """Approved, sent in, received."""
    return (
        Step(3, "reviewer", "approve"), Step(6, "consumer", "ship", {"carrier": "SF", "tracking_number": "{waybill}"}),
        Step(after, "technician", "receive", ALL_WELL), Step(after + 0.5, "technician", "take_job"),
    )  # fmt: skip


def _found(after: float, cause: str, fault: str, note: str, finding: str = "faulty") -> Step:
    return Step(after, "technician", "diagnose", {"finding": finding, "cause": cause, "fault_code": fault, "note": note})


def _repair(
    name: str, description: str, fault: str, *steps: Step, categories: frozenset[str] = MOBILE, oldest: float = 110, mode: str = "",
) -> Scenario:  # fmt: skip
    """Within the warranty, long after receipt."""
    return Scenario(
        name, 1, "quality", 60, oldest, steps, description=description, photo=True, categories=categories, service="repair",
        answers={"fault_code": fault} | ({"mode": mode} if mode else {}), within_days=50,
    )  # fmt: skip


REPAIRS = (
    _repair("维修检测中", "反复重启，恢复出厂设置后仍然如此。", "system_crash", *_here(40)),
    _repair("维修报价待确认", "不小心摔了一下，屏幕裂了。", "broken_screen", *_here(30),
            _found(34, "human", "broken_screen", "外屏碎裂，有跌落痕迹，内部完好。"),
            Step(36, "technician", "quote", {
                "parts_fee": 46000, "labour_fee": 8000,
                "lines": [{"what": "屏幕总成", "amount": 46000}, {"what": "拆装人工", "amount": 8000}],
            })),
    _repair("维修待配件", "摄像头对不上焦。", "camera", *_here(30),
            _found(34, "manufacturing", "camera", "对焦马达失效，属产品质量问题。"),
            Step(35, "technician", "order_part", {"part": "后摄模组", "part_number": "CAM-7", "quantity": 1})),
    _repair("维修完成待交还", "扬声器有杂音。", "sound", *_here(28),
            _found(30, "manufacturing", "sound", "扬声器单元破音。"),
            Step(38, "technician", "finish_repair", {"done": "更换扬声器单元。", "parts": [{"part": "扬声器", "new_serial": "SPK-2201"}]}),
            Step(40, "technician", "test", {"checklist": ALL_CHECKED})),
    _repair("无法修复待选择", "进不了系统，只亮一下。", "mainboard", *_here(30),
            _found(36, "manufacturing", "mainboard", "主板核心损坏，厂家已停止供应。", "unrepairable")),
    _repair("上门维修已预约", "屏幕中间一条亮线。", "screen", Step(3, "reviewer", "approve"),
            Step(5, "consumer", "book_visit", {"start": "{tomorrow}"}), categories=AT_HOME),
    _repair("上门维修，今天上门", "开机后没有图像，只有声音。", "screen", Step(3, "reviewer", "approve"),
            Step(5, "consumer", "book_visit", {"start": "{today}"}), categories=AT_HOME),
    Scenario("预约上门安装", 1, "installation", 4, 60, (
        Step(2, "reviewer", "approve"), Step(3, "consumer", "book_visit", {"start": "{tomorrow}"}),
    ), description="新家装好了，请上门安装。", categories=INSTALLED, service="repair", within_days=50),
    _repair("到店维修，待到店", "充电口松动，要按住才能充电。", "charging", Step(3, "reviewer", "approve", {"mode": "walk_in"}),
            mode="walk_in"),
    _repair("维修报价已接受，待付款", "掉进水里后无法开机。", "liquid", *_here(30),
            _found(34, "human", "liquid", "主板有进液痕迹，需更换主板。"),
            Step(36, "technician", "quote", {
                "parts_fee": 89000, "labour_fee": 10000,
                "lines": [{"what": "主板", "amount": 89000}, {"what": "拆装人工", "amount": 10000}],
            }),
            Step(48, "consumer", "accept_quote")),
)  # fmt: skip
