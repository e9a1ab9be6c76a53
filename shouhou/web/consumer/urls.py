"""The consumer's addresses."""

from django.urls import path

from shouhou.web.consumer import (
    apply,
    case,
    cases,
    courier,
    evidence,
    orders,
    outlook,
    rating,
    sessions,
    signin,
    slip,
    talk,
)
from shouhou.web.shared import notices, search

urlpatterns = [
    path("", signin.home, name="home"),
    path("sign-in/", signin.sign_in, name="sign_in"),
    path("sign-in/code/", signin.code, name="code"),
    path("enter/", signin.enter, name="enter"),
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/end-others/", sessions.end_others, name="sessions_end"),
    path("sessions/<int:key>/end/", sessions.end, name="session_end"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/apply/", apply.apply, name="apply"),
    path("orders/<str:number>/apply/way/", apply.way, name="apply_way"),
    path("orders/<str:number>/apply/confirm/", apply.confirm, name="apply_confirm"),
    path("orders/<str:number>/apply/draft/", apply.save, name="apply_save"),
    path("orders/<str:number>/apply/files/", apply.upload, name="apply_upload"),
    path("orders/<str:number>/apply/discard/", apply.discard, name="apply_discard"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<str:number>/", case.case, name="case"),
    path("cases/<str:number>/applied/", outlook.applied, name="applied"),
    path("cases/<str:number>/moves/<slug:move>/", case.move, name="move"),
    path("cases/<str:number>/messages/", talk.message, name="message"),
    path("cases/<str:number>/news/", talk.news, name="case_news"),
    path("cases/<str:number>/courier/", courier.courier, name="courier"),
    path("cases/<str:number>/uploads/", evidence.upload, name="case_upload"),
    path("cases/<str:number>/evidence/", evidence.evidence, name="evidence"),
    path("cases/<str:number>/rating/", rating.rating, name="rating"),
    path("cases/<str:number>/slip/", slip.slip, name="slip"),
    path("search/", search.own_search, name="search"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read, name="notices_read"),
    path("notices/<int:number>/", notices.notice, name="notice"),
]
