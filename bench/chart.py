"""Measures the structure chart in a headless browser without a GPU against its targets (interface.md §6, §14).

`python -m bench.chart`: times in milliseconds for 2,000 and 20,000 units and their ratios. Trust the ratios; times
depend on the machine and on what else it does, so its load is printed with them.
"""

import argparse
import functools
import json
import os
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from tools.shots import CHROMIUM, FLAGS

ROOT = Path(__file__).resolve().parents[1]
SIZES = (2_000, 20_000)
TARGETS = {"build": 150.0, "frame": 20.0, "search": 100.0, "draw": 8.0}
"""Milliseconds at 20,000 units: medians of building and of zooming, panning and typing."""
RATIOS = {"draw_over_frame_of_16.7_ms": 0.5, "build_20000_over_2000": 3.0}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing between the figures."""


def main() -> None:
    """Measure and print; the exit status tells whether every target was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--expanded", action="store_true", help="with every branch open")
    arguments = parser.parse_args()
    found = {size: measure(size, expanded=arguments.expanded) for size in SIZES}
    small, large = (found[size] for size in SIZES)
    times = {name: float(large[name]["median"]) for name in TARGETS}
    ratios = {
        "draw_over_frame_of_16.7_ms": round(times["draw"] / 16.7, 2),
        "build_20000_over_2000": round(times["build"] / small["build"]["median"], 2),
    }
    met = {name: times[name] <= limit for name, limit in TARGETS.items()}
    met |= {name: ratios[name] <= limit for name, limit in RATIOS.items()}
    print(json.dumps(
        {
            "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "found": list(found.values()),
            "ratios": ratios, "targets": TARGETS | RATIOS, "met": met,
        },
        indent=2,
    ))  # fmt: skip
    raise SystemExit(not all(met.values()))


def measure(units: int, *, expanded: bool) -> dict[str, Any]:
    """What bench/chart.html measures, in a fresh browser."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            page = browser.new_page(viewport={"width": 1360, "height": 900})
            query = f"units={units}{'&expanded' if expanded else ''}"
            page.goto(f"http://127.0.0.1:{server.server_port}/bench/chart.html?{query}")
            page.wait_for_selector("body[data-found]", timeout=120_000)
            found: dict[str, Any] = json.loads(page.locator("body").get_attribute("data-found") or "")
            browser.close()
    finally:
        server.shutdown()
        server.server_close()
    return found


if __name__ == "__main__":
    main()
