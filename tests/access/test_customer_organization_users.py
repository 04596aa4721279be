"""Roles for all customers of a customer organization: who gets them, what they open, and what they do not."""

from typing import LiteralString

import pytest
from django.db import DatabaseError, IntegrityError

from tests.cast import Cast
from tests.customer_organizations import ANCHOR, customer, invite, refer
from underlet.access.models import User
from underlet.access.queries import actor_by_email, actor_by_token, actor_of
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.database.transactions import reading, system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors

NAMES = ("finance.omega.example.com", "lab.omega.example.com")


class Group:
    """A customer organization with two customers, below Birch and below Alder, and somebody who works for both."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.anchor = customer(cast, ANCHOR)
        self.finance = customer(cast, NAMES[0], self.anchor)
        self.lab = customer(cast, NAMES[1], self.anchor, parent="alder")
        self.sol = invite(cast, self.anchor)


@pytest.fixture
def group(cast: Cast) -> Group:
    return Group(cast)


def _mine(actor: Actor) -> list[str]:
    return [row.name for row in ask("unit.mine", actor).items]


def _people(cast: Cast, who: str, unit: str, **filters: str) -> dict[str, list[tuple[str, str]]]:
    """name -> scope and unit of each role, "" for one that the reader does not see."""
    found = ask("user.list", cast.people[who], unit, filters).items
    return {
        row.name: [(grant.scope, grant.unit.name if grant.unit else "") for grant in row.grants] for row in found
    }


def test_r75_a_person_works_for_all_customers_of_one_organization(group: Group) -> None:
    """R75, R80: one invitation; each is a place to work, the customer organization is not."""
    assert _mine(group.sol) == list(NAMES)
    for unit in (group.finance, group.lab):
        assert ask("unit.show", group.sol, unit).customer_organization is None


def test_r75_and_sees_exactly_these_customers(group: Group, belts: str) -> None:
    """R75, A1, A8: not the customer organization, not what stands beside or above; with either belt alone."""
    cast = group.cast
    hidden = [group.anchor, *(id_ for name, id_ in cast.units.items())]
    for unit in hidden:
        with pytest.raises(errors.NotFound):
            ask("unit.show", group.sol, unit)
        with pytest.raises(errors.NotFound):
            ask("customer_organization.customers", group.sol, unit)
    for unit in (group.finance, group.lab):
        listed = ask("unit.list", group.sol, unit, {"state": "all"}).items
        assert [str(row.id) for row in listed] == [unit]
        assert listed[0].customer_organization is None
        view = ask("unit.show", group.sol, unit)
        assert [step.name for step in view.path] == [view.name]
        assert view.customer_organization is None
    assert ask("unit.list", group.sol, group.finance, {"customer_organization": group.anchor}).items == ()
    with pytest.raises(errors.Forbidden):
        ask("customer_organization.choices", group.sol, group.finance)
    if belts != "WITHOUT_ROW_SECURITY":
        with reading(group.sol):
            assert {name for (name,) in rows("select name from unit")} == set(NAMES)
            assert scalar("select count(*) from legal_entity") == 2


def test_p4_later_customers_join_by_themselves(group: Group) -> None:
    """P4, R77: created with the reference, or given it later; also for the person's API keys."""
    secret = run("token.create", group.sol, None, {"name": "night"}).body["secret"]
    customer(group.cast, "new.omega.example.com", group.anchor)
    beta = group.cast.units["beta"]
    run("unit.create", group.cast.ben, group.cast.units["birch"], {"kind": "customer", "name": "old.example.io"})
    free = customer(group.cast, "free.example.io")
    assert _mine(group.sol) == ["finance.omega.example.com", "lab.omega.example.com", "new.omega.example.com"]
    refer(group.cast, free, group.anchor)
    assert "free.example.io" in _mine(group.sol)
    assert _mine(actor_by_token(secret)) == _mine(group.sol)
    with pytest.raises(errors.NotFound):
        ask("unit.show", group.sol, beta)


def test_a_removed_customer_leaves(group: Group) -> None:
    """A6."""
    run("unit.remove", group.cast.ben, group.lab)
    assert _mine(group.sol) == [NAMES[0]]
    run("unit.remove", group.cast.ben, group.finance)
    assert _mine(group.sol) == []


