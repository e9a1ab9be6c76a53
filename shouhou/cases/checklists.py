"""What an inspector looks at, family of goods by family: each point is answered yes (in order), no, or does not apply."""

from dataclasses import dataclass

from shouhou.foundation.workflow import Text


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to look at. `check` is the common check (CHECKS) that it counts towards."""

    code: str
    check: str
    label: Text


ANSWERS = {
    "yes": Text("合格", "In order"),
    "no": Text("不合格", "Not in order"),
    "na": Text("不适用", "Does not apply"),
}


def _points(*rows: tuple[str, str, str, str]) -> tuple[Point, ...]:
    return tuple(Point(code, check, Text(zh, en)) for code, check, zh, en in rows)


BOX = ("box", "packaging", "原包装在，可再次使用", "Original box is there and reusable")
PARTS = ("parts", "accessories", "配件、说明书、赠品齐全", "Accessories, manual and gifts complete")
SAME_GOODS = ("same_goods", "serial", "型号、颜色、规格与订单一致", "Model, colour and size as ordered")
UNUSED = ("unused", "appearance", "未使用（仅拆封查验）", "Unused, only unpacked to look at")

CHECKLISTS: dict[str, tuple[Point, ...]] = {
    "generic": _points(BOX, SAME_GOODS, ("whole", "appearance", "外观无破损、污渍", "No damage or stains"), UNUSED, PARTS),
    "phones": _points(
        BOX, ("imei", "serial", "IMEI/序列号：机身、系统、包装三处一致", "IMEI or serial agrees on body, system and box"),
        ("screen", "appearance", "屏幕无划痕、坏点、碎裂", "Screen without scratches, dead pixels or cracks"),
        ("body", "appearance", "机身无磕碰、弯曲、进液痕迹", "Body without dents, bends or traces of liquid"),
        ("account", "function", "已退出账号、关闭查找与锁", "Signed out of accounts, no activation lock"),
        ("inactive", "function", "未激活联网（如政策要求）", "Not activated (where the policy asks for it)"),
        ("power", "function", "开机、触摸、拍照、充电正常", "Starts, touch, camera and charging work"),
        ("seal", "labels", "标贴、防拆标完好", "Labels and tamper marks intact"), PARTS,
    ),
    "laptops": _points(
        BOX, ("imei", "serial", "机身序列号与包装一致", "Serial on the body agrees with the box"),
        ("screen", "appearance", "屏幕无划痕、坏点、漏光", "Screen without scratches, dead pixels or leaks"),
        ("body", "appearance", "外壳、转轴、键盘无磕碰", "Shell, hinge and keyboard without dents"),
        ("account", "function", "已退出账号、清除数据与密码", "Signed out, data and passwords removed"),
        ("power", "function", "开机、接口、电池正常", "Starts, ports and battery work"),
        ("seal", "labels", "螺丝与防拆标未动", "Screws and tamper marks untouched"), PARTS,
    ),
    "clothes": _points(
        ("tag", "labels", "吊牌、洗标在，未拆未剪", "Tags attached, not cut off"), SAME_GOODS,
        ("clean", "appearance", "无污渍、异味、粉底、毛发", "No stains, smell, make-up or hair"),
        ("worn", "appearance", "无穿着、洗涤痕迹（鞋底干净）", "Not worn or washed; soles clean"),
        ("fabric", "appearance", "无勾丝、破洞、脱线", "No snags, holes or loose threads"),
        ("hygiene", "labels", "一次性卫生贴完好（内衣、泳装）", "Hygiene sticker intact (underwear, swimwear)"),
        ("parts", "accessories", "腰带、备扣、防尘袋、鞋盒齐全", "Belt, spare buttons, dust bag, shoe box complete"),
    ),
    "cosmetics": _points(
        ("seal", "labels", "塑封、封口膜完好", "Shrink wrap and seal intact"), SAME_GOODS,
        ("batch", "serial", "批号与包装一致，无涂改", "Batch number agrees with the box, not altered"),
        ("expiry", "function", "在有效期内", "Within its shelf life"),
        ("level", "appearance", "内容物满，未试用", "Full, not tried"), PARTS,
    ),
    "fresh": _points(
        ("cold", "packaging", "冷链包装完好，冰袋未化", "Cold packaging intact, ice not melted"),
        ("spoiled", "appearance", "无腐烂、变质、异味", "Not rotten, spoiled or smelling"),
        ("weight", "accessories", "重量、数量与订单相符", "Weight and count as ordered"),
        ("expiry", "function", "在保质期内", "Within its shelf life"),
        ("safe", "labels", "封口完好，可安全处置", "Sealed, safe to handle"),
    ),
    "jewellery": _points(
        ("certificate", "serial", "证书编号与实物、订单一致", "Certificate number agrees with piece and order"),
        ("weight", "function", "克重、镶口与证书一致（复称）", "Weight and setting as certified (weighed again)"),
        ("stone", "appearance", "主石无更换、损伤", "Main stone not replaced or damaged"),
        ("surface", "appearance", "无划痕、变形、改圈", "No scratches, deformation or resizing"),
        ("seal", "labels", "防拆扣、吊牌完好", "Security tag and label intact"),
        ("parts", "accessories", "证书、发票、礼盒齐全", "Certificate, invoice and case complete"),
    ),
    "appliances": _points(
        BOX, ("imei", "serial", "铭牌序列号与包装一致", "Serial on the plate agrees with the box"),
        ("body", "appearance", "外壳、面板无磕碰", "Shell and panel without dents"),
        ("traces", "appearance", "无用水、油污、水垢、安装痕迹", "No traces of water, grease, scale or installation"),
        ("power", "function", "通电正常，无异响、异味", "Runs without odd noise or smell"),
        ("seal", "labels", "能效标、防拆标完好", "Energy label and tamper marks intact"), PARTS,
    ),
}  # fmt: skip
FAMILIES = {
    "phone": "phones", "wired_earphone": "phones", "earphone": "phones", "charger": "phones", "camera": "laptops",
    "laptop": "laptops", "tablet": "laptops", "computer": "laptops", "apparel": "clothes", "shoes": "clothes",
    "bags": "clothes", "intimate": "clothes", "cosmetics": "cosmetics", "personal_care": "cosmetics", "fresh": "fresh",
    "food": "fresh", "diamond": "jewellery", "gold": "jewellery", "jewelry": "jewellery", "watch": "jewellery",
    "tv": "appliances", "aircon": "appliances", "appliance": "appliances", "kettle": "appliances",
}  # fmt: skip
POINTS = frozenset(point.code for points in CHECKLISTS.values() for point in points)


def checklist_for(category: str) -> tuple[Point, ...]:
    """The points of this category's family; what has no family of its own is looked at as goods in general."""
    return CHECKLISTS[FAMILIES.get(category, "generic")]


def common_checks(points: tuple[Point, ...], answers: dict[str, str]) -> dict[str, str]:
    """What the points say of the common checks: one no is a no; nothing that applies is `na`."""
    found: dict[str, str] = {}
    for point in points:
        answer = answers.get(point.code, "na")
        before = found.get(point.check, "na")
        found[point.check] = "no" if "no" in (answer, before) else "yes" if "yes" in (answer, before) else "na"
    return found
