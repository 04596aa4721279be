"""`underlet structure import FILE`: what people and scripts are told of a file of units."""

from pathlib import Path

import pytest

from tests.interfaces.test_cli import Shell
from tests.world import World
from underlet.foundation.reads import ask


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(capsys, monkeypatch)


def _file(folder: Path, text: str) -> str:
    path = folder / "structure.csv"
    path.write_text(text)
    return str(path)


def test_a_file_is_checked_imported_and_then_unchanged(world: World, shell: Shell, tmp_path: Path) -> None:
    """R3, R12, R93: --check changes nothing; the options may stand before the file; --json prints one object."""
    file = _file(tmp_path, "name,kind,code\nSales,organization,\nAlder,,A-9\n")
    birch = world.ids["unit"]["birch"]
    code, out, _ = shell.run("structure", "import", "--check", "--unit", birch, "--as", "ben@example.com", file)
    assert code == 0
    assert "1 new, 1 changed, 0 moved, 0 unchanged. Nothing was changed" in out
    assert "A-9" in out
    assert "Sales" not in {row.name for row in ask("unit.list", world.cast.ben, birch).items}
    code, body = shell.json("structure", "import", file, "--as", "ben@example.com")  # Ben has one unit
    assert (code, body["state"], body["created"], body["changed"]) == (0, "done", 1, 1)
    assert [(one["line"], one["column"], one["after"]) for one in body["findings"]] == [(3, "code", "A-9")]
    code, body = shell.json("structure", "import", file, "--as", "ben@example.com")
    assert (code, body["unchanged"], body["findings"]) == (0, 2, [])


def test_a_refused_file_names_its_lines(world: World, shell: Shell, tmp_path: Path) -> None:
    file = _file(tmp_path, "name,kind\nno host,customer\nSales,organization\n")
    code, body = shell.json("structure", "import", file, "--as", "ben@example.com")
    assert (code, body["error"]["code"], body["state"]) == (1, "import_rejected", "rejected")
    assert [(one["line"], one["column"], one["code"]) for one in body["findings"]] == [(2, "name", "name_pattern")]
    code, out, err = shell.run("structure", "import", file, "--as", "ben@example.com")
    assert code == 1
    assert "name_pattern" in out
    assert "nothing was changed" in err
