"""The table of promises finds the tests that carry a number, and nothing else."""

import pytest
from tools.requirements import (
    RULES,
    TESTS,
    Proof,
    RuleText,
    collect,
    numbers_in,
    proofs_in,
    read_rules,
    render,
    unknown,
)

SOURCE = '''
def test_r8_refuses_an_eleventh_level():
    """Ten levels."""

class TestMoves:
    """Moving keeps access right (A6)."""

    def test_takes_descendants_along(self):
        """R11: everything below comes too."""

def helper():
    """R9 is not proved by a helper."""
'''


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("test_depth", "At most ten levels (R8).", {"R8"}),
        ("test_r8_and_a4", "", {"R8", "A4"}),
        (
            "test_x",
            "Serves R10, R11 and I19; ADR-0010, BR-CO-10, S3-STD and EUR12 are no rules.",
            {"R10", "R11", "I19"},
        ),
        ("test_x", "UTF8 B2B x1 F16C A1B", set()),
        ("test_x", "BR8, 2.R8 and R100", set()),
    ],
)
def test_finds_plain_numbers_only(name: str, text: str, expected: set[str]) -> None:
    assert numbers_in(name, text) == expected


def test_reads_functions_and_classes() -> None:
    assert list(proofs_in(SOURCE, "tests/test_a.py")) == [
        ("R8", Proof("tests/test_a.py", "test_r8_refuses_an_eleventh_level")),
        ("A6", Proof("tests/test_a.py", "test_takes_descendants_along")),
        ("R11", Proof("tests/test_a.py", "test_takes_descendants_along")),
    ]


def test_says_what_is_not_proved_yet() -> None:
    rules = [RuleText("R8", 1, "Ten levels"), RuleText("R70", 5, "Exclude")]
    page = render(rules, {"R8": [Proof("tests/test_a.py", "test_depth")]})
    assert "| R8 | Ten levels | [tests/test_a.py](../../tests/test_a.py): test_depth |" in page
    assert "| R70 | Exclude | *not yet proved (part 5)* |" in page
    assert "1 of 2 rules" in page


def test_names_a_number_that_no_rule_has() -> None:
    assert unknown([RuleText("R8", 1, "")], {"R99": [Proof("tests/a.py", "test_b")]}) == [
        "R99 in tests/a.py::test_b"
    ]


def test_rules_are_complete_and_tests_name_only_them() -> None:
    rules = read_rules(RULES.read_text("utf-8"))
    counts = {"R": 96, "P": 36, "B": 12, "A": 13, "M": 13, "F": 8, "S": 13, "I": 22}
    assert [rule.number for rule in rules] == [
        f"{kind}{i}" for kind, last in counts.items() for i in range(1, last + 1)
    ]
    assert unknown(rules, collect(TESTS)) == []
