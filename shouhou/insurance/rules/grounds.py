"""Why an insurer pays less or nothing, in words for the buyer."""

from shouhou.foundation.workflow import Text

GROUNDS: dict[str, Text] = {
    "waybill_unknown": Text("运单查无记录或与退货不符", "the waybill is unknown or not that of the return"),
    "no_freight_paid": Text("未实际产生运费", "no freight was paid"),
    "above_usual": Text("运费明显高于同路线同重量的标准", "the freight is plainly above the usual for this way and weight"),
    "not_insured": Text("不在保障期间或保障范围内", "outside the time or the cover of the policy"),
    "fraud": Text("疑似骗保", "fraud is suspected"),
    "other": Text("其他（见说明）", "other (see the words)"),
}
