"""What lies about in the demo's warehouse and at its counter without a case: parcels that nobody knows, papers to key in."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from shouhou.accounts.models import User
from shouhou.cases.models import Case
from shouhou.demo.english import told
from shouhou.documents.actions import take_scan
from shouhou.documents.filling import order_pdf
from shouhou.logistics.actions.unknown import Found, record_unknown
from shouhou.logistics.models import UnknownParcel
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor


def lay_out(*, seed: int, people: Mapping[str, User], now: datetime, language: str = "zh-hans") -> None:
    """Two unidentified parcels and two scanned forms; a second time changes nothing."""
    if UnknownParcel.objects.exists():
        return
    random = Random(f"floor-{seed}")
    inspector, clerk = _who(people["inspector"]), _who(people["clerk"])
    awaited = Case.objects.filter(status="awaiting_goods", service="return").select_related("buyer").order_by("id").first()
    known = {"sender_name": awaited.buyer.name, "sender_phone": awaited.buyer.phone} if awaited else {}
    record_unknown(
        Found(told("一双鞋，白色鞋盒", language), "B-03", waybill=f"SF{random.randrange(10**13):013d}", carrier="SF", **known),
        actor=inspector, now=now - timedelta(hours=5),
    )  # fmt: skip
    record_unknown(
        Found(told("一个旧手机，无包装", language), "C-11", waybill=f"YT{random.randrange(10**13):013d}", carrier="YTO"),
        actor=inspector, now=now - timedelta(days=3),
    )  # fmt: skip
    order = Order.objects.filter(number__startswith="HM", lines__claimed_quantity=0, lines__received_on__isnull=False).order_by("-id")[0]
    paper = BytesIO(order_pdf(clerk, order.number, "return", language=language, at=now))
    take_scan(paper, name="return-form.pdf", actor=clerk, now=now - timedelta(hours=2))
    take_scan(_note(), name="letter.jpg", actor=clerk, now=now - timedelta(hours=1))


def _who(person: User) -> Actor:
    return Actor(role=person.role, who=f"user:{person.pk}", name=person.get_full_name())  # type: ignore[arg-type]


def _note() -> BytesIO:
    """A page with ruled lines, as from somebody without a printer."""
    page = Image.new("RGB", (1240, 1754), (250, 250, 246))
    draw = ImageDraw.Draw(page)
    for y in range(260, 1500, 80):
        draw.line((120, y, 1120, y), fill=(205, 210, 214), width=3)
    draw.text((120, 160), "shouhou demo: a letter without a form", fill=(60, 66, 72))
    file = BytesIO()
    page.save(file, "JPEG", quality=80)
    file.seek(0)
    return file
