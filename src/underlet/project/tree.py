"""The whole tree of commands: the command line's own, the worker, the demo. Needs Django to be set up."""

import click

from underlet.interfaces.cli.main import build
from underlet.interfaces.cli.session import prepare
from underlet.interfaces.worker.main import work
from underlet.project.demo.command import demo


@click.command("worker")
@click.option("--concurrency", type=int, default=1, help="Jobs at a time.")
def worker(concurrency: int) -> None:
    """Run queued jobs until told to stop."""
    prepare()
    work(concurrency=concurrency)


def command_tree() -> click.Group:
    """Everything that `underlet` understands; the registry must be filled."""
    root = build()
    root.add_command(worker)
    root.add_command(demo)
    return root
