"""From an invitation to a passkey and an authenticator app, in a real browser with Chromium's virtual authenticator."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.world import World
from underlet.foundation.operations import run

PASSWORD = "a fine new password"


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def _authenticator(page: Page) -> None:
    """A device with a fingerprint reader that always recognises its owner."""
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def _sees_only_birch(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("Birch")
    assert "Harbor" not in page.content()
    assert "Fjord" not in page.content()


def test_invited_to_passkey_and_app(page: Page, site: str, world: World) -> None:
    """R43, S4: accept, enrol both, sign in with each, see only one's own; the owner ends a session."""
    site = site.replace("127.0.0.1", "localhost")  # passkeys belong to host names
    wrong: list[str] = []
    page.on("console", lambda one: wrong.append(one.text) if "Content Security Policy" in one.text else None)
    data = {"email": "nia@example.com", "name": "Nia", "role": "administrator"}
    path = run("user.invite", world.cast.ben, world.cast.units["birch"], data).body["welcome_path"]
    _authenticator(page)

    page.goto(f"{site}{path}")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    page.wait_for_url("**/home")
    _sees_only_birch(page)

    page.goto(f"{site}/me/sign-in")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("Phone")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("main")).to_contain_text("Phone")
    page.get_by_role("link", name="Set up an authenticator app").click()
    page.get_by_text("The app cannot scan?").click()
    secret = page.locator("details code").inner_text()
    page.get_by_label("Code").fill(_code(secret))
    page.get_by_role("button", name="Set up").click()
    expect(page).to_have_url(re.compile("/me/sign-in$"))

    page.context.clear_cookies()
    page.goto(f"{site}/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/home")
    _sees_only_birch(page)

    page.context.clear_cookies()
    for second in ("passkey", "app"):
        page.goto(f"{site}/login")
        page.get_by_label("E-mail address").fill("nia@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/login/2fa")
        if second == "passkey":
            page.get_by_role("button", name="Use a passkey").click()
        else:
            page.get_by_label("Code").fill(_code(secret))
            page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/home")
        if second == "passkey":
            page.context.clear_cookies()
    _sees_only_birch(page)

    owner = page.context.browser
    assert owner is not None
    other = owner.new_context(locale="en-GB").new_page()
    sign_in(other, site, "ben")
    other.goto(f"{site}/u/{world.cast.units['birch']}/settings/users")
    other.locator("tr", has_text="nia@example.com").locator("td a").last.click()
    other.get_by_role("button", name="Sign out everywhere").click()
    expect(other.locator("#toasts")).to_contain_text("Signed out there")
    other.context.close()
    page.reload()
    expect(page).to_have_url(re.compile("/login"))
    assert wrong == []
