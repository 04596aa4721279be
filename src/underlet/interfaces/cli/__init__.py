"""The `underlet` command: one sub-command per registry entry, made from the registry, and a few for running it."""
