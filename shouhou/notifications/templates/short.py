"""The same things as text messages: only what cannot wait, in one breath, with what to do and until when."""

from collections.abc import Mapping
from string import Formatter

from shouhou.foundation.workflow import Text

SMS_MOST = 300
HEAD = Text("【{shop}】", "[{shop}] ")
TITLE = Text("{the_title}。", "{the_title}. ")
TAIL = Text("详情：{link}", "Details: {link}")


def shortened(name: str, facts: Mapping[str, str], *, language: str, title: str = "") -> str:
    """The text message of a template, at most 300 characters; a sentence whose fact is missing is left out.

    What has no words of its own for a text message says its `title` and where to read on.
    """
    told = SHORT.get(name, (TITLE,))
    facts = {**facts, "the_title": title}
    sentences = [
        sentence.in_(language).format_map(facts)
        for sentence in (HEAD, *told, TAIL)
        if all(facts.get(fact) for _, fact, _, _ in Formatter().parse(sentence.in_(language)) if fact)
    ]
    said = " ".join("".join(sentences).split())
    # The link stands last and must stay whole: what is too long is cut before it.
    tail = sentences[-1] if facts.get("link") else ""
    return said if len(said) <= SMS_MOST else f"{said[: SMS_MOST - len(tail) - 1]}…{tail}"


def _short(*sentences: tuple[str, str]) -> tuple[Text, ...]:
    return tuple(Text(zh, f"{en} ") for zh, en in sentences)


SHORT: dict[str, tuple[Text, ...]] = {
    "talk_unread": _short(("您的咨询 {talk} 有新答复，请打开查看。", "Your question {talk} was answered. Open it to read.")),
    "approved": _short(
        ("售后单 {number} 已通过。", "Request {number} is approved."),
        ("请在{due}前预约取件或寄回，逾期失效。", "Book a pickup or send the goods by {due}, or it lapses."),
    ),
    "evidence_asked": _short(
        ("售后单 {number} 需要您补充：{what}。", "Request {number} needs from you: {what}."),
        ("请在{due}前上传，逾期失效。", "Add it by {due}, or it lapses."),
    ),
    "deduction_proposed": _short(
        ("售后单 {number} 验收建议扣款 {deduction}。", "A deduction of {deduction} is proposed for {number}."),
        ("请在{due}前同意或不同意；未经您同意不扣款。", "Agree or disagree by {due}; nothing is cut without your consent."),
    ),
    "pickup_exhausted": _short(
        ("售后单 {number} 上门取件未成功。", "The pickup for {number} failed."),
        ("请在{due}前另选寄回方式。", "Please choose another way by {due}."),
    ),
    "refund_settled": _short(
        ("售后单 {number} 退款 {refund} 已到账。", "The refund of {refund} for {number} has arrived."),
        ("退回：{tenders}。", "To: {tenders}."),
    ),
    "remind_evidence": _short(
        ("提醒：请在{due}前为售后单 {number} 补充凭证，逾期失效。", "Reminder: add the evidence for {number} by {due}, or it lapses."),
    ),
    "remind_goods": _short(
        ("提醒：请在{due}前寄回售后单 {number} 的商品，逾期失效。", "Reminder: send back the goods of {number} by {due}, or it lapses."),
    ),
    "reminded": _short(
        ("提醒：售后单 {number}（{status}）等待您在{due}前处理。", "Reminder: {number} ({status}) waits for you until {due}."),
    ),
}  # fmt: skip
