"""Drafts, issued invoices, their numbers and documents.

An issued document never changes: the database refuses it. Numbers are gapless per seller, taken as the last step
of issuing. Every rendering is a pure function of the stored snapshot.
"""
