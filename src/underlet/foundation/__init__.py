"""Plumbing without business words: operations, reads, actors, audit, jobs, clock, settings, the database.

Tables kept here hold bare ids; the context that owns the target adds the foreign key.
"""
