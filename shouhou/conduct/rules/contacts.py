"""Detectors that need more than a pattern: links, mail, cards, accounts, numbers. Each yields (code, view, start, end). Pure."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from shouhou.conduct.rules.lexicon import Lexicon
from shouhou.conduct.rules.views import View, Views, joined

Found = tuple[str, View, int, int]

LINK, CARD, PAYMENT, MESSENGER, MAIL, NUMBER = "CDT-01", "CDT-02", "CDT-03", "CDT-05", "CDT-06", "CDT-08"
_TOP = r"(?:com|cn|net|org|shop|store|top|xyz|vip|cc|co|io|me|info|site|online|link|app|club|tv|hk|tw|biz|mobi|taobao|ly|gl)"
_FILE = r"\.(?:txt|pdf|docx?|xlsx?|pptx?|csv|log|zip|rar|exe|apk|jpe?g|png|gif|mp[34])(?![a-z0-9])"
_HOST = rf"(?:[a-z0-9](?:[a-z0-9-]{{0,62}})\.)+{_TOP}(?:\.cn|\.hk|\.tw)?(?![a-z0-9]|{_FILE})"
_REST = r"[^\s，。；、！？）)\"'<>]"
URL = re.compile(rf"(?:(?:https?|ftp)[:：]/{{1,2}}|www\.){_REST}+|(?<![\w@.-]){_HOST}(?:[/:?#]{_REST}*)?")
# "item 点 other 点 com", "other。com", "other dot com": the dot is said, or another one.
SAID_DOT = re.compile(
    r"\s*(?:\(dot\)|\[dot\]|\bdot\b|点|。|．|·|丶|、|\s\.\s?|\.\s)\s*(?=[a-z0-9-]+(?:\s*(?:点|。|\.|dot)|(?![a-z0-9])))"
)
MAILBOX = re.compile(
    r"[a-z0-9][a-z0-9._%+-]{0,40}\s*(?:@|\(at\)|\[at\]|#at#|[(\[]?艾特[)\]]?|圈a|[(\[]?a圈[)\]]?"
    r"|#(?=\s*(?:qq|foxmail|163|126|139|189|sina|sohu|gmail|outlook|hotmail)\s*(?:\.|点|。|dot)))\s*"
    rf"[a-z0-9-]+(?:\s*(?:\.|。|[(\[]?(?:dot|点)[)\]]?)\s*[a-z0-9-]+)*\s*(?:\.|。|[(\[]?(?:dot|点)[)\]]?)\s*{_TOP}(?![a-z0-9])"
)
ACCOUNT = r"[a-z][a-z0-9_-]{4,19}|\d{5,12}(?!\d)"
RUN = re.compile(r"(?<![\d*])\d+(?![\d*])")
MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
LANDLINE = re.compile(r"(?:0(?:10|2\d|[3-9]\d{2}))\d{7,8}")
HOTLINE = re.compile(r"[48]00\d{7}")
_PAPER = r"(?:订单|运单|快递单|物流单|服务单|售后单|工单|流水|单据|序列|串|追踪|跟踪|商品|批)"
ORDER_WORDS = re.compile(
    rf"{_PAPER}[^\d，。；,;!！?？]{{0,6}}$|(?:单号|编号|sku|imei|sn|order|waybill|tracking|no\.?)[^\d，。；,;!！?？]{{0,5}}$"
)
ORDER_WORDS_AFTER = re.compile(rf"^[^\d，。；,;!！?？]{{0,4}}(?:是|为|就是)?(?:您的|你的|该|本次|这个)?(?:京东)?(?:{_PAPER}|单)号?")
MONEY_WORDS = re.compile(
    r"银行|(?:打|转|汇|存|付)(?:到|进|至|给|入)|(?:这|那)张卡|卡(?:里|上|内)|卡号|账号|账户|汇款|打款|转账|户名|开户|收款"
)
# Who warns against something does not ask for it.
WARNS = re.compile(r"(?:不要|请勿|切勿|勿|别(?![家的人])|不能|不可|禁止|谨防|警惕|拒绝|不会)[^,，。!?;\n]{0,8}$|要求您?$")
YOURS = re.compile(
    r"(?:您|你)(?:预留|留|登记|绑定|注册|收货|下单)?(?:的)?"
    r"(?:手机|电话|号码|联系方式|手机号|联系电话|手机号码)[^\d，。；]{0,4}$"
)


def links(views: Views, lexicon: Lexicon, registered: frozenset[str]) -> Iterator[Found]:
    """CDT-01: a host that is neither the platform's own nor registered; also where the dot is said or disguised."""
    own = {*lexicon.words["own_domains"], *registered}
    spelled = joined(views.plain)
    for view in (spelled, _said(spelled)):
        taken = [found.span() for found in MAILBOX.finditer(view.text)]
        for found in URL.finditer(view.text):
            inside = any(start < found.end() and found.start() < end for start, end in taken)
            if inside and "//" not in found.group():
                continue
            if not _allowed(found.group(), own):
                yield LINK, view, found.start(), found.end()


