"""REST API under /api/v1: a translation of the registry, nothing else."""
