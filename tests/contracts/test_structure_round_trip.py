"""Random structures: what a file makes, the export tells, and importing that changes nothing (Hypothesis)."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from tests.contracts.structure_files import (
    counts,
    csv_of,
    exported,
    exported_lines,
    findings,
    structure,
    take_in,
)
from tests.organization.truth import check_structure

_WORDS = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=12).map(str.strip)
_CELLS = st.fixed_dictionaries(
    {},
    optional={
        "display_name": _WORDS,
        "code": _WORDS,
        "organization_number": _WORDS,
        "legal_city": _WORDS,
        "legal_street": _WORDS.map(lambda text: f"={text}"),
        "time_zone": st.sampled_from(["Europe/Oslo", "UTC"]),
    },
)
_LINES = st.lists(st.tuples(st.integers(0, 8), st.booleans(), _CELLS), min_size=1, max_size=10)


def _file(made: int, shape: list[tuple[int, bool, dict[str, str]]]) -> list[dict[str, str]]:
    """Lines of a tree: each unit's parent is an organization before it, or none; names are new in each round."""
    lines: list[dict[str, str]] = []
    parents = [""]
    for number, (at, is_customer, cells) in enumerate(shape):
        parent = parents[at % len(parents)]
        name = f"n{number}.r{made}.example.com" if is_customer else f"Group {number} of {made}"
        lines.append(
            {"parent": parent, "kind": "customer" if is_customer else "organization", "name": name, **cells}
        )
        if not is_customer and len(parents) < 6:
            parents.append(name)
    return lines


def test_random_structures_go_out_and_in_again(cast: Cast) -> None:
    """R3, R7, R12: any tree, in any order of its lines, with any texts; CSV and XLSX."""
    rounds = iter(range(1_000))

    @settings(
        max_examples=8,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(shape=_LINES, order=st.randoms(use_true_random=False), kind=st.sampled_from(["csv", "xlsx"]))
    def go(shape: list[tuple[int, bool, dict[str, str]]], order: object, kind: str) -> None:
        lines = _file(next(rounds), shape)
        shuffled = sorted(lines, key=lambda _: order.random())  # type: ignore[attr-defined]
        done = take_in(cast, "ben", "birch", csv_of(shuffled))
        assert (done.state, done.created) == ("done", len(lines)), findings(cast, "ben", done)
        told = {line["name"]: line for line in exported_lines(cast, "ben", "birch")}
        for line in lines:
            found = told[line["name"]]
            assert all(found[column] == text for column, text in line.items() if column != "parent")
            assert found["parent"] == (line["parent"] or "Birch")
        before = structure()
        again = take_in(cast, "ben", "birch", exported(cast, "ben", "birch", format=kind))
        assert (again.state, *counts(again)) == ("done", 0, 0, 0, len(told)), findings(cast, "ben", again)
        assert counts(take_in(cast, "ben", "birch", csv_of(lines)))[:3] == (0, 0, 0)
        assert structure() == before

    go()
    check_structure()
