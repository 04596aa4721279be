"""Addresses: the API, the web pages."""

from django.urls import include, path

from underlet.interfaces.api.main import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("underlet.interfaces.web.urls")),
]
