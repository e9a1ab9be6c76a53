"""API keys from the command line: create, list, revoke."""

from collections.abc import Iterator, Sequence

from shouhou.accounts.keys import create_key, revoke_key
from shouhou.accounts.models import ApiKey, Organisation
from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.plumbing import clock


def keys(verb: str, *, name: str, role: str, merchant: str | None, scopes: Sequence[str]) -> Iterator[str]:
    """Lines to print. `revoke` takes the key's number as `name`. Raises Refused as the actions do."""
    if verb == "list":
        for key in ApiKey.objects.select_related("organisation").order_by("pk"):
            state = "启用 active" if key.active else "停用 revoked"
            yield f"{key.pk}\t{key.name}\t{key.role}\t{key.prefix}…\t{key.organisation.code}\t{state}"
    elif verb == "revoke":
        key = revoke_key(int(name) if name.isdigit() else 0)
        yield f"已停用 revoked: {key.pk} {key.name}"
    else:
        owner = _organisation(merchant)
        shop = owner.merchant_set.values_list("pk", flat=True).first() if merchant else None
        made = create_key(
            name=name or role, role=role, organisation=owner, scopes=scopes, merchant_id=shop, now=clock.now()
        )
        yield f"{made.id}\t{made.name}\t{made.role}"
        yield f"密钥只显示这一次 / shown this once: {made.token}"


def _organisation(merchant: str | None) -> Organisation:
    """The operator's organisation, or the one of the shop. Raises Refused NOT_FOUND."""
    if merchant is None:
        found = Organisation.objects.filter(kind="operator").order_by("pk").first()
        return found or Organisation.objects.create(code="operator", name="平台 operator", kind="operator")
    shop = Organisation.objects.filter(merchant__code=merchant).first()
    if shop is None:
        raise refused(NOT_FOUND)
    return shop
