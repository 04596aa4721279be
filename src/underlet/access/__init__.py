"""People, grants, API keys, sign-in. Rights are derived into `user_scope` in the transaction that changes them.

Nobody grants more than they hold in the unit (P2); the database checks it too.
"""
