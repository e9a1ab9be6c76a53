"""Who may open which address: the door ("open", "buyer", "account", "staff") and, behind the staff's, the roles (empty: all).

An address with something in it (`<…>`) is refused to whoever may not see the secret order, except for those in `HOUSES`.
"""

from collections.abc import Mapping

SHOP = ("merchant_operator", "merchant_manager")
BENCH = ("inspector", "clerk", "supervisor", *SHOP)
WORKSHOP = ("technician", "clerk", "inspector", "supervisor", *SHOP)
RATED = ("agent", "reviewer", "supervisor", "operations", "auditor", "arbitrator", *SHOP)
STATISTICIANS = ("agent", "reviewer", "supervisor", "arbitrator", "operations", "finance", "auditor", "merchant_manager")
SELLERS_OF_PLANS = ("agent", "reviewer", "supervisor", "technician", "finance", "operations", "auditor", *SHOP)
CALLED = ("agent", "reviewer", "supervisor", "operations", "auditor")
COUNTER = ("clerk", "technician", "supervisor", *SHOP)
KEYERS = ("agent", "clerk", "supervisor")
TALKERS = ("agent", "reviewer", "supervisor", "arbitrator", "operations", "technician", "clerk", "inspector", "finance", "auditor", *SHOP)
INSURANCE = ("insurer", "finance", "supervisor", "auditor")
HOUSE = ("operations", "supervisor", "auditor")
ALL: tuple[str, ...] = ()
Door = tuple[str, tuple[str, ...]]


def _all(door: str, roles: tuple[str, ...], routes: str) -> Mapping[str, Door]:
    return dict.fromkeys(routes.split(), (door, roles))


