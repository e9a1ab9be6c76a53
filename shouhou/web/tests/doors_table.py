"""Who may open which address: the door ("open", "buyer", "account", "staff") and, behind the staff's, the roles (empty: all).

An address with something in it (`<…>`) is refused to whoever may not see the secret order, except for those in `HOUSES`.
"""

from collections.abc import Mapping

SHOP = ("merchant_operator", "merchant_manager")
BENCH = ("inspector", "clerk", "supervisor", *SHOP)
HOUSE = ("operations", "supervisor", "auditor")
ALL: tuple[str, ...] = ()
Door = tuple[str, tuple[str, ...]]


def _all(door: str, roles: tuple[str, ...], routes: str) -> Mapping[str, Door]:
    return dict.fromkeys(routes.split(), (door, roles))


DOORS: Mapping[str, Door] = {
    "": ("open", ALL),
    **_all("open", ALL, """
        healthz readyz language/ theme/ design/ policy/ policy/<str:book>/<str:version>/ sign-in/ sign-in/code/ enter/ sign-out/
        again/<str:token>/ files/<str:token>/ staff/sign-in/ staff/sign-out/ staff/account/sign-in/ staff/account/sign-out/
        staff/account/code/ staff/account/inactive/ staff/account/reset/ staff/account/reset/sent/ staff/account/reset/done/
        staff/account/reset/<str:uidb36>/<str:key>/ staff/account/sso-cancelled/ staff/account/sso/<slug:provider_id>/
        staff/account/sso/<slug:provider_id>/back/
    """),
    **_all("account", ALL, """
        staff/account/ staff/account/app/ staff/account/app/remove/ staff/account/codes/ staff/account/codes/file/
        staff/account/codes/new/ staff/account/confirm/ staff/account/confirm/code/ staff/account/password/
        staff/account/password/first/ staff/account/sessions/
    """),
    **_all("buyer", ALL, """
        orders/ orders/<str:number>/ orders/<str:number>/apply/ orders/<str:number>/apply/confirm/ orders/<str:number>/apply/discard/
        orders/<str:number>/apply/draft/ orders/<str:number>/apply/files/ orders/<str:number>/apply/way/
        cases/ cases/<str:number>/ cases/<str:number>/applied/ cases/<str:number>/courier/ cases/<str:number>/evidence/
        cases/<str:number>/messages/ cases/<str:number>/moves/<slug:move>/ cases/<str:number>/news/ cases/<str:number>/rating/
        cases/<str:number>/slip/ cases/<str:number>/uploads/ notices/ notices/<int:number>/ notices/read/ search/
        sessions/ sessions/<int:key>/end/ sessions/end-others/
    """),
    **_all("staff", ALL, """
        staff/ staff/apply/ staff/bulk/ staff/cases.<str:form> staff/cases/<str:number>/ staff/cases/<str:number>/changed/
        staff/cases/<str:number>/claim/ staff/cases/<str:number>/clock/<slug:name>/ staff/cases/<str:number>/messages/
        staff/cases/<str:number>/moves/<slug:move>/ staff/cases/<str:number>/related/ staff/cases/<str:number>/release/
        staff/cases/<str:number>/slip/ staff/keys/ staff/keys/switch/ staff/notices/ staff/notices/<int:number>/ staff/notices/read/
        staff/orders/<str:number>/ staff/orders/<str:number>/apply/ staff/orders/<str:number>/receipt/<int:line>/
        staff/queue/next/ staff/queue/put-back/ staff/queue/take/ staff/refunds/ staff/refunds/stuck/ staff/search/
        staff/views/ staff/views/<int:key>/ staff/views/save/
    """),
    **_all("staff", BENCH, """
        inspect/ inspect/<str:number>/ inspect/<str:number>/<slug:step>/ inspect/<str:number>/discard/ inspect/<str:number>/send/
        inspect/find/
    """),
    **_all("staff", SHOP, """
        merchant/ merchant/addresses/ merchant/addresses/<int:address>/ merchant/addresses/<int:address>/default/
        merchant/addresses/<int:address>/off/ merchant/addresses/new/ merchant/orders.<str:form> merchant/orders/
        merchant/orders/<str:number>/ merchant/orders/<str:number>/notes/ merchant/orders/<str:number>/notes/<int:note>/withdraw/
        merchant/people/ merchant/people/<int:person>/ merchant/people/<int:person>/password/ merchant/people/new/ merchant/settings/
    """),
    **_all("staff", HOUSE, """
        operations/ operations/audit.<slug:form> operations/audit/ operations/books/ operations/books/<str:book>/<str:version>/
        operations/books/<str:book>/compare/ operations/calendar/ operations/calendar/<int:number>/drop/ operations/carriers/
        operations/carriers/areas/ operations/carriers/suspensions/ operations/carriers/suspensions/<int:number>/resume/
        operations/jobs/ operations/jobs/<int:number>/retry/ operations/lockouts/<int:number>/lift/ operations/people.<slug:form>
        operations/people/ operations/people/<int:number>/ operations/people/<int:number>/<slug:deed>/ operations/people/new/
        operations/sign-in/ operations/sign-in/<slug:role>/
        operations/stuck/ operations/stuck/<slug:kind>/<int:number>/again/ operations/texts/ operations/texts/<slug:name>/
        operations/texts/<slug:name>/<str:spoken>.eml
    """),
}  # fmt: skip

# What stands in an address beside the scene's order, case, return address and colleague.
VALUES: Mapping[str, str] = {
    "book": "house", "version": "1", "move": "approve", "form": "csv", "name": "review", "step": "unpack", "spoken": "en",
    "deed": "off", "kind": "webhook", "provider_id": "company", "token": "x", "key": "1", "uidb36": "x",
}  # fmt: skip
# Addresses whose things are the house's or one's own: nothing of the secret order stands there.
HOUSES: tuple[str, ...] = ("policy/", "operations/", "again/", "staff/account/", "staff/cases.", "merchant/orders.", "staff/views/")
# The API without a key: 401, except what is said to everybody.
TOLD_TO_ALL: Mapping[str, set[int]] = {
    "api/v1/healthz": {200, 405}, "api/v1/readyz": {200, 405}, "api/v1/problems/<str:code>": {200, 404, 405},
    "api/v1/openapi.json": {200, 404, 405},
    # Signed, not keyed: without a signed body there is nothing to take.
    "api/v1/callbacks/payments/<channel>": {401, 404, 405, 422}, "api/v1/callbacks/carriers/<carrier>": {401, 404, 405, 422},
}  # fmt: skip
