"""Views: thin modules, one per area."""
