"""The tree of commands: nouns with their verbs, a noun that is a command itself, tables for people."""

import pytest
from click.testing import CliRunner

from underlet.foundation.registry import OPERATIONS, QUERIES
from underlet.interfaces.cli import output
from underlet.interfaces.cli.generated import groups
from underlet.project.tree import command_tree
from underlet.project.wiring import load

WRONG_USE = 2


def call(*arguments: str) -> tuple[int, str]:
    load()
    done = CliRunner().invoke(command_tree(), list(arguments))
    return done.exit_code, done.output


def test_every_entry_has_its_command() -> None:
    """Scripts reach every operation and query that does not waive the command line (R93)."""
    load()
    nouns = groups()
    for entry in [*OPERATIONS.values(), *QUERIES.values()]:
        if "cli" not in entry.waive:
            assert entry.verb.replace("_", "-") in nouns[entry.noun.replace("_", "-")].commands


@pytest.mark.parametrize("arguments", [("import", "no-such-file"), ("import", "--json", "no-such-file")])
def test_import_takes_a_file_in_any_order_of_options(arguments: tuple[str, ...]) -> None:
    code, text = call(*arguments)
    assert (code, "'no-such-file' does not exist" in text) == (WRONG_USE, True)


def test_import_is_a_noun_too() -> None:
    code, text = call("import", "--help")
    assert code == 0
    assert "import [OPTIONS] FILE" in text
    assert "show" in text
    assert call("import", "list", "--help")[0] == 0


def test_tables_leave_out_empty_columns_and_print_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table([{"id": "7", "name": "[red]Birch[/red]", "code": "", "parent_id": "3"}])
    text = capsys.readouterr().out
    assert "[red]Birch[/red]" in text
    assert "code" not in text
    assert "parent" not in text


def test_rows_that_hold_lists_are_printed_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table([{"number": 1, "rules": [{"text": "everything else: list price"}]}])
    assert "everything else: list price" in capsys.readouterr().out