def test_each_customer_is_its_own_side(group: Group) -> None:
    """data-core.md §8: who works for several customers acts for each one's legal entity, also after it got another."""

    def sides() -> set[tuple[str, int, bool]]:
        with system():
            return set(
                rows(
                    "select u.name, s.entity_id, s.entity_id = u.entity_id from user_scope s"
                    " join unit u on u.id = s.unit_id where s.actor_id = %s",
                    [group.sol.id],
                )
            )

    before = sides()
    assert {(name, own) for name, _, own in before} == {(name, True) for name in NAMES}
    data = {"kind": "customer", "name": "shared.example.io", "own_legal_entity": False}
    shared = run("unit.create", group.cast.ben, group.cast.units["birch"], data).body["id"]
    refer(group.cast, shared, group.anchor)
    run("legal_entity.update", group.cast.ben, shared, {"name": "Shared GmbH"})
    after = sides()
    assert all(own for _, _, own in after)
    assert len(after - before) == 1


def test_r80_a_role_is_taken_back_as_it_was_given(group: Group) -> None:
    """R80, A6: by its scope; another role of the same name on the unit itself stays."""
    cast = group.cast
    again = {"email": "sol@example.com", "name": "Sol", "role": "customer_viewer"}
    run("user.invite", cast.ben, group.anchor, again)
    assert ANCHOR in _mine(group.sol)
    back = {"email": "sol@example.com", "role": "customer_viewer", "scope": "customers"}
    run("grant.revoke", cast.ben, group.anchor, back)
    assert _mine(group.sol) == [ANCHOR]
    with pytest.raises(errors.NotFound):
        run("grant.revoke", cast.ben, group.anchor, back)


def test_r75_lists_of_people_say_how_somebody_comes(group: Group, belts: str) -> None:
    """R75, R42: at a customer, at what lies above it, and at the customer organization; who sees the customer alone is
    not told the organization's name."""
    cast = group.cast
    assert _people(cast, "ben", group.finance)["Sol"] == [("customers", ANCHOR)]
    assert _people(cast, "ben", group.anchor)["Sol"] == [("customers", ANCHOR)]
    assert _people(cast, "ben", cast.units["birch"], role="customer_viewer", q="sol") == {
        "Sol": [("customers", ANCHOR)]
    }
    assert _people(cast, "cleo", cast.units["alder"])["Sol"] == [("customers", "")]
    tim = {"email": "tim@example.com", "name": "Tim", "role": "customer_administrator"}
    run("user.invite", cast.ben, group.finance, tim)
    cast.people["tim"] = actor_by_email("tim@example.com")
    assert _people(cast, "tim", group.finance) == {
        "Sol": [("customers", "")], "Tim": [("subtree", "finance.omega.example.com")]
    }  # fmt: skip
    assert "Sol" not in _people(cast, "ben", cast.units["beta"])
    assert "Sol" not in _people(cast, "dan", cast.units["acme"])
    del cast.people["tim"]


def test_people_of_other_customers_stay_hidden(group: Group, belts: str) -> None:
    """A1, A8: nobody else's administrator sees Sol, or the role."""
    with reading(group.cast.dan):
        assert ask("user.list", group.cast.dan, group.cast.units["acme"]).items
        if belts != "WITHOUT_ROW_SECURITY":
            assert scalar("select count(*) from access_grant where scope = 'customers'") == 0
            assert scalar("select count(*) from app_user where name = 'Sol'") == 0


def test_p2_nobody_gives_more_than_they_hold_in_every_customer(group: Group) -> None:
    """P2, A5: the right to administer users, and the role's own rights, at the organization and at all its customers;
    by operation and by SQL."""
    cast = group.cast
    tim = {"email": "tim@example.com", "name": "Tim", "role": "customer_administrator"}
    run("user.invite", cast.ben, group.anchor, tim)
    run("user.invite", cast.ben, group.finance, tim)
    actor = actor_by_email("tim@example.com")
    give = {"email": "eli@example.com", "name": "Eli", "role": "customer_viewer", "scope": "customers"}
    with pytest.raises(errors.GrantExceedsCeiling):
        run("user.invite", actor, group.anchor, give)
    text: LiteralString = (
        "insert into access_grant (user_id, unit_id, role, perms, scope, acts_for_id, created_at)"
        " select %s, u.id, 'x', %s, 'customers', null, now() from unit u where u.name = %s"
    )
    for perms in (1, 2053):
        with pytest.raises(DatabaseError, match="row-level security"), writing(actor):
            execute(text, [actor.id, perms, ANCHOR])
    run("user.invite", cast.ben, group.lab, tim)
    run("user.invite", actor, group.anchor, give)
    with pytest.raises(errors.Forbidden):
        run("user.invite", actor, group.anchor, {**give, "role": "administrator"})
    with pytest.raises(DatabaseError, match="row-level security"), writing(actor):
        execute(text, [actor.id, 16383, ANCHOR])


