"""PDFs: the books read back, the same bytes again, literal names, languages, logos (M2, I4, S1)."""

import io
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.invoicing.worked import CONTRACTS, Month
from underlet.branding.logo import clean_logo
from underlet.foundation import storage
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.invoicing.documents import pdf, wording
from underlet.invoicing.documents.fonts import covered
from underlet.invoicing.documents.pdf import render_pdf
from underlet.invoicing.models import Invoice, InvoiceDocument
from underlet.invoicing.snapshot import PARTY
from underlet.invoicing.texts import LOCALES, words
from underlet.kernel.errors import WrongState
from underlet.kernel.palette import palette
from underlet.project.demo.logos import logo as demo_logo


def read(content: bytes) -> str:
    """The text of a PDF, spaces of all kinds as one."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content), strict=True).pages]
    return " ".join(" ".join(pages).split())


def snapshot(language: str = "en", lines: int = 3, **changed: Any) -> dict[str, Any]:
    """A frozen record by hand. changed: fields of the seller."""
    party = dict.fromkeys(PARTY, "")
    net = Decimal("12.50") * lines
    vat = (net * 19 / 100).quantize(Decimal("0.01"))
    return {
        "identity": {"id": "x", "type": "380", "series": "", "number": "2026-00007", "previous_sha256": None},
        "dates": {
            "issued_on": "2026-05-04", "due_on": "2026-06-03", "period_start": "2026-04-01",
            "period_end": "2026-05-01", "time_zone": "UTC",
        },
        "seller": {
            **party, "name": "Alder IT-Service GmbH", "city": "Leipzig", "country": "DE",
            "bank": {"bank_name": "Musterbank", "iban": "DE02120300000000202051", "bic": "EXAMDELP"},
            "footer": "", **changed,
        },
        "buyer": {**party, "name": "Acme Maschinenbau AG", "city": "Stuttgart"},
        "contract": {"id": "c", "version": "1"},
        "lines": [
            {
                "kind": "usage", "text": "Compute, A1", "sub_account": f"41100000{n // 7:04d}",
                "sub_account_name": f"Project {n // 7}", "service": f"Service {n}", "charge_category": "Usage",
                "remarks": ["correction"] if n == 1 else [],
                "position": str(n + 1), "quantity": "500", "unit_of_measure": "GB", "price": "0.0250",
                "net": "12.50", "vat_category": "S", "vat_rate": "19.00",
            }
            for n in range(lines)
        ],
        "vat_groups": [{"category": "S", "rate": "19", "base": str(net), "tax": str(vat), "exemption": ""}],
        "totals": {"currency": "EUR", "net": str(net), "vat": str(vat), "gross": str(net + vat)},
        "payment": {"days": "30", "means": "58", "reference": "2026-00007"},
        "form": {
            "language": language, "locale": LOCALES[language], "brand": asdict(palette("#b45309", dark=False)),
            "product_name": "", "logo_sha256": None, "logo_media_type": None, "template": "", "fonts_sha256": "",
        },
    }  # fmt: skip


def test_documents_of_a_run(drafted: Month) -> None:
    """M2, I4: number, every line, net, VAT and gross read back from the PDF are those of the books.

    F1: rendering again changes nothing; a deleted file is rebuilt to the same bytes; before the job has run, the
    snapshot gives them too.
    """
    body = drafted.issue()
    early = ask("invoice.pdf", drafted.cast.dan, str(drafted.invoice("K3").id))
    assert run_job(body["job_id"]) == "done"
    assert drafted.issue()["job_id"] is None
    for name in CONTRACTS:
        row = drafted.invoice(name)
        assert row.has_pdf
        seller = drafted.cast.seller_of(CONTRACTS[name][0])
        view = ask("invoice.show", seller, str(row.id))
        answer = ask("invoice.pdf", seller, str(row.id))
        assert answer.inline
        said = read(answer.content)
        with system():
            locale = InvoiceDocument.objects.get(invoice__public_id=row.id).invoice.snapshot["form"]["locale"]
        assert str(row.number) in said
        for amount in (view.net, view.vat, *(line.net for line in view.lines)):
            assert " ".join(wording.amount(amount, locale).split()) in said, (name, amount)
        assert " ".join(wording.money(view.gross, view.currency, locale).split()) in said
    with system():
        documents = list(InvoiceDocument.objects.all())
    assert len(documents) == 4
    for document in documents:
        storage.path_of(document.sha256).unlink()
    again = ask("invoice.pdf", drafted.cast.dan, str(drafted.invoice("K3").id))
    assert again.content == early.content
    assert storage.path_of(next(d.sha256 for d in documents if storage.path_of(d.sha256).exists()))


def test_failed_rendering_never_unissues(drafted: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    """One document that fails leaves the others made and its invoice issued; running again completes."""
    first = drafted.issue()

    def broken(content: bytes) -> bytes:
        if b"Beta" in content or not broken_once:
            broken_once.append(True)
            raise RuntimeError("planted")
        return compact(content)

    broken_once: list[bool] = []
    compact = pdf._compact
    monkeypatch.setattr(pdf, "_compact", broken)
    assert run_job(first["job_id"]) == "failed"
    with system():
        assert InvoiceDocument.objects.count() == 3
    assert all(drafted.invoice(name).state == "issued" for name in CONTRACTS)
    monkeypatch.undo()
    for name in CONTRACTS:
        seller = drafted.cast.seller_of(CONTRACTS[name][0])
        assert ask("invoice.pdf", seller, str(drafted.invoice(name).id)).content.startswith(b"%PDF")


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("lines", [1, 60, 500])
def test_languages_and_lengths(language: str, lines: int) -> None:
    """documents.md §3.4: each language at one, some and many pages; identical bytes on re-render."""
    record = snapshot(language, lines)
    content = render_pdf(record)
    assert content == render_pdf(record)
    said = read(content)
    pages = len(PdfReader(io.BytesIO(content)).pages)
    assert pages >= {1: 1, 60: 2, 500: 10}[lines]
    assert words(language)["page"].format(page=pages, pages=pages) in said
    assert said.count(wording.amount(Decimal("12.50"), LOCALES[language])) >= lines
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang)[:2] == language
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
            assert metadata["pdfuaid:part"] == "1"


HOSTILE = [
    '#read("/etc/passwd")',
    '#import "@preview/evil:1.0.0"',
    "$ x^2 $ *bold* _it_ = Heading",
    "</text><script>alert(1)</script>",
    "\\u{41} \\ @label <label> [content] {code}",
    '"; drop table invoice; --',
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_literal(name: str) -> None:
    """S1: data are never code."""
    assert " ".join(name.split()) in read(render_pdf(snapshot(name=name)))


@pytest.mark.parametrize(
    "name",
    [
        "株式会社アクメ", "🚀 Rocket GmbH", "שלום בע״מ", "شركة أكمي", "ไทยคลาวด์", "\ue000\uf8ff\ufdd0", "x" * 300,
        "\0\x07\ufeffZero\u200b", "a\u0301\u0302\u0303\u0304", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u202eevil\u202c", "Ångström & Söhne", "\U0010ffff\U000e0001", "क्षत्रिय",
    ],
)  # fmt: skip
def test_no_name_stops_a_run(name: str) -> None:
    """documents.md §3: a missing glyph prints as a replacement, it never fails the document."""
    content = render_pdf(snapshot(name=name))
    assert "2026-00007" in read(content)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=60))
@settings(max_examples=25, deadline=None)
def test_any_text_prints(name: str) -> None:
    """documents.md §3: whatever people type."""
    assert render_pdf(snapshot(name=name, lines=1)).startswith(b"%PDF")


def test_a_panic_of_the_compiler_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """F1: Typst's Rust code panicked on one of 500 random names, past every `except Exception`."""

    class PanicException(BaseException):
        pass

    compile_, tries = pdf._compile, []

    def panics_once(*arguments: Any) -> bytes:
        tries.append(arguments)
        if len(tries) == 1:
            raise PanicException("end byte index 7 is out of bounds")
        return compile_(*arguments)

    monkeypatch.setattr(pdf, "_compile", panics_once)
    assert render_pdf(snapshot()).startswith(b"%PDF")
    assert len(tries) == 2


