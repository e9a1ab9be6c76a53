"""The addresses of the staff's desk: queue, case, applications on behalf, refunds."""

from django.urls import path

from shouhou.web.shared import search
from shouhou.web.staff import (
    apply,
    approvals,
    bulk,
    case,
    clock,
    export,
    keys,
    moving,
    queue,
    related,
    signin,
    stuck,
    views,
)

urlpatterns = [
    path("staff/", queue.queue, name="queue"),
    path("staff/cases.<str:form>", export.cases, name="queue_export"),
    path("staff/queue/take/", queue.take, name="queue_take"),
    path("staff/queue/put-back/", queue.put_back, name="queue_put_back"),
    path("staff/queue/next/", queue.take_next, name="queue_next"),
    path("staff/views/", views.views, name="staff_views"),
    path("staff/views/save/", views.save, name="staff_views_save"),
    path("staff/views/<int:key>/", views.change, name="staff_views_change"),
    path("staff/bulk/", bulk.bulk, name="staff_bulk"),
    path("staff/search/", search.staff_search, name="staff_search"),
    path("staff/keys/", keys.keys, name="staff_keys"),
    path("staff/keys/switch/", keys.switch, name="staff_keys_switch"),
    path("staff/sign-in/", signin.sign_in, name="staff_sign_in"),
    path("staff/sign-out/", signin.sign_out, name="staff_sign_out"),
    path("staff/cases/<str:number>/", case.case, name="staff_case"),
    path("staff/cases/<str:number>/moves/<slug:move>/", moving.move, name="staff_move"),
    path("staff/cases/<str:number>/messages/", case.message, name="staff_message"),
    path("staff/cases/<str:number>/claim/", case.claim_case, name="staff_claim"),
    path("staff/cases/<str:number>/release/", case.release_case, name="staff_release"),
    path("staff/cases/<str:number>/changed/", case.changed, name="staff_changed"),
    path("staff/cases/<str:number>/clock/<slug:name>/", clock.clock, name="staff_clock"),
    path("staff/cases/<str:number>/related/", related.related, name="staff_related"),
    path("staff/cases/<str:number>/slip/", case.slip, name="staff_slip"),
    path("staff/apply/", apply.find, name="staff_apply"),
    path("staff/orders/<str:number>/", apply.order, name="staff_order"),
    path("staff/orders/<str:number>/apply/", apply.apply, name="staff_apply_order"),
    path("staff/orders/<str:number>/receipt/<int:line>/", apply.receipt, name="staff_receipt"),
    path("staff/refunds/", approvals.approvals, name="approvals"),
    path("staff/refunds/stuck/", stuck.stuck, name="stuck_refunds"),
]
