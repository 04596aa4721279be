"""Django settings, all derived from `foundation.settings`."""

from pathlib import Path
from typing import Any

from underlet.foundation.settings import settings

_settings = settings()
_WEB = Path(__file__).resolve().parent.parent / "interfaces" / "web"

SECRET_KEY = _settings.secret_key() if not _settings.testing else "testing only"
DEBUG = _settings.debug
ALLOWED_HOSTS = list(_settings.allowed_hosts)
ROOT_URLCONF = "underlet.project.urls"
WSGI_APPLICATION = "underlet.project.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("sv", "Svenska")]
LANGUAGE_COOKIE_NAME = "underlet_language"  # as pages set it, so that signing in speaks the same language
LOCALE_PATHS = [_WEB / "locale"]
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "django_htmx",
    "lucide",
    "procrastinate.contrib.django",
    "underlet.foundation",
    "underlet.organization",
    "underlet.access",
    "underlet.branding",
    "underlet.accounts",
    "underlet.contracts",
    "underlet.usage",
    "underlet.rating",
    "underlet.invoicing",
    "underlet.interfaces.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # before all that answers by itself, so that every answer has the policy
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads each answer at random, and tokens are masked: ADR-0023
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "underlet.access.sign_in.sessions.session_seen",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                f"underlet.interfaces.web.templatetags.{name}"
                for name in ("ui", "figures", "names", "forms", "tables")
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


def _database(role: str, *, pooled: bool) -> dict[str, Any]:
    """One connection alias; every session starts as `role` and can only widen it transaction-locally."""
    options: dict[str, Any] = {"options": f"-c role={role}"}
    if pooled:
        # While the server is away, each request begins a new attempt after 5 s; older ones wait ever longer.
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10, "reconnect_timeout": 5}
    database: dict[str, Any] = {
        "ENGINE": "underlet.foundation.database.backend",
        "NAME": "underlet",
        "USER": "underlet",
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
    if _settings.database_url:
        from psycopg.conninfo import conninfo_to_dict

        url = conninfo_to_dict(_settings.database_url)
        database |= {
            "NAME": url.pop("dbname", "underlet"),
            "USER": url.pop("user", "underlet"),
            "PASSWORD": url.pop("password", ""),
            "HOST": url.pop("host", ""),
            "PORT": url.pop("port", ""),
        }
        options |= url
    return database


DATABASES = {
    "default": _database("underlet_session", pooled=True),
    "owner": _database("underlet_owner", pooled=False),
}

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["underlet.access.sign_in.backend.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if _settings.testing:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "underlet.interfaces.web.answers.csrf_failed"
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"

# Signing in: ADR-0033. What is counted against guessing lies in the database, so all processes count together (S3).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
ACCOUNT_ADAPTER = "underlet.access.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email_key"
ACCOUNT_EMAIL_VERIFICATION = "none"  # nobody signs up: the link of an invitation proves the address
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/5m/key",  # key: e-mail address and network address
    "reset_password": "20/m/ip,5/5m/key",
}
MFA_ADAPTER = "underlet.access.sign_in.factors.FactorsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # codes of half a minute before and after: clocks differ
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
SOCIALACCOUNT_ADAPTER = "underlet.interfaces.web.social.SocialAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}  # units set their own
# A form that leads to another site is not what the content policy allows; a link starts nothing that anybody could use.
SOCIALACCOUNT_LOGIN_ON_GET = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "underlet_session"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

STATIC_URL = "/static/"
# Tests and debug mode serve the sources as they are; an installation serves what `project.static` collected.
_STATIC_AS_IS = _settings.testing or _settings.debug
STATIC_ROOT = None if _STATIC_AS_IS else _settings.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _STATIC_AS_IS
        else "underlet.project.static.HashedStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = _STATIC_AS_IS
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_TEMP_DIR = None
MIGRATION_MODULES: dict[str, str] = {}
SILENCED_SYSTEM_CHECKS = ["fields.W344"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
