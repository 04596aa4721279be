"""The table of all pages knows every address, and says so when it does not."""

import pytest

from tools import pages


def test_every_address_has_a_scene_or_is_no_page() -> None:
    """A page that nobody looks at would be one nobody tests."""
    routes = set(pages._routes())
    shown = {scene.page for scene in pages.scenes()}
    assert shown - {""} == routes - set(pages.NOT_PAGES)
    assert set(pages.NOT_PAGES) <= routes
    names = [scene.name for scene in pages.scenes()]
    assert len(names) == len(set(names))


def test_a_page_of_unknown_things_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new page of a new thing fails until somebody says how to get there."""
    monkeypatch.setattr(pages, "_routes", lambda: {"price_book": "u/<str:unit>/price-books/<str:price_book>"})
    monkeypatch.setattr(pages, "OWN", ())
    monkeypatch.setattr(pages, "MORE", ())
    monkeypatch.setattr(pages, "REPLACED", ())
    with pytest.raises(LookupError, match="price_book"):
        pages.scenes()


def test_a_scene_of_no_page_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that went away takes its scenes along."""
    monkeypatch.setattr(pages, "OWN", (pages.Scene("gone"),))
    with pytest.raises(LookupError, match="gone"):
        pages.scenes()
