"""Engines: usage cubes × chains of contracts -> exact sums by line. One so far: DuckDB, hand-written SQL.

`paths` says which chain a charge runs along, `predicates` what rules can tell apart, `duck` sums and multiplies,
`lines` converts and rounds. Factors come from `kernel.pricing`; SQL only multiplies and adds, on wide decimals.
"""
