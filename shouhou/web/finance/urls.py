"""The addresses of finance."""

from django.urls import path

from shouhou.web.finance import (
    batches,
    claims,
    invoices,
    merchants,
    merchants_recharges,
    merchants_settlements,
    refund,
    refunds,
    today,
)
from shouhou.web.finance.ledger_urls import urlpatterns as ledger_patterns

urlpatterns = [
    path("finance/", today.today, name="finance"),
    path("finance/refunds/", refunds.refunds, name="finance_refunds"),
    path("finance/refunds.<slug:form>", refunds.export, name="finance_refunds_export"),
    path("finance/refunds/chosen/", refunds.chosen, name="finance_refunds_chosen"),
    path("finance/refunds/<str:number>/", refund.refund, name="finance_refund"),
    path("finance/refunds/<str:number>/<slug:deed>/", refund.act, name="finance_refund_act"),
    path("finance/batches/", batches.batches, name="finance_batches"),
    path("finance/batches/<str:number>/", batches.batch, name="finance_batch"),
    path("finance/batches/<str:number>/bank.<slug:form>", batches.bank_file, name="finance_batch_file"),
    path("finance/batches/<str:number>/<slug:deed>/", batches.act, name="finance_batch_act"),
    path("finance/invoices/", invoices.invoices, name="finance_invoices"),
    path("finance/invoices.<slug:form>", invoices.export, name="finance_invoices_export"),
    path("finance/invoices/issue/", invoices.issue_several, name="finance_invoices_issue"),
    path("finance/invoices/<str:number>/", invoices.invoice, name="finance_invoice"),
    path("finance/invoices/<str:number>/<slug:deed>/", invoices.act, name="finance_invoice_act"),
    path("finance/merchants/", merchants.merchants, name="finance_merchants"),
    path("finance/merchants.<slug:form>", merchants.export, name="finance_merchants_export"),
    path("finance/merchants/recharges/", merchants_recharges.recharges, name="finance_recharges"),
    path("finance/merchants/recharges.<slug:form>", merchants_recharges.export, name="finance_recharges_export"),
    path("finance/merchants/recharges/book/", merchants_recharges.book, name="finance_recharges_book"),
    path("finance/merchants/recharges/<str:number>/", merchants_recharges.recharge, name="finance_recharge"),
    path("finance/merchants/settlements/", merchants_settlements.settlements, name="finance_settlements"),
    path("finance/merchants/settlements.<slug:form>", merchants_settlements.export, name="finance_settlements_export"),
    path("finance/merchants/settlements/<str:number>/", merchants_settlements.settlement, name="finance_settlement"),
    path("finance/merchants/settlements/<str:number>/<slug:deed>/", merchants_settlements.deed, name="finance_settlement_deed"),
    path("finance/merchants/shops/<str:code>/", merchants.merchant, name="finance_merchant"),
    path("finance/merchants/shops/<str:code>/account/", merchants.account, name="finance_merchant_account"),
    path("finance/merchants/shops/<str:code>/loss/", merchants.loss, name="finance_merchant_loss"),
    path("finance/merchants/shops/<str:code>/move/", merchants.move, name="finance_merchant_move"),
    path("finance/merchants/shops/<str:code>/moves/<str:number>/<slug:deed>/", merchants.movement, name="finance_merchant_movement"),
    path("finance/merchants/shops/<str:code>/settle/", merchants.settle, name="finance_merchant_settle"),
    path("finance/merchants/shops/<str:code>/statements/<str:month>/", merchants.month, name="finance_statement"),
    path("finance/merchants/shops/<str:code>/statements/<str:month>/paper.pdf", merchants.month_paper, name="finance_statement_paper"),
    path(
        "finance/merchants/shops/<str:code>/statements/<str:month>/lines.<slug:form>", merchants.month_export,
        name="finance_statement_export",
    ),
    path("finance/claims/", claims.insurers, name="finance_claims"),
    *ledger_patterns,
]
