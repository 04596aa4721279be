"""Words of the design system: icons, figures, badges, cards, fields.

Figures arrive final: these filters group digits and name the currency. Only `near` shortens, and keeps every digit
in the title. Tags that wrap content
are block tags, so pages read like an outline.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext
from lucide.templatetags.lucide import lucide

from underlet.access.types import TokenRow
from underlet.foundation.clock import now, today
from underlet.interfaces.web import ranges, theme, words
from underlet.interfaces.web.forms import Choices, Field, Form
from underlet.interfaces.web.say import day_words, decimals_of, digits, said
from underlet.interfaces.web.say import exact as exact_digits
from underlet.kernel.money import exponent, half_up
from underlet.kernel.period import Month

register = template.Library()

NOTHING = "–"


@lru_cache(maxsize=512)
def _drawing(name: str, extra: str) -> SafeString:
    return SafeString(lucide(name, size=16, **{"class": f"icon {extra}".strip(), "aria_hidden": "true"}))


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A decorative icon; what it means stands in the text beside it."""
    return _drawing(str(name), str(extra))


@register.simple_tag
def own_style() -> str:
    """The address of the style sheet without a brand."""
    return theme.style_address()


@register.simple_tag
def own_icon() -> str:
    """The address of the icon without a brand."""
    return theme.icon()


@register.simple_tag
def page_script() -> str:
    """The address of the script that every page runs."""
    return theme.script_address()


# --- figures ------------------------------------------------------------------------------------


@register.filter
def money(value: Decimal | None, currency: str) -> SafeString | str:
    """A posted amount with its currency, grouped in the reader's language; more digits than usual are kept."""
    if value is None:
        return NOTHING
    decimals = max(exponent(currency), decimals_of(value.normalize()))
    sign = " negative" if value < 0 else ""
    return format_html(
        '<data class="money{}" value="{}">{} <abbr>{}</abbr></data>',
        sign, format(value, "f"), digits(value, decimals), currency,
    )  # fmt: skip


@register.filter
def near(value: Decimal | None, currency: str = "") -> SafeString | str:
    """An exact amount, shown to six decimals with every digit in its title; cents where it has no more."""
    if value is None:
        return NOTHING
    exact = value.normalize()
    shown = half_up(exact, 6).normalize() if decimals_of(exact) > 6 else exact
    least = exponent(currency) if currency else 0
    unit = format_html(" <abbr>{}</abbr>", currency) if currency else ""
    return format_html(
        '<data class="money" value="{}" title="{}">{}{}</data>',
        format(exact, "f"), format(exact, "f"), digits(shown, max(least, decimals_of(shown))), unit,
    )  # fmt: skip


@register.filter
def number(value: Decimal | int | None) -> str:
    """A quantity or factor with every digit it has, without trailing zeros."""
    if value is None:
        return NOTHING
    return exact_digits(value)


@register.filter
def say(text: str) -> str:
    """A sentence of a refusal, a finding or a price rule in the reader's language."""
    return said(text)


@register.filter
def percent(value: Decimal | None) -> str:
    """A percentage as given: 13.3 -> 13.3 %, in the reader's language."""
    if value is None:
        return NOTHING
    text = number(value)
    return f"{text}%" if get_language() == "en" else f"{text}\N{NO-BREAK SPACE}%"


