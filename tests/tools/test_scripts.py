"""The types of the pages' scripts, where a compiler exists."""

import shutil
from pathlib import Path

import pytest
from tools.scripts import ROOT, compiler, complaints


@pytest.fixture
def tsc() -> str:
    """A compiler; visibly skipped without one."""
    found = compiler()
    if found is None:
        pytest.skip("no tsc on this machine: install Node with TypeScript to check the types of the scripts")
    return found


def test_types_hold(tsc: str) -> None:
    assert complaints(tsc) == ""


def test_a_wrong_type_is_found(tsc: str, tmp_path: Path) -> None:
    """The check itself, in a copy with a planted fault; its options are those of the project."""
    shutil.copy(ROOT / "tsconfig.json", tmp_path)
    folder = tmp_path / "src/underlet/interfaces/web/static/underlet/js"
    folder.mkdir(parents=True)
    script = folder / "wrong.js"
    script.write_text("/** @param {string} text */\nexport const size = (text) => text.lenght;\n")
    assert "lenght" in complaints(tsc, tmp_path)
