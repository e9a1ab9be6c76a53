"""Addresses of the API: version 1, the explanation of each problem, health."""

from django.urls import URLPattern, URLResolver, include, path

from shouhou.api.health import healthz, readyz
from shouhou.api.problems import explain_problem
from shouhou.api.v1.api import api
from shouhou.api.v1.door import guard_all, guarded

_patterns, _app, _namespace = api.urls
_health: list[URLPattern | URLResolver] = [path("healthz", guarded(healthz)), path("readyz", guarded(readyz))]
_v1 = guard_all([*_health, path("problems/<str:code>", guarded(explain_problem)), *_patterns])
urlpatterns: list[URLPattern | URLResolver] = [
    *_health,
    path("api/v1/", include((_v1, _app), namespace=_namespace)),
    path("api/", include(guard_all([]))),
]
