"""Words of tables: the frame of any table, and the head, cells and checkboxes of a list (`web.tables`).

They are built in: every template knows them without loading them.
"""

import re
from datetime import date, timedelta

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from underlet.interfaces.web.tables import REGION, Head, TableView
from underlet.interfaces.web.templatetags.figures import day
from underlet.interfaces.web.templatetags.ui import icon

register = template.Library()

_BETWEEN_CELLS = re.compile(r"(?<=</t[dhr]>)\s+|(?<=<tr>)\s+")


@register.simple_block_tag
def table(content: str, caption: str, *, extra: str = "") -> SafeString:
    """A table in a scroll region of its own, which the keyboard reaches; its first column stays in view."""
    return format_html(
        '<div class="table {}" role="region" tabindex="0" aria-label="{}">'
        '<table><caption class="visually-hidden">{}</caption>{}</table></div>',
        extra, caption, caption, content,
    )  # fmt: skip


@register.simple_tag
def th(label: str, kind: str = "") -> SafeString:
    """A column head. kind: "num" for figures."""
    return format_html('<th scope="col" class="{}">{}</th>', kind, label)


@register.simple_block_tag(takes_context=True)
def listing(context: Context, content: str) -> SafeString:
    """The table of a list: head by its declaration, rows as the page writes them."""
    view: TableView = context["table"]
    heads = format_html_join("", "{}", ((_head(head),) for head in view.heads))
    picks = _pick_all() if view.picks else ""
    rows = _BETWEEN_CELLS.sub("", content.strip())
    return format_html(
        '<div class="table{}" id="rows" role="region" tabindex="0" aria-label="{}"><table>'
        '<caption class="visually-hidden">{}</caption><thead><tr>{}{}</tr></thead><tbody>{}</tbody></table></div>',
        " picks" if view.picks else "", view.table.caption, view.table.caption, picks, heads,
        mark_safe(rows),  # noqa: S308 (rendered by our own template)
    )  # fmt: skip


def _head(head: Head) -> SafeString:
    """A column head; where the list can be sorted by it, a link that does."""
    kind = format_html(' class="{}"', head.kind) if head.kind else ""
    if not head.label:
        return format_html(
            '<th scope="col"{}><span class="visually-hidden">{}</span></th>', kind, gettext("Actions")
        )
    if not head.href:
        return format_html('<th scope="col"{}>{}</th>', kind, head.label)
    state = format_html(' aria-sort="{}"', head.state) if head.state else ""
    mark = {"ascending": "arrow-up", "descending": "arrow-down"}.get(head.state, "arrow-up-down")
    return format_html(
        '<th scope="col"{}{}><a id="sort-{}" href="{}" {}>{}{}</a></th>',
        kind, state, head.name, head.href, swap(head.href), head.label, icon(mark),
    )  # fmt: skip


@register.simple_tag
def swap(href: str) -> SafeString:
    """What makes a link of a list replace the list's region alone."""
    return format_html(
        'hx-get="{}" hx-target="#{}" hx-push-url="true" hx-sync="#{}:replace"', href, REGION, REGION
    )


@register.simple_block_tag(takes_context=True)
def cell(context: Context, content: str, name: str, extra: str = "") -> SafeString | str:
    """A cell of a list, if its column is shown; the first one of the declaration names the row."""
    view: TableView = context["table"]
    if name not in view.columns:
        return ""
    is_first = view.table.columns[0].name == name
    classes = " ".join(filter(None, (view.kind_of(name), extra)))
    return format_html(
        "<{}{}>{}</{}>",
        mark_safe('th scope="row"') if is_first else "td",
        format_html(' class="{}"', classes) if classes else "",
        mark_safe(content.strip()),  # noqa: S308 (rendered by our own template)
        "th" if is_first else "td",
    )


@register.filter
def last_day(end: date) -> SafeString | str:
    """The last day that counts of a half-open range's end."""
    return day(end - timedelta(days=1))


@register.simple_tag(takes_context=True)
def pick(context: Context, ident: object, name: str) -> SafeString | str:
    """The cell that selects a row: empty where this one cannot be, no cell where none can."""
    view: TableView = context["table"]
    if ident not in view.picks:
        return SafeString('<td class="pick"></td>') if view.picks else ""
    words = gettext("Select {name}").format(name=name)
    return format_html(
        '<td class="pick"><label><input type="checkbox" name="row" value="{}" form="picks" aria-label="{}">'
        "</label></td>",
        ident, words,
    )  # fmt: skip


def _pick_all() -> SafeString:
    return format_html(
        '<th scope="col" class="pick"><label><input type="checkbox" id="pick-all" data-pick-all aria-label="{}">'
        "</label></th>",
        gettext("Select all on this page"),
    )
