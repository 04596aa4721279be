"""unit.activate, unit.archive, unit.restore, unit.remove and what stands against them."""

from datetime import date

import pytest

from tests.cast import Cast
from tests.organization.truth import check_structure
from underlet.foundation.clock import today
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors
from underlet.organization.types import UnitView

_TERMS = {"currency": "EUR", "rules": [{"verb": "pass_through"}]}


def make(cast: Cast, parent: str = "birch", who: str = "ben", **data: object) -> str:
    """A new customer's id."""
    given = {"kind": "customer", "name": "elm.example.io", **data}
    return str(run("unit.create", cast.people[who], cast.units[parent], given).body["id"])


def sell(cast: Cast, unit: str, **data: object) -> str:
    """A contract by which Birch, itself billed, sells to a unit; its id."""
    terms = {**_TERMS, "starts_on": "2026-01-01"}
    if not ask("contract.list", cast.ben, cast.units["birch"], {"side": "bought"}).items:
        run("contract.create", cast.ada, cast.units["fjord"], {**terms, "buyer": cast.units["birch"]})
    return str(run("contract.create", cast.ben, cast.units["birch"], {**terms, "buyer": unit, **data}).body["id"])


def show(cast: Cast, unit: str, who: str = "ben") -> UnitView:
    view: UnitView = ask("unit.show", cast.people[who], unit)
    return view


def kinds(cast: Cast, unit: str, who: str = "ben") -> tuple[list[str], list[str]]:
    """What stands against removing and against archiving."""
    preview = ask("unit.preview_removal", cast.people[who], unit)
    return [one.kind for one in preview.remove_obstacles], [one.kind for one in preview.archive_obstacles]


def assign(unit: str, ends_on: date | None = None) -> None:
    """An assignment of a sub-account of the root's, as a billing file and a person would make it."""
    with system():
        execute(
            "insert into account (hierarchy_id, unit_id, provider, external_id, currency, created_at)"
            " select hierarchy_id, id, 'aws', 'payer', 'EUR', now() from unit where name = 'Fjord'"
            " on conflict do nothing"
        )
        execute(
            "insert into sub_account (hierarchy_id, account_id, unit_id, external_id, first_on, last_on, created_at)"
            " select hierarchy_id, id, unit_id, 'elm', '2026-01-01', '2026-02-01', now() from account"
        )
        execute(
            "insert into assignment (hierarchy_id, sub_account_id, unit_id, starts_on, ends_on, created_at)"
            " select s.hierarchy_id, s.id, u.id, '2026-01-01', %s, now() from sub_account s, unit u"
            " where u.public_id = %s",
            [ends_on, unit],
        )


# --- drafts ------------------------------------------------------------------------------------------


def test_a_draft_is_in_preparation_until_it_is_activated(cast: Cast) -> None:
    """R3, R76, R78: it is listed and edited, and chosen nowhere."""
    unit = make(cast, draft=True)
    assert show(cast, unit).state == "draft"
    assert unit in {str(row.id) for row in ask("unit.list", cast.ben, cast.units["birch"]).items}
    chosen = ask("unit.list", cast.ben, cast.units["birch"], {"state": "active"}).items
    assert unit not in {str(row.id) for row in chosen}
    run("unit.update", cast.ben, unit, {"code": "E-1"})
    assert run("unit.activate", cast.ben, unit).body["state"] == "active"
    with pytest.raises(errors.WrongState):
        run("unit.activate", cast.ben, unit)


def test_a_draft_has_no_contract_in_force_no_assignment_and_no_unit_below(cast: Cast) -> None:
    """R76: a contract may be drafted for it, and is accepted once it is active."""
    unit = make(cast, draft=True)
    with pytest.raises(errors.InvalidInput) as refused:
        sell(cast, unit)
    assert list(refused.value.fields) == ["buyer"]
    draft = sell(cast, unit, draft=True)
    with pytest.raises(errors.WrongState):
        run("contract.accept", cast.ben, draft)
    run("unit.activate", cast.ben, unit)
    run("contract.accept", cast.ben, draft)
    team = make(cast, kind="organization", name="In preparation", draft=True)
    with pytest.raises(errors.WrongState):
        run("unit.create", cast.ben, team, {"kind": "customer", "name": "below.example.io"})
    with pytest.raises(errors.InvalidInput):
        run("unit.move", cast.ben, unit, {"parent": team})
    assert team not in {str(row.id) for row in ask("unit.parents", cast.ben, unit).items}


# --- archiving -----------------------------------------------------------------------------------------