def test_font_covers_what_locales_emit() -> None:
    """documents.md §3: no-break spaces, the minus sign, the euro sign."""
    assert {0xA0, 0x202F, 0x2212, 0x20AC, 0xB7} <= covered()


@pytest.mark.parametrize(
    ("locale", "amount", "day"),
    [
        ("en_GB", "1,234,567.80", "4 May 2026"),
        ("de_DE", "1.234.567,80", "4. Mai 2026"),
        ("sv_SE", "1 234 567,80", "4 maj 2026"),
    ],
)
def test_wording(locale: str, amount: str, day: str) -> None:
    """documents.md §11: the frozen locale writes, and never rounds."""
    assert wording.amount(Decimal("1234567.80"), locale).replace("\xa0", " ") == amount
    assert wording.day(date(2026, 5, 4), locale) == day
    assert wording.quantity(Decimal("0.02500"), "en_GB") == "0.025"
    assert wording.quantity(Decimal("5E+3"), "en_GB") == "5,000"
    assert wording.amount(Decimal("0.125"), "en_GB") == "0.125"


@pytest.mark.parametrize("color", ["#ffff00", "#000000", "#ffffff", "#b45309"])
def test_logo_and_any_colour(color: str, tmp_path: Any) -> None:
    """R94–R96: the seller's logo and palette, whatever colour it chose."""
    cleaned = clean_logo(demo_logo("alder", color))
    sha256, _ = storage.put([cleaned.content])
    record = snapshot()
    record["form"] |= {
        "brand": asdict(palette(color, dark=False)), "logo_sha256": sha256, "logo_media_type": cleaned.media_type,
    }  # fmt: skip
    assert "2026-00007" in read(render_pdf(record))


