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
    "reset_subject": (
        "Set a new password for {product}",
        "Neues Passwort für {product}",
        "Nytt lösenord för {product}",
    ),
    "reset_heading": ("A new password", "Ein neues Passwort", "Ett nytt lösenord"),
    "reset_text": (
        "Somebody, probably you, asked for a new password for {email}. The link works once, and for three days.",
        "Jemand, wahrscheinlich Sie, hat ein neues Passwort für {email} angefordert. Der Link gilt einmal und drei Tage"
        " lang.",
        "Någon, troligen du, har bett om ett nytt lösenord för {email}. Länken fungerar en gång, i tre dagar.",
    ),
    "reset_button": ("Set a new password", "Neues Passwort festlegen", "Välj nytt lösenord"),
    "reset_note": (
        "If it was not you, you need not do anything: your password stays as it is.",
        "Wenn Sie das nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.",
        "Om det inte var du behöver du inte göra något: ditt lösenord förblir detsamma.",
    ),
    "notice_subject": (
        "Your sign-in to {product} has changed",
        "Ihre Anmeldung bei {product} wurde geändert",
        "Din inloggning till {product} har ändrats",
    ),
    "notice_heading": ("Your sign-in has changed", "Ihre Anmeldung wurde geändert", "Din inloggning har ändrats"),
    "notice_password": (
        "Your password was set anew.",
        "Ihr Passwort wurde neu festgelegt.",
        "Ditt lösenord byttes.",
    ),
    "notice_totp_added": (
        "An authenticator app was set up.",
        "Eine Authenticator-App wurde eingerichtet.",
        "En autentiseringsapp har lagts till.",
    ),
    "notice_totp_removed": (
        "The authenticator app was removed.",
        "Die Authenticator-App wurde entfernt.",
        "Autentiseringsappen har tagits bort.",
    ),
    "notice_passkey_added": (
        "A passkey was added.",
        "Ein Passkey wurde hinzugefügt.",
        "En passkey har lagts till.",
    ),
    "notice_passkey_removed": (
        "A passkey was removed.",
        "Ein Passkey wurde entfernt.",
        "En passkey har tagits bort.",
    ),
    "notice_codes": (
        "New recovery codes were made; the old ones have ended.",
        "Neue Wiederherstellungscodes wurden erstellt; die alten gelten nicht mehr.",
        "Nya återställningskoder har skapats; de gamla gäller inte längre.",
    ),
    "notice_sessions": (
        "You were signed out everywhere else.",
        "Sie wurden überall sonst abgemeldet.",
        "Du har loggats ut överallt annars.",
    ),
    "notice_button": ("Look at your sign-in", "Anmeldung ansehen", "Se din inloggning"),
    "notice_note": (
        "If it was not you, set a new password at once and tell your administrator.",
        "Wenn Sie das nicht waren, legen Sie sofort ein neues Passwort fest und sagen Sie Ihrer Verwaltung Bescheid.",
        "Om det inte var du: välj genast ett nytt lösenord och säg till din administratör.",
    ),
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
