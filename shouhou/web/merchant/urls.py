"""The addresses of a shop's own desk."""

from django.urls import path

from shouhou.web.merchant import addresses, inviting, invoices, money, money_recharges, orders, people, shop, today

urlpatterns = [
    path("merchant/", today.today, name="merchant"),
    path("merchant/addresses/", addresses.addresses, name="merchant_addresses"),
    path("merchant/addresses.<slug:form>", addresses.export, name="merchant_addresses_export"),
    path("merchant/addresses/new/", addresses.add, name="merchant_address_new"),
    path("merchant/addresses/<int:address>/", addresses.change, name="merchant_address"),
    path("merchant/addresses/<int:address>/default/", addresses.default, name="merchant_address_default"),
    path("merchant/addresses/<int:address>/off/", addresses.off, name="merchant_address_off"),
    path("merchant/invoices/", invoices.invoices, name="merchant_invoices"),
    path("merchant/invoices.<slug:form>", invoices.export, name="merchant_invoices_export"),
    path("merchant/invoices/issue/", invoices.issue_several, name="merchant_invoices_issue"),
    path("merchant/invoices/<str:number>/", invoices.invoice, name="merchant_invoice"),
    path("merchant/invoices/<str:number>/<slug:deed>/", invoices.act, name="merchant_invoice_act"),
    path("merchant/money/", money.money, name="merchant_money"),
    path("merchant/money/recharges/", money_recharges.recharges, name="merchant_recharges"),
    path("merchant/money/recharges.<slug:form>", money_recharges.export, name="merchant_recharges_export"),
    path("merchant/money/recharges/<str:number>/", money_recharges.recharge, name="merchant_recharge"),
    path("merchant/money/statements/<str:month>/", money.month, name="merchant_statement"),
    path("merchant/money/statements/<str:month>/paper.pdf", money.paper, name="merchant_statement_paper"),
    path("merchant/money/statements/<str:month>/lines.<slug:form>", money.export, name="merchant_statement_export"),
    path("merchant/orders/", orders.orders, name="merchant_orders"),
    path("merchant/orders.<str:form>", orders.export, name="merchant_orders_export"),
    path("merchant/orders/<str:number>/", orders.order, name="merchant_order"),
    path("merchant/orders/<str:number>/notes/", orders.note, name="merchant_note"),
    path("merchant/orders/<str:number>/notes/<int:note>/withdraw/", orders.withdraw, name="merchant_note_withdraw"),
    path("merchant/people/", people.people, name="merchant_people"),
    path("merchant/people/new/", people.add, name="merchant_person_new"),
    path("merchant/people/invite/", inviting.new_invitation, name="merchant_invite"),
    path("merchant/people/invitations/", inviting.invitations, name="merchant_invitations"),
    path("merchant/people/invitations.<slug:form>", inviting.invitations_export, name="merchant_invitations_export"),
    path("merchant/people/invitations/<int:number>/<slug:deed>/", inviting.change, name="merchant_invitation"),
    path("merchant/people/<int:person>/", people.change, name="merchant_person"),
    path("merchant/people/<int:person>/password/", people.password, name="merchant_person_password"),
    path("merchant/settings/", shop.settings, name="merchant_settings"),
]
