"""SCIM people: taken in, changed, suspended, removed, as directories send it; rules of ADR-0042."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.cast import Cast
from tests.interfaces.scim.conftest import USER, Directory, key_of
from underlet.access.models import Grant, User
from underlet.access.queries import actor_by_token, actor_of
from underlet.access.welcome import reset_path, welcome_path
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

WORK = 'emails[type eq "work"].value'


def person(email: str) -> User:
    with system():
        return User.objects.get(email_key=email)


def test_a_person_is_taken_in_changed_as_entra_and_okta_send_it_and_removed(directory: Directory) -> None:
    """R93, S9: one audit entry each, in the unit's trail."""
    made = directory.user(
        "kim@x.example", externalId="7", name={"givenName": "Kim", "familyName": "Ask", "formatted": "Kim Ask"},
        **{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "IT"}},
    )  # fmt: skip
    assert person("kim@x.example").name == "Kim"
    # Entra ID: capital operations, texts for flags, a path into the addresses, attributes that nobody keeps.
    entra = [
        {"op": "Replace", "path": "displayName", "value": "Kim Berg"},
        {"op": "Replace", "path": WORK, "value": "kim.berg@x.example"},
        {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "HR"},
        {"op": "Replace", "path": "active", "value": "False"},
    ]  # fmt: skip
    assert directory.patch(f"/Users/{made}", *entra)[0] == 204
    status, body = directory.call("GET", f"/Users/{made}")
    assert (status, body["displayName"], body["active"]) == (200, "Kim Berg", False)
    assert body["emails"] == [{"value": "kim.berg@x.example", "type": "work", "primary": True}]
    assert person("kim.berg@x.example").name == "Kim Berg"
    # Okta: no path, several values at once; and a whole resource by PUT.
    assert directory.patch(f"/Users/{made}", {"op": "replace", "value": {"active": True}})[0] == 204
    whole = {"schemas": [USER], "userName": "kim.berg@x.example", "active": True}
    assert directory.call("PUT", f"/Users/{made}", whole)[1].get("displayName") is None
    assert directory.call("DELETE", f"/Users/{made}")[0] == 204
    assert directory.call("GET", f"/Users/{made}")[0] == 404
    with system():
        trail = rows(
            "select operation, unit_id is not null from audit_entry"
            " where starts_with(operation, 'directory') order by id"
        )
    assert trail == [
        ("directory_user.create", True), *[("directory_user.update", True)] * 3, ("directory_user.remove", True),
    ]  # fmt: skip


def test_who_was_there_before_stays_as_they_are_and_nobody_learns_it(cast: Cast, directory: Directory) -> None:
    """A3: Eve works for Cedar, which Birch does not see, Ira for Birch alone; they answer as a new person does."""
    answers = []
    for email in ("eve@example.com", "ira@example.com", "new@example.com"):
        made = directory.user(email, externalId="x")
        directory.patch(f"/Users/{made}", {"op": "replace", "path": "displayName", "value": "Mallory"})
        changed = [{"op": "replace", "path": WORK, "value": f"mallory.{email}"}]
        status, body = directory.patch(f"/Users/{made}?attributes=displayName,emails", *changed)
        answers.append((status, body["displayName"]))
    assert answers == [(200, "Mallory")] * 3
    assert person("eve@example.com").name == "Eve"
    assert person("ira@example.com").name == "Ira"
    assert person("mallory.new@example.com").name == "Mallory"


def test_a_person_with_a_role_elsewhere_is_not_renamed_any_more(cast: Cast, directory: Directory) -> None:
    """An address that somebody has is left to them, too."""
    made = directory.user("kim@x.example")
    directory.patch(f"/Users/{made}", {"op": "replace", "path": WORK, "value": "eve@example.com"})
    assert person("kim@x.example").name == "Kim"
    run("user.invite", cast.eve, cast.units["cedar"], {"email": "kim@x.example", "name": "K", "role": "viewer"})
    directory.patch(f"/Users/{made}", {"op": "replace", "path": "displayName", "value": "Other"})
    assert person("kim@x.example").name == "Kim"


