"""The `underlet` command: sets Django up and fills the registry, then hands over to the tree of commands."""

import os
import sys

from underlet import __version__


def main() -> None:
    """Entry point of the command line."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"{__version__}\n")  # nobody waits two seconds for that
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "underlet.project.settings")
    import django

    django.setup()
    from underlet.project.wiring import load

    load()
    from underlet.project.tree import command_tree

    sys.exit(command_tree().main(prog_name="underlet", standalone_mode=False) or 0)
