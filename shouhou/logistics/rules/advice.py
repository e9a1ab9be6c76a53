"""What the sender of a parcel can do about a detailed state, and whose work it is: troubles by what mends them."""

from dataclasses import dataclass
from typing import Literal

from shouhou.foundation.workflow import Text

Whose = Literal["consumer", "house", "carrier"]


@dataclass(frozen=True, slots=True)
class Advice:
    """`whose` must act: the one who sent it, the house (an agent traces it), or the courier alone (just wait)."""

    whose: Whose
    words: Text


_WAIT = Advice("carrier", Text("快递公司正在处理，您暂时无需操作。", "The courier is seeing to it; you need do nothing for now."))
_TRACE = Advice("house", Text("客服会向快递公司查件，结果会通知您。", "We ask the courier where it is and tell you the result."))
_SENDER = Advice("consumer", Text("包裹退回给您了：请核对运单与收件信息，重新寄出并更新运单号，或联系客服。",
                                  "It is coming back to you: check the label, send it again and change the waybill, or write to us."))
_RECEIVER = Advice("house", Text("收件方信息由我们核对并告知快递公司，您无需操作。",
                                 "We check the receiver's details with the courier; you need do nothing."))
ADVICE: dict[str, Advice] = {
    "0": Advice("consumer", Text("刚填写的运单几小时内会出现轨迹；一直没有时请核对运单号。",
                                 "A new waybill shows within hours; if nothing appears, check the number.")),
    "10": Advice("consumer", Text("请备好商品与配件，等待快递员上门。", "Have goods and accessories ready for the courier.")),
    "401": Advice("consumer", Text("请核对运单号，或向寄件网点确认是否已发出；填错了可以修改运单号。",
                                   "Check the number, or ask the branch whether it has left; a wrong number can be changed.")),
    "4": _TRACE, "402": _TRACE, "403": _TRACE, "405": _TRACE, "407": _TRACE, "604": _TRACE,
    "404": _SENDER, "406": _SENDER, "413": _SENDER, "415": _SENDER,
    "414": Advice("house", Text("请保留寄出时的照片和寄件凭证；破损由我们向快递公司核实，不影响您的申请。",
                                "Keep photos and the receipt; we settle the damage with the courier, your case goes on.")),
    "412": _RECEIVER, "416": _RECEIVER, "420": _RECEIVER, "421": _RECEIVER, "423": _RECEIVER,
    "417": _WAIT, "422": _WAIT,
}  # fmt: skip


def codes_of(whose: Whose) -> tuple[str, ...]:
    """The detailed states that somebody of `whose` must see to."""
    return tuple(sorted(code for code, advice in ADVICE.items() if advice.whose == whose))


def advice_for(code: str) -> Advice | None:
    """None where nothing is to be done, and for a code that nobody knows."""
    return ADVICE.get(code)