@register.filter
def day(value: date | None) -> SafeString | str:
    """A date: 5 Jun 2026."""
    if value is None:
        return NOTHING
    return format_html('<time class="nowrap" datetime="{}">{}</time>', value.isoformat(), day_words(value))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A date with time of day."""
    if value is None:
        return NOTHING
    words = f"{day_words(value)}, {date_format(value, 'H:i')}"
    return format_html('<time class="nowrap" datetime="{}">{}</time>', value.isoformat(), words)


@register.filter
def month(value: Month | date | None) -> str:
    """A usage period: April 2026."""
    if value is None:
        return NOTHING
    return date_format(value.start if isinstance(value, Month) else value, "F Y")


@register.filter
def days(start: date, end: date | None) -> SafeString:
    """A half-open range of days, as people say it: from … until … (the last day that counts)."""
    if end is None:
        return format_html("{} {}", pgettext("from a day on", "from"), day(start))
    return format_html("{} – {}", day(start), day(date.fromordinal(end.toordinal() - 1)))


@register.filter
def at_most(count: int, limit: int = 99) -> str:
    """A count that fits a small badge: 99+ for more."""
    return str(count) if count <= limit else f"{limit}+"


# --- states -------------------------------------------------------------------------------------

_GOOD, _WARN, _BAD, _INFO, _CALM = "good", "warn", "bad", "info", ""


def _states() -> Mapping[str, tuple[str, str, str]]:
    """state -> (tone, icon, words). In a function, so that the words follow the reader's language."""
    return {
        "active": (_GOOD, "circle-check", gettext("Active")),
        "scheduled": (_INFO, "calendar", gettext("Scheduled")),
        "draft": (_CALM, "pencil", gettext("Draft")),
        "ended": (_CALM, "circle-stop", gettext("Ended")),
        "received": (_INFO, "clock", gettext("Received")),
        "unchanged": (_CALM, "equal", gettext("Unchanged")),
        "superseded": (_CALM, "history", gettext("Superseded")),
        "rejected": (_BAD, "circle-x", gettext("Refused")),
        "queued": (_INFO, "clock", gettext("Waiting")),
        "running": (_INFO, "loader-circle", gettext("Running")),
        "done": (_GOOD, "circle-check", gettext("Done")),
        "failed": (_BAD, "circle-x", gettext("Failed")),
        "held": (_WARN, "circle-pause", gettext("Held")),
        "passed": (_GOOD, "circle-check", gettext("Passed")),
        "open": (_INFO, "circle-dot", gettext("Open")),
        "provisional": (_WARN, "circle-dashed", gettext("Provisional")),
        "closed": (_CALM, "lock", gettext("Closed")),
        "issued": (_GOOD, "circle-check", gettext("Issued")),
        "overdue": (_BAD, "circle-alert", gettext("Overdue")),
        "unassigned": (_WARN, "circle-alert", gettext("Unassigned")),
        "revoked": (_CALM, "circle-x", gettext("Revoked")),
        "expired": (_WARN, "clock", gettext("Expired")),
        "invited": (_INFO, "mail", gettext("Invited")),
    }


def state_name(state: str) -> str:
    """A state in words."""
    return _states()[state][2]


@register.simple_tag
def badge(state: str, label: str = "") -> SafeString:
    """A state in words, with a shape and a colour of its own."""
    tone, name, words = _states().get(str(state), (_CALM, "circle", str(state)))
    return format_html('<span class="badge {}">{}{}</span>', tone, icon(name), label or words)


@register.simple_tag
def unit_icon(kind: str, extra: str = "") -> SafeString:
    """The mark of a unit kind, with its name for people who do not see it."""
    name, words = (
        ("user-round", gettext("Customer")) if kind == "customer" else ("building-2", gettext("Organization"))
    )
    return format_html('{}<span class="visually-hidden">{}</span>', icon(name, extra), words)


# --- surfaces -----------------------------------------------------------------------------------


@register.simple_block_tag
def card(
    content: str, title: str = "", *, note: str = "", href: str = "", link: str = "", flush: bool = False
) -> SafeString:
    """A titled surface. href, link: a way on, at its head. flush: the body (a table) reaches the edges."""
    head: str = ""
    if title:
        way = format_html('<a href="{}">{}{}</a>', href, link, icon("arrow-right")) if href else ""
        words = format_html("<p>{}</p>", note) if note else ""
        head = format_html("<header><h2>{}</h2>{}{}</header>", title, way, words)
    return format_html(
        '<section class="card{}">{}<div class="card-body">{}</div></section>',
        " flush" if flush else "",
        head,
        content,
    )


# --- forms --------------------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(
    form: Form,
    name: str,
    label: str,
    *,
    kind: str = "text",
    hint: str = "",
    required: bool = False,
    choices: Choices = (),
    suffix: str = "",
    wide: bool = False,
    autocomplete: str = "",
    placeholder: str = "",
    mode: str = "",
    accept: str = "",
    list: str = "",
    focus: bool = False,
    source: str = "",
    without: str = "",
    extra: str = "",
) -> dict[str, Any]:
    """One labelled input with its hint and its error.

    kind: an input type, or select, textarea, checkbox; or money, percent and decimal, which are typed as text, because
    a number field refuses the comma and changes by the mouse wheel. Name a money field's currency as its suffix.
    """
    is_amount = kind in ("money", "percent", "decimal")
    if is_amount:
        suffix = suffix or ("%" if kind == "percent" else "")
        kind, mode, autocomplete = "text", "decimal", autocomplete or "off"
    ident = "f-" + name.replace(".", "-")
    error = form.errors.get(name, "")
    parts = (("error", error), ("suffix", suffix), ("hint", hint))
    described = [f"{ident}-{part}" for part, words in parts if words]
    return locals() | {"value": form.values.get(name, ""), "described": " ".join(described)}