def test_draft_has_no_pdf(drafted: Month) -> None:
    """documents.md §2: a rendering needs a snapshot, and a draft has none."""
    with pytest.raises(WrongState):
        ask("invoice.pdf", drafted.cast.cleo, str(drafted.invoice("K3").id))


def test_a_later_brand_alters_no_issued_document(drafted: Month) -> None:
    """R94, M8: colour, logo, product name and text are the seller's on the day of issue, not today's."""
    seller, unit = drafted.cast.seller_of(CONTRACTS["K3"][0]), drafted.cast.units[CONTRACTS["K3"][0]]

    def wear(color: str, name: str) -> None:
        upload = receive(seller, [demo_logo("alder", color)], "logo.svg")
        data = {"color": color, "product_name": name, "invoice_footer": f"Below {color}", "logo": str(upload.id)}
        run("brand.update", seller, unit, data)

    wear("#b45309", "Old Portal")
    assert run_job(drafted.issue()["job_id"]) == "done"
    number = str(drafted.invoice("K3").id)
    before = ask("invoice.pdf", drafted.cast.dan, number).content
    said = read(before)
    assert "Old Portal" in said
    assert "Below #b45309" in said
    wear("#4338ca", "New Portal")
    assert ask("invoice.pdf", drafted.cast.dan, number).content == before
    with system():
        form = Invoice.objects.get(public_id=number).snapshot["form"]
    assert form["brand"]["brand"] == "#b45309"
    assert storage.get(form["logo_sha256"]) == clean_logo(demo_logo("alder", "#b45309")).content
    run("brand.update", seller, unit, {"reset": ["all"]})
    with system():
        document = InvoiceDocument.objects.get(invoice__public_id=number)
    storage.path_of(document.sha256).unlink()
    assert ask("invoice.pdf", drafted.cast.dan, number).content == before, "made again from the record alone"