def test_with_another_address_sign_in_begins_anew(cast: Cast, directory: Directory) -> None:
    """S3: who makes somebody at a mailbox of theirs, and turns them into somebody else, keeps no way in (ADR-0044)."""
    made = directory.user("mallory@x.example")
    run(
        "user.invite", cast.ben, cast.units["birch"], {"email": "mallory@x.example", "name": "M", "role": "viewer"}
    )
    mallory = person("mallory@x.example")
    client = Client()
    link = welcome_path(mallory)
    client.post(link, {"password": "correct horse battery"})
    assert client.get("/me").status_code == 200
    Authenticator.objects.create(user_id=mallory.id, type="webauthn", data={})
    secrets = [
        run("token.create", actor_of(mallory), None, {"name": "key", **bound}).body["secret"]
        for bound in ({}, {"unit": cast.units["birch"]})
    ]
    directory.patch(f"/Users/{made}", {"op": "replace", "path": WORK, "value": "MALLORY@x.example"})
    assert client.get("/me").status_code == 200  # the same address
    directory.patch(f"/Users/{made}", {"op": "replace", "path": WORK, "value": "victim@example.com"})
    victim = person("victim@example.com")
    assert victim.id == mallory.id
    assert not victim.has_usable_password()
    assert client.get("/me").status_code == 302
    assert Client().post(link, {"password": "correct horse battery"}).status_code == 404
    assert not Authenticator.objects.filter(user_id=victim.id).exists()
    assert not EmailAddress.objects.filter(user_id=victim.id).exists()
    assert actor_by_token(secrets[1])
    with pytest.raises(errors.Unauthenticated):
        actor_by_token(secrets[0])
    with system():
        told = rows(
            "select operation, unit_id is not null from audit_entry where subject_id = %s", [victim.public_id]
        )
    assert ("user.end_sign_in", True) in told
    assert client.post(reset_path(victim), {"password": "another good one"}).status_code == 302


def test_refusals_are_said_as_scim_says_them(cast: Cast, directory: Directory) -> None:
    directory.user("kim@x.example")
    found = {
        name: directory.call("POST", "/Users", {"schemas": [USER], **data})
        for name, data in {
            "twice": {"userName": "KIM@x.example"},
            "no address": {"userName": "kim"},
            "nothing": {},
            "no address at all": {"userName": "k", "emails": [{"value": "k"}]},
        }.items()
    }
    assert {name: (status, body.get("scimType")) for name, (status, body) in found.items()} == {
        "twice": (409, "uniqueness"),
        "no address": (400, "invalidValue"),
        "nothing": (400, "invalidValue"),
        "no address at all": (400, "invalidValue"),
    }
    assert directory.call("GET", "/Users?filter=title%20eq%201")[1]["scimType"] == "invalidFilter"
    assert directory.call("POST", "/Bulk", {})[0] == 501
    assert directory.call("GET", "/Me")[0] == 501
    view = ask("directory.show", cast.ben, cast.units["birch"])
    assert view.last_error
    assert view.users == 1


