"""The addresses of the service point's counter."""

from django.urls import path

from shouhou.web.desk import case, counter, loans, ticket

urlpatterns = [
    path("desk/", counter.counter, name="counter"),
    path("desk/find/", counter.lookup, name="counter_find"),
    path("desk/read/", counter.read, name="counter_read"),
    path("desk/home/", counter.home, name="counter_home"),
    path("desk/loans/", loans.loans, name="counter_loans"),
    path("desk/loans.<str:form>", loans.export, name="counter_loans_export"),
    path("desk/<str:number>/", case.case, name="counter_case"),
    path("desk/<str:number>/ticket/", ticket.ticket, name="counter_ticket"),
    path("desk/<str:number>/moves/<slug:move>/", case.move, name="counter_move"),
]
