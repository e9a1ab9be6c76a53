"""Couriers and their waybills: the well-known ones with the shape of their numbers, the rest by a general shape."""

import re
import unicodedata
from dataclasses import dataclass

from shouhou.foundation.workflow import Text

ANY_NUMBER = r"(?=.*\d)[A-Z0-9][A-Z0-9-]{6,29}"
WAYBILL_MOST = 30


@dataclass(frozen=True, slots=True)
class Courier:
    """`code` as the field uses it; `pattern` matches the whole normalised waybill."""

    code: str
    name: Text
    pattern: str = ANY_NUMBER


COURIERS: dict[str, Courier] = {
    code: Courier(code, Text(zh, en), pattern or ANY_NUMBER)
    for code, zh, en, pattern in [
        ("JD", "京东快递", "JD Express", r"(JD[A-Z]{0,2}|V[A-E])\d{8,16}[A-Z]{0,3}(-\d{1,4}-\d{1,4}-?)?"),
        ("SF", "顺丰速运", "SF Express", r"SF\d{12,13}|\d{12}|\d{15}"),
        ("ZTO", "中通快递", "ZTO Express", r"\d{12,15}|ZTO\d{12,13}"),
        ("YTO", "圆通速递", "YTO Express", r"YT\d{13}|[A-Z]{1,2}\d{10,15}|\d{10,18}"),
        ("STO", "申通快递", "STO Express", r"\d{12,15}|STO\d{10,13}"),
        ("YD", "韵达速递", "Yunda Express", r"\d{13,15}|YD\d{13}"),
        ("JTSD", "极兔速递", "J&T Express", r"JT[A-Z]?\d{12,13}|\d{12,15}"),
        ("EMS", "EMS", "China Post EMS", r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13}"),
        ("YZPY", "邮政快递包裹", "China Post Parcel", r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13}"),
        ("DBL", "德邦快递", "Deppon Express", r"DP[A-Z]{0,2}\d{9,14}|\d{8,14}"),
        ("CNSD", "菜鸟速递", "Cainiao Express", r"(CN|LP)?\d{12,16}"),
        ("DNWL", "丹鸟物流", "Danniao Logistics", ""),
        ("UC", "优速快递", "UC Express", ""),
        ("ZJS", "宅急送", "ZJS Express", r"(A|ZJS)?\d{10,14}"),
        ("KYSY", "跨越速运", "KYE Express", r"(KY)?\d{11,15}"),
        ("JDKY", "京东快运", "JD Freight", ""),
        ("ZTOKY", "中通快运", "ZTO Freight", ""),
        ("YDKY", "韵达快运", "Yunda Freight", ""),
        ("DBLKY", "德邦物流", "Deppon Freight", ""),
        ("ANE", "安能快递", "ANE Express", ""),
        ("ANEKY", "安能物流", "ANE Logistics", ""),
        ("BTWL", "百世快运", "Best Freight", ""),
        ("YMDD", "壹米滴答", "Yimidida", ""),
        ("SX", "顺心捷达", "Sunshine Express", ""),
        ("RRS", "日日顺物流", "RRS Logistics", ""),
        ("ANNTO", "安得物流", "Annto Logistics", ""),
        ("SNWL", "苏宁物流", "Suning Logistics", ""),
        ("PJ", "品骏快递", "Pinjun Express", ""),
        ("ZYE", "众邮快递", "Zhongyou Express", ""),
        ("CNCY", "菜鸟橙运", "Cainiao Chengyun", ""),
        ("RFD", "如风达", "Rufengda", ""),
        ("XFEX", "信丰物流", "Xinfeng Express", ""),
        ("UAPEX", "全一快递", "Apex Express", ""),
        ("LB", "龙邦快递", "Longbang Express", ""),
        ("LHT", "联昊通速递", "LHT Express", ""),
        ("JYM", "加运美", "Jiayunmei", ""),
        ("HOAU", "天地华宇", "Hoau Logistics", ""),
        ("CNEX", "佳吉快运", "CNEX Freight", ""),
        ("ZTKY", "中铁快运", "China Railway Express", ""),
        ("JGSD", "京广速递", "KK Express", ""),
        ("JIUYE", "九曳供应链", "Jiuye Supply Chain", ""),
        ("CITY100", "城市100", "City 100", ""),
        ("DEKUN", "德坤物流", "Dekun Logistics", ""),
        ("FEDEX", "联邦快递", "FedEx", r"\d{12,15}"),
        ("HKPOST", "香港邮政", "Hongkong Post", r"[A-Z]{2}\d{9}HK"),
        ("FAKE", "演示快递", "Demo courier", r"FK\d{10,14}"),
        ("OTHER", "其他快递", "Another courier", ""),
    ]
}
_BY_NAME = {name: courier for courier in COURIERS.values() for name in (courier.name.zh, courier.name.en.upper())}


def courier(text: str) -> Courier | None:
    """The courier by code (any case) or by its name in either language."""
    wanted = unicodedata.normalize("NFKC", text).strip().upper()
    return COURIERS.get(wanted) or _BY_NAME.get(wanted)


def normalised(waybill: str) -> str:
    """As the carrier prints it: half-width, upper case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", waybill).upper().split())


def fits(waybill: str, of: Courier) -> bool:
    """Whether a normalised waybill can be one of this courier's."""
    return len(waybill) <= WAYBILL_MOST and re.fullmatch(of.pattern, waybill) is not None


def likely(waybill: str) -> list[Courier]:
    """Couriers whose own shape fits: a suggestion for the form, best known first."""
    number = normalised(waybill)
    return [courier for courier in COURIERS.values() if courier.pattern != ANY_NUMBER and fits(number, courier)]
