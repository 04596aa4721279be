"""SCIM groups stand for roles: what members get, and when they lose it (P2, A6, ADR-0042)."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast
from tests.interfaces.scim.conftest import Directory, key_of
from underlet.access.models import Grant, User
from underlet.access.queries import actor_of
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def may_see(cast: Cast, email: str, unit: str) -> bool:
    """Whether a person sees a unit on their next request."""
    with system():
        user = User.objects.get(email_key=email)
    try:
        ask("unit.show", actor_of(user), cast.units[unit])
    except errors.NotFound:
        return False
    return True


def members(*ids: str) -> list[dict[str, str]]:
    return [{"value": one} for one in ids]


def test_members_have_the_role_as_long_as_they_are_in_the_group(cast: Cast, directory: Directory) -> None:
    """A6: in and out by PATCH, suspended, taken back, out with the group; each binds on the next request."""
    kim, lee = directory.user("kim@x.example"), directory.user("lee@x.example")
    group = directory.group("Viewers", kim)
    assert not may_see(cast, "kim@x.example", "alder")
    run("directory_group.map", cast.ben, group, {"role": "viewer", "unit": cast.units["alder"]})
    assert may_see(cast, "kim@x.example", "acme")
    assert not may_see(cast, "kim@x.example", "birch")
    directory.patch(f"/Groups/{group}", {"op": "Add", "path": "members", "value": members(lee)})
    assert may_see(cast, "lee@x.example", "alder")
    # Entra names whom it removes in the value, Okta in the path.
    directory.patch(f"/Groups/{group}", {"op": "Remove", "path": "members", "value": members(lee)})
    assert not may_see(cast, "lee@x.example", "alder")
    assert may_see(cast, "kim@x.example", "alder")
    directory.patch(f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{kim}"]'})
    assert not may_see(cast, "kim@x.example", "alder")
    directory.patch(f"/Groups/{group}", {"op": "replace", "path": "members", "value": members(kim, lee)})
    for value, seen in (("False", False), ("True", True)):
        directory.patch(f"/Users/{kim}", {"op": "Replace", "path": "active", "value": value})
        assert may_see(cast, "kim@x.example", "alder") is seen
    assert directory.call("DELETE", f"/Users/{kim}")[0] == 204
    assert not may_see(cast, "kim@x.example", "alder")
    assert directory.call("DELETE", f"/Groups/{group}")[0] == 204
    assert not may_see(cast, "lee@x.example", "alder")
    with system():
        assert not Grant.objects.exclude(directory_group=None).exists()


def test_a_role_given_by_hand_is_none_of_a_directorys_business(cast: Cast, directory: Directory) -> None:
    data = {"email": "kim@x.example", "name": "Kim", "role": "viewer"}
    run("user.invite", cast.ben, cast.units["alder"], data)
    kim = directory.user("kim@x.example")
    group = directory.group("Viewers", kim)
    run("directory_group.map", cast.ben, group, {"role": "viewer", "unit": cast.units["alder"]})
    directory.call("DELETE", f"/Users/{kim}")
    assert may_see(cast, "kim@x.example", "alder")
    run("grant.revoke", cast.ben, cast.units["alder"], {"email": "kim@x.example", "role": "viewer"})
    assert not may_see(cast, "kim@x.example", "alder")


def _said_of_kim(cast: Cast, who: str, unit: str) -> tuple[bool, bool]:
    """Whether the list of users says that Kim's role is from a directory, and whether it can be taken back there."""
    client = Client()
    client.force_login(User.objects.get(email_key=f"{who}@example.com"))
    page = client.get(f"/u/{cast.units[unit]}/settings/users?q=kim@x.example").content.decode()
    assert "kim@x.example" in page
    return "from a directory" in page, "email=kim%40x.example&amp;role=viewer" in page


def test_a_role_of_a_directory_is_not_taken_back_by_hand(cast: Cast, directory: Directory) -> None:
    """It would come back with the next change of the group."""
    group = directory.group("Viewers", directory.user("kim@x.example"))
    run("directory_group.map", cast.ben, group, {"role": "viewer"})
    with pytest.raises(errors.WrongState):
        run("grant.revoke", cast.ben, cast.units["birch"], {"email": "kim@x.example", "role": "viewer"})
    assert _said_of_kim(cast, "ben", "birch") == (True, False), "no button for what would be refused"


