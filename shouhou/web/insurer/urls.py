"""The addresses of the insurer's desk."""

from django.urls import path

from shouhou.web.insurer import bulk, claim, today

urlpatterns = [
    path("insurer/", today.today, name="insurer"),
    path("insurer/claims.<str:form>", today.export, name="insurer_export"),
    path("insurer/bulk/", bulk.bulk, name="insurer_bulk"),
    path("insurer/<str:number>/", claim.claim, name="insurer_claim"),
    path("insurer/<str:number>/decide/", claim.decide_claim, name="insurer_decide"),
]
