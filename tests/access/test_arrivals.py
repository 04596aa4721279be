"""Who a provider of sign-in speaks for, and what its groups give (ADR-0043)."""

import json
from typing import Any, LiteralString
from uuid import UUID

import pytest

from tests.cast import Cast, make_cast
from underlet.access.arrivals import Arrival, arrive, is_theirs
from underlet.access.models import DirectoryGroup, IdentityProvider, User
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel.errors import Forbidden, InvalidInput, NotFound

OIDC = {
    "kind": "openid_connect", "name": "Birch", "issuer": "https://login.example.com", "client_id": "underlet",
    "client_secret": "s3cret-of-birch", "groups_claim": "groups",
}  # fmt: skip


@pytest.fixture
def cast(database: None) -> Cast:
    return make_cast()


def _provider(cast: Cast, who: Actor, unit: str, **more: object) -> IdentityProvider:
    made = run("identity_provider.create", who, cast.units[unit], {**OIDC, **more}).body
    with system():
        return IdentityProvider.objects.select_related("unit").get(public_id=made["id"])


def _said(email: str, *groups: str, user_id: int | None = None) -> Arrival:
    return Arrival(email, "Nils", groups, user_id)


def _grants(user: User) -> set[tuple[str, str]]:
    text: LiteralString = (
        "select u.name, g.role from access_grant g join unit u on u.id = g.unit_id where g.user_id = %s"
    )
    with system():
        return set(rows(text, [user.id]))


def test_a_provider_speaks_for_people_of_its_unit_and_nobody_else(cast: Cast) -> None:
    """A5: an administrator of one branch cannot sign in as somebody above, beside, or who runs the installation."""
    provider = _provider(cast, cast.ben, "birch", takes_new=True)
    assert arrive(provider, _said("CLEO@example.com")).email == "cleo@example.com"
    for email in ("ada@example.com", "eve@example.com", "operator@localhost"):
        with pytest.raises(Forbidden) as refusal:
            arrive(provider, _said(email))
        assert "invite" in str(refusal.value.hint)


def test_it_stops_speaking_for_somebody_at_once(cast: Cast) -> None:
    """A6: when they get a role elsewhere, when they lose the last, when it is switched off."""
    provider = _provider(cast, cast.ben, "birch")
    cleo = arrive(provider, _said("cleo@example.com"))
    assert is_theirs(str(provider.public_id), cleo.id)
    run("user.invite", cast.ada, cast.units["cedar"], {"email": cleo.email, "name": "Cleo", "role": "viewer"})
    assert not is_theirs(str(provider.public_id), cleo.id)
    run("grant.revoke", cast.ada, cast.units["cedar"], {"email": cleo.email, "role": "viewer"})
    assert is_theirs(str(provider.public_id), cleo.id)
    run("identity_provider.update", cast.ben, str(provider.public_id), {"is_enabled": False})
    assert not is_theirs(str(provider.public_id), cleo.id)


def test_groups_give_the_roles_that_the_directory_maps_and_take_them_back(cast: Cast) -> None:
    """R34, P2, A6: unknown groups are noted, mapped by an administrator, and followed at each sign-in."""
    provider = _provider(cast, cast.ben, "birch", takes_new=True)
    with pytest.raises(Forbidden):  # nobody gave them a role yet
        arrive(provider, _said("nils@example.com", "Billing team"))
    with system():
        group = DirectoryGroup.objects.get(display_name="Billing team")
        nils = User.objects.get(email_key="nils@example.com")
    run("directory_group.map", cast.ben, str(group.public_id), {"role": "billing"})
    assert arrive(provider, _said("nils@example.com", "Billing team")) == nils
    assert _grants(nils) == {("Birch", "billing")}
    with pytest.raises(Forbidden):
        arrive(provider, _said("nils@example.com", user_id=nils.id))
    assert _grants(nils) == set()


def _arrivals() -> list[tuple[Any, ...]]:
    with system():
        return rows(
            "select p.email, u.name, e.subject_id = p.public_id, e.input, e.before, e.after from audit_entry e"
            " join app_user p on p.id = e.actor_id left join unit u on u.id = e.unit_id"
            " where e.operation = 'user.arrive' order by e.id"
        )


