"""Pages speak English, German and Swedish, completely (interface.md §12, documents.md §11)."""

import html
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import translation
from tools.pages import Scene

from tests import tables
from tests.interfaces.web.browser import Person, text_of
from tests.scenes import WALKED, things_of
from tests.world import World
from tools import messages
from underlet.foundation.operations import run
from underlet.interfaces.web.answers import refused
from underlet.interfaces.web.say import said
from underlet.kernel.errors import NotFound, Refusal
from underlet.kernel.sentence import Sentence

LABELS = {
    "de": {
        "home": ("Übersicht", "Abrechnung", "Zwölf Monate", "Größte Käufer"),
        "invoices": ("Rechnungen", "Jeder Status"),
        "structure": ("Struktur", "Einheit hinzufügen", "Darunter"),
    },
    "sv": {
        "home": ("Översikt", "Fakturering", "Tolv månader", "Största köpare"),
        "invoices": ("Fakturor", "Alla statusar"),
        "structure": ("Struktur", "Lägg till enhet", "Därunder"),
    },
}
"""By language and page: words that it shows."""
ENGLISH = (
    "Home", "Billing", "Invoices", "Contracts", "Settings", "Sign out", "Twelve months",
    "Largest buyers", "To do", "Posted", "Share", "Buyer",
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
    ("language", "page"), [(language, page) for language in LABELS for page in LABELS[language]]
)
def test_a_page_speaks_one_language(world: World, language: str, page: str) -> None:
    """Words are there, English labels are not, and the page says which language it is in."""
    person = Person(world, "ada")
    run("user.update_me", world.cast.ada, None, {"language": language})
    answer = person.get(person.at(page, "fjord"))
    shown = _texts_shown(answer)
    assert f'<html lang="{language}"' in text_of(answer)
    for word in LABELS[language][page]:
        assert any(re.search(rf"\b{word}\b", text) for text in shown), word
    assert shown.isdisjoint(ENGLISH), shown & set(ENGLISH)


def test_the_english_page_shows_the_labels_that_others_must_not(world: World) -> None:
    """So that the test above looks for labels that exist."""
    person = Person(world, "ada")
    shown = {text for page in LABELS["de"] for text in _texts_shown(person.get(person.at(page, "fjord")))}
    assert set(ENGLISH) <= shown, set(ENGLISH) - shown


@pytest.mark.parametrize(
    ("language", "word"), [("de", "Passwort"), ("sv", "Lösenord"), ("en", "Password"), ("fi", "Password")]
)
def test_signing_in_follows_the_browser(world: World, language: str, word: str) -> None:
    """Before somebody is known, Accept-Language decides; a language that pages lack reads English."""
    page = text_of(Client().get("/login", headers={"Accept-Language": language}))
    assert word in page
    assert f'<html lang="{language if language in LABELS else "en"}"' in page


def test_a_choice_holds_after_signing_out(world: World) -> None:
    """What was chosen on one's own page outweighs the browser's language, signed in or not."""
    person = Person(world, "ada")
    answer = person.post("/me", {"language": "sv", "theme": "auto"})
    assert answer.status_code == 302
    assert "Språk" in text_of(person.get("/me"))
    del person.client.cookies[settings.SESSION_COOKIE_NAME]
    page = person.client.get("/login", headers={"Accept-Language": "de"})
    assert "Lösenord" in text_of(page)


FOR_BUILDERS = ("styleguide",)
"""Pages for those who build pages: English in every language."""
DATA = {"Support", "Usage", "Tax"}
"""Texts of the test world that equal a label of ours: a fee, a charge category, a unit."""


