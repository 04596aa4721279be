"""A whole structure as a file: writing it, reading it, and making the hierarchy like it."""
