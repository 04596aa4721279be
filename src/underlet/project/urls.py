"""Addresses: the API, the web pages. Both are made from the registry, so that is filled first."""

from django.urls import include, path

from underlet.project.wiring import load

load()

from underlet.interfaces.api.main import api  # noqa: E402 (binds what is registered by now)

handler404 = "underlet.interfaces.web.answers.not_found"
handler429 = "underlet.interfaces.web.answers.too_many"
urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("underlet.interfaces.api.scim.urls")),
    path("", include("underlet.interfaces.web.urls")),
]
