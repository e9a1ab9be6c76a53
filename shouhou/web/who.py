"""Who stands at the door: the buyer or the member of staff of a page request, as one Actor."""

from django.http import HttpRequest

from shouhou.accounts.models import Buyer, User
from shouhou.accounts.sessions import seen_session
from shouhou.foundation.refusals import refusal, refused
from shouhou.foundation.workflow import Who
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor

BUYER_KEY, GUEST_KEY, SEEN_KEY = "buyer_id", "guest_order_id", "seen_at"
STAFF_DOORS = ("/staff/", "/merchant/", "/inspect/", "/technician/", "/desk/", "/finance/", "/operations/", "/insurer/", "/admin/")
SEEN_EVERY_SECONDS = 3600
NO_ORGANISATION = refusal(
    "NO_ORGANISATION", "forbidden",
    zh="您的账号还没有归属组织，请联系管理员。",
    en="Your account belongs to no organisation yet. Ask an administrator.",
)  # fmt: skip


def actor_of(request: HttpRequest) -> Actor | None:
    """Staff behind the staff's doors, otherwise the signed-in buyer, otherwise staff; None for a stranger."""
    if request.path.startswith(STAFF_DOORS):
        return staff_of(request)
    return buyer_of(request) or staff_of(request)


def buyer_of(request: HttpRequest) -> Actor | None:
    """The signed-in consumer, or a guest with one order. An erased buyer is nobody."""
    buyer_id = request.session.get(BUYER_KEY)
    if buyer_id is None:
        return None
    buyer = Buyer.objects.filter(pk=buyer_id, erased_at=None).first()
    if buyer is None:
        return None
    seen, now = request.session.get(SEEN_KEY), clock.now()
    if seen is not None and now.timestamp() - seen > SEEN_EVERY_SECONDS:
        request.session[SEEN_KEY] = now.timestamp()
        seen_session(request.session.session_key or "", now=now)
    guest: int | None = request.session.get(GUEST_KEY)
    return Actor(role="consumer", who=f"buyer:{buyer.pk}", buyer_id=buyer.pk, name=buyer.name, order_id=guest)


def staff_of(request: HttpRequest) -> Actor | None:
    """The signed-in member of staff, scoped to the shop of a merchant's organisation. Raises NO_ORGANISATION."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return None
    role: Who = user.role  # type: ignore[assignment]
    name = user.get_full_name() or user.get_username()
    if user.is_superuser and user.organisation is None:
        return Actor(role=role, who=f"user:{user.pk}", name=name)
    if user.organisation is None:
        raise refused(NO_ORGANISATION)
    merchant_id = None
    if user.organisation.kind == "merchant" or role.startswith("merchant_"):
        # None would mean the whole house: a merchant's person without a shop gets nothing at all.
        merchant_id = Merchant.objects.filter(organisation=user.organisation).values_list("pk", flat=True).first()
        if merchant_id is None:
            raise refused(NO_ORGANISATION)
    insurer = user.organisation.code if role == "insurer" and user.organisation.kind == "partner" else None
    return Actor(role=role, who=f"user:{user.pk}", merchant_id=merchant_id, name=name, insurer=insurer)


def address_of(request: HttpRequest) -> str:
    """The caller's address as the server sees it, for rate limits; a proxy in front sets it (see settings)."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]
