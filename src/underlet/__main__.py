"""`python -m underlet` is the `underlet` command."""

from underlet.project.command import main

main()
