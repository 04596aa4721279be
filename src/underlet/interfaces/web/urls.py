"""Addresses of the web pages: those that the view modules bound, and the few for people who are not signed in."""

from importlib import import_module

from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.socialaccount.providers.saml import views as saml
from django.urls import path

from underlet.interfaces.web.addresses import PAGES
from underlet.interfaces.web.social import calling, unsent
from underlet.interfaces.web.views import files, sign_in, styleguide
from underlet.interfaces.web.views import second_factors as factors

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
    "people",
    "access",
    "roles",
    "audit",
    "view_as",
    "provisioning",
    "api_keys",
    "directory",
    "me",
    "sessions",
    "jobs",
    "identity_providers",
    "groups",
)

for _name in _MODULES:
    import_module(f"underlet.interfaces.web.views.{_name}")

urlpatterns = [
    # Names that begin with account_ and mfa_ are those under which allauth looks for its pages.
    path("login", sign_in.login, name="account_login"),
    path("login/2fa", factors.SecondStep.as_view(), name="mfa_authenticate"),
    path("login/with/oidc/<str:provider_id>/login/", calling(openid_connect.login), name="openid_connect_login"),
    path(
        "login/with/oidc/<str:provider_id>/login/callback/",
        calling(openid_connect.callback),
        name="openid_connect_callback",
    ),
    path("login/with/saml/<str:organization_slug>/login/", saml.login, name="saml_login"),
    path("login/with/saml/<str:organization_slug>/acs/", saml.acs, name="saml_acs"),
    path("login/with/saml/<str:organization_slug>/acs/finish/", saml.finish_acs, name="saml_finish_acs"),
    path("login/with/saml/<str:organization_slug>/sls/", saml.sls, name="saml_sls"),
    path("login/with/saml/<str:organization_slug>/metadata/", saml.metadata, name="saml_metadata"),
    path("login/passkey", factors.passkey_sign_in, name="mfa_login_webauthn"),
    path("logout", sign_in.logout, name="account_logout"),
    path("welcome/<str:uid>/<str:token>", sign_in.welcome, name="welcome"),
    path("password/forgotten", sign_in.password_forgotten, name="account_reset_password"),
    path("password/new/<str:uid>/<str:token>", sign_in.password_reset, name="password_reset"),
    path("me/sign-in", factors.overview, name="mfa_index"),
    path("me/sign-in/password", unsent(factors.password_change), name="account_change_password"),
    path("me/sign-in/again", factors.AgainByPassword.as_view(), name="account_reauthenticate"),
    path("me/sign-in/again/code", factors.AgainByCode.as_view(), name="mfa_reauthenticate"),
    path("me/sign-in/again/passkey", factors.AgainByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("me/sign-in/passkeys/new", unsent(factors.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("me/sign-in/passkeys/<int:pk>/remove", factors.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("me/sign-in/app/new", unsent(factors.AddApp.as_view()), name="mfa_activate_totp"),
    path("me/sign-in/app/remove", factors.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("me/sign-in/codes", factors.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("me/sign-in/codes/new", unsent(factors.NewCodes.as_view()), name="mfa_generate_recovery_codes"),
    path("brand/pictures/<str:sha256>.png", files.host_picture, name="host_picture"),
    path("styleguide", styleguide.styleguide, name="styleguide"),
    path("styleguide/units", styleguide.styleguide_units, name="styleguide_units"),
    path("brand/<str:name>", files.style, name="style"),
    path("script/<str:name>", files.script, name="script"),
    *(entry.pattern for entry in PAGES.values()),
]
