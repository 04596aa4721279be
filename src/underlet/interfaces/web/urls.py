"""Addresses of the web pages: those that the view modules bound, and the few for people who are not signed in."""

from importlib import import_module

from django.urls import path

from underlet.interfaces.web.addresses import PAGES
from underlet.interfaces.web.views import files, sign_in, styleguide

_MODULES = (
    "start",
    "names",
    "home",
    "structure",
    "life",
    "structure_files",
    "units_edit",
    "moves",
    "profile",
    "environment",
    "customer_organizations",
    "search",
    "accounts",
    "imports",
    "contracts",
    "billing_runs",
    "exchange_rates",
    "invoices",
    "costs",
    "branding",
    "users",
    "audit",
    "view_as",
    "provisioning",
    "api_keys",
    "directory",
    "me",
    "jobs",
    "identity_providers",
)

for _name in _MODULES:
    import_module(f"underlet.interfaces.web.views.{_name}")

urlpatterns = [
    path("login", sign_in.login, name="login"),
    path("logout", sign_in.logout, name="logout"),
    path("welcome/<str:uid>/<str:token>", sign_in.welcome, name="welcome"),
    path("brand/pictures/<str:sha256>.png", files.host_picture, name="host_picture"),
    path("styleguide", styleguide.styleguide, name="styleguide"),
    path("styleguide/units", styleguide.styleguide_units, name="styleguide_units"),
    path("brand/<str:name>", files.style, name="style"),
    path("script/<str:name>", files.script, name="script"),
    *(entry.pattern for entry in PAGES.values()),
]