DOORS: Mapping[str, Door] = {
    "": ("open", ALL),
    **_all("open", ALL, """
        healthz readyz language/ theme/ design/ policy/ policy/<str:book>/<str:version>/ sign-in/ sign-in/code/ enter/ sign-out/
        sign-in/phone/ sign-in/phone/code/
        forms/ forms/<slug:form>.pdf repairers/ process/ process/<slug:service>/ process/<slug:service>/<slug:spoken>.svg
        measures/ ratings/ help/ help/rules/ help/<slug:slug>/ help/<slug:slug>/useful/ help/<slug:slug>/<int:number>/
        notices/off/<str:token>/ again/<str:token>/ files/<str:token>/ staff/sign-in/ staff/sign-out/
        staff/account/sign-in/ staff/account/sign-out/
        staff/account/code/ staff/account/inactive/ staff/account/reset/ staff/account/reset/sent/ staff/account/reset/done/
        staff/account/reset/<str:uidb36>/<str:key>/ staff/account/sso-cancelled/ staff/account/sso/<slug:provider_id>/
        staff/account/sso/<slug:provider_id>/back/ staff/invited/<str:token>/
    """),
    **_all("account", ALL, """
        staff/account/ staff/account/app/ staff/account/app/remove/ staff/account/codes/ staff/account/codes/file/
        staff/account/codes/new/ staff/account/confirm/ staff/account/confirm/code/ staff/account/password/
        staff/account/password/first/ staff/account/password/own/ staff/account/sessions/ staff/account/sessions/<int:key>/
    """),
    **_all("buyer", ALL, """
        orders.<str:form> cases.<str:form>
        orders/<str:number>/plans/
        orders/ orders/<str:number>/ orders/<str:number>/apply/ orders/<str:number>/apply/confirm/ orders/<str:number>/apply/discard/
        orders/<str:number>/apply/draft/ orders/<str:number>/apply/files/ orders/<str:number>/apply/service/ orders/<str:number>/apply/way/
        cases/ cases/<str:number>/ cases/<str:number>/applied/ cases/<str:number>/courier/ cases/<str:number>/evidence/
        cases/<str:number>/messages/ cases/<str:number>/moves/<slug:move>/ cases/<str:number>/news/ cases/<str:number>/rating/
        cases/<str:number>/forms/ cases/<str:number>/forms/<slug:form>.pdf orders/<str:number>/forms/<slug:form>.pdf
        cases/<str:number>/freight-appeal/ cases/<str:number>/slip/ cases/<str:number>/uploads/ notices/ notices/<int:number>/
        notices.<slug:form> notices/read/ notices/settings/ cases/<str:number>/told/ search/
        ask/ complain/ talks.<slug:form> talks/ talks/<str:number>/ talks/<str:number>/say/ talks/<str:number>/news/
        talks/<str:number>/house/
        talks/<str:number>/end/
        pay/<str:number>/ pay/<str:number>/inside/ sessions/ sessions/<int:key>/end/ sessions/end-others/
    """),
    **_all("staff", ALL, """
        staff/ staff/apply/ staff/bulk/ staff/cases.<str:form> staff/cases/<str:number>/ staff/cases/<str:number>/changed/
        staff/cases/<str:number>/claim/ staff/cases/<str:number>/clock/<slug:name>/ staff/cases/<str:number>/messages/
        staff/cases/<str:number>/moves/<slug:move>/ staff/cases/<str:number>/related/ staff/cases/<str:number>/release/
        staff/cases/<str:number>/forms/ staff/cases/<str:number>/forms/<slug:form>.pdf staff/orders/<str:number>/forms/<slug:form>.pdf
        staff/cases/<str:number>/freight-appeal/ staff/cases/<str:number>/slip/ staff/keys/ staff/keys/switch/
        staff/notices.<slug:form> staff/notices/ staff/notices/<int:number>/ staff/notices/read/
        staff/notices/settings/ staff/cases/<str:number>/told/
        staff/orders/<str:number>/ staff/orders/<str:number>/apply/ staff/orders/<str:number>/receipt/<int:line>/
        staff/queue/next/ staff/queue/put-back/ staff/queue/take/ staff/refunds.<str:form> staff/refunds/
        staff/refunds/stuck.<str:form> staff/refunds/stuck/ staff/search/ staff/charges/<str:number>/ staff/refunds/<str:number>/repair/
        staff/views/ staff/views/<int:key>/ staff/views/save/
    """),
    **_all("staff", TALKERS, """
        staff/talks.<slug:form> staff/talks/ staff/talks/next/ staff/talks/new/ staff/talks/replies/
        staff/talks/replies.<slug:form> staff/talks/rota.<slug:form>
        staff/talks/replies/<int:reply>/end/ staff/talks/rota/ staff/talks/rota/<int:duty>/end/ staff/talks/<str:number>/
        staff/talks/screened/ staff/talks/screened/<int:number>/
        staff/talks/<str:number>/say/ staff/talks/<str:number>/news/ staff/talks/<str:number>/<slug:deed>/
        staff/team.<slug:form> staff/team/ staff/team/swaps.<slug:form> staff/team/swaps/ staff/team/swaps/<int:swap>/<slug:deed>/
        staff/team/training.<slug:form> staff/team/training/ staff/team/courses/<int:course>/end/
        staff/team/checks.<slug:form> staff/team/checks/ staff/team/checks/<int:key>/
    """),
    **_all("staff", STATISTICIANS, "staff/statistics.<slug:form> staff/statistics/"),
    **_all("staff", RATED, """
        staff/satisfaction.<slug:form> staff/satisfaction/ staff/satisfaction/improve/
        staff/satisfaction/improvements/<int:key>/
        staff/ratings.<slug:form> staff/ratings/ staff/ratings/<str:number>/
    """),
    **_all("staff", SELLERS_OF_PLANS, "staff/plans.<slug:form> staff/plans/"),
    **_all("staff", CALLED, """
        staff/follow-ups.<slug:form> staff/follow-ups/ staff/follow-ups/<str:number>/
        staff/calls.<slug:form> staff/calls/ staff/calls/<int:number>/
    """),
    **_all("staff", KEYERS, """
        staff/scans.<str:form> staff/scans/ staff/scans/<str:scan>/ staff/scans/<str:scan>/add/ staff/scans/<str:scan>/drop/
        staff/complain/ staff/scans/<str:scan>/complain/
        staff/scans/<str:scan>/key/<str:number>/ staff/scans/<str:scan>/pages/<int:number>/ staff/scans/<str:scan>/unclear/
    """),
    **_all("staff", BENCH, """
        inspect/ inspect/<str:number>/ inspect/<str:number>/<slug:step>/ inspect/<str:number>/discard/ inspect/<str:number>/send/
        inspect/outgoing/ inspect/outgoing/ship/ inspect/outgoing.<str:form>
        inspect/find/ inspect/read/ inspect/unidentified.<str:form> inspect/unidentified/ inspect/unidentified/new/
        inspect/unidentified/<str:parcel>/
        inspect/unidentified/<str:parcel>/ask/ inspect/unidentified/<str:parcel>/confirm/ inspect/unidentified/<str:parcel>/keep/
        inspect/unidentified/<str:parcel>/match/
    """),
    **_all("staff", WORKSHOP, """
        technician/ technician/list/ technician/orders.<str:form> technician/day/ technician/<str:number>/
        technician/<str:number>/moves/<slug:move>/
    """),
    **_all("staff", COUNTER, """
        desk/ desk/find/ desk/read/ desk/home/ desk/loans/ desk/loans.<str:form> desk/<str:number>/ desk/<str:number>/ticket/
        desk/<str:number>/moves/<slug:move>/
    """),
    **_all("staff", SHOP, """
        merchant/ merchant/addresses/ merchant/addresses/<int:address>/ merchant/addresses/<int:address>/default/
        merchant/addresses/<int:address>/off/ merchant/addresses/new/ merchant/orders.<str:form> merchant/orders/
        merchant/orders/<str:number>/ merchant/orders/<str:number>/notes/ merchant/orders/<str:number>/notes/<int:note>/withdraw/
        merchant/people/ merchant/people/<int:person>/ merchant/people/<int:person>/password/ merchant/people/new/ merchant/settings/
        merchant/addresses.<slug:form> merchant/people/invitations/ merchant/people/invitations.<slug:form>
        merchant/people.<slug:form> merchant/people/invite/ merchant/people/invitations/<int:number>/<slug:deed>/
        merchant/money/ merchant/money/recharges/ merchant/money/recharges.<slug:form> merchant/money/recharges/<str:number>/
        merchant/invoices/ merchant/invoices.<slug:form> merchant/invoices/issue/ merchant/invoices/<str:number>/
        merchant/invoices/<str:number>/<slug:deed>/
        merchant/money/statements/<str:month>/ merchant/money/statements/<str:month>/paper.pdf
        merchant/money/statements/<str:month>/lines.<slug:form>
        merchant/clocks/ merchant/clocks.<slug:form> merchant/breaches/ merchant/breaches.<slug:form> merchant/breaches/<str:number>/
        merchant/standing/ merchant/scorecards/ merchant/scorecards/<str:month>/ merchant/scorecards/<str:month>/card.<slug:form>
    """),
    **_all("staff", ("finance", "supervisor", "auditor"), """
        finance/ finance/refunds/ finance/refunds.<slug:form> finance/refunds/chosen/ finance/refunds/<str:number>/
        finance/refunds/<str:number>/<slug:deed>/ finance/batches/ finance/batches.<slug:form> finance/batches/<str:number>/
        finance/batches/<str:number>/bank.<slug:form> finance/batches/<str:number>/<slug:deed>/ finance/invoices/
        finance/invoices.<slug:form> finance/invoices/issue/ finance/invoices/<str:number>/ finance/invoices/<str:number>/<slug:deed>/
    """),
    **_all("staff", ("finance", "supervisor", "auditor"), """
        finance/claims/ finance/couriers/ finance/couriers.<slug:form> finance/wrong/ finance/wrong.<slug:form>
        finance/wrong/charges/<str:number>/ finance/wrong/overpaid/<int:number>/<slug:deed>/
    """),
    **_all("staff", ("finance", "supervisor", "auditor"), """
        finance/reconciliation/ finance/reconciliation.<slug:form> finance/reconciliation/<int:number>/
        finance/reconciliation/<int:number>/<slug:deed>/ finance/statements/ finance/statements/<int:number>/
        finance/statements/<int:number>.<slug:form> finance/ledger/ finance/ledger/accounts.<slug:form>
        finance/ledger/accounts/<str:path>/ finance/ledger/postings/ finance/ledger/postings.<slug:form>
        finance/ledger/transfers/<int:number>/ finance/balance/ finance/balance.<slug:form> finance/balance/<str:day>/
        finance/balance/<str:day>/prove/
    """),
    **_all("staff", INSURANCE, """
        insurer/ insurer/claims.<str:form> insurer/bulk/ insurer/<str:number>/ insurer/<str:number>/decide/
    """),
    **_all("staff", ("finance", "supervisor", "auditor"), """
        finance/merchants/ finance/merchants.<slug:form> finance/merchants/recharges/ finance/merchants/recharges.<slug:form>
        finance/merchants/recharges/book/ finance/merchants/recharges/<str:number>/ finance/merchants/settlements/
        finance/merchants/settlements.<slug:form> finance/merchants/settlements/<str:number>/
        finance/merchants/settlements/<str:number>/<slug:deed>/ finance/merchants/shops/<str:code>/
        finance/merchants/shops/<str:code>/account/ finance/merchants/shops/<str:code>/loss/ finance/merchants/shops/<str:code>/move/
        finance/merchants/shops/<str:code>/moves/<str:number>/<slug:deed>/ finance/merchants/shops/<str:code>/settle/
        finance/merchants/shops/<str:code>/statements/<str:month>/ finance/merchants/shops/<str:code>/statements/<str:month>/paper.pdf
        finance/merchants/shops/<str:code>/statements/<str:month>/lines.<slug:form>
    """),
    **_all("staff", HOUSE, """
        operations/ operations/audit.<slug:form> operations/audit/ operations/books/ operations/books/<str:book>/<str:version>/
        operations/books/<str:book>/compare/ operations/calendar/ operations/calendar/<int:number>/drop/ operations/carriers/
        operations/calendar.<slug:form> operations/carriers.<slug:form> operations/carriers/areas.<slug:form>
        operations/carriers/suspensions.<slug:form> operations/texts.<slug:form> operations/books/<str:book>/<str:version>/terms.<slug:form>
        operations/carriers/areas/ operations/carriers/suspensions/ operations/carriers/suspensions/<int:number>/resume/
        operations/pickups/ operations/pickups.<slug:form> operations/pickups/capacity/
        operations/carriers/<slug:code>/switch/ operations/carriers/<slug:code>/link/ operations/points/ operations/points.<slug:form>
        operations/points/new/ operations/points/import/ operations/points/<slug:code>/ operations/points/<slug:code>/switch/
        operations/jobs/ operations/jobs.<slug:form> operations/jobs/<int:number>/retry/
        operations/lockouts/<int:number>/lift/ operations/people.<slug:form>
        operations/people/ operations/people/<int:number>/ operations/people/<int:number>/<slug:deed>/ operations/people/new/
        operations/people/invite/ operations/people/invitations/ operations/people/invitations.<slug:form>
        operations/people/invitations/<int:number>/<slug:deed>/
        operations/sign-in/ operations/sign-in/<slug:role>/
        operations/stuck/ operations/stuck.<slug:form> operations/stuck/<slug:kind>/<int:number>/again/
        operations/texts/ operations/texts/<slug:name>/
        operations/notices/ operations/notices.<slug:form> operations/notices/<int:number>/ operations/notice-ways/
        operations/notice-ways/<slug:kind>/ operations/notice-rooms/new/ operations/notice-rooms/<int:number>/
        operations/notice-rooms/<int:number>/<slug:deed>/
        operations/clocks/ operations/clocks.<slug:form> operations/breaches/ operations/breaches.<slug:form>
        operations/breaches/<str:number>/ operations/scorecards/ operations/scorecards.<slug:form>
        operations/scorecards/<str:code>/<str:month>/ operations/scorecards/<str:code>/<str:month>/card.<slug:form>
        operations/penalties/ operations/penalties/<int:key>/end/ operations/suspensions/ operations/suspensions.<slug:form>
        operations/suspensions/<str:number>/ operations/suspensions/<str:number>/<slug:deed>/
        operations/conduct/ operations/conduct.<slug:form> operations/conduct/contacts/ operations/conduct/contacts/<int:number>/end/
        operations/conduct/<int:number>/decide/ operations/conduct/<int:number>/<slug:deed>/
        operations/texts/<slug:name>/<str:spoken>.eml operations/help/ operations/help.<slug:form> operations/help/new/
        operations/help/<slug:slug>/ operations/help/<slug:slug>/show/
    """),
}  # fmt: skip

