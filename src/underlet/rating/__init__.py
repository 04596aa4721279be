"""Billing runs: usage × contract chain -> exact amounts on every edge, with the manifest of what they rest on.

A run pins its inputs, computes outside any transaction, and records its result in one short one. Re-running an
unchanged manifest gives the same result hash (I7). A run whose own checks fail is held and bills nothing.
"""