def test_where_the_unit_has_moved_away_its_people_take_the_role_back(cast: Cast, directory: Directory) -> None:
    """A6: the new reseller, to whom the directory shows nothing; and the directory adds nobody there any more."""
    kim, lee = directory.user("kim@x.example"), directory.user("lee@x.example")
    group = directory.group("Viewers", kim)
    run("directory_group.map", cast.ben, group, {"role": "viewer", "unit": cast.units["beta"]})
    run("unit.move", cast.ada, cast.units["beta"], {"parent": cast.units["cedar"]})
    assert may_see(cast, "kim@x.example", "beta")
    assert directory.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": members(lee)})[0] == 403
    assert _said_of_kim(cast, "eve", "beta") == (False, True)
    run("grant.revoke", cast.eve, cast.units["beta"], {"email": "kim@x.example", "role": "viewer"})
    assert not may_see(cast, "kim@x.example", "beta")


def test_a_mapping_gives_no_more_than_its_maker_holds_and_never_owner(cast: Cast, directory: Directory) -> None:
    """P2: by an administrator of the unit below, of a role, of a place."""
    group = directory.group("All", directory.user("kim@x.example"))
    cases: tuple[tuple[dict[str, Any], type[errors.Refusal]], ...] = (
        ({"role": "owner"}, errors.InvalidInput),
        ({"role": "viewer", "unit": cast.units["cedar"]}, errors.InvalidInput),
        ({"role": "viewer", "unit": cast.units["fjord"]}, errors.InvalidInput),
        ({"role": "viewer", "unit_group": cast.units["alder"]}, errors.InvalidInput),
    )
    for data, refusal in cases:
        with pytest.raises(refusal):
            run("directory_group.map", cast.ben, group, data)
    data = {"email": "ann@x.example", "name": "Ann", "role": "customer_administrator"}
    run("user.invite", cast.ben, cast.units["birch"], data)
    with system():
        ann = User.objects.get(email_key="ann@x.example")
    with pytest.raises(errors.GrantExceedsCeiling):
        run("directory_group.map", actor_of(ann), group, {"role": "administrator"})
    run("directory_group.map", actor_of(ann), group, {"role": "customer_viewer"})
    assert may_see(cast, "kim@x.example", "birch")


def test_a_key_gives_no_more_than_it_holds_but_takes_back_at_once(cast: Cast, directory: Directory) -> None:
    """P2, A6: a key narrowed to people cannot give money away, and can still put somebody out."""
    kim, lee = directory.user("kim@x.example"), directory.user("lee@x.example")
    group = directory.group("Billing", kim)
    run("directory_group.map", cast.ben, group, {"role": "billing"})
    narrow = Directory(key_of(cast, "ben", "birch", permissions=["read", "user_edit"]))
    status, body = narrow.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": members(lee)})
    assert (status, "more than your own" in body["detail"]) == (403, True)
    assert not may_see(cast, "lee@x.example", "birch")
    assert narrow.patch(f"/Users/{kim}", {"op": "replace", "path": "active", "value": False})[0] == 204
    assert not may_see(cast, "kim@x.example", "birch")


def test_mapping_anew_moves_the_role_and_mapping_to_none_takes_it_back(cast: Cast, directory: Directory) -> None:
    group = directory.group("Viewers", directory.user("kim@x.example"))
    for unit, seen in (("alder", (True, False)), ("beta", (False, True)), ("", (False, False))):
        data = {"role": "viewer", "unit": cast.units[unit]} if unit else {}
        shown = run("directory_group.map", cast.ben, group, data).result
        assert (shown.mapping.unit.name if shown.mapping else "") == ("" if not unit else shown.mapping.unit.name)
        assert tuple(may_see(cast, "kim@x.example", one) for one in ("alder", "beta")) == seen


def test_groups_are_found_with_and_without_their_members(directory: Directory) -> None:
    """As Entra looks one up, and as it asks whether somebody is in."""
    kim = directory.user("kim@x.example")
    group = directory.group("All", kim)
    directory.group("None")
    assert directory.found("/Groups", 'displayName eq "all"') == ["All"]
    assert directory.found("/Groups", f'id eq "{group}" and members.value eq "{kim}"') == ["All"]
    assert directory.found("/Users", f'groups.value eq "{group}"') == ["kim@x.example"]
    _, found = directory.call("GET", "/Groups?excludedAttributes=members")
    assert all("members" not in one for one in found["Resources"])
    assert directory.call("GET", f"/Groups/{group}")[1]["members"][0]["value"] == kim
    assert directory.call("GET", f"/Users/{kim}")[1]["groups"][0]["display"] == "All"
