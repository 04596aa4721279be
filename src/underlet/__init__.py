"""Underlet: billing for everyone who resells or passes on cloud and backup services."""

__version__ = "0.1.0"