def test_archived_and_restored_it_is_as_before(cast: Cast) -> None:
    """R30: nothing but its version tells of it."""
    unit = cast.units["gamma_lab"]
    run("brand.update", cast.ben, unit, {"product_name": "Lab"})

    def facts() -> list[object]:
        with system():
            return rows(
                "select u.name, u.name_key, u.display_name, u.code, u.parent_id, u.anc, u.entity_id, u.state,"
                " u.archived_at, u.name_released_at, u.facets, e.name, b.product_name, (select count(*)"
                " from access_grant g where g.unit_id = u.id) from unit u join legal_entity e on e.id = u.entity_id"
                " left join brand b on b.unit_id = u.id where u.public_id = %s",
                [unit],
            )  # fmt: skip

    before = facts()
    archived = run("unit.archive", cast.ben, unit).body
    assert archived["state"] == "archived"
    assert archived["archived_at"]
    check_structure()
    run("unit.restore", cast.ben, unit)
    assert facts() == before
    check_structure()


def test_an_archived_unit_is_read_and_left_out_of_lists(cast: Cast) -> None:
    """R30: its people still see it and its history."""
    unit = cast.units["gamma_lab"]
    run("unit.archive", cast.ben, unit)
    for name in ("unit.list", "unit.children"):
        assert unit not in {str(row.id) for row in ask(name, cast.ben, cast.units["birch"]).items}
        found = ask(name, cast.ben, cast.units["birch"], {"state": "archived"}).items
        assert [str(row.id) for row in found] == [unit]
    assert show(cast, unit, "pat").state == "archived"
    assert ask("contract.list", cast.ben, unit).items == ()


_WRITES: dict[str, dict[str, object]] = {
    "unit.update": {"code": "X"},
    "legal_entity.update": {"city": "Oslo"},
    "brand.update": {"product_name": "Other"},
    "unit.archive": {},
    "unit.activate": {},
}


@pytest.mark.parametrize("name", _WRITES)
def test_an_archived_unit_is_not_written(cast: Cast, name: str) -> None:
    """R30: the refusal says what to do."""
    unit = cast.units["gamma_lab"]
    run("unit.archive", cast.ben, unit)
    with pytest.raises(errors.WrongState) as refused:
        run(name, cast.ben, unit, _WRITES[name])
    assert refused.value.hint == "Restore it first."


def test_nothing_is_given_to_an_archived_unit(cast: Cast) -> None:
    """R30: no units below it, moved or new, no contract, no move of its own."""
    team = make(cast, kind="organization", name="Gone")
    run("unit.archive", cast.ben, team)
    with pytest.raises(errors.WrongState):
        run("unit.create", cast.ben, team, {"kind": "customer", "name": "below.example.io"})
    with pytest.raises(errors.InvalidInput):
        run("unit.move", cast.ben, cast.units["gamma_lab"], {"parent": team})
    with pytest.raises(errors.WrongState):
        run("unit.move", cast.ben, team, {"parent": cast.units["birch_lab"]})
    for draft in (True, False):
        with pytest.raises(errors.InvalidInput):
            sell(cast, team, draft=draft)
    assert team not in {str(row.id) for row in ask("unit.parents", cast.ben, cast.units["gamma_lab"]).items}


def test_it_moves_along_with_the_unit_above(cast: Cast) -> None:
    """R11: archived units stay where they stood."""
    team = make(cast, kind="organization", name="Team")
    unit = make(cast, kind="organization", name="Gone")
    run("unit.move", cast.ben, unit, {"parent": team})
    run("unit.archive", cast.ben, unit)
    run("unit.move", cast.ben, team, {"parent": cast.units["birch_lab"]})
    check_structure()
    assert [step.name for step in show(cast, unit).path] == ["Birch", "Birch Lab", "Team", "Gone"]


def test_units_below_stand_against_archiving(cast: Cast) -> None:
    """The lowest goes first, and comes back last."""
    team = make(cast, kind="organization", name="Team")
    unit = str(run("unit.create", cast.ben, team, {"kind": "customer", "name": "elm.example.io"}).body["id"])
    assert kinds(cast, team) == (["children"], ["children"])
    with pytest.raises(errors.UnitInUse) as refused:
        run("unit.archive", cast.ben, team)
    assert refused.value.detail == "Units below it that are not archived: 1."
    run("unit.archive", cast.ben, unit)
    assert kinds(cast, team) == (["children"], [])
    run("unit.archive", cast.ben, team)
    with pytest.raises(errors.WrongState):
        run("unit.restore", cast.ben, unit)
    run("unit.restore", cast.ben, team)
    run("unit.restore", cast.ben, unit)


