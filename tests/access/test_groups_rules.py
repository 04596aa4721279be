"""Members by rule: always those, and only those, of which the rule holds (R46, R47)."""

import os
import random
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.access.teams import make_group, members
from tests.cast import Cast
from underlet.foundation.actor import Actor
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.kernel import errors


def _truth(rule: dict[str, Any], owner: str) -> set[str]:
    """The members by a rule, by walking up the tree: shares no code with the product."""
    with system():
        found = rows(
            "select u.public_id::text, p.public_id::text, a.public_id::text, u.kind, u.state, u.price_type, u.name,"
            " u.display_name, u.code, u.organization_number"
            " from unit u left join unit p on p.id = u.parent_id left join unit a on a.id = u.anchor_id"
        )
    parent = {row[0]: row[1] for row in found}

    def above(unit: str) -> set[str]:
        way = set()
        while parent[unit] is not None:
            unit = parent[unit]
            way.add(unit)
        return way

    def holds(row: Any) -> bool:
        values = dict(
            zip(
                ("kind", "state", "price_type", "name", "display_name", "code", "organization_number"),
                row[3:],
                strict=True,
            )
        )
        for field, wanted in rule.items():
            if field == "below":
                good = wanted in above(row[0])
            elif field == "customer_organization":
                good = row[2] == wanted
            elif field in ("kind", "state"):
                good = values[field] == wanted
            elif field == "price_type":
                good = row[3] == "customer" and values[field] == wanted
            else:
                good = fnmatchcase(values[field].lower(), wanted.lower().replace("[", "[[]"))
            if not good:
                return False
        return True

    return {row[6] for row in found if owner in above(row[0]) and holds(row)}


_RULES: tuple[dict[str, Any], ...] = (
    {"kind": "customer"},
    {"name": "*.example.?et"},
    {"code": "N-*", "kind": "organization"},
    {"code": "%_[\\"},
    {"display_name": "*x?"},
    {"organization_number": "55*"},
    {"price_type": "raw_cost_only"},
    {"state": "draft"},
)


@pytest.mark.parametrize("seed", range(30 if os.environ.get("UNDERLET_DEEP") else 2))
def test_members_by_rule_are_the_units_of_which_it_holds(cast: Cast, seed: int) -> None:
    """R46, R47: after random creations, changes, moves, archivings and changes of rules, in each same transaction."""
    draw = random.Random(seed)
    owners = {"fjord": cast.units["fjord"], "birch": cast.units["birch"]}
    groups: dict[str, tuple[dict[str, Any], str]] = {}
    for number, rule in enumerate(_RULES):
        owner = draw.choice(list(owners))
        groups[make_group(cast, f"G{number}", rule=rule, at=owner)] = (rule, owners[owner])
    below = {"below": cast.units["alder"], "kind": "customer"}
    groups[make_group(cast, "Below", rule=below)] = (below, owners["fjord"])
    units = [
        id_ for key, id_ in cast.units.items() if key not in ("fjord", "harbor", "science", "arts", "physics")
    ]
    for step in range(25):
        _change(cast.ada, draw, units, step)
        if step % 8 == 7:
            group = draw.choice(list(groups))
            rule = draw.choice(_RULES)
            run("group.update", cast.ada, group, {"rule": rule})
            groups[group] = (rule, groups[group][1])
        if step % 5 == 4:
            for group, (rule, owner) in groups.items():
                assert members(group) == _truth(rule, owner), (step, rule)


def _change(actor: Actor, draw: random.Random, units: list[str], step: int) -> None:
    unit = draw.choice(units)
    value = {
        "code": draw.choice(["N-1", "%_[\\", "s"]), "display_name": draw.choice(["", "ax1", "X"]),
        "organization_number": draw.choice(["", "5512", "44"]),
    }  # fmt: skip
    kind = draw.choice(["create", "update", "move", "price", "archive", "restore"])
    try:
        if kind == "create":
            new = draw.choice(
                (
                    {"kind": "customer", "name": f"n{step}.example.net"},
                    {"kind": "organization", "name": f"N{step}"},
                )
            )
            made = run("unit.create", actor, unit, new | value | {"draft": draw.random() < 0.3}).body
            units.append(made["id"])
        elif kind == "move":
            run("unit.move", actor, unit, {"parent": draw.choice(units)})
        elif kind == "update":
            run("unit.update", actor, unit, value)
        elif kind == "price":
            run("unit.update", actor, unit, {"price_type": draw.choice(["raw_cost_only", "seller_set_only"])})
        else:
            run(f"unit.{kind}", actor, unit, {})
    except errors.Refusal:
        pass


def test_a_rule_is_previewed_before_it_is_saved(cast: Cast) -> None:
    """R46: how many members, how many join and leave; ending the rule leaves the members, by choice."""
    group = make_group(cast, "North", "alder", "beta")
    asked = {"group": group, "kind": "customer", "name": "*.org"}
    preview = ask("group.preview_rule", cast.ada, cast.units["fjord"], asked)
    assert (preview.members, preview.joining, preview.leaving) == (2, 1, 1)
    assert members(group) == {"Alder", "beta.example.org"}
    shown = run("group.update", cast.ada, group, {"rule": {"kind": "customer", "name": "*.org"}}).body
    assert (shown["members"], shown["rule"]["name"]) == (2, "*.org")
    for name, data in (
        ("add", {"units": [cast.units["alder"]]}),
        ("remove", {"units": [cast.units["beta"]]}),
        ("set", {"units": []}),
    ):
        with pytest.raises(errors.WrongState):
            run(f"group.{name}_members", cast.ada, group, data)
    run("group.update", cast.ada, group, {"rule": {}})
    assert members(group) == {"beta.example.org", "delta.example.org"}
    run("group.add_members", cast.ada, group, {"units": [cast.units["alder"]]})


def test_a_rule_names_units_that_its_maker_sees(cast: Cast) -> None:
    """A3: below, and customer organization."""
    for name, unit in (("below", "cedar"), ("customer_organization", "delta")):
        with pytest.raises(errors.InvalidInput) as refused:
            run("group.create", cast.ben, cast.units["birch"], {"name": "G", "rule": {name: cast.units[unit]}})
        assert list(refused.value.fields) == [name]