def test_an_arrival_that_changes_something_is_in_the_audit_trail(cast: Cast) -> None:
    """S9: whom a provider brought, which roles came and went; by the person, in the provider's unit, chained."""
    provider = _provider(cast, cast.ben, "birch", takes_new=True)
    with pytest.raises(Forbidden):
        arrive(provider, _said("nils@example.com", "Billing team"))
    with system():
        group = DirectoryGroup.objects.get(display_name="Billing team")
    run("directory_group.map", cast.ben, str(group.public_id), {"role": "billing"})
    nils = arrive(provider, _said("nils@example.com", "Billing team"))
    for _ in range(2):  # nothing new: a sign-in like any other
        arrive(provider, _said("nils@example.com", "Billing team", user_id=nils.id))
    with pytest.raises(Forbidden):
        arrive(provider, _said("nils@example.com", user_id=nils.id))
    entries = _arrivals()
    assert {one[:3] for one in entries} == {("nils@example.com", "Birch", True)}
    assert {json.loads(one[3])["provider"] for one in entries} == {"Birch"}
    nobody: dict[str, Any] = {"is_linked": False, "is_in_directory": False, "groups": [], "roles": []}
    noted = nobody | {"is_in_directory": True, "groups": ["Billing team"]}
    mapped = noted | {"roles": ["Birch: billing"]}
    linked = mapped | {"is_linked": True}
    gone = linked | {"groups": [], "roles": []}
    assert [tuple(map(json.loads, one[4:])) for one in entries] == [
        (nobody, noted),
        (mapped, linked),
        (linked, gone),
    ]
    listed = ask("audit.list", cast.ben, cast.units["birch"], {"operation": "user.arrive"}).items
    assert len(listed) == 3
    assert ask("audit.verify", cast.ada, cast.units["fjord"]).is_intact


def test_an_arrival_and_its_entry_commit_together(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """S9: neither person nor role without the entry, and no entry without them."""
    provider = _provider(cast, cast.ben, "birch", takes_new=True)

    def fail(*_: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        arrive(provider, _said("cleo@example.com"), fail)
    assert _arrivals() == []
    monkeypatch.setattr("underlet.access.arrivals.record_as", fail)
    with pytest.raises(RuntimeError):
        arrive(provider, _said("nils@example.com"))
    with system():
        assert not User.objects.filter(email_key="nils@example.com").exists()


def test_nobody_uninvited_comes_in_unless_the_provider_may_bring_them(cast: Cast) -> None:
    """S3: and no person is made of them."""
    provider = _provider(cast, cast.ben, "birch")
    with pytest.raises(Forbidden):
        arrive(provider, _said("stranger@example.com", "Billing team"))
    with system():
        assert not User.objects.filter(email_key="stranger@example.com").exists()


def test_the_secret_is_sealed_and_shown_to_nobody(cast: Cast) -> None:
    """S7."""
    provider = _provider(cast, cast.ben, "birch")
    assert "s3cret" not in provider.client_secret
    shown = ask("identity_provider.show", cast.ben, str(provider.public_id))
    assert shown.has_secret
    assert "s3cret" not in repr(shown)
    with system():
        kept = scalar(
            "select string_agg(input::text || after::text, '') from audit_entry where operation like 'identity%%'"
        )
    assert "s3cret" not in kept


def test_only_who_decides_on_sign_in_sees_providers(cast: Cast) -> None:
    """A1, A4: not those below, not those beside; hidden answers as absent."""
    provider = _provider(cast, cast.ben, "birch")
    for who in (cast.cleo, cast.eve, cast.dan):
        with pytest.raises(NotFound):
            ask("identity_provider.show", who, str(provider.public_id))
    assert ask("identity_provider.list", cast.ada, cast.units["birch"]).items
    with pytest.raises((NotFound, Forbidden)):
        run("identity_provider.create", cast.dan, cast.units["acme"], OIDC)


SAML: dict[str, Any] = {"kind": "saml", "name": "Birch", "entity_id": "https://idp.example.com"}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({**OIDC, "issuer": "https://user:secret@login.example.com"}, "issuer"),
        ({**SAML, "sso_url": "https://idp.example.com/sso", "certificate": "nonsense"}, "certificate"),
        ({**SAML, "sso_url": "javascript:alert(1)", "certificate": "nonsense"}, "sso_url"),
        ({**SAML, "metadata": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}, "metadata"),
    ],
)
def test_what_no_sign_in_could_work_with_is_refused(cast: Cast, data: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        run("identity_provider.create", cast.ben, cast.units["birch"], data)
    assert field in refusal.value.fields
    assert UUID(cast.units["birch"])