# What stands for the signs of an address.
WRITTEN_FOR = {"点": ".", "。": ".", "艾特": "@", "#": "@"}


def mails(views: Views, lexicon: Lexicon, registered: frozenset[str]) -> Iterator[Found]:
    """CDT-06: an address that is not registered; one that is named as a payment account is that (CDT-03)."""
    plain = joined(views.plain)
    for found in MAILBOX.finditer(plain.text):
        said = re.sub(r"[\s()\[\]]|点|。|艾特|#", lambda part: WRITTEN_FOR.get(part.group(), ""), found.group())
        in_link = plain.text[: found.start()].endswith("/")
        if said not in registered and not in_link and not _near(plain.text, found.start(), lexicon.any_of("payment"), 16):
            yield MAIL, plain, found.start(), found.end()


def cards(views: Views, lexicon: Lexicon, registered: frozenset[str]) -> Iterator[Found]:
    """CDT-02: 16 to 19 digits that pass Luhn's test, or that are called a bank account; not what is called an order's number."""
    text = views.digits.text
    for run in RUN.finditer(text):
        if not 12 <= len(run.group()) <= 21:
            continue
        before, around = text[max(0, run.start() - 4) : run.start()], text[max(0, run.start() - 24) : run.end() + 16]
        named, ordered = bool(MONEY_WORDS.search(around)), _as_order(text, run)
        bare = 16 <= len(run.group()) <= 19 and luhn(run.group()) and not re.search(r"[a-z]$", before)
        if (named and (bare or not ordered)) or (bare and not ordered):
            yield CARD, views.digits, run.start(), run.end()


def payments(views: Views, lexicon: Lexicon, registered: frozenset[str]) -> Iterator[Found]:
    """CDT-03: the name of a payment service with an account beside it, or the wish to be paid there."""
    name = lexicon.any_of("payment")
    account = re.compile(rf"{name}[^。！？!?\n]{{0,12}}?(?:{MAILBOX.pattern}|(?<![\d.])(?:{ACCOUNT})(?![\d.元块%]))")
    wish = re.compile(
        rf"(?!付款的)(?:转|打|付|汇|支付|还)(?:账|款|钱|过来|给|到|至|我|我们|本店|店里|客服|老板|个人|私人|的){{1,5}}(?:{name}|微信)|"
        rf"(?:{name}|微信)(?:转|打|付|汇)(?:账|款|钱)?(?:给|到|至)(?:我|本店|店|客服|老板|个人|私人)|(?:微信|私下|线下|直接)(?:转账|红包|收款码|打款)"
    )
    for view, pattern in ((views.digits, account), (views.bare, account), (views.bare, wish)):
        for found in pattern.finditer(view.text):
            if not WARNS.search(view.text[max(0, found.start() - 10) : found.start()]):
                yield PAYMENT, view, found.start(), found.end()


