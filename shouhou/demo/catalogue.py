"""What the demo shops sell, and who they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Shop:
    """A seller of the demo."""

    code: str
    name: str
    channel: Literal["self", "third"]
    region: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class Product:
    """Something sold: `price` in fen; `serial` prefix when each unit has one; `no_return` needs the buyer's confirmation."""

    sku: str
    title: str
    category: str
    price: int
    shop: str
    serial: str = ""
    no_return: bool = False
    most: int = 1


SHOPS = (
    Shop("self", "合木自营", "self", "北京市 大兴区", "亦庄经济开发区荣华中路 19 号 3 号库", "400-601-0000"),
    Shop(
        "qinglan", "青岚服饰旗舰店", "third", "浙江省 杭州市 余杭区", "临平街道星光街 88 号 B 座 2 层", "0571-8800-1200"
    ),
    Shop("xianguo", "鲜果里生鲜店", "third", "山东省 烟台市 栖霞市", "苹果产业园冷链 5 号库", "0535-5200-318"),
    Shop("yunque", "云雀数码专营店", "third", "广东省 深圳市 福田区", "华强北路 1019 号 12 层", "0755-8320-6611"),
    Shop("jinyu", "瑾瑜珠宝旗舰店", "third", "广东省 深圳市 罗湖区", "水贝二路 33 号 5 层", "0755-2518-0909"),
    Shop("shulin", "书林图书专营店", "third", "江苏省 南京市 江宁区", "将军大道 137 号 1 栋", "025-5218-7700"),
)