@cache
def _foreign(language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """What must not be on a page of this language: whole English texts, and runs of over three English words."""
    whole, runs = set(), set()
    for message in messages.catalogue(language):
        for text, said_ in zip(messages.forms(message.id), messages.forms(message.string), strict=False):
            if text and text != said_:
                whole.add(text)
                parts = re.split(r"%\(\w+\)[sd]|\{\w*\}", text)
                runs |= {part.strip() for part in parts if len(part.split()) > 3}
    own = {text for message in messages.catalogue(language) for text in messages.forms(message.string)}
    return frozenset(whole - own - DATA), tuple(sorted(runs))


def _english_on(page: str, language: str) -> set[str]:
    """English texts of ours that a page shows or labels something with."""
    body = re.sub(r"<(script|style|code)\b.*?</\1>|<(abbr|data)\b[^>]*>", "", page, flags=re.DOTALL)
    shown = re.findall(r">([^<>]+)<", body)
    shown += re.findall(r' (?:aria-label|placeholder|title|alt)="([^"]*)"', body)
    texts = {" ".join(html.unescape(text).split()) for text in shown}
    whole, runs = _foreign(language)
    everything = " | ".join(texts)
    return (texts & whole) | {run for run in runs if run in everything}


def _opened(world: World, scene: Scene, address: str, language: str) -> Any:
    """A scene as its visitor finds it."""
    client = Person(world, scene.who).client if scene.who else Client()
    spoken = {"Accept-Language": language}
    return (
        client.post(address, scene.sends, headers=spoken) if scene.sends else client.get(address, headers=spoken)
    )


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_page_shows_english(world: World, language: str) -> None:
    """Every page that the table of pages knows, and every form refused: no text of ours in another language, in no
    label; every other state of a page in the deep run."""
    found: dict[str, set[str]] = {}
    things = things_of(world)
    with tables.connect() as connection:
        connection.execute("update app_user set language = %s", [language])
    for scene in WALKED:
        if scene.page in FOR_BUILDERS:
            continue
        answer = _opened(world, scene, scene.address(things), language)
        if scene.sends and answer.status_code == 302:
            continue  # the browser sends more than the table names: here nothing was wrong with it
        assert scene.sends or answer.status_code == scene.status, scene.name
        page = text_of(answer)
        assert f'<html lang="{language}"' in page, scene.name
        found[scene.name] = _english_on(page, language)
    assert {name: english for name, english in found.items() if english} == {}


def test_english_is_found_where_it_is(world: World) -> None:
    """The test above sees: the same pages in English are full of what it looks for."""
    person = Person(world, "ada")
    for name in ("home", "invoices", "structure", "contracts", "imports", "exchange_rates"):
        assert len(_english_on(text_of(person.get(person.at(name, "fjord"))), "de")) > 10, name


REFUSALS = sorted(Refusal.__subclasses__(), key=lambda one: one.__name__)


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: one.__name__)
def test_every_refusal_speaks_the_readers_language(refusal: type[Refusal], language: str) -> None:
    """Page and fragment, detail and hint; the API's body stays as programs know it."""
    found = refusal()
    before = found.as_dict()
    with translation.override(language):
        for headers in ({}, {"HX-Request": "true"}):
            page = text_of(refused(RequestFactory().get("/", headers=headers), found))
            for text in filter(None, (found.detail, found.hint)):
                assert html.escape(said(text)) in page
                assert said(text) != text
            assert not _english_on(page, language)
    assert found.as_dict() == before


def test_hidden_and_absent_still_answer_alike(world: World) -> None:
    """A4 in every language: the refusal of a hidden unit and of an absent one are the same bytes."""
    for language in ("en", *messages.LANGUAGES):
        person = Person(world, "dan")
        run("user.update_me", world.cast.people["dan"], None, {"language": language})
        hidden = person.get(person.at("home", "cedar"))
        absent = person.get("/u/00000000-0000-0000-0000-000000000000/home")
        assert hidden.status_code == absent.status_code == NotFound.status
        assert hidden.content == absent.content


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Base fee: 1,234.50 EUR a month, the whole month"),
        ("de", "Base fee: 1.234,50 EUR im Monat, der ganze Monat"),
        ("sv", "Base fee: 1\N{NO-BREAK SPACE}234,50 EUR per månad, hela månaden"),
    ],
)
def test_values_of_a_sentence_follow_the_reader(language: str, text: str) -> None:
    """Numbers are grouped and pointed as everywhere on the page; names stay."""
    fee = Sentence(
        "{label}: {price} {currency} a month, the whole month",
        label="Base fee",
        price=Decimal("1234.50"),
        currency="EUR",
    )
    with translation.override(language):
        assert said(fee) == text
