"""Putting it together: Django settings, addresses, wiring, the demo."""
