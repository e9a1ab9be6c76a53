"""The consumer's addresses."""

from django.urls import path

from shouhou.web.consumer import apply, case, orders, signin, slip

urlpatterns = [
    path("", signin.home, name="home"),
    path("sign-in/", signin.sign_in, name="sign_in"),
    path("sign-in/code/", signin.code, name="code"),
    path("enter/", signin.enter, name="enter"),
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/apply/", apply.apply, name="apply"),
    path("cases/", orders.cases, name="cases"),
    path("cases/<str:number>/", case.case, name="case"),
    path("cases/<str:number>/moves/<slug:move>/", case.move, name="move"),
    path("cases/<str:number>/messages/", case.message, name="message"),
    path("cases/<str:number>/evidence/", case.evidence, name="evidence"),
    path("cases/<str:number>/rating/", case.rating, name="rating"),
    path("cases/<str:number>/slip/", slip.slip, name="slip"),
]
