"""The addresses of the inspector's bench."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
