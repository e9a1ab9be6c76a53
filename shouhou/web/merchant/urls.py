"""The addresses of a shop's own desk."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
