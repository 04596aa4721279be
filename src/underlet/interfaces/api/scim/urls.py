"""Addresses of SCIM, at the root of the installation."""

from django.urls import path

from underlet.interfaces.api.scim.views import scim

urlpatterns = [path("scim/v2", scim, name="scim"), path("scim/v2/<path:path>", scim, name="scim_at")]
