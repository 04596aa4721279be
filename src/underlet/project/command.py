"""The `underlet` command: sets Django up and fills the registry, then hands over to the tree of commands."""

import os
import sys


def main() -> None:
    """Entry point of the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "underlet.project.settings")
    import django

    django.setup()
    from underlet.project.wiring import load

    load()
    from underlet.project.tree import command_tree

    sys.exit(command_tree().main(prog_name="underlet", standalone_mode=False) or 0)