# What the shop's page said when it was sold.
PAGES: Mapping[str, Mapping[str, object]] = {
    "LT-14-16": {
        "description": "14 英寸轻薄本，金属机身。", "specs": {"内存": "16 GB", "硬盘": "1 TB", "屏幕": "14 英寸"},
        "address": "https://shop.example/p/LT-14-16",
    },
    "LT-16-32": {
        "description": "16 英寸创作本，独立显卡。", "specs": {"内存": "32 GB", "硬盘": "2 TB", "屏幕": "16 英寸"},
        "address": "https://shop.example/p/LT-16-32",
    },
}  # fmt: skip
PRODUCTS = (
    Product("PH-A1-256", "曜石 A1 手机 256GB 夜蓝", "phone", 399900, "self", serial="8601"),
    Product("PH-S2-128", "曜石 S2 手机 128GB 雪白", "phone", 199900, "self", serial="8602"),
    Product("PH-M5-512", "云雀 M5 手机 512GB 石墨", "phone", 549900, "yunque", serial="8603"),
    Product("LT-14-16", "远帆 14 轻薄笔记本 16GB/1TB", "laptop", 649900, "self", serial="LT14"),
    Product("LT-16-32", "远帆 16 创作本 32GB/2TB", "laptop", 999900, "self", serial="LT16"),
    Product("TB-11", "墨白 11 平板电脑 256GB", "tablet", 239900, "yunque", serial="TB11"),
    Product("CM-X20", "晴空 X20 微单相机 套机", "camera", 579900, "yunque", serial="CX20"),
    Product("EP-01", "回声 有线耳机 3.5mm", "wired_earphone", 9900, "yunque", most=2),
    Product("CH-65", "65W 氮化镓充电器", "charger", 12900, "self", most=2),
    Product("IK-88", "88A 打印机墨盒 黑色", "ink", 15900, "self", most=3),
    Product("TV-55", "澄镜 55 英寸 4K 电视", "tv", 269900, "self", serial="TV55"),
    Product("AC-15", "凉川 1.5 匹变频空调", "aircon", 289900, "self", serial="AC15"),
    Product("AP-RC", "米朴 电饭煲 4L", "appliance", 39900, "self", serial="RC04"),
    Product("AP-VC", "轻羽 无线吸尘器", "appliance", 129900, "self", serial="VC09"),
    Product("CL-TS-M", "青岚 精梳棉 T 恤 M 黑", "apparel", 12900, "qinglan", most=3),
    Product("CL-DR-S", "青岚 真丝连衣裙 S 墨绿", "apparel", 69900, "qinglan"),
    Product("CL-JK-L", "青岚 羊毛大衣 L 驼色", "apparel", 129900, "qinglan"),
    Product("SH-RN-42", "疾步 缓震跑鞋 42", "shoes", 45900, "qinglan"),
    Product("SH-BT-38", "青岚 切尔西短靴 38", "shoes", 59900, "qinglan"),
    Product("BG-TT", "青岚 通勤托特包", "bags", 39900, "qinglan"),
    Product("CO-SR", "本草 精华液 30ml", "cosmetics", 32900, "self", most=2),
    Product("CO-LP", "本草 口红 豆沙", "cosmetics", 18900, "self", most=2),
    Product("PC-SH", "皂语 洗发水 500ml", "personal_care", 5900, "self", most=4),
    Product("IN-UW", "青岚 抗菌内裤 4 条装", "intimate", 9900, "qinglan", no_return=True, most=2),
    Product("FR-AP", "栖霞红富士苹果 10 斤", "fresh", 6980, "xianguo", most=2),
    Product("FR-CH", "车厘子 JJ 级 2.5kg", "fresh", 26800, "xianguo"),
    Product("FR-SH", "鲜活大闸蟹 公 4 两 4 只", "fresh", 18800, "xianguo"),
    Product("FD-NT", "混合坚果 1kg", "food", 8900, "xianguo", no_return=True, most=3),
    Product("FD-TE", "雨前龙井 250g", "food", 19800, "self", no_return=True),
    Product("JW-RG", "瑾瑜 18K 金钻戒 0.3 克拉", "diamond", 599900, "jinyu", serial="GIA7", no_return=True),
    Product("JW-GB", "瑾瑜 足金转运珠手绳", "gold", 128000, "jinyu", no_return=True),
    Product("JW-PN", "瑾瑜 珍珠项链", "jewelry", 89900, "jinyu"),
    Product("WA-Q1", "瑾瑜 石英腕表", "watch", 79900, "jinyu", serial="WQ10"),
    Product("BK-PY", "《算法之美》精装", "generic", 8900, "shulin", most=2),
    Product("BK-CH", "儿童绘本十册套装", "generic", 12800, "shulin"),
    Product("BK-MG", "《地理》期刊 全年订阅", "newspaper", 21600, "shulin", no_return=True),
    Product("TY-BL", "积木城堡 1200 粒", "toys", 29900, "self"),
    Product("TY-RC", "遥控越野车", "toys", 18900, "self", most=2),
    Product("HM-DV", "云眠 羽绒被 200×230", "home_textile", 79900, "self"),
    Product("HM-LP", "暖光 护眼台灯", "home", 15900, "self", most=2),
    Product("CU-CP", "定制刻字保温杯", "custom_made", 12900, "self", no_return=True),
)

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = (
    "子涵",
    "雨桐",
    "浩然",
    "思远",
    "欣怡",
    "梓萱",
    "宇轩",
    "嘉琪",
    "晨曦",
    "明哲",
    "诗雅",
    "俊杰",
    "语嫣",
    "博文",
    "可心",
    "泽宇",
)
CITIES = (
    ("110105", "北京市 朝阳区", "望京街道阜通东大街 6 号"),
    ("310115", "上海市 浦东新区", "张江镇碧波路 690 弄"),
    ("440305", "广东省 深圳市 南山区", "粤海街道科苑南路 3099 号"),
    ("330106", "浙江省 杭州市 西湖区", "文三路 478 号"),
    ("510107", "四川省 成都市 武侯区", "天府二街 138 号"),
    ("420111", "湖北省 武汉市 洪山区", "珞喻路 1037 号"),
    ("610113", "陕西省 西安市 雁塔区", "高新路 25 号"),
    ("540102", "西藏自治区 拉萨市 城关区", "江苏路 36 号"),
    ("320505", "江苏省 苏州市 虎丘区", "狮山路 35 号"),
    ("210102", "辽宁省 沈阳市 和平区", "太原街 16 号"),
)
