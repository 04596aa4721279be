"""Who may import what where: hidden names stay neutral, rights count at each place, reports are their owner's alone."""

import pytest
from django.db import ProgrammingError

from tests.access.teams import kim, make_group
from tests.cast import Cast
from tests.contracts.structure_files import (
    begin,
    counts,
    csv_of,
    customer,
    exported,
    exported_lines,
    findings,
    organization,
    problems,
    structure,
    take_in,
)
from underlet.foundation.database.sql import execute, rows
from underlet.foundation.database.transactions import system, writing
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.foundation.uploads import receive
from underlet.kernel import errors


def test_a_hidden_name_is_as_unavailable_as_a_reserved_one(cast: Cast) -> None:
    """R4, R19, A5: of a unit out of sight, in this hierarchy or another, nothing is told but that the name is taken."""
    run("unit.create", cast.uma, cast.units["arts"], {"kind": "customer", "name": "hidden.example.com"})
    lines = [customer(name) for name in ("delta.example.org", "hidden.example.com", "example.invalid")]
    tried = take_in(cast, "ben", "birch", csv_of([*lines, organization("Cedar"), organization("Faculty of Arts")]))
    found = findings(cast, "ben", tried, "problem")
    assert [(one.line, one.column, one.code) for one in found] == [
        (line, "name", "name_unavailable") for line in (2, 3, 4, 5)
    ]
    assert len({(one.detail, one.hint, one.unit, one.after) for one in found}) == 1


def test_hidden_names_are_told_so_often_and_no_more(cast: Cast) -> None:
    """A5: what many files tell of names out of sight counts as the refusals of `unit.create` do."""
    for n in range(31):
        run("unit.create", cast.uma, cast.units["arts"], {"kind": "customer", "name": f"h{n}.example.com"})
    codes = []
    for names in (range(20), range(20, 30), range(1), range(31)):
        content = csv_of([customer(f"h{n}.example.com") for n in names])
        tried = take_in(cast, "ben", "birch", content, check=True)
        codes.append({code for *_, code in problems(cast, "ben", tried)})
    assert codes == [{"name_unavailable"}, {"name_unavailable"}, {"rate_limited"}, {"rate_limited"}]
    tried = take_in(cast, "cleo", "alder", csv_of([customer(f"h{n}.example.com") for n in range(31)]))
    assert problems(cast, "cleo", tried) == [(0, "", "rate_limited")]


def test_a_name_in_sight_is_named_as_taken(cast: Cast) -> None:
    """R4, R19: also where the unit stands outside the part that is imported into."""
    tried = take_in(cast, "ada", "birch", csv_of([customer("delta.example.org"), organization("Cedar")]))
    assert problems(cast, "ada", tried) == [(2, "name", "name_taken"), (3, "name", "name_taken")]


def test_units_and_parents_outside_the_part_are_unknown(cast: Cast) -> None:
    """A4: one's own elsewhere, those of others and those that are nowhere answer alike."""
    known = {line["name"]: line["id"] for line in exported_lines(cast, "ada", "fjord")}
    lines = [
        {"id": known["Cedar"], "code": "x"},
        {"id": known["delta.example.org"], "code": "x"},
        {"id": "00000000-0000-4000-8000-000000000000", "code": "x"},
        organization("New 1", parent_id=known["Cedar"]),
        organization("New 2", parent_id="00000000-0000-4000-8000-000000000000"),
        organization("New 3", "Cedar"),
        organization("New 4", "Nowhere"),
    ]
    for who in ("ben", "ada"):
        tried = take_in(cast, who, "birch", csv_of(lines))
        assert problems(cast, who, tried) == [
            *((line, "id", "unit_unknown") for line in (2, 3, 4)),
            *((line, column, "parent_unknown") for line, column in ((5, "parent_id"), (6, "parent_id"))),
            *((line, "parent", "parent_unknown") for line in (7, 8)),
        ]


def test_the_right_to_edit_is_asked_for_at_each_place(cast: Cast) -> None:
    """A2: who may edit one unit alone, but not what lies below it, imports nothing."""
    with system():
        execute(
            "update user_scope set subtree = false where actor_id = %s and unit_id = (select id from unit where name ="
            " 'Alder')",
            [cast.cleo.id],
        )
        execute(
            "insert into user_scope (actor_id, unit_id, entity_id, subtree, perms)"
            " select %s, u.id, u.entity_id, true, 1 from unit u where u.name = 'Alder'",
            [cast.cleo.id],
        )
    lines = [{"name": "acme.example.com", "code": "A"}, organization("Team")]
    with pytest.raises(errors.Forbidden):
        take_in(cast, "cleo", "alder", csv_of(lines))


def test_a_mere_reader_may_export_and_not_import(cast: Cast) -> None:
    upload = receive(cast.ira, [b"name\n"], "x.csv")
    for name in ("structure.import", "structure.check"):
        with pytest.raises(errors.Forbidden):
            run(name, cast.ira, cast.units["birch_lab"], {"upload": str(upload.id)})
    assert exported(cast, "ira", "birch_lab").startswith(b"\xef\xbb\xbfid,parent,")


