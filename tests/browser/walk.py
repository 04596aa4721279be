"""A walk through a page by Tab: everything is reached, in no trap, and seen (interface.md §10, §13)."""

from typing import Any

from playwright.sync_api import Page

CONTROLS = """() => {
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  const seen = (one) => one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length > 0;
  const radios = new Set();
  const found = [...document.querySelectorAll(all)].filter((one) => {
    if (one.disabled || one.tabIndex < 0 || !seen(one) || one.closest('[inert]')) return false;
    if (one.type !== 'radio') return true;
    const first = !radios.has(one.name);
    radios.add(one.name);
    return first;
  });
  found.forEach((one, index) => { one.dataset.stop = String(index); });
  return found.map((one) => one.outerHTML.slice(0, 120));
}"""
"""What can be operated, in order, numbered for STOP. Radio buttons of one name are one stop."""

STOP = """() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return null;
  const style = getComputedStyle(one);
  const ringed = one.matches('iframe') || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  const box = one.getBoundingClientRect();
  const wide = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
  const high = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
  const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(([x, y]) =>
    document.elementFromPoint(Math.max(box.left, 0) + wide * x, Math.max(box.top, 0) + high * y));
  const shown = wide > 0 && high > 0 && points.some((top) => top !== null && (one.contains(top) || top.contains(one)));
  return {stop: one.dataset.stop ?? null, html: one.outerHTML.slice(0, 120), ringed, shown};
}"""
"""Where the focus is; ringed: it is drawn (in a frame by the page within, which is walked by itself);
shown: some of it is neither outside nor covered (WCAG 2.4.11)."""

FRAME = """() => [...document.querySelectorAll('[data-stop]')].filter((one) => !one.closest('main')).map(
  (one) => `${one.tagName} ${one.className} ${one.textContent.trim()}`).join('|')"""
"""What can be operated around a page's own part: the head, the menu, the foot."""

INNER = "() => [...document.querySelectorAll('main [data-stop]')].map((one) => one.dataset.stop)"

TO_THE_TOP = """(inside) => {
  const start = document.createElement('span');
  start.tabIndex = -1;
  (inside ? document.querySelector('main') : document.body).prepend(start);
  start.focus();
  start.remove();
  scrollTo(0, 0);
}"""
"""Where the next Tab begins: before everything, although a field may have taken the focus."""

SMALL = """() => [...document.querySelectorAll('[data-stop]')].filter((one) => {
  const style = getComputedStyle(one);
  if (one.matches('.table[tabindex], .skip')) return false;
  const label = one.matches('input[type=checkbox], input[type=radio]') ? one.closest('label') : null;
  const box = (label ?? one).getBoundingClientRect();
  const inText = one.matches('a') && style.display === 'inline' && one.parentElement.textContent.trim().length >
    one.textContent.trim().length;
  return !inText && (box.width < 24 || box.height < 24);
}).map((one) => {
  const box = one.getBoundingClientRect();
  return `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 140)}`;
})"""
"""Targets under 24 × 24 px; links within a sentence are exempt (WCAG 2.5.8)."""


def walked(page: Page, frames: set[str]) -> list[str]:
    """What is wrong with a walk through the page by Tab, from its top to its end.

    frames: what was walked around other pages; where it is the same again, the walk begins at the page's own part.
    """
    page.wait_for_function(
        "() => document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling') === null"
    )
    controls: list[str] = page.evaluate(CONTROLS)
    found: list[str] = []
    visited: list[str | None] = []
    frame, inner = page.evaluate(FRAME), set(page.evaluate(INNER))
    is_known = frame in frames
    frames.add(frame)
    page.evaluate(TO_THE_TOP, is_known)
    for _step in range(len(controls) * 2 + 20):  # a date field has several stops of its own
        page.keyboard.press("Tab")
        at: dict[str, Any] | None = page.evaluate(STOP)
        if at is None or (is_known and at["stop"] is not None and at["stop"] not in inner):
            break
        if visited and at["stop"] == visited[-1]:
            continue
        if at["stop"] in visited:
            break
        visited.append(at["stop"])
        if not at["ringed"]:
            found.append(f"the focus cannot be seen on {at['html']}")
        if not at["shown"]:
            found.append(f"covered: {at['html']}")
    else:
        found.append("the walk has no end")
    expected = inner if is_known else {str(index) for index in range(len(controls))}
    skipped = [html for index, html in enumerate(controls) if str(index) in expected - set(visited)]
    return found + [f"skipped: {html}" for html in skipped]


def small_targets(page: Page) -> list[str]:
    """What a walked page has that is hard to hit."""
    found: list[str] = page.evaluate(SMALL)
    return found
