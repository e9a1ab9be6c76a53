"""The automatic answer: what is true about when a person answers, and nothing else. Pure."""

from datetime import datetime

from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.workflow import Text

DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def automatic(*, on_duty: int, next_at: datetime | None, rota: bool, ahead: int, held: bool) -> Text:
    """Received; then how many are there and wait before, or from when somebody is there, or that nobody can say."""
    if on_duty:
        if held:
            return Text("已收到。客服正在值班，会在这里回复您。", "Received. Whoever serves you is on duty and answers here.")
        before = f"前面还有 {ahead} 个咨询" if ahead else "您排在第一位"
        before_en = f"{ahead} before you" if ahead else "you are first"
        return Text(f"已收到。现在有 {on_duty} 位客服值班，{before}。", f"Received. {on_duty} on duty now, {before_en}.")
    if next_at is not None:
        local = next_at.astimezone(SHANGHAI)
        zh = f"{local.month} 月 {local.day} 日（{DAYS[local.weekday()]}）{local:%H:%M}"
        return Text(
            f"已收到，这是自动答复。现在没有客服值班，{zh} 起有人回复您；您可以先离开，有回复会通知您。",
            f"Received; this is an automatic answer. Nobody is on duty now. A person answers from {local:%a %d %b %H:%M} (Beijing time); "
            "you need not wait here, we will tell you.",
        )
    if rota:
        return Text(
            "已收到，这是自动答复。未来三周没有安排值班，我们不能告诉您回复的时间；有回复会通知您。",
            "Received; this is an automatic answer. No shift is planned for three weeks, so we cannot say when; we will tell you.",
        )
    return Text(
        "已收到，这是自动答复。值班时间尚未公布，我们不能告诉您回复的准确时间；有回复会通知您。",
        "Received; this is an automatic answer. Hours are not published yet, so we cannot say when; we will tell you of an answer.",
    )
