"""Setting up says in one line what a machine lacks, and shows why an installation failed."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def set_up(folder: Path, *, python: str = sys.executable, locks: Path = ROOT, **modules: str) -> tuple[int, str]:
    """Exit code and output of tools/setup.sh, with modules put before the standard library's."""
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    done = subprocess.run(
        ["sh", str(ROOT / "tools/setup.sh"), python, str(folder / "venv"), "runtime"],
        cwd=locks, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_names_the_package_that_is_missing(tmp_path: Path) -> None:
    code, output = set_up(tmp_path, ensurepip="raise ImportError")
    assert code == 1
    assert output.strip() == "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"


def test_refuses_an_old_python(tmp_path: Path) -> None:
    code, output = set_up(tmp_path, sitecustomize="import sys; sys.version_info = (3, 10, 1)")
    assert code == 1
    assert "needs Python 3.11 or newer" in output


def test_a_failed_installation_shows_why_and_leaves_no_stamp(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/runtime.txt").write_text("./nothing-here --hash=sha256:" + "0" * 64 + "\n")
    code, output = set_up(tmp_path, locks=tmp_path)
    assert code == 1
    assert "nothing-here" in output
    assert not (tmp_path / "venv/runtime.stamp").exists()


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_every_locked_file_is_pinned_by_hash(name: str) -> None:
    """Locks name one version and the hashes of each package (S11)."""
    lines = (ROOT / f"requirements/{name}.txt").read_text().replace("\\\n", " ").splitlines()
    entries = [line for line in lines if line.strip() and not line.startswith("#")]
    assert len(entries) > 40
    assert [line.split()[0] for line in entries if "==" not in line or "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_locks_hold_every_named_dependency(name: str) -> None:
    """A dependency added to pyproject.toml without tools/lock.sh is found here (S11)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = project["dependencies"] + (project["optional-dependencies"]["dev"] if name == "dev" else [])
    locked = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / f"requirements/{name}.txt").read_text().splitlines()
        if "==" in line
    }
    wanted = {re.split(r"[\[<>=!~ ]", one)[0].lower().replace("_", "-") for one in named}
    assert wanted - locked == set()
