"""The addresses of the inspector's bench."""

from django.urls import path

from shouhou.web.inspect import bench, outgoing, steps, unidentified, unknown

urlpatterns = [
    path("inspect/", bench.bench, name="inspect"),
    path("inspect/find/", bench.lookup, name="inspect_find"),
    path("inspect/read/", bench.read, name="inspect_read"),
    path("inspect/outgoing/", outgoing.outgoing, name="outgoing"),
    path("inspect/outgoing/ship/", outgoing.ship, name="outgoing_ship"),
    path("inspect/outgoing.<str:form>", outgoing.export, name="outgoing_export"),
    path("inspect/unidentified/", unidentified.unidentified, name="inspect_unidentified"),
    path("inspect/unidentified.<str:form>", unidentified.export, name="inspect_unidentified_export"),
    path("inspect/unidentified/new/", unknown.new, name="inspect_unknown_new"),
    path("inspect/unidentified/<str:parcel>/", unknown.one, name="inspect_unknown"),
    path("inspect/unidentified/<str:parcel>/match/", unknown.match, name="inspect_unknown_match"),
    path("inspect/unidentified/<str:parcel>/ask/", unknown.ask, name="inspect_unknown_ask"),
    path("inspect/unidentified/<str:parcel>/confirm/", unknown.confirm, name="inspect_unknown_confirm"),
    path("inspect/unidentified/<str:parcel>/keep/", unknown.keep, name="inspect_unknown_keep"),
    path("inspect/<str:number>/", steps.case, name="inspect_case"),
    path("inspect/<str:number>/discard/", steps.discard, name="inspect_discard"),
    path("inspect/<str:number>/send/", steps.send, name="inspect_send"),
    path("inspect/<str:number>/<slug:step>/", steps.step, name="inspect_step"),
]
