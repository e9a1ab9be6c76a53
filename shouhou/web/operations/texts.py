"""What is said to people: every notice template with what calls for it, as it would look per language and channel."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from shouhou.foundation.workflow import Text
from shouhou.notifications.rules.kinds import CHANNELS, kind_of
from shouhou.notifications.sample import LINK, causes_of, channels_of, sample, sample_mail
from shouhou.notifications.templates import TEMPLATES
from shouhou.plumbing.actor import Actor
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language, said

PLAIN = ("sms", "im")
LANGUAGES = {"zh-hans": Text("中文", "Chinese"), "en": Text("英文", "English")}


@operations_door
def texts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All templates; `for` in the address says for whom."""
    whom = request.GET.get("for", "")
    readers = {"": Text("全部", "All"), "buyer": Text("消费者", "Consumers"), "staff": Text("员工", "Staff")}
    context = {
        "views": [{"label": said(label), "address": f"?for={code}" if code else "?", "count": "", "here": whom == code}
                  for code, label in readers.items()],
        "rows": text_rows(whom), "export": f"?for={whom}" if whom in readers and whom else "",
    }  # fmt: skip
    return operations_page(request, "texts", context, actor=actor, place="ops_texts")


def text_rows(whom: str) -> list[dict[str, Any]]:
    """The templates for consumers, for staff, or (another word) for both."""
    shown = [name for name in TEMPLATES if whom not in ("buyer", "staff") or kind_of(name).staff == (whom == "staff")]
    return [
        {"name": name, "title": sample(name, channel="site", language=language()).title, "kind": said(kind_of(name).label),
         "causes": causes_of(name),
         "channels": [said(CHANNELS[channel]) for channel in channels_of(name)]}
        for name in shown
    ]  # fmt: skip


@operations_door
def text(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """One template through one channel in one language."""
    if name not in TEMPLATES:
        raise Http404("no such template")
    channels = channels_of(name)
    channel, spoken = request.GET.get("channel", "site"), request.GET.get("language", language())
    channel = channel if channel in channels else "site"
    spoken = spoken if spoken in LANGUAGES else "zh-hans"
    notice = sample(name, channel=channel, language=spoken)
    paragraphs = notice.body.strip().split("\n\n")
    context = {
        "name": name, "kind": said(kind_of(name).label), "notice": notice, "channel": channel, "language": spoken,
        "lang": "en" if spoken == "en" else "zh-Hans",
        "paragraphs": paragraphs[:-2] if channel not in PLAIN else paragraphs, "foot": paragraphs[-1] if channel not in PLAIN else "",
        "link": LINK, "length": len(notice.body), "causes": causes_of(name), "facts": sorted(TEMPLATES[name].facts()),
        "channels": [{"label": said(CHANNELS[each]), "address": f"?channel={each}&language={spoken}", "count": "", "here": each == channel}
                     for each in channels],
        "languages": [{"label": said(label), "address": f"?channel={channel}&language={code}", "count": "", "here": code == spoken}
                      for code, label in LANGUAGES.items()],
    }  # fmt: skip
    return operations_page(request, "text", context, actor=actor, place="ops_texts")


@operations_door
def text_mail(request: HttpRequest, actor: Actor, name: str, spoken: str) -> HttpResponse:
    """The mail itself, to be opened in one's own mail program."""
    if name not in TEMPLATES or spoken not in LANGUAGES:
        raise Http404("no such template")
    answer = HttpResponse(sample_mail(name, language=spoken), content_type="message/rfc822")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{spoken}.eml"'
    return answer
