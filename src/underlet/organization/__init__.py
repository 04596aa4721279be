"""Hierarchies, units and legal entities: the structure that everything else hangs on.

Invariants (customers are leaves, one root, ten levels, no cycle, unique names) are declared in the database;
this package words them. It refuses what the kernel's naming and hierarchy rules refuse.
"""
