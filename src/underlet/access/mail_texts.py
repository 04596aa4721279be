"""What mails say, in every language that a person may have. Pages have their own catalogue, documents theirs."""

from typing import get_args

from underlet.organization.types import Language

_LANGUAGES: tuple[str, ...] = get_args(Language)

_TABLE: dict[str, tuple[str, str, str]] = {
    "invited_subject": (
        "Your access to {product}",
        "Ihr Zugang zu {product}",
        "Din åtkomst till {product}",
    ),
    "invited_heading": ("Welcome, {name}", "Willkommen, {name}", "Välkommen, {name}"),
    "invited_text": (
        "You have been given a role in {unit}. You sign in as {email}.",
        "Sie haben eine Rolle in {unit} erhalten. Sie melden sich als {email} an.",
        "Du har fått en roll i {unit}. Du loggar in som {email}.",
    ),
    "set_password_text": (
        "Set your password first. The link works once, and for three days.",
        "Legen Sie zuerst Ihr Passwort fest. Der Link gilt einmal und drei Tage lang.",
        "Välj först ditt lösenord. Länken fungerar en gång, i tre dagar.",
    ),
    "sign_in_text": (
        "Sign in with the password you have.",
        "Melden Sie sich mit Ihrem bisherigen Passwort an.",
        "Logga in med det lösenord du har.",
    ),
    "set_password": ("Set your password", "Passwort festlegen", "Välj lösenord"),
    "sign_in": ("Sign in", "Anmelden", "Logga in"),
    "invited_note": (
        "If you did not expect this mail, you need not do anything.",
        "Wenn Sie diese E-Mail nicht erwartet haben, müssen Sie nichts tun.",
        "Om du inte väntade dig det här meddelandet behöver du inte göra något.",
    ),
}


def mail_words(language: str) -> dict[str, str]:
    """Every text of mails in one language ("en", "de" or "sv"; others read English)."""
    index = _LANGUAGES.index(language) if language in _LANGUAGES else 0
    return {name: forms[index] for name, forms in _TABLE.items()}
