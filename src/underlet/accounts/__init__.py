"""Cloud accounts, sub-accounts and their assignment to units over UTC days.

A sub-account has at most one owner per day; cost of days without an owner stays at the root, and is shown.
"""
