"""The addresses of the inspector's bench."""

from django.urls import path

from shouhou.web.inspect import bench, steps

urlpatterns = [
    path("inspect/", bench.bench, name="inspect"),
    path("inspect/find/", bench.lookup, name="inspect_find"),
    path("inspect/<str:number>/", steps.case, name="inspect_case"),
    path("inspect/<str:number>/discard/", steps.discard, name="inspect_discard"),
    path("inspect/<str:number>/send/", steps.send, name="inspect_send"),
    path("inspect/<str:number>/<slug:step>/", steps.step, name="inspect_step"),
]