def test_p2_who_lets_a_customer_join_gives_no_more_than_they_hold(group: Group) -> None:
    """P2, P4: the people of the organization get their role in the customer that begins to refer to it."""
    cast = group.cast
    run("user.invite", cast.ben, group.anchor, {"email": "cleo@example.com", "name": "C", "role": "administrator"})
    other = customer(cast, "x.example.io", who="cleo", parent="alder")
    with system():
        execute(
            "update user_scope set perms = perms & ~16::bigint where actor_id = %s and unit_id = ("
            "select id from unit where name = 'Alder')",
            [cast.cleo.id],
        )
    with pytest.raises(errors.GrantExceedsCeiling):
        refer(cast, other, group.anchor, who="cleo")
    with pytest.raises(errors.GrantExceedsCeiling):
        customer(cast, "y.example.io", group.anchor, who="cleo", parent="alder")
    with pytest.raises(IntegrityError, match="more than the actor holds"), writing(cast.cleo):
        execute(
            "update unit set anchor_id = (select id from unit where name = %s) where public_id = %s",
            [ANCHOR, other],
        )
    assert "x.example.io" not in _mine(group.sol)


@pytest.mark.parametrize("unit", ["free", "birch"])
def test_only_a_customer_organization_has_such_roles(cast: Cast, unit: str) -> None:
    """R80: the last step, when there are customers; before, nobody could say what is given."""
    target = customer(cast, "free.example.io") if unit == "free" else cast.units[unit]
    with pytest.raises(errors.InvalidInput) as refused:
        invite(cast, target)
    assert list(refused.value.fields) == ["scope"]
    with pytest.raises(DatabaseError, match="row-level security"), writing(cast.ben):
        execute(
            "insert into access_grant (user_id, unit_id, role, perms, scope, created_at)"
            " select %s, id, 'x', 1, 'customers', now() from unit where public_id = %s",
            [cast.ben.id, target],
        )


def test_a_person_cannot_act_for_another_side_by_sql(group: Group) -> None:
    """A5: nor take a scope that no operation gives."""
    text: LiteralString = (
        "insert into access_grant (user_id, unit_id, role, perms, scope, acts_for_id, created_at)"
        " select %s, u.id, 'x', 1, %s, a.id, now() from unit u, unit a where u.name = 'Birch Lab' and a.name = %s"
    )
    for scope, side in (("subtree", "Birch"), ("unit", "Birch"), ("customers", "Birch Lab")):
        with pytest.raises(DatabaseError), writing(group.cast.ben):
            execute(text, [group.cast.ben.id, scope, side])


def test_an_invitation_to_customers_takes_nobody_over(group: Group) -> None:
    """A5, S4: the link that sets a first password goes to nobody who does not administer all that it opens."""
    cast = group.cast
    sol = {"email": "sol@example.com", "name": "Sol", "role": "customer_viewer"}
    assert run("user.invite", cast.cleo, group.lab, sol).body["welcome_path"] == ""
    assert run("user.invite", cast.ben, group.finance, sol).body["welcome_path"]


def test_r80_roles_for_several_customers_may_change_things(group: Group) -> None:
    """R80, R75: an administrator of all customers administers each one's users, and not the customer organization's."""
    cast = group.cast
    max_ = invite(cast, group.anchor, "max@example.com", role="customer_administrator")
    for unit in (group.finance, group.lab):
        data = {"email": f"n{unit[:4]}@example.com", "name": "N", "role": "customer_viewer"}
        run("user.invite", max_, unit, data)
    with pytest.raises(errors.NotFound):
        run("user.invite", max_, group.anchor, {"email": "n@example.com", "name": "N", "role": "customer_viewer"})
    assert ask("user.customers", max_).items == ()


def test_a_move_takes_no_such_role_away(group: Group) -> None:
    """R75, R11: where a customer stands in the tree is another matter."""
    cast = group.cast
    preview = ask("unit.preview_move", cast.ben, group.lab, {"parent": cast.units["birch"]})
    assert {person.name for person in preview.people} == {"Cleo"}
    run("unit.move", cast.ben, group.lab, {"parent": cast.units["birch"]})
    assert _mine(group.sol) == list(NAMES)


def test_a_person_who_left_comes_no_more(group: Group) -> None:
    """A6: customers that join later change nothing about that."""
    with system():
        execute("update app_user set is_active = false where id = %s", [group.sol.id])
    customer(group.cast, "new.omega.example.com", group.anchor)
    with system():
        assert scalar("select count(*) from user_scope where actor_id = %s", [group.sol.id]) == 0


def test_the_operator_of_a_cast_is_untouched(group: Group) -> None:
    """Who has both a role above and one for the customers works where they worked."""
    both = invite(group.cast, group.anchor, "ira@example.com")
    assert both.id == actor_of(User.objects.get(email_key="ira@example.com")).id
    assert set(_mine(both)) == {"Birch Lab", *NAMES}
