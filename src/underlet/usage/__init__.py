"""Billing files become usage lines: intake (checks, conversion to FOCUS), the lake (immutable Parquet), the list
of both.

All or nothing: a file becomes active as a whole in one transaction, or changes nothing. The newest file of a
provider account and month replaces the one before; files and lines themselves never change.
"""