def messengers(views: Views, lexicon: Lexicon, registered: frozenset[str]) -> Iterator[Found]:
    """CDT-05: an account of a messenger that is not the platform's, or the wish to go there; hotlines that are not registered."""
    sure, loose = lexicon.any_of("messenger"), lexicon.any_of("messenger_loose")
    verb = r"(?:加|加下|加一下|添加|搜|搜索|联系|咨询|找|聊|私聊|发到|发我|私信|关注)"
    patterns = (
        rf"{verb}(?:个|我|我们|咱|客服|店主|老板|老师|一下|下|的|本店|店铺|售后|官方|企业){{0,4}}{sure}(?!支付|付款|小程序|零钱|红包)",
        rf"{sure}(?:号|号码|账号|id|客服|是|为|[:：]|搜|搜索|加|联系|同号|上|群|@|\s){{0,6}}[:：]?\s?(?:{ACCOUNT})",
        rf"{sure}(?:上)?(?:聊|联系|沟通|私聊|详谈|说|加我|找我|咨询我)|{sure}(?:同号|同手机号)",
        rf"(?:加|搜|添加)(?:我|下|个|一下|客服)?{loose}(?:号|[:：])?(?:{ACCOUNT})|(?<![a-z0-9]){loose}(?:号|[:：])?(?:{ACCOUNT})",
        rf"(?<![a-z0-9]){loose}(?:同号|(?:上)?(?:加|搜)(?:我|下)?[:：]?(?:{ACCOUNT}))",
    )
    known = {letters for contact in registered if (letters := _letters(contact))}
    for pattern in patterns:
        for view in (views.bare, views.digits):
            for found in re.finditer(pattern, view.text):
                warned = WARNS.search(view.text[max(0, found.start() - 10) : found.start()])
                if not warned and not any(word in _letters(view.text[found.start() : found.end() + 24]) for word in known):
                    yield MESSENGER, view, found.start(), found.end()
    for run in RUN.finditer(views.digits.text):
        if HOTLINE.fullmatch(run.group()) and run.group() not in registered and not _as_order(views.digits.text, run):
            yield MESSENGER, views.digits, run.start(), run.end()


def numbers(views: Views, lexicon: Lexicon, registered: frozenset[str]) -> Iterator[Found]:
    """CDT-08: a telephone that is not registered; neither the consumer's own nor a part of another number."""
    text = views.digits.text
    for run in RUN.finditer(text):
        mobile = MOBILE.fullmatch(run.group())
        number = mobile.group(1) if mobile else run.group()
        if not mobile and not LANDLINE.fullmatch(number):
            continue
        if number in registered or _as_order(text, run) or YOURS.search(text[max(0, run.start() - 16) : run.start()]):
            continue
        yield NUMBER, views.digits, run.start(), run.end()


def luhn(digits: str) -> bool:
    """Luhn's test over all digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        worth = int(digit) * (1 + place % 2)
        total += worth - 9 if worth > 9 else worth
    return total % 10 == 0


def plain_registered(contacts: tuple[str, ...]) -> frozenset[str]:
    """Contacts as the detectors compare them: numbers without separators, hosts and mail in small letters."""
    found: set[str] = set()
    for contact in contacts:
        said = contact.strip().casefold()
        if not said:
            continue
        digits = re.sub(r"[\s()+./-]", "", said)
        found |= {said, digits.removeprefix("86") if len(digits) == 13 else digits} if digits.isdigit() else {said}
    return frozenset(found)


def _said(plain: View) -> View:
    """The same with said dots as dots, and nothing between them."""
    kept, at = [], 0
    for found in SAID_DOT.finditer(plain.text):
        kept += list(zip(plain.text[at : found.start()], plain.origin[at : found.start()], strict=True))
        kept.append((".", plain.origin[found.start()]))
        at = found.end()
    kept += list(zip(plain.text[at:], plain.origin[at:], strict=True))
    return View("".join(one for one, _ in kept), tuple(place for _, place in kept))


def _allowed(link: str, own: set[str]) -> bool:
    try:
        host = urlsplit(link if "//" in link else f"//{link}").hostname or ""
    except ValueError:
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in own)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def _near(text: str, start: int, words: str, reach: int) -> bool:
    return re.search(words, text[max(0, start - reach) : start]) is not None


def _as_order(text: str, run: re.Match[str]) -> bool:
    before, after = text[max(0, run.start() - 14) : run.start()], text[run.end() : run.end() + 14]
    return ORDER_WORDS.search(before) is not None or ORDER_WORDS_AFTER.match(after) is not None
