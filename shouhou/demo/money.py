"""Price protections and compensations of the demo: a difference paid back, an offer to answer, one that is being audited."""

from shouhou.demo.scenarios import Scenario, Step

NOTE = "配送途中多次改期，给您添麻烦了。"


def _sorry(name: str, *steps: Step, oldest: float = 90, least_minor: int = 0) -> Scenario:
    return Scenario(
        name, 1, "bad_service", 4, oldest, steps, description="说好的送货时间改了三次。", service="compensation",
        answers={"wish": "balance"}, least_minor=least_minor,
    )  # fmt: skip


def _proposed(after: float, amount: int, form: str = "balance") -> Step:
    return Step(after, "agent", "propose", {"form": form, "amount": amount, "bearer": "platform_goodwill", "note": NOTE})


MONEY = (
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
