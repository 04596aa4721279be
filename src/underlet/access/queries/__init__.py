"""Reads of the access context, a module a subject; importing this fills the registry."""

from underlet.access.queries import installation
from underlet.access.queries.actors import actor_by_email, actor_by_id, actor_by_token, actor_of, me, operator
from underlet.access.queries.people import CUSTOMERS, grants_on, reaches, user_rows, visible_users
from underlet.access.queries.tokens import OWN_TOKEN, TOKEN_PREFIX, digest, token_row

__all__ = [
    "CUSTOMERS", "OWN_TOKEN", "TOKEN_PREFIX", "actor_by_email", "actor_by_id", "actor_by_token", "actor_of", "digest",
    "grants_on", "installation", "me", "operator", "reaches", "token_row", "user_rows", "visible_users",
]  # fmt: skip
