"""The addresses of the pages."""

from django.urls import path
from django.views.i18n import set_language

from shouhou.web.consumer import apply as consumer_apply
from shouhou.web.consumer import case as consumer_case
from shouhou.web.consumer import orders, signin
from shouhou.web.consumer.slip import slip as consumer_slip
from shouhou.web.shared import files, policies
from shouhou.web.staff import apply as staff_apply
from shouhou.web.staff import approvals, queue
from shouhou.web.staff import case as staff_case
from shouhou.web.staff import signin as staff_signin

app_name = "web"
urlpatterns = [
    path("", signin.home, name="home"),
    path("language/", set_language, name="language"),
    path("sign-in/", signin.sign_in, name="sign_in"),
    path("sign-in/code/", signin.code, name="code"),
    path("enter/", signin.enter, name="enter"),
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/apply/", consumer_apply.apply, name="apply"),
    path("cases/", orders.cases, name="cases"),
    path("cases/<str:number>/", consumer_case.case, name="case"),
    path("cases/<str:number>/moves/<slug:move>/", consumer_case.move, name="move"),
    path("cases/<str:number>/messages/", consumer_case.message, name="message"),
    path("cases/<str:number>/evidence/", consumer_case.evidence, name="evidence"),
    path("cases/<str:number>/rating/", consumer_case.rating, name="rating"),
    path("cases/<str:number>/slip/", consumer_slip, name="slip"),
    path("policy/", policies.policies, name="policies"),
    path("policy/<str:book>/<str:version>/", policies.policy, name="policy"),
    path("files/<str:token>/", files.file, name="file"),
    path("staff/", queue.queue, name="queue"),
    path("staff/cases.csv", queue.export, name="queue_csv"),
    path("staff/sign-in/", staff_signin.sign_in, name="staff_sign_in"),
    path("staff/sign-out/", staff_signin.sign_out, name="staff_sign_out"),
    path("staff/cases/<str:number>/", staff_case.case, name="staff_case"),
    path("staff/cases/<str:number>/moves/<slug:move>/", staff_case.move, name="staff_move"),
    path("staff/cases/<str:number>/messages/", staff_case.message, name="staff_message"),
    path("staff/cases/<str:number>/claim/", staff_case.claim_case, name="staff_claim"),
    path("staff/cases/<str:number>/release/", staff_case.release_case, name="staff_release"),
    path("staff/cases/<str:number>/slip/", staff_case.slip, name="staff_slip"),
    path("staff/apply/", staff_apply.find, name="staff_apply"),
    path("staff/orders/<str:number>/", staff_apply.order, name="staff_order"),
    path("staff/orders/<str:number>/apply/", staff_apply.apply, name="staff_apply_order"),
    path("staff/orders/<str:number>/receipt/<int:line>/", staff_apply.receipt, name="staff_receipt"),
    path("staff/refunds/", approvals.approvals, name="approvals"),
]