def test_a_customer_takes_no_units(cast: Cast) -> None:
    """R9."""
    upload = receive(cast.ben, [b"name\n"], "x.csv")
    with pytest.raises(errors.ParentMustBeOrganization):
        run("structure.import", cast.ben, cast.units["beta"], {"upload": str(upload.id)})


def test_an_export_holds_what_its_reader_sees(cast: Cast) -> None:
    """A1, A8: no hidden unit, not even as a parent."""
    seen = exported_lines(cast, "ben", "birch")
    assert {"Fjord", "Cedar", "delta.example.org"}.isdisjoint(line["name"] for line in seen)
    assert [line["parent"] for line in seen if line["name"] == "Alder"] == ["Birch"]
    lab = exported(cast, "ben", "birch_lab")
    assert len(lab.splitlines()) == 1


def test_parents_stand_before_their_children(cast: Cast) -> None:
    lines = exported_lines(cast, "ada", "fjord")
    seen = {cast.units["fjord"]}
    for line in lines:
        assert line["parent_id"] in seen
        seen.add(line["id"])
    assert len(lines) == len({line["name"] for line in lines}) == 9


def test_a_report_is_seen_by_its_owner_alone(cast: Cast, belts: str) -> None:
    """A1, A4, A8: another administrator of the same unit finds nothing; without the unit, nor does the owner."""
    tried = take_in(cast, "ben", "birch", csv_of([{"name": "Alder", "code": "x"}]), check=True)
    for name in ("structure_import.show", "structure_import.findings"):
        with pytest.raises(errors.NotFound):
            ask(name, cast.ada, str(tried.id))
        ask(name, cast.ben, str(tried.id))


def test_sql_as_the_application_writes_no_report_for_others(cast: Cast) -> None:
    """A9: the database refuses a report in another's name, and of a unit that one may not edit."""
    tried = begin(cast, "ben", "birch", csv_of([{"name": "Alder"}]))
    id_ = _row_id(str(tried.id))
    with pytest.raises(ProgrammingError, match="row-level security"), writing(cast.ada):
        execute("insert into structure_finding (import_id, line, kind) values (%s, 1, 'problem')", [id_])
    with writing(cast.ada):
        assert execute("update structure_import set state = 'rejected', finished_at = now()") == 0


def _row_id(public_id: str) -> int:
    with system():
        [(id_,)] = rows("select id from structure_import where public_id = %s", [public_id])
    return int(id_)


def test_what_the_database_alone_refuses_is_named_by_its_line(cast: Cast) -> None:
    """R21: a name is frozen while the customer's environment exists; the other lines are not to blame."""
    run("environment.provision", cast.ben, cast.units["beta"], {})
    ids = {line["name"]: line["id"] for line in exported_lines(cast, "ben", "birch")}
    content = csv_of(
        [
            {"id": ids["Alder"], "name": "Alder", "code": "1"},
            {"id": ids["beta.example.org"], "name": "renamed.example.org", "code": "2"},
            {"id": ids["Birch Lab"], "name": "Birch Lab", "code": "3"},
        ]
    )
    before = structure()
    for check in (True, False):
        tried = take_in(cast, "ben", "birch", content, check=check)
        assert [(line, code) for line, _, code in problems(cast, "ben", tried)] == [(3, "name_frozen")]
        assert structure() == before


def test_customers_refer_to_their_customer_organization(cast: Cast) -> None:
    """R77, R78, R82: by name, also to one of the same file; chosen once and for good."""
    content = csv_of(
        [
            customer("a.group.example.com", customer_organization="group.example.com"),
            customer("b.group.example.com", customer_organization="group.example.com"),
            customer("group.example.com"),
        ]
    )
    done = take_in(cast, "ben", "birch", content)
    assert (done.state, counts(done)) == ("done", (3, 0, 0, 0)), findings(cast, "ben", done)
    assert counts(take_in(cast, "ben", "birch", content)) == (0, 0, 0, 3)
    lines = {line["name"]: line for line in exported_lines(cast, "ben", "birch")}
    assert lines["a.group.example.com"]["customer_organization"] == "group.example.com"
    other = csv_of(
        [
            customer("a.group.example.com", customer_organization="beta.example.org"),
            customer("c.group.example.com", customer_organization="a.group.example.com"),
        ]
    )
    tried = take_in(cast, "ben", "birch", other)
    assert [code for *_, code in problems(cast, "ben", tried)] == [
        "customer_organization_permanent", "customer_organization_inactive",
    ]  # fmt: skip


def test_new_units_of_who_looks_after_groups_are_refused(cast: Cast) -> None:
    """R53: a new unit needs one of their groups, which a file does not name; what is there changes all the same."""
    group = make_group(cast, "North", "alder")
    found = Cast(cast.units, {**cast.people, "kim": kim(group)})
    refused = take_in(found, "kim", "alder", csv_of([customer("one.example.net")]))
    assert [code for *_, code in problems(found, "kim", refused)] == ["group_required"]
    changed = take_in(found, "kim", "alder", csv_of([{"name": "acme.example.com", "code": "X"}]))
    assert (changed.state, counts(changed)) == ("done", (0, 1, 0, 0))
    assert take_in(cast, "cleo", "alder", csv_of([customer("one.example.net")])).state == "done"
