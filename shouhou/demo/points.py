"""The demo's service network: made-up counters of 合木 in eight cities; streets and numbers are nobody's."""

from datetime import datetime
from typing import Any

from shouhou.logistics.actions.points import put_point, switch_point
from shouhou.logistics.models import ServicePoint
from shouhou.plumbing.actor import Actor

WEEK, LONG, SPLIT, ALWAYS = (
    "1-5 09:00-18:00; 6-7 10:00-17:00", "1-7 08:30-21:00", "1-5 09:00-12:00,13:30-18:00; 6 10:00-16:00", "1-7 00:00-24:00",
)  # fmt: skip
HOME, PHONES, LARGE = "", "phone,laptop,tablet,camera", "tv,aircon,appliance"
IN_ENGLISH = {"both": "service centre", "drop_off": "counter", "repair": "repair centre"}
# Code, name, kind, region, street, latitude, longitude, hours, categories, capacity.
Row = tuple[str, str, str, str, str, str, str, str, str, str, str, int | None]
ROWS: tuple[Row, ...] = (
    ("BJ-01", "合木朝阳服务中心", "Hemu Chaoyang", "both", "110105", "望松路 21 号", "39.9920", "116.4810", WEEK, HOME, "", 120),
    ("BJ-02", "合木海淀寄件点", "Hemu Haidian", "drop_off", "110108", "知林街 6 号", "39.9840", "116.3110", LONG, HOME, "", None),
    ("BJ-03", "合木大兴维修", "Hemu Daxing", "repair", "110115", "亦源北路 30 号", "39.7950", "116.5060", SPLIT, PHONES, "曜石,远帆", 60),
    ("BJ-04", "合木丰台自助柜", "Hemu Fengtai", "drop_off", "110106", "科苑东路 3 号", "39.8250", "116.2930", ALWAYS, HOME, "", 40),
    ("SH-01", "合木浦东服务中心", "Hemu Pudong", "both", "310115", "张衡南路 58 号", "31.2050", "121.5930", WEEK, HOME, "", 150),
    ("SH-02", "合木静安寄件点", "Hemu Jing'an", "drop_off", "310106", "安泰里 12 号", "31.2290", "121.4480", LONG, HOME, "", None),
    ("SH-03", "合木闵行维修中心", "Hemu Minhang", "repair", "310112", "莘北路 77 号", "31.1120", "121.3800", SPLIT, LARGE, "", 25),
    ("GZ-01", "合木天河服务中心", "Hemu Tianhe", "both", "440106", "华穗一路 9 号", "23.1250", "113.3280", WEEK, HOME, "", 100),
    ("GZ-02", "合木海珠寄件点", "Hemu Haizhu", "drop_off", "440105", "滨渚路 40 号", "23.0990", "113.3220", LONG, HOME, "", None),
    ("SZ-01", "合木南山服务中心", "Hemu Nanshan", "both", "440305", "科技园北街 15 号", "22.5420", "113.9500", WEEK, HOME, "", 110),
    ("SZ-02", "云雀福田数码维修", "Yunque Futian", "both", "440304", "华新北里 1 号", "22.5470", "114.0850", SPLIT, PHONES, "云雀", 35),
    ("HZ-01", "合木余杭寄件点", "Hemu Yuhang", "drop_off", "330110", "文桥街 88 号", "30.2800", "120.0200", LONG, HOME, "", None),
    ("HZ-02", "合木西湖服务中心", "Hemu Xihu", "both", "330106", "古荡湾路 5 号", "30.2760", "120.1270", WEEK, HOME, "", 80),
    ("NJ-01", "合木江宁寄件点", "Hemu Jiangning", "drop_off", "320115", "牧龙大道 26 号", "31.9340", "118.8260", LONG, HOME, "", None),
    ("NJ-02", "合木鼓楼服务中心", "Hemu Gulou", "both", "320106", "云南里 17 号", "32.0600", "118.7700", WEEK, HOME, "", 70),
    ("CD-01", "合木锦江服务中心", "Hemu Jinjiang", "both", "510104", "春熙里 8 号", "30.6570", "104.0810", WEEK, HOME, "", 90),
    ("CD-02", "合木武侯寄件点", "Hemu Wuhou", "drop_off", "510107", "浆洗桥路 33 号", "30.6420", "104.0430", LONG, HOME, "", None),
    ("CD-03", "合木青羊维修中心", "Hemu Qingyang", "repair", "510105", "草堂北巷 2 号", "30.6730", "104.0330", SPLIT, PHONES, "", 30),
    ("WH-01", "合木洪山服务中心", "Hemu Hongshan", "both", "420111", "光谷里 19 号", "30.5030", "114.4030", WEEK, HOME, "", 75),
    ("WH-02", "合木江汉寄件点", "Hemu Jianghan", "drop_off", "420103", "青年里 61 号", "30.6010", "114.2710", LONG, HOME, "", None),
    ("XA-01", "合木雁塔寄件点", "Hemu Yanta", "drop_off", "610113", "科创路 4 号", "34.2220", "108.9340", LONG, HOME, "", None),
)  # fmt: skip
CLOSED = "XA-01"
SPRING = "2027-02-05..2027-02-12 春节"


def open_points(*, actor: Actor, now: datetime) -> int:
    """Put the network; a second time changes nothing. Returns how many there are."""
    if not ServicePoint.objects.filter(code=CLOSED).exists():
        for place, row in enumerate(ROWS, 1):
            put_point(_given(place, row), actor=actor, now=now)
        switch_point(CLOSED, active=False, actor=actor, now=now)
    return len(ROWS)


def _given(place: int, row: Row) -> dict[str, Any]:
    code, zh, en, kind, region, street, latitude, longitude, hours, categories, brands, capacity = row
    return {
        "code": code, "name_zh": zh, "name_en": f"{en} {IN_ENGLISH[kind]}", "kind": kind, "region_code": region, "address_zh": street,
        "phone": f"400-601-{place:04d}", "latitude": latitude, "longitude": longitude, "hours": hours,
        "closings": "" if hours == ALWAYS else SPRING, "closed_on_holidays": hours == SPLIT, "categories": categories, "brands": brands,
        "joint_warranty": kind != "drop_off", "capacity_per_day": capacity,
    }  # fmt: skip
