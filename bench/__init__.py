"""Benchmarks: figures as ratios against a baseline of the same run, so that the machine hardly matters."""
