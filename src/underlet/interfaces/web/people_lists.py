"""The lists of people: who they are, what they may, how they come in and what they did (`web.tables`, as `lists`)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from underlet.access.types import AuditRow, HistoryEntry, UserRow
from underlet.interfaces.web.forms import Choices
from underlet.interfaces.web.tables import ACTIONS, Column, Filter, Table
from underlet.interfaces.web.templatetags.history import field_name, field_value, history_words, operation_names
from underlet.interfaces.web.templatetags.names import (
    figures_words,
    grant_place,
    key_limits,
    key_state,
    mapping_words,
    person_name,
    state_name,
    states,
)
from underlet.interfaces.web.words import role_name, roles


def _key_states() -> Choices:
    """States of API keys."""
    return states("active", "expires_soon", "expired", "revoked")


def _activity() -> Choices:
    """Whether a directory says that somebody is active."""
    return (("", gettext("All states")), ("yes", state_name("active")), ("no", state_name("suspended")))


def _doer(row: AuditRow) -> str:
    """Who did it, and as whom, as one text."""
    return f"{row.actor} / {row.on_behalf_of or '?'}" if row.is_on_behalf else row.actor


def _operations() -> Choices:
    return (("", gettext("All operations")), *sorted(operation_names().items(), key=lambda one: one[1]))


def _within() -> Choices:
    return (("", gettext("Here and below")), ("unit", gettext("Here alone")))


def _viewing_sides() -> Choices:
    return (("", gettext("Others as me")), ("mine", gettext("I as others")))


def _roles() -> Choices:
    return (("", gettext("All roles")), *((value, role_name(value)) for value, _words in roles()))


def _role_kinds() -> Choices:
    return (("", gettext("All roles")), ("built_in", gettext("Built-in")), ("own", gettext("Own")))


def _grants(row: UserRow) -> str:
    return "; ".join(f"{grant.role_name or grant.role} {grant_place(grant)}" for grant in row.grants)


def _whats() -> Choices:
    return (
        ("", gettext("Everything")),
        ("fields", gettext("Changes of fields")),
        ("operations", gettext("All else")),
    )


def _changes(row: HistoryEntry) -> str:
    return "; ".join(
        f"{field_name(one.field)}: {field_value(one.before, one.field)} → {field_value(one.after, one.field)}"
        for one in row.changes
    )


USERS = Table(
    "user.list", "users", _("Users"),
    (
        Column("name", _("Person"), "name", value=lambda row: row.name, is_fixed=True),
        Column("email", _("E-mail address"), "email", value=lambda row: row.email),
        Column("state", _("State"), value=lambda row: row.state),
        Column("roles", _("Roles"), kind="text", value=_grants),
        Column("signed_in", _("Last sign-in"), "signed_in", value=lambda row: row.last_login),
    ),
    (Filter("q", _("Search people"), "search"), Filter("role", _("Role"), choices=_roles),
     Filter("state", _("State"), choices=lambda: states("active", "invited", "ends_soon", "suspended", "ended"))),
)  # fmt: skip
ROLES = Table(
    "role.list", "roles", _("Roles"),
    (
        Column("name", _("Role"), "name", value=lambda row: row.name, is_fixed=True),
        Column("kind", _("Kind"), value=lambda row: "built_in" if row.is_built_in else "own"),
        Column("unit", _("Made by"), value=lambda row: row.unit.name if row.unit else ""),
        Column("figures", _("Figures"), kind="text", value=lambda row: figures_words(row.masks)),
        Column("holders", _("Held here by"), kind="num", value=lambda row: row.holders),
        Column("given", _("To give"), value=lambda row: row.is_within),
    ),
    (Filter("q", _("Search roles"), "search"), Filter("kind", _("Kind"), choices=_role_kinds)),
)  # fmt: skip
HISTORY = Table(
    "unit.history", "history", _("History"),
    (
        Column("when", _("When"), "at", "nowrap", value=lambda row: row.at, is_fixed=True),
        Column("who", _("Who"), value=lambda row: row.actor),
        Column("what", _("What"), value=history_words),
        Column("changes", _("Before and after"), value=_changes, is_fixed=True),
    ),
    (Filter("what", _("What"), choices=_whats),),
)  # fmt: skip
AUDIT = Table(
    "audit.list", "audit", _("Audit"),
    (
        Column("when", _("When"), "at", "nowrap", value=lambda row: row.at, is_fixed=True),
        Column("who", _("Who"), value=_doer),
        Column("what", _("What"), value=lambda row: row.operation),
        Column("unit", _("Unit"), value=lambda row: row.unit.name if row.unit else ""),
    ),
    (
        Filter("q", _("Search units"), "search"), Filter("who", _("Search people"), "search"),
        Filter("operation", _("What"), choices=_operations),
        Filter("within", _("Where"), choices=_within),
        Filter("since", _("From"), "day"), Filter("until", _("Until"), "day"),
    ),
)  # fmt: skip
PEOPLE_TO_VIEW = Table(
    "view_as.people", "people", _("People"),
    (
        Column("name", _("Person"), "name", value=lambda row: row.name, is_fixed=True),
        Column("email", _("E-mail address"), value=lambda row: row.email),
        ACTIONS,
    ),
    (Filter("q", _("Search people"), "search"),),
)  # fmt: skip
VIEWINGS = Table(
    "view_as.list", "viewings", _("Who looked as you"),
    (
        Column("when", _("When"), "started", "nowrap", value=lambda row: row.started_at, is_fixed=True),
        Column("viewer", _("Who"), value=lambda row: row.viewer),
        Column("person", _("As whom"), value=lambda row: row.person),
        Column("mode", _("How"), value=lambda row: row.mode),
        Column("reason", _("Why"), value=lambda row: row.reason),
        Column("ended", _("Ended"), value=lambda row: row.ended_at),
    ),
    (Filter("side", _("Whose"), choices=_viewing_sides),),
    has_subject=False,
)  # fmt: skip
API_KEYS = Table(
    "token.list", "api-keys", _("API keys"),
    (
        Column("name", _("Key"), "name", value=lambda row: row.name, is_fixed=True),
        Column("state", _("State"), value=key_state),
        Column("limits", _("Limits"), value=key_limits),
        Column("made", _("Made"), "created", value=lambda row: row.created_at, is_shown=False),
        Column("used", _("Last used"), "used", value=lambda row: row.last_used_at),
        Column("expires", _("Expires"), "expires", value=lambda row: row.expires_at),
        ACTIONS,
    ),
    (Filter("state", _("State"), choices=_key_states),),
    has_subject=False,
)  # fmt: skip
UNIT_API_KEYS = Table(
    "token.list_of_unit", "unit-api-keys", _("Keys of this unit"),
    (
        Column("name", _("Key"), "name", value=lambda row: row.key.name, is_fixed=True),
        Column("owner", _("Owner"), value=lambda row: row.owner or ""),
        Column("state", _("State"), value=lambda row: key_state(row.key)),
        Column("limits", _("Limits"), value=lambda row: key_limits(row.key)),
        Column("made", _("Made"), "created", value=lambda row: row.key.created_at, is_shown=False),
        Column("used", _("Last used"), "used", value=lambda row: row.key.last_used_at),
        Column("expires", _("Expires"), "expires", value=lambda row: row.key.expires_at),
        ACTIONS,
    ),
    (Filter("state", _("State"), choices=_key_states),),
)  # fmt: skip
DIRECTORY_USERS = Table(
    "directory_user.list", "directory-users", _("People of the directory"),
    (
        Column("name", _("User name"), "name", value=lambda row: row.user_name, is_fixed=True),
        Column("called", _("Name"), value=person_name),
        Column("email", _("E-mail address"), value=lambda row: row.email),
        Column("state", _("State"), value=lambda row: "active" if row.active else "suspended"),
        Column("groups", _("Groups"), value=lambda row: ", ".join(one.name for one in row.groups)),
        Column("changed", _("Changed"), "changed", value=lambda row: row.updated_at),
    ),
    (Filter("q", _("Name or address"), "search"), Filter("active", _("State"), choices=_activity)),
)  # fmt: skip
DIRECTORY_GROUPS = Table(
    "directory_group.list", "directory-groups", _("Groups of the directory"),
    (
        Column("name", _("Group"), "name", value=lambda row: row.display_name, is_fixed=True),
        Column("members", _("People"), kind="num", value=lambda row: row.members),
        Column("role", _("Stands for"), value=mapping_words),
        Column("changed", _("Changed"), "changed", value=lambda row: row.updated_at, is_shown=False),
        ACTIONS,
    ),
    (Filter("q", _("Name"), "search"),),
)  # fmt: skip
ALL = (
    USERS, ROLES, HISTORY, API_KEYS, UNIT_API_KEYS, DIRECTORY_USERS, DIRECTORY_GROUPS, AUDIT, PEOPLE_TO_VIEW, VIEWINGS,
)  # fmt: skip
