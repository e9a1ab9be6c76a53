"""The addresses of the staff's desk: queue, case, applications on behalf, refunds."""

from django.urls import path

from shouhou.web.staff import apply, approvals, case, queue, signin

urlpatterns = [
    path("staff/", queue.queue, name="queue"),
    path("staff/cases.csv", queue.export, name="queue_csv"),
    path("staff/sign-in/", signin.sign_in, name="staff_sign_in"),
    path("staff/sign-out/", signin.sign_out, name="staff_sign_out"),
    path("staff/cases/<str:number>/", case.case, name="staff_case"),
    path("staff/cases/<str:number>/moves/<slug:move>/", case.move, name="staff_move"),
    path("staff/cases/<str:number>/messages/", case.message, name="staff_message"),
    path("staff/cases/<str:number>/claim/", case.claim_case, name="staff_claim"),
    path("staff/cases/<str:number>/release/", case.release_case, name="staff_release"),
    path("staff/cases/<str:number>/slip/", case.slip, name="staff_slip"),
    path("staff/apply/", apply.find, name="staff_apply"),
    path("staff/orders/<str:number>/", apply.order, name="staff_order"),
    path("staff/orders/<str:number>/apply/", apply.apply, name="staff_apply_order"),
    path("staff/orders/<str:number>/receipt/<int:line>/", apply.receipt, name="staff_receipt"),
    path("staff/refunds/", approvals.approvals, name="approvals"),
]
