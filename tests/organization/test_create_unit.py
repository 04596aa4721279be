"""unit.create."""

import pytest

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def create(cast: Cast, who: str, parent: str, **data: object) -> dict[str, object]:
    body: dict[str, object] = run("unit.create", cast.people[who], cast.units.get(parent, parent), data).body
    return body


def test_organizations_and_customers_go_below_organizations(cast: Cast) -> None:
    """R3, R5, R6, R7, R12, R13: both kinds below the root and below other organizations."""
    for parent in ("fjord", "birch", "birch_lab"):
        create(cast, "ada", parent, kind="organization", name=f"Team {parent}")
        create(cast, "ada", parent, kind="customer", name=f"{parent.replace('_', '-')}.example.io")
    check_structure()


def test_a_unit_has_a_number_a_zone_and_a_code(cast: Cast) -> None:
    """R14."""
    texts = {"organization_number": "556677-8899", "time_zone": "Europe/Stockholm", "code": "C-7"}
    made = create(cast, "ben", "birch", kind="organization", name="Elm", display_name="Elm AB", **texts)
    shown = ask("unit.show", cast.ben, str(made["id"]))
    assert (shown.organization_number, shown.time_zone, shown.code) == tuple(texts.values())
    assert (shown.display_name, shown.depth) == ("Elm AB", 2)


def test_customers_have_no_children(cast: Cast) -> None:
    """R9."""
    with pytest.raises(errors.ParentMustBeOrganization):
        create(cast, "ben", "beta", kind="organization", name="Below a customer")


def test_ten_levels_and_no_more(cast: Cast) -> None:
    """R8: the root is the first; the refusal does not say how many levels lie above, which may be hidden."""
    parent = cast.units["harbor"]
    for level in range(2, 11):
        parent = str(create(cast, "uma", parent, kind="organization", name=f"Level {level}")["id"])
    with pytest.raises(errors.DepthExceeded) as refused:
        create(cast, "uma", parent, kind="customer", name="eleven.example.com")
    assert refused.value.detail == errors.DepthExceeded.default_detail
    check_structure()


def test_names_are_unique_in_their_hierarchy_ignoring_case(cast: Cast) -> None:
    """R4: and free in another hierarchy."""
    with pytest.raises(errors.NameTaken):
        create(cast, "ben", "birch", kind="organization", name="BIRCH  lab")
    create(cast, "uma", "harbor", kind="organization", name="Birch Lab")


def test_customer_names_are_unique_in_the_installation(cast: Cast) -> None:
    """R19: whoever they belong to."""
    with pytest.raises(errors.NameUnavailable):
        create(cast, "uma", "harbor", kind="customer", name="ACME.example.com")


def test_a_hidden_name_answers_as_a_reserved_one_does(cast: Cast) -> None:
    """R19, A3: only somebody who sees the unit learns that it has the name."""
    answers = []
    for name in ("delta.example.org", "example.invalid"):
        with pytest.raises(errors.NameUnavailable) as refused:
            create(cast, "ben", "birch", kind="customer", name=name)
        answers.append(refused.value.as_dict())
    assert answers[0] == answers[1]
    with pytest.raises(errors.NameUnavailable):
        create(cast, "eve", "cedar", kind="organization", name="Birch")
    with pytest.raises(errors.NameTaken):
        create(cast, "ada", "birch", kind="customer", name="delta.example.org")


@pytest.mark.parametrize("name", ["acme", "acme_eu.com", "-a.com", "a..com", "a.com-", "a b.com", "a.c", "ö.com"])
def test_customers_are_named_like_hosts(cast: Cast, name: str) -> None:
    """R20."""
    with pytest.raises(errors.NamePattern):
        create(cast, "ben", "birch", kind="customer", name=name)


@pytest.mark.parametrize("name", ["3m.com", "acme-eu.co.uk", "a.io", "xn--bcher-kva.example"])
def test_host_names_are_welcome(cast: Cast, name: str) -> None:
    """R20."""
    assert create(cast, "ben", "birch", kind="customer", name=name)["name"] == name


def test_a_customer_gets_a_legal_entity_and_an_organization_shares_its_parents(cast: Cast) -> None:
    customer = ask(
        "unit.show", cast.ben, str(create(cast, "ben", "birch", kind="customer", name="e.example.io")["id"])
    )
    team = ask("unit.show", cast.ben, str(create(cast, "ben", "birch", kind="organization", name="Elm")["id"]))
    birch = ask("unit.show", cast.ben, cast.units["birch"])
    assert customer.is_entity_own
    assert customer.legal_entity.id != birch.legal_entity.id
    assert team.legal_entity == birch.legal_entity


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"kind": "department", "name": "x"}, "kind"),
        ({"kind": "organization", "name": " "}, "name"),
        ({"kind": "organization", "name": "x", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"kind": "organization", "name": "x", "time_zone": "../../etc/passwd"}, "time_zone"),
        ({"kind": "organization", "name": "x", "anc": [1]}, "anc"),
        ({"kind": "organization", "name": "x", "code": "c" * 41}, "code"),
    ],
)
def test_wrong_input_names_its_field(cast: Cast, data: dict[str, str], field: str) -> None:
    with pytest.raises(errors.InvalidInput) as refused:
        create(cast, "ben", "birch", **data)
    assert list(refused.value.fields) == [field]


def test_permission_and_sight_come_first(cast: Cast) -> None:
    """R32: a viewer may not; a stranger's unit does not exist."""
    with pytest.raises(errors.Forbidden):
        create(cast, "ira", "birch_lab", kind="nonsense")
    with pytest.raises(errors.NotFound):
        create(cast, "eve", "birch", kind="nonsense")
