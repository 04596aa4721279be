"""`python -m bench.run [--lines N]`: the whole chain against the cube step F of the same run, as JSON.

F reads the lines and writes the cube. The whole chain is F plus everything from cube to posted lines: owners,
groups, rules, factors, sums, exchange, rounding. Repetitions of both alternate, medians are compared; lines are
generated in another process, so that peak memory is that of the measured work.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from bench.contracts import ownership, paths
from bench.gen import generate
from underlet.foundation.duck import open_duckdb
from underlet.kernel.period import Month
from underlet.kernel.pricing.types import Metric
from underlet.rating.engines.duck import prepare
from underlet.rating.engines.paths import plan
from underlet.rating.engines.results import result_of
from underlet.rating.engines.types import RatingInputs, RatingResult
from underlet.usage.lake.cube import write_cube

EDGES = (1, 3, 5, 9)
MAIN = 5
MEMORY = 1000 << 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=min(os.cpu_count() or 2, 8))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="underlet-bench-") as folder:
        lines = _apart(generate, Path(folder) / "lines", arguments.lines)
        found = measure(Path(folder), lines, arguments.repeat, arguments.threads)
    print(json.dumps({**_versions(arguments.threads), "lines": arguments.lines, **found}, indent=2))


def _apart(function: Callable[..., Any], *arguments: Any) -> Any:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def measure(folder: Path, lines: Sequence[Path], repeat: int, threads: int) -> dict[str, Any]:
    """All figures; seconds are medians."""
    cube = folder / "cube.parquet"
    seconds: dict[str, list[float]] = {"F": [], **{f"chain {edges}": [] for edges in EDGES}}
    steps: dict[str, list[float]] = {"prepare": [], "result": []}
    results: dict[int, _Outcome] = {}
    cpu: dict[str, list[float]] = {"F": [], "chain": []}
    for _ in range(repeat):
        for edges in EDGES:
            if edges in (MAIN, EDGES[0]):  # F again beside every main measurement
                begin = time.process_time()
                seconds["F"].append(_timed(lambda: _cube(folder, lines, cube, threads)))
                cpu["F"].append(time.process_time() - begin)
            *times, used = _rate(cube, edges, threads, results)
            seconds[f"chain {edges}"].append(sum(times))
            if edges == MAIN:
                cpu["chain"].append(used)
                steps["prepare"].append(times[0])
                steps["result"].append(times[1])
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    floor, chain = medians["F"], medians[f"chain {MAIN}"]
    with duckdb.connect() as connection:
        [(cube_rows, count)] = connection.execute(f"SELECT count(*), sum(n) FROM '{cube}'").fetchall()
    return {
        "cube_rows": cube_rows,
        "charge_lines": {str(edges): result.lines for edges, result in results.items()},
        "seconds": {name: round(value, 3) for name, value in medians.items()},
        "steps_of_chain": {name: round(statistics.median(values), 3) for name, values in steps.items()},
        "lines_per_second": round(count / (floor + chain)),
        "whole_chain_over_F": {
            str(edges): round((floor + medians[f"chain {edges}"]) / floor, 2) for edges in EDGES
        },
        "target": 2.5,
        "edges_9_over_5": round((floor + medians["chain 9"]) / (floor + chain), 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "cpu_seconds": {name: round(statistics.median(values), 3) for name, values in cpu.items()},
        "checks_passed": all(result.passed for result in results.values()),
        "result_sha256": results[MAIN].sha256,
    }


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _cube(folder: Path, lines: Sequence[Path], cube: Path, threads: int) -> None:
    scratch = folder / "scratch"
    with open_duckdb(folders=[folder], scratch=scratch, threads=threads, memory=MEMORY) as connection:
        write_cube(connection, lines, cube)


@dataclass(frozen=True)
class _Outcome:
    """What is kept of a result, so that no memory of an earlier one is measured."""

    lines: int
    passed: bool
    sha256: str


def _outcome(result: RatingResult) -> _Outcome:
    digest = hashlib.sha256()
    for line in result.lines:
        digest.update(repr(line).encode())
    return _Outcome(len(result.lines), all(check.passed for check in result.checks), digest.hexdigest())


def _rate(cube: Path, edges: int, threads: int, results: dict[int, _Outcome]) -> tuple[float, float, float]:
    scratch = cube.parent / "scratch"
    inputs = RatingInputs(Month(2026, 4), Metric.EFFECTIVE, (cube,), ownership(), paths(edges))
    with open_duckdb(files=[cube], scratch=scratch, threads=threads, memory=MEMORY) as connection:
        begin, used = time.perf_counter(), time.process_time()
        the_plan = plan(inputs.period, inputs.paths)
        prepare(connection, inputs, the_plan)
        prepared = time.perf_counter()
        result = result_of(connection, inputs, the_plan)
        done, used = time.perf_counter(), time.process_time() - used
    results[edges] = _outcome(result)
    return prepared - begin, done - prepared, used


def _versions(threads: int) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "cores": os.cpu_count(),
        "threads": threads,
        "load": os.getloadavg()[0],
    }


if __name__ == "__main__":
    main()
