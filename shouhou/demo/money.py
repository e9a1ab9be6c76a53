"""Money of the demo: a price difference paid back, compensations offered and audited, refunds before the goods come."""

from typing import Any

from shouhou.demo.scenarios import ALL_WELL, Scenario, Step, ship

NOTE = "配送途中多次改期，给您添麻烦了。"


def _sorry(name: str, *steps: Step, oldest: float = 90, least_minor: int = 0) -> Scenario:
    return Scenario(
        name, 1, "bad_service", 4, oldest, steps, description="说好的送货时间改了三次。", service="compensation",
        answers={"wish": "balance"}, least_minor=least_minor,
    )  # fmt: skip


def _proposed(after: float, amount: int, form: str = "balance") -> Step:
    return Step(after, "agent", "propose", {"form": form, "amount": amount, "bearer": "platform_goodwill", "note": NOTE})


# Refunded at the carrier's first scan: small, and none of the goods that are left out (ADR 19).
SMALL: dict[str, Any] = {"plus": True, "most_minor": 20_000}
SCANNED = (ship(6), Step(8, "system", "first_scan"))
FLASH = (
    Scenario("闪退：揽收即退款，商品在途", 1, "no_reason", 20, 100, SCANNED, **SMALL),
    Scenario("闪退后商品验收合格", 1, "no_reason", 50, 240, (
        *SCANNED, Step(30, "inspector", "receive", ALL_WELL), Step(34, "inspector", "accept", {"note": "完好"}),
    ), **SMALL),
    Scenario("闪退后商品逾期未到，请消费者退还", 1, "no_reason", 260, 400, (*SCANNED, Step(250, "system", "flash_goods_overdue")), **SMALL),
)  # fmt: skip
MONEY = (
    *FLASH,
    _sorry("补偿方案待确认", _proposed(2, 2000)),
    _sorry("补偿已接受并付出", _proposed(2, 3000), Step(3, "consumer", "accept_offer")),
    _sorry("补偿待审批", _proposed(2, 18800)),
    _sorry("补偿待二次审批", _proposed(2, 66600), Step(3, "supervisor", "audit"), least_minor=200_000),
    Scenario("买后降价，差额已退", 1, "price_drop", 4, 90, (
        Step(0.01, "system", "prices_told", {"prices": [{"sku": "{sku}", "prices": [{"price": "{less}", "kind": "regular"}]}]}),
    ), service="price_protection", answers={"payout": "original"}, least_minor=3000, most_minor=200_000),
    Scenario("降价为秒杀价，不符合价保", 1, "price_drop", 4, 60, (
        Step(0.01, "system", "prices_told", {"prices": [{"sku": "{sku}", "prices": [{"price": "{less}", "kind": "flash"}]}]}),
    ), service="price_protection", least_minor=3000),
)  # fmt: skip
