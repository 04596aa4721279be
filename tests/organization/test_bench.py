"""The benchmark of the structure still runs: the rows it writes by itself are those that the triggers would keep."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.deep
def test_a_small_benchmark_runs_to_its_end() -> None:
    """Its figures are not looked at here, its answers are."""
    command = [sys.executable, "-m", "bench.structure", "--units", "3000", "--imported", "300"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["met"]["the same answers to all questions"]
    assert found["import"]["first"]["created"] == found["import"]["again"]["unchanged"] == 300
