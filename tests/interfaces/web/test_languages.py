"""Pages speak English, German and Swedish, completely (interface.md §12, documents.md §11)."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.interfaces.web.browser import Person, text_of
from tests.world import World
from tools import messages
from underlet.foundation.operations import run

PAGES = {
    "de": {
        "home": ("Übersicht", "Abrechnung", "Zwölf Monate", "Größte Käufer"),
        "invoices": ("Rechnungen", "Käufer und Verkäufer", "Jeder Status"),
        "structure": ("Struktur", "Einheit hinzufügen", "Darunter"),
    },
    "sv": {
        "home": ("Översikt", "Fakturering", "Tolv månader", "Största köpare"),
        "invoices": ("Fakturor", "Köpare och säljare", "Alla statusar"),
        "structure": ("Struktur", "Lägg till enhet", "Därunder"),
    },
}
"""By language and page: words that it shows."""
ENGLISH = (
    "Home", "Billing", "Invoices", "Contracts", "Settings", "Sign out", "Twelve months",
    "Largest buyers", "To do", "Posted", "Share", "Buyer and seller", "Buyer",
    "All states", "Issued", "Unit", "Kind", "Below", "Add unit", "Search", "Skip to the content", "Language and theme",
)  # fmt: skip
"""Labels of these pages that must not stay English."""


def _texts_shown(answer: Any) -> set[str]:
    """Texts between tags and in labels, the list of API entries left out."""
    page = re.sub(r"<(script|style|code)\b.*?</\1>", "", text_of(answer), flags=re.DOTALL)
    return {text.strip() for text in re.findall(r">([^<>]+)<", page) if text.strip()}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_is_translated_and_compiled(language: str) -> None:
    """Nothing is missing, fuzzy or stale, and translations hold their source's placeholders."""
    assert messages.faults(language) == []


@pytest.mark.parametrize(
    "fault", ["missing", "fuzzy", "other placeholders", "django.po is stale", "django.mo is stale"]
)
def test_a_fault_is_found(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of fault, planted in a copy of the German catalogue, is named."""
    catalogue = messages.po_path("de")
    text, compiled = catalogue.read_text(encoding="utf-8"), catalogue.with_suffix(".mo").read_bytes()
    planted = {
        "missing": text.replace('msgstr "Rechnungen"', 'msgstr ""'),
        "fuzzy": text.replace('msgid "Invoices"', '#, fuzzy\nmsgid "Invoices"'),
        "other placeholders": text.replace('msgstr "Regel %(n)s nach oben"', 'msgstr "Regel nach oben"'),
        "django.po is stale": text + '\nmsgid "Gone"\nmsgstr "Weg"\n',
        "django.mo is stale": text.replace('msgstr "Rechnungen"', 'msgstr "Fakturen"'),
    }[fault]
    assert planted != text
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    copy = messages.po_path("de")
    copy.parent.mkdir(parents=True)
    copy.write_text(planted, encoding="utf-8")
    copy.with_suffix(".mo").write_bytes(compiled)
    assert any(fault in line for line in messages.faults("de"))


@pytest.mark.parametrize(
    ("language", "page"), [(language, page) for language in PAGES for page in PAGES[language]]
)
def test_a_page_speaks_one_language(world: World, language: str, page: str) -> None:
    """Words are there, English labels are not, and the page says which language it is in."""
    person = Person(world, "ada")
    run("user.update_me", world.cast.ada, None, {"language": language})
    answer = person.get(person.at(page, "fjord"))
    shown = _texts_shown(answer)
    assert f'<html lang="{language}"' in text_of(answer)
    for word in PAGES[language][page]:
        assert any(re.search(rf"\b{word}\b", text) for text in shown), word
    assert shown.isdisjoint(ENGLISH), shown & set(ENGLISH)


def test_the_english_page_shows_the_labels_that_others_must_not(world: World) -> None:
    """So that the test above looks for labels that exist."""
    person = Person(world, "ada")
    shown = {text for page in PAGES["de"] for text in _texts_shown(person.get(person.at(page, "fjord")))}
    assert set(ENGLISH) <= shown, set(ENGLISH) - shown


@pytest.mark.parametrize(
    ("language", "word"), [("de", "Passwort"), ("sv", "Lösenord"), ("en", "Password"), ("fi", "Password")]
)
def test_signing_in_follows_the_browser(world: World, language: str, word: str) -> None:
    """Before somebody is known, Accept-Language decides; a language that pages lack reads English."""
    page = text_of(Client().get("/login", headers={"Accept-Language": language}))
    assert word in page
    assert f'<html lang="{language if language in PAGES else "en"}"' in page


def test_a_choice_holds_after_signing_out(world: World) -> None:
    """What was chosen on one's own page outweighs the browser's language, signed in or not."""
    person = Person(world, "ada")
    answer = person.post("/me", {"language": "sv", "theme": "auto"})
    assert answer.status_code == 302
    assert "Språk" in text_of(person.get("/me"))
    del person.client.cookies[settings.SESSION_COOKIE_NAME]
    page = person.client.get("/login", headers={"Accept-Language": "de"})
    assert "Lösenord" in text_of(page)
