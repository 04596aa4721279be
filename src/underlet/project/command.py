"""The `underlet` command: sets Django up, then hands over to the commands of `interfaces.cli` and the demo."""

import os
import sys


def main() -> None:
    """Entry point of the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "underlet.project.settings")
    import django

    django.setup()
    from underlet.project.wiring import load

    load()
    from underlet.interfaces.cli.main import build
    from underlet.project.demo.command import demo

    command = build()
    command.add_command(demo)
    sys.exit(command.main(prog_name="underlet", standalone_mode=False) or 0)
