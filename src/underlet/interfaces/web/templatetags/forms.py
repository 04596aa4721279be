"""Fields of forms: one declared input, a range of days, a field of a numbered row."""

from collections.abc import Callable
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from underlet.foundation.clock import today
from underlet.interfaces.web import ranges
from underlet.interfaces.web.forms import Choices, Field, Form

register = template.Library()


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
    said: str = "",
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
