"""Signing in on django-allauth: what it asks us (adapters), sessions, who must have a second factor."""
