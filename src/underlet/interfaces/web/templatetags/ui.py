"""What every page is made of: icons, surfaces, addresses, the files that come along.

Tags that wrap content are block tags, so pages read like an outline.
"""

from functools import lru_cache

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

from underlet.interfaces.web import theme

register = template.Library()


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


@register.simple_tag(takes_context=True)
def at(context: Context, page: str, **parameters: object) -> str:
    """The address of a page in the context unit."""
    visit = context["visit"]
    return str(visit.address(page, **parameters))
