"""Words of documents, in every language that a party may ask for. Pages have their own catalogue.

A document's language is the buyer's (R94 does not apply: words are not branding). The locale is frozen with it, so
that a document reads the same however the installation is set up later (documents.md §11).
"""

from typing import get_args

from underlet.organization.types import Language

LANGUAGES: tuple[str, ...] = get_args(Language)

LOCALES = {"en": "en_GB", "de": "de_DE", "sv": "sv_SE"}
"""The frozen locale of each language: its separators, its dates."""

_TABLE: dict[str, tuple[str, str, str]] = {
    "invoice": ("Invoice", "Rechnung", "Faktura"),
    "draft": ("Draft", "Entwurf", "Utkast"),
    "draft_note": (
        "This is a draft, not an invoice.",
        "Dies ist ein Entwurf und keine Rechnung.",
        "Detta är ett utkast och ingen faktura.",
    ),
    "number": ("Invoice number", "Rechnungsnummer", "Fakturanummer"),
    "issued_on": ("Invoice date", "Rechnungsdatum", "Fakturadatum"),
    "due_on": ("Due date", "Fällig am", "Förfallodag"),
    "period": ("Service period", "Leistungszeitraum", "Leveransperiod"),
    "bill_to": ("Bill to", "Rechnung an", "Faktureras"),
    "from": ("From", "Von", "Från"),
    "vat_id": ("VAT ID", "USt-IdNr.", "Momsreg.nr"),
    "tax_number": ("Tax no.", "Steuernr.", "Skattenr"),
    "organization_number": ("Company no.", "Handelsregister", "Org.nr"),
    "description": ("Description", "Beschreibung", "Beskrivning"),
    "quantity": ("Quantity", "Menge", "Antal"),
    "price": ("Price", "Preis", "À-pris"),
    "vat": ("VAT", "USt.", "Moms"),
    "amount": ("Amount", "Betrag", "Belopp"),
    "net": ("Net", "Netto", "Netto"),
    "net_total": ("Total without VAT", "Nettobetrag", "Summa exkl. moms"),
    "vat_total": ("VAT", "Umsatzsteuer", "Moms"),
    "gross_total": ("Amount due", "Zahlbetrag", "Att betala"),
    "vat_breakdown": ("VAT breakdown", "Umsatzsteuer im Einzelnen", "Momsspecifikation"),
    "vat_rate": ("Rate", "Satz", "Sats"),
    "vat_base": ("Base", "Bemessungsgrundlage", "Underlag"),
    "vat_tax": ("VAT", "Steuer", "Moms"),
    "payment": ("Payment", "Zahlung", "Betalning"),
    "pay_by": (
        "Please pay {amount} by {date}.",
        "Bitte zahlen Sie {amount} bis zum {date}.",
        "Vänligen betala {amount} senast {date}.",
    ),
    "nothing_due": (
        "Nothing is due: {amount} is credited to you.",
        "Es ist nichts zu zahlen: {amount} wird Ihnen gutgeschrieben.",
        "Inget att betala: {amount} krediteras dig.",
    ),
    "account_holder": ("Account holder", "Kontoinhaber", "Kontohavare"),
    "bank": ("Bank", "Bank", "Bank"),
    "iban": ("IBAN", "IBAN", "IBAN"),
    "bic": ("BIC", "BIC", "BIC"),
    "reference": ("Reference", "Verwendungszweck", "Referens"),
    "page": ("Page {page} of {pages}", "Seite {page} von {pages}", "Sida {page} av {pages}"),
    "continued": ("continued", "Fortsetzung", "fortsättning"),
    "days_of": ("{days} of {all} days", "{days} von {all} Tagen", "{days} av {all} dagar"),
    "no_sub_account": ("Without sub-account", "Ohne Unterkonto", "Utan underkonto"),
    "fees": ("Recurring fees", "Wiederkehrende Gebühren", "Återkommande avgifter"),
    "correction": ("correction", "Korrektur", "korrigering"),
    "refund": ("refund", "Erstattung", "återbetalning"),
    "commitment": ("commitment", "Nutzungszusage", "åtagande"),
    "Purchase": ("purchase", "Kauf", "köp"),
    "Credit": ("credit", "Gutschrift", "kreditering"),
    "Adjustment": ("adjustment", "Anpassung", "justering"),
    "Tax": ("tax", "Steuer", "skatt"),
    "vat_S": ("VAT", "USt.", "Moms"),
    "vat_Z": ("Zero-rated", "Nullsatz", "Nollsats"),
    "vat_E": ("Exempt from VAT", "Von der Umsatzsteuer befreit", "Undantagen från moms"),
    "vat_AE": (
        "Reverse charge: VAT is owed by the recipient",
        "Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge)",
        "Omvänd betalningsskyldighet (reverse charge)",
    ),
    "vat_K": ("Intra-Community supply", "Innergemeinschaftliche Lieferung", "Unionsintern leverans"),
    "vat_G": ("Export outside the EU", "Ausfuhr außerhalb der EU", "Export utanför EU"),
    "vat_O": ("Outside the scope of VAT", "Nicht umsatzsteuerbar", "Omfattas inte av moms"),
}


def words(language: str) -> dict[str, str]:
    """Every word of documents in one language ("en", "de" or "sv"; others read English)."""
    index = LANGUAGES.index(language) if language in LANGUAGES else 0
    return {name: forms[index] for name, forms in _TABLE.items()}
