"""The WSGI application that the web server runs."""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "underlet.project.settings")
django.setup()

from underlet.project.static import publish  # noqa: E402 (needs the settings)

if settings.STATIC_ROOT is not None:
    publish(settings.STATIC_ROOT)
application = get_wsgi_application()
