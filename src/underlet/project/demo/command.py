"""`underlet demo`: an installation with a billed month of the fixed cast, its summary, and the server on it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import click
from rich.progress import Progress
from rich.table import Table

from underlet.foundation.settings import settings
from underlet.interfaces.cli.output import console, print_json, progress_bar, status
from underlet.interfaces.cli.serve import free_port, serve
from underlet.interfaces.cli.session import acting, prepare
from underlet.kernel.money import half_up
from underlet.project.demo.cast import PASSWORD
from underlet.project.demo.generator import MIN_LINES
from underlet.project.demo.story import Listener, play

DEFAULT_LINES = 240_000


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="End after the summary.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.option(
    "--lines", type=click.IntRange(min=MIN_LINES), default=DEFAULT_LINES, help="Usage lines to generate."
)
@click.option("--host", default=None, help="Address to listen on.")
@click.option("--port", type=int, default=None, help="Port; the next free one is taken.")
def demo(no_serve: bool, as_json: bool, lines: int, host: str | None, port: int | None) -> None:
    """Bill a generated month of an example reseller chain, show the result, and serve it.

    Running it again on the same data folder (UNDERLET_DATA, default ./var) changes nothing.
    """
    began = time.monotonic()
    prepare()
    with progress_bar() as bars:
        result = play(acting(), lines, lambda text: _stage(bars, text))
    chosen = replace(settings(), host=host or settings().host, port=port or settings().port)
    chosen = replace(chosen, port=free_port(chosen.host, chosen.port))
    address = f"http://{chosen.host}:{chosen.port}"
    if as_json:
        print_json({**result, "password": PASSWORD, "address": address, "data": str(settings().data)})
    else:
        _show(result, address)
        status.print(f"Ready after {time.monotonic() - began:.0f} s.")
    if not no_serve:
        serve(chosen, lambda ready: status.print(f"Underlet is at [bold]{ready}[/bold]. Ctrl-C ends it."))


@contextmanager
def _stage(bars: Progress, text: str) -> Iterator[Listener]:
    """One line with a bar; it pulses until its work says how far it is."""
    task = bars.add_task(text, total=None)

    def listener(done: int, total: int, _message: str) -> None:
        bars.update(task, completed=done, total=total or None)

    yield listener
    bars.update(task, completed=1, total=1)


def _show(result: dict[str, Any], address: str) -> None:
    console.print(f"\n[bold]{result['period']}, contract by contract[/bold]")
    contracts = _table("seller", "buyer", "invoiced", "", "cost", "margin", "")
    for row in result["contracts"]:
        margin = (_amount(row["cost"]), _amount(row["margin"]), row["margin_currency"])
        contracts.add_row(row["seller"], row["buyer"], _amount(row["posted"]), row["currency"], *margin)
    console.print(contracts)
    console.print("\n[bold]What the providers cost[/bold]")
    costs = _table("provider", "cost", "unassigned", "", "posted", "")
    for row in result["provider_costs"]:
        own = (_amount(row["exact"]), _amount(row["unassigned"]), row["currency"])
        costs.add_row(row["provider"], *own, _amount(row["posted"]), row["reporting_currency"])
    console.print(costs)
    console.print("\n[bold]Margin of each party[/bold]")
    margins = _table("party", "margin", "")
    for row in result["margins"]:
        margins.add_row(row["party"], _amount(row["margin"]), row["currency"])
    console.print(margins)
    console.print(f"\nSign in at [bold]{address}/login[/bold] with the password [bold]{PASSWORD}[/bold] as")
    people = _table("e-mail", "name", "role", "unit")
    for row in result["sign_in"]:
        people.add_row(row["email"], row["name"], row["role"].replace("_", " "), row["unit"])
    console.print(people)


def _table(*names: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in names:
        numbers = name in ("invoiced", "cost", "margin", "unassigned", "posted")
        table.add_column(name, justify="right" if numbers else "left", no_wrap=numbers)
    return table


def _amount(value: str | None) -> str:
    """A decimal for reading: thousands apart, two decimals."""
    return "–" if value is None else f"{half_up(Decimal(value), 2):,}"
