"""The demo shop as an English-speaking operator's: every word of the Chinese one, told in English; `told` finds it."""

from collections.abc import Mapping
from typing import Any

SHOPS: Mapping[str, str] = {
    "合木自营": "Hemu Direct",
    "青岚服饰旗舰店": "Qinglan Apparel",
    "鲜果里生鲜店": "Orchard Lane Fresh",
    "云雀数码专营店": "Skylark Digital",
    "瑾瑜珠宝旗舰店": "Jinyu Jewellery",
    "书林图书专营店": "Bookwood Books",
    "合木商城": "Hemu Mall",
    "青岚客服": "Qinglan Service",
    "青岚店长": "Qinglan Manager",
    "鲜果店长": "Orchard Manager",
    "云雀店长": "Skylark Manager",
    "瑾瑜店长": "Jinyu Manager",
    "书林店长": "Bookwood Manager",
    "管理员": "Site Admin",
    "安心财产保险": "Anxin Insurance",
    "演示数据": "Demo data",
    "退货仓": "Returns warehouse",
    "售后收货组": "Returns desk",
    "亦庄经济开发区荣华中路 19 号 3 号库": "Warehouse 3, 19 Ronghua Middle Road, Yizhuang",
    "临平街道星光街 88 号 B 座 2 层": "Floor 2, Tower B, 88 Xingguang Street, Linping",
    "苹果产业园冷链 5 号库": "Cold store 5, Apple Industry Park",
    "华强北路 1019 号 12 层": "Floor 12, 1019 Huaqiang North Road",
    "水贝二路 33 号 5 层": "Floor 5, 33 Shuibei 2nd Road",
    "将军大道 137 号 1 栋": "Building 1, 137 Jiangjun Avenue",
    "北京市 大兴区": "Daxing, Beijing",
    "浙江省 杭州市 余杭区": "Yuhang, Hangzhou, Zhejiang",
    "山东省 烟台市 栖霞市": "Qixia, Yantai, Shandong",
    "广东省 深圳市 福田区": "Futian, Shenzhen, Guangdong",
    "广东省 深圳市 罗湖区": "Luohu, Shenzhen, Guangdong",
    "江苏省 南京市 江宁区": "Jiangning, Nanjing, Jiangsu",
}
CITIES: Mapping[str, str] = {
    "北京市 朝阳区": "Chaoyang, Beijing",
    "望京街道阜通东大街 6 号": "6 Futong East Street, Wangjing",
    "上海市 浦东新区": "Pudong, Shanghai",
    "张江镇碧波路 690 弄": "Lane 690, Bibo Road, Zhangjiang",
    "广东省 深圳市 南山区": "Nanshan, Shenzhen, Guangdong",
    "粤海街道科苑南路 3099 号": "3099 Keyuan South Road, Yuehai",
    "浙江省 杭州市 西湖区": "Xihu, Hangzhou, Zhejiang",
    "文三路 478 号": "478 Wensan Road",
    "四川省 成都市 武侯区": "Wuhou, Chengdu, Sichuan",
    "天府二街 138 号": "138 Tianfu 2nd Street",
    "湖北省 武汉市 洪山区": "Hongshan, Wuhan, Hubei",
    "珞喻路 1037 号": "1037 Luoyu Road",
    "陕西省 西安市 雁塔区": "Yanta, Xi'an, Shaanxi",
    "高新路 25 号": "25 Gaoxin Road",
    "西藏自治区 拉萨市 城关区": "Chengguan, Lhasa, Tibet",
    "江苏路 36 号": "36 Jiangsu Road",
    "江苏省 苏州市 虎丘区": "Huqiu, Suzhou, Jiangsu",
    "狮山路 35 号": "35 Shishan Road",
    "辽宁省 沈阳市 和平区": "Heping, Shenyang, Liaoning",
    "太原街 16 号": "16 Taiyuan Street",
}
PRODUCTS: Mapping[str, str] = {
    "曜石 A1 手机 256GB 夜蓝": "Obsidian A1 phone, 256 GB, night blue",
    "曜石 S2 手机 128GB 雪白": "Obsidian S2 phone, 128 GB, snow white",
    "云雀 M5 手机 512GB 石墨": "Skylark M5 phone, 512 GB, graphite",
    "远帆 14 轻薄笔记本 16GB/1TB": "Farsail 14 light laptop, 16 GB/1 TB",
    "远帆 16 创作本 32GB/2TB": "Farsail 16 studio laptop, 32 GB/2 TB",
    "墨白 11 平板电脑 256GB": "Inkwhite 11 tablet, 256 GB",
    "晴空 X20 微单相机 套机": "Clearsky X20 camera with kit lens",
    "回声 有线耳机 3.5mm": "Echo wired earphones, 3.5 mm",
    "65W 氮化镓充电器": "65 W GaN charger",
    "88A 打印机墨盒 黑色": "88A printer cartridge, black",
    "澄镜 55 英寸 4K 电视": "Mirrorlake 55-inch 4K TV",
    "凉川 1.5 匹变频空调": "Coolbrook 1.1 kW inverter air conditioner",
    "米朴 电饭煲 4L": "Mipu rice cooker, 4 l",
    "轻羽 无线吸尘器": "Feather cordless vacuum cleaner",
    "青岚 精梳棉 T 恤 M 黑": "Qinglan combed cotton T-shirt, M, black",
    "青岚 真丝连衣裙 S 墨绿": "Qinglan silk dress, S, dark green",
    "青岚 羊毛大衣 L 驼色": "Qinglan wool coat, L, camel",
    "疾步 缓震跑鞋 42": "Quickstep cushioned running shoes, 42",
    "青岚 切尔西短靴 38": "Qinglan Chelsea boots, 38",
    "青岚 通勤托特包": "Qinglan tote bag",
    "本草 精华液 30ml": "Herbal serum, 30 ml",
    "本草 口红 豆沙": "Herbal lipstick, rosewood",
    "皂语 洗发水 500ml": "Soapwort shampoo, 500 ml",
    "青岚 抗菌内裤 4 条装": "Qinglan briefs, pack of 4",
    "栖霞红富士苹果 10 斤": "Qixia Fuji apples, 5 kg",
    "车厘子 JJ 级 2.5kg": "Cherries, JJ, 2.5 kg",
    "鲜活大闸蟹 公 4 两 4 只": "Live hairy crabs, 200 g, 4 pieces",
    "混合坚果 1kg": "Mixed nuts, 1 kg",
    "雨前龙井 250g": "Longjing spring tea, 250 g",
    "瑾瑜 18K 金钻戒 0.3 克拉": "Jinyu 18K gold diamond ring, 0.3 ct",
    "瑾瑜 足金转运珠手绳": "Jinyu gold bead bracelet",
    "瑾瑜 珍珠项链": "Jinyu pearl necklace",
    "瑾瑜 石英腕表": "Jinyu quartz watch",
    "《算法之美》精装": "The Beauty of Algorithms, hardcover",
    "儿童绘本十册套装": "Picture books for children, set of 10",
    "《地理》期刊 全年订阅": "Geography magazine, one year",
    "积木城堡 1200 粒": "Brick castle, 1,200 pieces",
    "遥控越野车": "Remote-controlled off-road car",
    "云眠 羽绒被 200×230": "Cloudrest down duvet, 200×230",
    "暖光 护眼台灯": "Warmlight desk lamp",
    "定制刻字保温杯": "Engraved thermos flask",
    "精梳棉 T 恤 M 黑": "Combed cotton T-shirt, M, black",
}
STORIES: Mapping[str, str] = {
    "说好的送货时间改了三次。": "The delivery I was promised was moved three times.",
    "配送途中多次改期，给您添麻烦了。": "The delivery was moved again and again; we are sorry for the trouble.",
    "包装完好，配件齐全": "Packaging intact, accessories complete",
    "包装完好": "Packaging intact",
    "明显使用痕迹，影响二次销售": "Clear signs of use; cannot be sold as new",
    "见验收照片": "See the inspection photos",
    "缺少包装盒": "The box is missing",
    "收到时就没有独立包装盒": "It came without a box of its own",
    "商品有明显洗涤和穿着痕迹，见照片。": "Clearly washed and worn, see the photos.",
    "机身序列号与出库记录不符。": "The serial number is not the one that was shipped.",
    "用了两天就无法开机，充电也没有反应。": "It stopped turning on after two days, and does not charge either.",
    "外箱压坏，打开后商品有裂痕。": "The box was crushed, and there is a crack inside.",
    "打开时有一半已经发软变质。": "Half of it was soft and spoiled when I opened it.",
    "屏幕偶尔闪烁。": "The screen flickers now and then.",
    "消费者与商家说法不一，请平台判断。": "Buyer and shop disagree; the platform should decide.",
    "颜色与页面描述差别很大。": "The colour is very different from the page.",
    "照片显示屏幕为外力撞击所致，可申请付费维修。": "The photos show an impact; a paid repair is possible.",
    "屏幕裂了。": "The screen is cracked.",
    "老会员，首次申请。": "A member for years, first application.",
    "吸力明显变小。": "It hardly sucks any more.",
    "按键失灵。": "The keys do not work.",
    "决定留下了": "I will keep it",
    "双方协商换色，另行处理。": "Both agreed on another colour, handled separately.",
    "反复重启，恢复出厂设置后仍然如此。": "It restarts again and again, after a factory reset, too.",
    "不小心摔了一下，屏幕裂了。": "I dropped it and the screen cracked.",
    "外屏碎裂，有跌落痕迹，内部完好。": "Outer screen broken, traces of a fall, inside intact.",
    "屏幕总成": "Screen assembly",
    "拆装人工": "Labour",
    "摄像头对不上焦。": "The camera does not focus.",
    "对焦马达失效，属产品质量问题。": "The focus motor failed: a defect of the product.",
    "后摄模组": "Rear camera module",
    "扬声器有杂音。": "The loudspeaker crackles.",
    "扬声器单元破音。": "The loudspeaker unit is torn.",
    "更换扬声器单元。": "Loudspeaker unit replaced.",
    "扬声器": "Loudspeaker",
    "进不了系统，只亮一下。": "It lights up once and does not start.",
    "主板核心损坏，厂家已停止供应。": "The mainboard is dead and no longer supplied.",
    "屏幕中间一条亮线。": "A bright line across the screen.",
    "来电申请，已核对订单与手机号。": "Applied by phone; order and phone number checked.",
    "我已知晓该商品不支持七天无理由退货": "I know that this item cannot be returned without a reason",
    "重复下单了，请取消这一单。": "I ordered twice; please cancel this one.",
    "显示派送中已经好几天，一直没收到。": "It has been out for delivery for days and never came.",
    "页面写明的赠品没有在箱子里。": "The gift named on the page was not in the box.",
    "赠品收纳袋": "Gift pouch",
    "称重少 120 克": "120 g short on the scales",
    "说明书和配件包都没有。": "Neither manual nor accessory kit was there.",
    "配件包": "Accessory kit",
    "吊牌完好": "Tags intact",
    "一双鞋，白色鞋盒": "A pair of shoes in a white box",
    "一个旧手机，无包装": "A used phone without packaging",
    "开机后没有图像，只有声音。": "There is sound but no picture.",
    "充电口松动，要按住才能充电。": "The charging port is loose; it charges only while held.",
    "掉进水里后无法开机。": "It fell into water and does not start.",
    "主板有进液痕迹，需更换主板。": "The mainboard shows traces of liquid and must be replaced.",
    "主板": "Mainboard",
    "尺码偏小": "It runs small",
    "网络购买商品七日无理由退货暂行办法 第八条": "Interim Measures for Seven-Day Returns of Online Purchases, Article 8",
    "部分商品修理更换退货责任规定 第十七条": "Provisions on Repair, Replacement and Return, Article 17",
}
PEOPLE: Mapping[str, str] = {
    "苏敏": "Min Su", "何川": "Chuan He", "秦岚": "Lan Qin", "陆工": "Gong Lu", "马师傅": "Shifu Ma", "小周": "Xiao Zhou",
    "钱会计": "Kuaiji Qian", "保小安": "Xiaoan Bao", "严明": "Ming Yan", "梁运": "Yun Liang", "沈查": "Cha Shen", "林悦": "Yue Lin",
}  # fmt: skip
SYLLABLES: Mapping[str, str] = {
    **dict(zip(
        "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧",
        "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma Luo Liang Song Zheng Xie Han Tang "
        "Feng Yu Dong Xiao".split(), strict=True,
    )),
    "子涵": "Zihan", "雨桐": "Yutong", "浩然": "Haoran", "思远": "Siyuan", "欣怡": "Xinyi", "梓萱": "Zixuan", "宇轩": "Yuxuan",
    "嘉琪": "Jiaqi", "晨曦": "Chenxi", "明哲": "Mingzhe", "诗雅": "Shiya", "俊杰": "Junjie", "语嫣": "Yuyan", "博文": "Bowen",
    "可心": "Kexin", "泽宇": "Zeyu",
}  # fmt: skip
WORDS: Mapping[str, str] = {**SHOPS, **CITIES, **PRODUCTS, **STORIES, **PEOPLE}


def told(value: Any, language: str) -> Any:
    """The same data in the language: a text, or what texts are in; names of buyers are spelt."""
    if language != "en":
        return value
    if isinstance(value, str):
        return WORDS.get(value) or _name(value) or value
    if isinstance(value, dict):
        return {key: told(each, language) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(told(each, language) for each in value)
    return value


def _name(value: str) -> str:
    """林子涵 is Zihan Lin."""
    given = SYLLABLES.get(value[1:])
    return f"{given} {SYLLABLES[value[0]]}" if given and value[0] in SYLLABLES else ""
