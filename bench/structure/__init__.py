"""The structure at a million units: what reads, rights and moves cost, as ratios within one run."""
