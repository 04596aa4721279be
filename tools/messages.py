"""Texts of the web pages in every language: extracts them, updates the catalogues, compiles them.

`python -m tools.messages` writes `locale/<language>/LC_MESSAGES/django.po` (texts that are new wait there for a
translation, texts that no page uses go) and the compiled `.mo` beside it; `--check` only says what is missing, fuzzy
or stale. Extraction reads templates through Django's own `templatize`, so that no gettext binary is needed.
"""

import io
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tools import sentences

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "src/underlet/interfaces/web"
LOCALE = WEB / "locale"
LANGUAGES = ("de", "sv")
"""Languages beside English, in which the sources are written."""
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""Babel compiles dates into a header; with a fixed one the same texts give the same file."""
_PLURAL = ("ngettext", "ngettext_lazy", "npgettext")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def po_path(language: str) -> Path:
    """The catalogue of a language, as translators edit it."""
    return LOCALE / language / "LC_MESSAGES/django.po"


def extracted() -> Catalog:
    """Every text of views and templates and every sentence of the layers below, with the files that hold it."""
    found = Catalog(domain="django", charset="utf-8")
    for path in sorted([*WEB.rglob("*.py"), *WEB.rglob("*.html")]):
        name = path.relative_to(WEB).as_posix()
        for context, texts in _texts(path):
            found.add(texts, locations=[(name, 0)], context=context)
    for path in sentences.sources():
        name = f"underlet/{path.relative_to(sentences.SOURCES).as_posix()}"
        for text in sentences.sentences(path):
            found.add(text, locations=[(name, 0)])
    return found


def updated(language: str, source: Catalog) -> Catalog:
    """A language's catalogue holding exactly the texts of `source`; what is translated stays so."""
    known, renewed = catalogue(language), Catalog(language, domain="django", charset="utf-8")
    for message in _messages(source):
        old = known.get(message.id, message.context)
        is_same = old is not None and old.id == message.id
        renewed.add(
            message.id,
            old.string if old and is_same else "",
            locations=message.locations,
            flags=old.flags if old and is_same else message.flags,
            context=message.context,
        )
    return renewed


def faults(language: str) -> list[str]:
    """What keeps a language from being complete, one line each: missing, fuzzy, unlike placeholders, stale files."""
    stored, source, name = catalogue(language), extracted(), f"{language}/django.po"
    found = [
        f"{name}: {fault}" for message in _messages(stored) for fault in _faults_of(message, stored.num_plurals)
    ]
    if po_path(language).read_bytes() != po_bytes(updated(language, source)):
        found.append(f"{name} is stale: run `python -m tools.messages`")
    compiled = po_path(language).with_suffix(".mo")
    # By content: the bytes also name the version of Babel.
    if not compiled.exists() or _translations(read_mo(io.BytesIO(compiled.read_bytes()))) != _translations(stored):
        found.append(f"{language}/django.mo is stale: run `python -m tools.messages`")
    return found


def po_bytes(catalog: Catalog) -> bytes:
    """A catalogue as text. No dates and no line numbers: it changes only when a text does."""
    body = io.BytesIO()
    write_po(body, catalog, width=0, sort_output=True, omit_header=True, include_lineno=False)
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return head.encode() + body.getvalue().rstrip() + b"\n"


def mo_bytes(catalog: Catalog) -> bytes:
    """A catalogue compiled."""
    body = io.BytesIO()
    write_mo(body, catalog)
    return body.getvalue()


def main(arguments: Sequence[str]) -> int:
    """Update all languages, or check them with --check; 1 when something is missing, fuzzy or stale."""
    if "--check" not in arguments:
        source = extracted()
        for language in LANGUAGES:
            path = po_path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(po_bytes(updated(language, source)))
            path.with_suffix(".mo").write_bytes(mo_bytes(catalogue(language)))
    wrong = [fault for language in LANGUAGES for fault in faults(language)]
    for fault in wrong:
        print(fault)
    return 1 if wrong else 0


def catalogue(language: str) -> Catalog:
    """A language's catalogue as it is kept; empty where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(language, domain="django", charset="utf-8")
    with path.open("rb") as file:
        stored = read_po(file, locale=language, domain="django")
    stored.creation_date = stored.revision_date = _NO_DATE
    return stored


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _translations(catalog: Catalog) -> dict[tuple[str | None, tuple[str, ...]], tuple[str, ...]]:
    """What a reader gets to see, by context and source; the same of a .po and its .mo."""
    found = {}
    for message in _messages(catalog):
        # Babel reads the context of a .mo as bytes.
        context = message.context.decode() if isinstance(message.context, bytes) else message.context
        if all(forms(message.string)) and not message.fuzzy:
            found[context, forms(message.id)] = forms(message.string)
    return found


def _texts(path: Path) -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    """Of one file: context and text, a plural text as a pair."""
    code = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        # What templatize writes is no module: the indentation of a page would stop the tokenizer.
        code = "\n".join(line.strip() for line in templatize(code, origin=path.name).splitlines())
    for _line, function, said, _comments in extract_python(io.BytesIO(code.encode()), _KEYWORDS, (), {}):
        texts = list(forms(said))
        context = texts.pop(0) if "pgettext" in str(function) else None
        if texts[0]:
            yield context, (texts[0], texts[1]) if function in _PLURAL else texts[0]


def forms(text: object) -> tuple[str, ...]:
    """Singular and plural forms of a message's source or translation."""
    return tuple(text) if isinstance(text, tuple | list) else (str(text or ""),)


def _faults_of(message: Message, plurals: int) -> Iterator[str]:
    sources, texts = forms(message.id), forms(message.string)
    if not all(texts) or (len(sources) > 1 and len(texts) != plurals):
        yield f"missing: {sources[0]!r}"
        return
    if message.fuzzy:
        yield f"fuzzy: {sources[0]!r}"
    for source, text in zip(sources, texts, strict=True):
        if sorted(_PLACEHOLDER.findall(source)) != sorted(_PLACEHOLDER.findall(text)):
            yield f"other placeholders: {source!r}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
