"""The pages of environments, and of who is called to make them."""

from collections.abc import Iterator

import pytest

from tests.interfaces.web.browser import Person, fields_of, text_of
from tests.receiver import Receiver, called_networks, receiving
from tests.world import World
from underlet.foundation.database.sql import scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.jobs import run_job


@pytest.fixture
def receiver(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as found, called_networks(monkeypatch):
        yield found


def _state(world: World, unit: str) -> str:
    with system():
        return str(
            scalar(
                "select e.state from environment e join unit u on u.id = e.unit_id where u.public_id = %s",
                [world.ids["unit"][unit]],
            )
        )


def test_r21_the_empty_page_says_what_freezes_and_leads_to_the_button(world: World) -> None:
    ben = Person(world, "ben")
    text = text_of(ben.get(ben.at("environment", "acme")))
    assert "Nothing runs for this customer yet" in text
    assert "Both can change now" in text
    asked = text_of(ben.get(ben.at("environment_provision", "acme")))
    assert "acme.example.com" in asked
    assert "Seller-set prices only" in asked
    sent = fields_of(ben.get(ben.at("environment_provision", "acme")))
    assert ben.post(ben.at("environment_provision", "acme"), sent).status_code == 302
    text = text_of(ben.get(ben.at("environment", "acme")))
    assert text.count("Frozen") == 2
    assert "Deprovision it to change them" in text


def test_r21_and_r22_the_form_of_a_unit_leaves_out_what_is_frozen_and_says_why(world: World) -> None:
    """What was typed before it froze is refused."""
    ben = Person(world, "ben")
    address = ben.at("unit_edit", "acme")
    shown = ben.get(address)
    fields, names = fields_of(shown), ('name="name"', 'name="price_type"')
    assert all(name in text_of(shown) for name in names)
    ben.post(ben.at("environment_provision", "acme"), {})
    shown = ben.get(address)
    assert not any(name in text_of(shown) for name in names)
    assert "stay as long as the environment exists" in text_of(shown)
    refused = ben.post(address, {**fields, "name": "other.example.com", "request_key": "k"})
    assert refused.status_code == 409
    assert "name stays while its environment exists" in text_of(refused)
    assert ben.post(address, {"code": "C-1", "version": fields["version"], "request_key": "k2"}).status_code == 302
    assert names[1] not in text_of(ben.get(ben.at("unit_edit", "birch")))


def test_r29_the_page_lists_features_by_price_type(world: World) -> None:
    ben = Person(world, "ben")
    text = text_of(ben.get(ben.at("environment", "acme")))
    assert "only with Seller-set prices only" in text
    assert text.count("needs Raw cost only") == 2


def test_r23_and_r30_removing_it_shows_first_what_goes_and_what_stays(world: World) -> None:
    ben = Person(world, "ben")
    address = ben.at("environment_deprovision", "beta")
    text = text_of(ben.get(address))
    for words in ("Goes", "Stays", "contracts, billing runs, invoices", "Becomes free"):
        assert words in text
    assert ben.post(address, fields_of(ben.get(address))).status_code == 302
    assert _state(world, "beta") == "deprovisioned"
    assert "comes back with them" in text_of(ben.get(ben.at("environment", "beta")))


def test_at_work_the_page_asks_again_and_ends_by_a_reload(world: World) -> None:
    """interface.md §11: the state alone is asked for; without scripts the page itself tells it."""
    eve = Person(world, "eve")
    address = eve.at("environment", "delta")
    assert 'hx-trigger="every' in text_of(eve.get(address))
    part = eve.get(address, fragment=True, **{"HX-Target": "environment"})
    assert "<h1" not in text_of(part)
    assert "HX-Refresh" not in part.headers
    fields = fields_of(eve.get(eve.at("environment_report", "delta")))
    assert fields["attempt"] == world.attempt
    missing = eve.post(eve.at("environment_report", "delta"), {**fields, "outcome": "failed", "request_key": "a"})
    assert missing.status_code == 422
    assert 'id="f-reason-error"' in text_of(missing)
    done = {**fields, "outcome": "done", "reference": "env-9", "address": "https://delta.example.org/"}
    assert eve.post(eve.at("environment_report", "delta"), done).status_code == 302
    over = eve.get(address, fragment=True, **{"HX-Target": "environment"})
    assert over.headers["HX-Refresh"] == "true"
    text = text_of(eve.get(address))
    assert 'href="https://delta.example.org/"' in text
    assert "hx-trigger" not in text.partition('id="environment"')[2].partition(">")[0]


def test_what_failed_says_why_and_can_be_tried_again(world: World) -> None:
    ben = Person(world, "ben")
    address = ben.at("environment", "gamma_finance")
    text = text_of(ben.get(address))
    assert "could not be made" in text
    assert "canary-env-gamma_finance" in text
    assert ben.post(ben.at("environment_retry", "gamma_finance"), {}).status_code == 302
    assert _state(world, "gamma_finance") == "provisioning"


def test_who_looks_sees_no_button_and_organizations_have_no_page(world: World) -> None:
    pat, ben = Person(world, "pat"), Person(world, "ben")
    text = text_of(pat.get(pat.at("environment", "gamma_finance")))
    assert "canary-env-gamma_finance" in text
    assert "/profile/environment/retry" not in text
    assert pat.get(pat.at("environment_retry", "gamma_finance")).status_code == 403
    assert pat.get(pat.at("provisioning", "gamma_finance")).status_code == 403
    assert ben.get(ben.at("environment", "birch")).status_code == 404
    assert "/profile/environment" not in text_of(ben.get(ben.at("profile", "birch")))
    assert "/profile/environment" in text_of(ben.get(ben.at("profile", "acme")))


def test_the_secret_is_shown_once_and_a_test_is_followed(world: World, receiver: Receiver) -> None:
    """S7."""
    ben = Person(world, "ben")
    address = ben.at("provisioning", "birch")
    assert "Nobody is called" in text_of(ben.get(address))
    wrong = ben.post(address, {"url": "ftp://a", "request_key": "k"})
    assert wrong.status_code == 422
    assert 'id="f-url-error"' in text_of(wrong)
    assert 'value="ftp://a"' in text_of(wrong)
    made = text_of(ben.post(address, {"url": receiver.url, "request_key": "k2"}))
    assert "whsec_" in made
    assert "whsec_" not in text_of(ben.get(address))
    assert ben.post(address, {"url": receiver.url, "request_key": "k3"}).status_code == 302
    begun = ben.post(ben.at("provisioning_test", "birch"), {})
    job = begun.headers["Location"].partition("test=")[2]
    assert "every 1s" in text_of(ben.get(begun.headers["Location"]))
    assert run_job(job) == "done"  # type: ignore[arg-type]
    assert [call["type"] for call in receiver.calls] == ["provisioning_hook.test"]
    cleo = Person(world, "cleo")
    inherited = text_of(cleo.get(cleo.at("provisioning", "alder")))
    assert "A unit above" in inherited
    assert receiver.url not in inherited
    assert ben.post(ben.at("provisioning_remove", "birch"), {}).status_code == 302
    assert "Nobody is called" in text_of(ben.get(address))
