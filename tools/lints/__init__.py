"""Lints of this project: rules of ARCHITECTURE.md that no general tool knows. Run by `make lint`."""