def test_a_contract_in_force_stands_against_archiving(cast: Cast) -> None:
    """R85: one that ended does not; nor is it extended afterwards."""
    unit = make(cast)
    contract = sell(cast, unit)
    assert kinds(cast, unit) == (["contracts"], ["contracts"])
    with pytest.raises(errors.UnitInUse) as refused:
        run("unit.archive", cast.ben, unit)
    assert refused.value.detail == "Contracts in force today or later: 1."
    run("contract.end", cast.ben, contract, {"ends_on": today().isoformat()})
    run("unit.archive", cast.ben, unit)
    with pytest.raises(errors.WrongState):
        run("contract.end", cast.ben, contract, {"ends_on": "2099-01-01"})


def test_an_open_assignment_stands_against_archiving(cast: Cast) -> None:
    """R66: days that are over do not; they keep the unit from being removed."""
    unit = make(cast)
    assign(unit)
    assert kinds(cast, unit) == (["assignments"], ["assignments"])
    with pytest.raises(errors.UnitInUse):
        run("unit.archive", cast.ben, unit)
    with system():
        execute("update assignment set ends_on = '2026-02-01'")
    run("unit.archive", cast.ben, unit)
    assert kinds(cast, unit) == (["assignments"], ["archived"])
    with pytest.raises(errors.UnitInUse):
        run("unit.remove", cast.ben, unit)


def test_customers_stand_against_archiving_their_customer_organization(cast: Cast) -> None:
    """R73: and it comes back before them."""
    anchor, unit = make(cast), make(cast, name="billed.elm.example.io")
    with system():
        execute("update unit set anchors = true where public_id = %s", [anchor])
        execute(
            "update unit set anchor_id = (select id from unit where public_id = %s) where public_id = %s",
            [anchor, unit],
        )
    assert kinds(cast, anchor) == (["customers"], ["customers"])
    with pytest.raises(errors.UnitInUse):
        run("unit.archive", cast.ben, anchor)
    run("unit.archive", cast.ben, unit)
    run("unit.archive", cast.ben, anchor)
    with pytest.raises(errors.WrongState):
        run("unit.restore", cast.ben, unit)
    run("unit.restore", cast.ben, anchor)
    run("unit.restore", cast.ben, unit)


def test_roots_and_drafts_are_not_archived(cast: Cast) -> None:
    with pytest.raises(errors.UnitInUse):
        run("unit.archive", cast.ada, cast.units["fjord"])
    assert kinds(cast, cast.units["fjord"], "ada") == (["root"], ["root"])
    draft = make(cast, draft=True)
    with pytest.raises(errors.WrongState):
        run("unit.archive", cast.ben, draft)
    assert kinds(cast, draft) == ([], ["draft"])
    run("unit.remove", cast.ben, draft)


# --- removing -------------------------------------------------------------------------------------------


def test_the_preview_tells_what_goes_along(cast: Cast) -> None:
    """R3: roles, brand, legal entity; and nothing is changed by looking."""
    unit = cast.units["gamma_lab"]
    run("brand.update", cast.ben, unit, {"product_name": "Lab"})
    before = check_structure()
    preview = ask("unit.preview_removal", cast.ben, unit)
    assert (preview.remove_obstacles, preview.archive_obstacles) == ((), ())
    assert [(one.name, one.role) for one in preview.people] == [("Pat", "customer_viewer")]
    assert preview.brand == ("product_name",)
    assert preview.legal_entity == show(cast, unit).legal_entity.name
    assert check_structure() == before


def test_what_others_hold_is_told_without_a_kind(cast: Cast) -> None:
    """A3: the root's people are not party to Birch's contract, and learn only that something is there."""
    unit = make(cast)
    sell(cast, unit)
    assert kinds(cast, unit) == (["contracts"], ["contracts"])
    assert kinds(cast, unit, "ada") == (["hidden"], ["hidden"])
    with pytest.raises(errors.UnitInUse) as refused:
        run("unit.remove", cast.ada, unit)
    assert refused.value.detail == "Something that only others may see depends on it."


def test_the_refusal_names_everything_and_says_what_to_do(cast: Cast) -> None:
    """R3, R82: archive it instead, once that is possible."""
    unit = make(cast)
    sell(cast, unit, ends_on="2026-02-01")
    assign(unit, date(2026, 2, 1))
    with pytest.raises(errors.UnitInUse) as refused:
        run("unit.remove", cast.ben, unit)
    assert refused.value.detail == (
        "Contracts, ended ones and drafts included: 1. Sub-accounts that were assigned to it: 1."
    )
    assert refused.value.hint == "Archive it instead: it keeps its documents and its history."
    run("unit.archive", cast.ben, unit)


def test_what_was_never_used_is_deleted_and_made_again(cast: Cast) -> None:
    """R82: the name of a deleted unit is free at once."""
    unit = make(cast)
    run("unit.remove", cast.ben, unit)
    again = make(cast)
    assert again != unit