# What stands in an address beside the scene's order, case, return address and colleague.
VALUES: Mapping[str, str] = {
    "book": "house", "version": "1", "move": "approve", "form": "csv", "name": "review", "step": "unpack", "spoken": "en",
    "deed": "off", "kind": "webhook", "provider_id": "company", "token": "x", "key": "1", "uidb36": "x", "code": "SF", "month": "2026-03",
    "day": "2026-03-10", "path": "platform:advance", "slug": "no-such",
}  # fmt: skip
# Addresses whose things are the house's or one's own: nothing of the secret order stands there.
HOUSES: tuple[str, ...] = (
    "policy/", "help/", "operations/", "again/", "staff/account/", "staff/cases.", "orders.", "cases.",
    "merchant/clocks.", "merchant/breaches.", "merchant/scorecards/",
    "merchant/orders.", "merchant/addresses.", "merchant/people/invitations.", "merchant/people.",
    "merchant/money/", "merchant/invoices.", "staff/views/",
    "staff/scans.", "staff/talks.", "talks.", "notices.", "staff/notices.",
    "staff/talks/replies.", "staff/talks/rota.", "staff/team", "staff/statistics",
    "staff/satisfaction", "staff/ratings.", "staff/follow-ups.", "staff/plans.", "staff/calls.",
    "inspect/unidentified.", "inspect/outgoing.", "technician/orders.", "desk/loans.", "insurer/claims.",
    "staff/refunds.", "staff/refunds/stuck.",
)  # fmt: skip
# The API without a key: 401, except what is said to everybody.
TOLD_TO_ALL: Mapping[str, set[int]] = {
    "api/v1/healthz": {200, 405}, "api/v1/readyz": {200, 405}, "api/v1/problems/<str:code>": {200, 404, 405},
    "api/v1/openapi.json": {200, 404, 405},
    # Signed, not keyed: without a signed body there is nothing to take.
    "api/v1/callbacks/payments/<channel>": {401, 404, 405, 422}, "api/v1/callbacks/carriers/<carrier>": {401, 404, 405, 422},
    "api/v1/callbacks/sms/<gateway>": {401, 404, 405, 422},
    "api/v1/callbacks/mail": {401, 405, 422},
}  # fmt: skip
