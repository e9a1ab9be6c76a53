"""The addresses of operations: policy, calendars, people, audit, jobs."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
