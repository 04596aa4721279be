"""Pages of roles: the list with its switch, forms, what changes for whom, limits."""

from tests.interfaces.web.browser import Person, text_of
from tests.world import World
from underlet.foundation.operations import run
from underlet.foundation.reads import ask


def _row(page: str, name: str) -> str:
    return next(row for row in page.split("<tr>") if f">{name}</a>" in row)


def test_r40_r44_roles_are_made_for_the_own_organization_or_a_customer(world: World) -> None:
    """R37, R40, R44: the switch leads to a customer's roles; a role made there is given there, and not above it."""
    ben = Person(world, "ben")
    page = text_of(ben.get(ben.at("roles", "birch")))
    assert "My organization" in page
    assert "a unit above" in _row(page, "canary-role-fjord")

    sent = {"name": "Desk", "description": "", "figures": "cost", "may.unit_edit": "true"}
    done = ben.post(ben.at("role_create", "acme"), sent)
    assert done.status_code == 302
    assert "Prices; neither cost nor margin" in _row(text_of(ben.get(ben.at("roles", "acme"))), "Desk")
    assert ">Desk</a>" not in text_of(ben.get(ben.at("roles", "birch")))
    assert ">Desk</option>" in text_of(ben.get(ben.at("user_invite", "acme")))
    dan = Person(world, "dan")
    assert "My organization" not in text_of(dan.get(dan.at("roles", "acme")))


def test_what_changes_for_whom_is_shown_before_it_does(world: World) -> None:
    """A6: rights and figures gained and lost, how many and who; nothing changes before a yes."""
    ada, role = Person(world, "ada"), world.ids["role"]["fjord"]
    data = {"email": "ira@example.com", "name": "Ira", "role": role}
    run("user.invite", world.cast.ben, world.cast.units["birch_lab"], data)
    address = ada.at("role_update", "fjord", role=role)
    sent = {"name": "canary-role-fjord", "description": "", "figures": "", "may.import": "true"}
    asked = text_of(ada.post(address, sent))
    for words in (
        "Take in billing files",
        "Read the audit trail",
        "Prices",
        "Margin",
        "Ira",
        "1 person has the role",
    ):
        assert words in asked, words
    fjord = world.cast.units["fjord"]
    assert ask("role.show", world.cast.ada, fjord, {"role": role}).permissions == ("audit_read",)
    assert ada.post(address, {**sent, "sure": "true"}).status_code == 302
    assert ask("role.show", world.cast.ada, fjord, {"role": role}).permissions == ("import",)
    refused = text_of(ada.post(ada.at("role_delete", "fjord", role=role), {}))
    assert "Ira has this role" in refused


def test_a_role_says_what_it_allows(world: World) -> None:
    """P14: built-in and own ones, in groups; only who may edits; one of another unit is not there."""
    ben, role = Person(world, "ben"), world.ids["role"]["fjord"]
    page = text_of(ben.get(ben.at("role", "birch", role="support")))
    assert "No money at all" in page
    page = text_of(ben.get(ben.at("role", "birch", role=role)))
    assert "Own role of a unit above" in page
    assert "Fjord" not in page.partition("<main")[2].replace("canary-role-fjord", "")
    assert ben.at("role_update", "birch", role=role) not in page
    assert ben.get(ben.at("role_update", "birch", role=role)).status_code == 200
    for who, unit in (("uma", "harbor"),):
        other = Person(world, who)
        assert other.get(other.at("role", unit, role=role)).status_code == 404


def test_p2_a_limit_is_set_from_above_and_only_read_below(world: World) -> None:
    """P2: who administers from above sets and lifts it; the unit's own people see it."""
    ada, ben = Person(world, "ada"), Person(world, "ben")
    address = ada.at("role_ceiling", "birch")
    assert (
        ada.post(address, {"figures": "margin", "may.user_edit": "true", "may.role_edit": "true"}).status_code
        == 302
    )
    page = text_of(ben.get(ben.at("roles", "birch")))
    assert "limited from above" in page
    read = text_of(ben.get(address))
    assert "Administer users" in read
    assert "<form" not in read.partition("<main")[2].partition("</main>")[0]
    assert ben.post(address, {"figures": ""}).status_code == 403
    assert ada.post(address, {"clear": "true"}).status_code == 302
    assert "limited from above" not in text_of(ben.get(ben.at("roles", "birch")))