def test_people_are_found_sorted_and_paged(directory: Directory) -> None:
    """S12: eq on what directories look up by, and, or, not; at most 100 in an answer."""
    ids = {name: directory.user(f"{name}@x.example", externalId=name) for name in ("ann", "bob", "cid")}
    directory.patch(f"/Users/{ids['bob']}", {"op": "replace", "path": "active", "value": False})
    cases = {
        'userName eq "ANN@x.example"': ["ann@x.example"],
        'externalId eq "bob"': ["bob@x.example"],
        'externalId eq "BOB"': [],
        f'id eq "{ids["cid"]}"': ["cid@x.example"],
        'id eq "no id"': [],
        'emails[type eq "work" and value eq "ann@x.example"]': ["ann@x.example"],
        'emails.value sw "b" or displayName co "ID"': ["bob@x.example", "cid@x.example"],
        "active eq false": ["bob@x.example"],
        'not (userName ew "x.example")': [],
        'userName ne "ann@x.example" and active eq true': ["cid@x.example"],
        'meta.created gt "2001-01-01T00:00:00Z" and name.givenName pr': [],
    }
    assert {asked: directory.found("/Users", asked) for asked in cases} == cases
    _, page = directory.call("GET", "/Users?sortBy=userName&sortOrder=descending&startIndex=2&count=1")
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (3, 2, 1)
    assert page["Resources"][0]["userName"] == "bob@x.example"
    assert not directory.call("GET", "/Users?count=0")[1].get("Resources")


def test_a_change_is_refused_where_the_version_named_is_not_the_present_one(directory: Directory) -> None:
    made = directory.user("kim@x.example")
    tag = directory.call("GET", f"/Users/{made}")[1]["meta"]["version"]
    change = {"schemas": [USER], "userName": "kim@x.example", "displayName": "K"}
    assert directory.call("PUT", f"/Users/{made}", change, **{"If-Match": tag})[0] == 200
    assert directory.call("PUT", f"/Users/{made}", change, **{"If-Match": tag})[0] == 412


def test_a_key_of_a_directory_does_nothing_else_and_no_other_key_does_that(
    cast: Cast, directory: Directory
) -> None:
    """P1, S7: in one sentence for every reason, and where there is no key at all."""
    with pytest.raises(errors.Unauthenticated):
        actor_by_token(directory.key)
    other = run("token.create", cast.ben, None, {"name": "x", "unit": cast.units["birch"]}).body["secret"]
    answers = [Directory(key).call("GET", "/Users") for key in (other, "wrong")]
    assert answers[0] == answers[1]
    assert answers[0][0] == 401
    with pytest.raises(errors.Forbidden):  # Ira may look, and not administer
        key_of(cast, "ira", "birch_lab")


def test_a_key_whose_owner_administers_nobody_any_more_is_refused(cast: Cast, directory: Directory) -> None:
    """A6: rights are evaluated at every call."""
    directory.user("kim@x.example")
    with system():
        Grant.objects.filter(user__email_key="ben@example.com").delete()
    assert directory.call("GET", "/Users")[0] == 401


def test_what_another_directory_keeps_is_absent(cast: Cast, directory: Directory) -> None:
    """A1, A4: the same bytes for hidden, absent and malformed, and each directory for itself."""
    cedar = Directory(key_of(cast, "eve", "cedar"))
    hidden = {"Users": cedar.user("kim@x.example"), "Groups": cedar.group("All")}
    lab = Directory(key_of(cast, "ben", "birch_lab"))
    lab_user = lab.user("lab@x.example")
    for kind, id_ in hidden.items():
        for method, data in (("GET", None), ("DELETE", None), ("PUT", {"schemas": [USER]})):
            answers = [
                directory.call(method, f"/{kind}/{one}", data)
                for one in (id_, "00000000-0000-4000-8000-000000000000", "x")
            ]
            assert answers[0] == answers[1] == answers[2], (kind, method)
            assert answers[0][0] == 404
    assert directory.call("GET", f"/Users/{lab_user}")[0] == 404
    assert directory.call("GET", "/Users")[1]["totalResults"] == 0
    assert directory.found("/Users", f'groups eq "{hidden["Groups"]}"') == []
    # A member of another directory is no member here, and the answer is that for nobody.
    for member in (hidden["Users"], lab_user, "00000000-0000-4000-8000-000000000000"):
        data = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "G"}
        status, body = directory.call("POST", "/Groups", {**data, "members": [{"value": member}]})
        assert (status, body["scimType"]) == (400, "invalidValue")
