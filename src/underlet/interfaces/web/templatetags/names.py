"""What states, roles, categories and jobs are called, and the marks that go with them."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from underlet.access.types import DirectoryGroupRow, DirectoryUserRow, GrantRow, TokenRow
from underlet.interfaces.web import role_words, words
from underlet.interfaces.web.forms import Choices
from underlet.interfaces.web.say import said
from underlet.interfaces.web.templatetags.ui import icon
from underlet.kernel.permission import Mask

register = template.Library()


@register.filter
def say(text: str) -> str:
    """A sentence of a refusal, a finding or a price rule in the reader's language."""
    return said(text)


_GOOD, _WARN, _BAD, _INFO, _CALM = "good", "warn", "bad", "info", ""


_STATES: Mapping[str, tuple[str, str, str | Promise]] = {
    "active": (_GOOD, "circle-check", _("Active")),
    "scheduled": (_INFO, "calendar", _("Scheduled")),
    "draft": (_CALM, "pencil", _("Draft")),
    "archived": (_CALM, "archive", _("Archived")),
    "ended": (_CALM, "circle-stop", _("Ended")),
    "pending": (_INFO, "calendar-clock", _("Waiting")),
    "cancelled": (_CALM, "circle-slash", _("Cancelled")),
    "received": (_INFO, "clock", _("Received")),
    "checked": (_INFO, "list-checks", _("Checked")),
    "unchanged": (_CALM, "equal", _("Unchanged")),
    "superseded": (_CALM, "history", _("Superseded")),
    "rejected": (_BAD, "circle-x", _("Refused")),
    "queued": (_INFO, "clock", _("Waiting")),
    "running": (_INFO, "loader-circle", _("Running")),
    "done": (_GOOD, "circle-check", _("Done")),
    "failed": (_BAD, "circle-x", _("Failed")),
    "held": (_WARN, "circle-pause", _("Held")),
    "passed": (_GOOD, "circle-check", _("Passed")),
    "open": (_INFO, "circle-dot", _("Open")),
    "provisional": (_WARN, "circle-dashed", _("Provisional")),
    "closed": (_CALM, "lock", _("Closed")),
    "issued": (_GOOD, "circle-check", _("Issued")),
    "overdue": (_BAD, "circle-alert", _("Overdue")),
    "unassigned": (_WARN, "circle-alert", _("Unassigned")),
    "revoked": (_CALM, "circle-x", _("Revoked")),
    "expired": (_WARN, "clock", _("Expired")),
    "expires_soon": (_WARN, "clock-alert", _("Ends soon")),
    "suspended": (_CALM, "circle-pause", _("Suspended")),
    "ends_soon": (_WARN, "clock", _("Ends soon")),
    "invited": (_INFO, "mail", _("Invited")),
    "not_provisioned": (_CALM, "circle-dashed", _("Not provisioned")),
    "provisioning": (_INFO, "loader-circle", _("Provisioning")),
    "provisioned": (_GOOD, "circle-check", _("Provisioned")),
    "deprovisioning": (_INFO, "loader-circle", _("Deprovisioning")),
    "deprovisioned": (_CALM, "circle-off", _("Deprovisioned")),
}
"""state -> (tone, icon, words), translated when they are shown: a page has hundreds."""


def state_name(state: str) -> str:
    """A state in words."""
    return str(_STATES[state][2])


def states(*names: str) -> Choices:
    """All states, then each of them in words."""
    return (("", gettext("All states")), *((name, state_name(name)) for name in names))


@register.simple_tag
def badge(state: str, label: str = "") -> SafeString:
    """A state in words, with a shape and a colour of its own."""
    tone, name, words = _STATES.get(str(state), (_CALM, "circle", str(state)))
    return format_html('<span class="badge {}">{}{}</span>', tone, icon(name), label or words)


@register.simple_tag
def price_badge(price_type: str) -> SafeString:
    """What a customer is shown of its costs, as a badge."""
    tone, name = {"raw_cost_only": (_INFO, "scale")}.get(price_type, (_CALM, "tag"))
    return format_html('<span class="badge {}">{}{}</span>', tone, icon(name), words.price_type_name(price_type))


@register.filter
def price_type_text(price_type: str) -> str:
    """What the people of a customer see, as a sentence."""
    return {
        "raw_cost_only": gettext(
            "Its people see every cost metric of the provider's bill, as far as all contracts above disclose raw cost;"
            " costs are passed on unaltered."
        ),
        "seller_set_only": gettext(
            "Its people see the prices set for it and list cost; every other cost metric is hidden."
        ),
    }[price_type]


