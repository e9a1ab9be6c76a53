"""The addresses of reconciliation, the ledger and the daily proofs."""

from django.urls import path

from shouhou.web.finance import balance, ledger, ledger_export, reconciliation, statements

urlpatterns = [
    path("finance/reconciliation/", reconciliation.differences, name="finance_reconciliation"),
    path("finance/reconciliation.<slug:form>", reconciliation.differences_export, name="finance_differences_export"),
    path("finance/reconciliation/<int:number>/", reconciliation.difference, name="finance_difference"),
    path("finance/reconciliation/<int:number>/<slug:deed>/", reconciliation.deed, name="finance_difference_deed"),
    path("finance/statements/", statements.statements, name="finance_channel_statements"),
    path("finance/statements/<int:number>/", statements.statement, name="finance_channel_statement"),
    path("finance/statements/<int:number>.<slug:form>", statements.statement_export, name="finance_channel_statement_export"),
    path("finance/ledger/", ledger.ledger, name="finance_ledger"),
    path("finance/ledger/accounts.<slug:form>", ledger_export.accounts_export, name="finance_accounts_export"),
    path("finance/ledger/accounts/<str:path>/", ledger.account, name="finance_account"),
    path("finance/ledger/postings/", ledger.postings, name="finance_postings"),
    path("finance/ledger/postings.<slug:form>", ledger_export.postings_export, name="finance_postings_export"),
    path("finance/ledger/transfers/<int:number>/", ledger.transfer, name="finance_transfer"),
    path("finance/balance/", balance.balance, name="finance_balance"),
    path("finance/balance.<slug:form>", balance.export, name="finance_balance_export"),
    path("finance/balance/<str:day>/", balance.proof, name="finance_proof"),
    path("finance/balance/<str:day>/prove/", balance.prove_day, name="finance_prove"),
]