@register.simple_tag(takes_context=True)
def form_head(context: Context, form: Form) -> SafeString:
    """Token, request key and what is wrong with the form as a whole; first thing inside every form."""
    token = context.get("csrf_token", "")
    message = get_template("components/form_message.html").render({"form": form})
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="request_key" value="{}">{}',
        token, form.key, mark_safe(message),  # noqa: S308 (rendered by our own template)
    )  # fmt: skip


@register.filter
def plain_money(value: Decimal, currency: str) -> str:
    """An amount as bare text, for titles of marks."""
    return f"{digits(value, max(exponent(currency), decimals_of(value.normalize())))} {currency}"


@register.filter
def unlocal(value: Decimal | int) -> str:
    """A number as SVG and HTML attributes want it, whatever the reader's language."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


@register.filter
def month_name(period: str) -> str:
    """A usage period as queries give it: "2026-04" -> April 2026."""
    return month(Month.parse(period)) if period else NOTHING


@register.simple_tag(takes_context=True)
def at(context: Context, page: str, **parameters: object) -> str:
    """The address of a page in the context unit."""
    visit = context["visit"]
    return str(visit.address(page, **parameters))


@register.inclusion_tag("components/field.html")
def input(form: Form, spec: Field) -> dict[str, Any]:
    """One declared input of a form."""
    given = {
        name: getattr(spec, name) for name in spec.__dataclass_fields__ if name not in ("name", "label", "last")
    }
    return field(form, spec.name, spec.label, **given)


@register.inclusion_tag("components/date_range.html", takes_context=True)
def date_range(context: Context, form: Form, spec: Field) -> dict[str, Any]:
    """Two days, half-open like all ranges here, and links that fill in a month or a year.

    spec: its name and `last` are the two inputs. The links carry the days in the address, from where the view takes
    them; where scripts run, they fill the inputs without leaving the page.
    """
    presets = []
    for label, start, end in ranges.presets(today()):
        query = context["request"].GET.copy()
        query[spec.name], query[spec.last] = start.isoformat(), end.isoformat()
        presets.append((label, f"?{query.urlencode()}", start, end))
    return {"form": form, "spec": spec, "presets": presets}


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


def _row_field(path: str) -> Callable[..., dict[str, Any]]:
    """A tag for a field of a numbered row: the numbers fill the path's gaps, the name ends it."""
    gaps = path.count("{}")

    def tag(form: Form, *arguments: Any, **options: Any) -> dict[str, Any]:
        numbers, (name, label) = arguments[:gaps], arguments[gaps:]
        return field(form, f"{path.format(*numbers)}.{name}", label, **options)

    return tag


for _name, _path in (
    ("rule_field", "rules.{}"),
    ("condition_field", "rules.{}.conditions.{}"),
    ("fee_field", "fees.{}"),
    ("rate_field", "rates.{}"),
):
    register.inclusion_tag("components/field.html", name=_name)(_row_field(_path))


@register.simple_tag
def rule_dates(form: Form, n: int) -> SafeString:
    """Shows the days of a rule that has some."""
    has_some = any(form.values.get(f"rules.{n}.{name}") for name in ("starts_on", "ends_on"))
    return SafeString(" open" if has_some else "")


@register.filter
def key_state(key: TokenRow) -> str:
    """The state of an API key: active, expired or revoked."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now() else "active"


@register.filter
def job_name(name: str) -> str:
    """What a job does, in words."""
    names = {
        "import.load": gettext("Take in a billing file"),
        "billing_run.perform": gettext("Billing run"),
        "invoice.render": gettext("Make PDFs"),
        "user.mail_invitation": gettext("Mail an invitation"),
    }
    return names.get(name, name)


@register.filter
def noun(name: str) -> str:
    """What a registry entry is about: the heading of the API reference under which it stands."""
    return name.partition(".")[0]