@register.simple_tag
def unit_icon(kind: str, extra: str = "") -> SafeString:
    """The mark of a unit kind, with its name for people who do not see it."""
    name, words = (
        ("user-round", gettext("Customer")) if kind == "customer" else ("building-2", gettext("Organization"))
    )
    return format_html('{}<span class="visually-hidden">{}</span>', icon(name, extra), words)


@register.filter
def vat_name(category: str) -> str:
    """A VAT category in words."""
    return dict(words.vat_categories()).get(category, category)


@register.filter
def metric_name(metric: str) -> str:
    """A cost metric in words."""
    return dict(words.metrics()).get(metric, metric)


@register.filter
def role_label(role: str) -> str:
    """A role in words."""
    return words.role_name(role)


@register.filter
def figures_words(masks: Sequence[Mask]) -> str:
    """What a role shows of money, by what it hides."""
    return role_words.figures_words(masks)


@register.filter
def grant_role(grant: GrantRow) -> str:
    """The role of a grant in words, or the name of an own one."""
    return grant.role_name or words.role_name(grant.role)


@register.filter
def may_do(permissions: tuple[str, ...]) -> str:
    """Permissions in words."""
    return ", ".join(filter(None, map(words.permission_name, permissions)))


@register.filter
def grant_place(grant: GrantRow) -> str:
    """Where a role holds."""
    if grant.scope == "group":
        return gettext("group {name}").format(name=grant.group) if grant.group else gettext("a group of units")
    if grant.unit is None:
        return gettext("several customers, this one among them")
    if grant.scope == "unit":
        return gettext("{name} alone").format(name=grant.unit.name)
    if grant.scope == "customers":
        return gettext("customers of {name}").format(name=grant.unit.name)
    return grant.unit.name


@register.filter
def revoked_from(grant: GrantRow, email: str) -> str:
    """The query of the page that takes a role back from whoever has this address."""
    group = {"group": str(grant.group_id)} if grant.group_id else {}
    return urlencode({"email": email, "role": grant.role, "scope": grant.scope, **group})


@register.filter
def key_state(key: TokenRow) -> str:
    """The state of an API key: active, expires_soon, expired or revoked."""
    return key.state


@register.filter
def key_use(key: TokenRow) -> str:
    """What an API key may do at most, in words."""
    return words.key_use(key.permissions)


def key_limits(key: TokenRow) -> str:
    """The limits of an API key in one line."""
    place = key.unit.name if key.unit else ""
    use = words.key_use(key.permissions) if key.permissions is not None else ""
    return ", ".join(part for part in (place, use, *key.networks) if part)


@register.filter
def person_name(row: DirectoryUserRow) -> str:
    """What a directory calls a person."""
    return row.display_name or f"{row.given_name} {row.family_name}".strip()


@register.filter
def mapping_words(row: DirectoryGroupRow) -> str:
    """The role that a group of a directory stands for, and where."""
    found = row.mapping
    if found is None:
        return ""
    place = found.unit_group or (found.unit.name if found.unit else gettext("a unit that you do not see"))
    return gettext("{role} on {place}").format(role=found.role_name or words.role_name(found.role), place=place)


@register.filter
def price_type_name(price_type: str) -> str:
    """A price type in words."""
    return words.price_type_name(price_type)


@register.filter
def job_name(name: str) -> str:
    """What a job does, in words."""
    return words.job_name(name)


@register.filter
def noun(name: str) -> str:
    """What a registry entry is about: the heading of the API reference under which it stands."""
    return name.partition(".")[0]


@register.filter
def brand_part(name: str) -> str:
    """A part of a brand, inside a sentence."""
    return {
        "color": gettext("colour"),
        "product_name": gettext("product name"),
        "logo": gettext("logo"),
        "favicon": gettext("icon of browser tabs"),
        "sender_name": gettext("sender of mails"),
        "reply_to": gettext("address for answers"),
    }.get(name, name)


@register.filter
def unit_column(name: str) -> str:
    """What a field of units is called."""
    return str(dict(words.unit_columns()).get(name, name))


@register.filter
def unit_value(value: str) -> str:
    """A value of such a field in words: price types have some, texts are their own."""
    return str(dict(words.price_types()).get(value, value)) if value else "–"


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def browser(text: str) -> str:
    """A browser and its system by the way it names itself; Chrome says that it is Safari, so the order counts."""
    name = next((label for mark, label in _BROWSERS if mark in text), "")
    system = next((label for mark, label in _SYSTEMS if mark in text), "")
    if not name:
        return text[:60] or gettext("Unknown program")
    return gettext("{browser} on {system}").format(browser=name, system=system) if system else name
