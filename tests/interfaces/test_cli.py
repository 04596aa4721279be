"""Every entry as a command: one object on standard output with --json, exit codes 0, 1, 2, help that helps."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.branding.test_logo import HOSTILE_FILES
from tests.interfaces.examples import EXAMPLES, NO_PICTURE, address
from tests.world import NO_ID, World
from underlet.foundation.registry import OPERATIONS, QUERIES, Entry
from underlet.foundation.types import FileAnswer
from underlet.interfaces.cli.generated import groups
from underlet.interfaces.cli.main import build

ENTRIES: dict[str, Entry] = {**OPERATIONS, **QUERIES}


class Shell:
    """Runs commands in this process as `underlet` would."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        self._monkeypatch.setattr(sys, "argv", ["underlet", *arguments])
        code = build().main(args=list(arguments), prog_name="underlet", standalone_mode=False)
        out, err = self._capsys.readouterr()
        return int(code or 0), out, err

    def json(self, *arguments: str) -> tuple[int, Any]:
        code, out, _ = self.run(*arguments, "--json")
        return code, json.loads(out)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(capsys, monkeypatch)


def words(world: World, name: str) -> list[str]:
    """The command line of an entry's example."""
    entry, example = ENTRIES[name], EXAMPLES[name]
    noun, verb = name.replace("_", "-").split(".")
    target = address(world, entry, example)
    found = [noun, verb, *([target] if target else [])]
    if name in OPERATIONS:
        found += ["--data", json.dumps(example.data(world))]
    else:
        for field, value in example.data(world).items():
            found += [f"--{field.replace('_', '-')}", str(value)]
    if example.who != "operator":
        found += ["--as", f"{example.who}@example.com"]
    return found


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - set(NO_PICTURE)))
def test_every_command_prints_one_object(world: World, shell: Shell, tmp_path: Path, name: str) -> None:
    """R93, architecture.md §4.1: standard output holds the object and nothing else."""
    arguments = words(world, name)
    if ENTRIES[name].result is FileAnswer:
        arguments += ["--output", str(tmp_path / "file")]
    code, body = shell.json(*arguments)
    assert code == 0, body
    if name in QUERIES and ENTRIES[name].result is not FileAnswer:
        plain, out, _ = shell.run(*arguments)
        assert plain == 0
        assert out.strip()


def test_a_refusal_is_exit_code_1(world: World, shell: Shell) -> None:
    code, body = shell.json("unit", "show", NO_ID)
    assert code == 1
    assert set(body["error"]) == {"code", "detail", "hint"}
    assert body["error"]["code"] == "not_found"
    code, out, err = shell.run("unit", "show", NO_ID)
    assert (code, out) == (1, "")
    assert "There is nothing here" in err
    code, body = shell.json("unit", "create", world.ids["unit"]["birch"], "--kind", "team", "--name", "x")
    assert (code, list(body["error"]["fields"])) == (1, ["kind"])
    code, body = shell.json("unit", "mine", "--as", "nobody@example.com")
    assert (code, body["error"]["code"]) == (1, "unauthenticated")


@pytest.mark.parametrize(
    "arguments",
    [["unit", "show"], ["unit", "fly"], ["nonsense"], ["unit", "mine", "--nonsense"], ["unit", "mine", "x"]],
)
def test_wrong_use_is_exit_code_2(shell: Shell, arguments: list[str]) -> None:
    code, body = shell.json(*arguments)
    assert (code, body["error"]["code"]) == (2, "wrong_use")
    assert body["error"]["hint"]


@pytest.mark.parametrize("data", ["{", "[]", "@/no/such/file", '{"x": 1}', "[" * 5000])
def test_data_that_is_no_object_is_refused(world: World, shell: Shell, data: str) -> None:
    code, body = shell.json("unit", "update", world.ids["unit"]["birch"], "--data", data)
    assert (code, body["error"]["code"]) == (1, "invalid_input")


def test_data_comes_from_a_file_too(world: World, shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "unit.json"
    path.write_text('{"code": "F"}')
    code, body = shell.json("unit", "update", world.ids["unit"]["birch"], "--data", f"@{path}", "--key", "once")
    assert (code, body["code"]) == (0, "F")


def test_every_command_has_help(shell: Shell) -> None:
    """Of each noun its first command in the ordinary run; all are made by the same code from the registry."""
    most = None if os.environ.get("UNDERLET_DEEP") else 1
    for noun, group in groups().items():
        for verb, made in list(group.commands.items())[:most]:
            code, out, _ = shell.run(noun, verb, "--help")
            assert code == 0
            assert (made.help or "").split("\n")[0][:40] in out


@pytest.mark.parametrize("field", ["logo", "favicon"])
def test_a_file_stands_for_its_upload(world: World, shell: Shell, tmp_path: Path, field: str) -> None:
    """R95: `--logo @file` sends the file; hostile ones are refused with the words of the page and the API (S1)."""
    unit, ben = world.ids["unit"]["birch"], ("--as", "ben@example.com")
    file = tmp_path / "logo.svg"
    for content in HOSTILE_FILES:
        file.write_bytes(content)
        code, said = shell.json("brand", "update", unit, f"--{field}", f"@{file}", *ben)
        assert (code, said["error"]["code"]) == (1, "file_rejected")
    file.write_bytes(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>'
    )
    code, body = shell.json("brand", "update", unit, f"--{field}", f"@{file}", *ben)
    assert code == 0
    assert field in body["own"]
    code, said = shell.json("brand", "update", unit, "--reset", f'["{field}"]', *ben)
    assert field not in said["own"]
    code, said = shell.json("brand", "update", unit, f"--{field}", f"@{tmp_path}/absent.svg", *ben)
    assert (code, list(said["error"]["fields"])) == (1, [field])
