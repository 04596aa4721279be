"""Figures across contexts: what a billing party bought, sold and kept, month by month.

Reads only, each from the selectors of the contexts below, so a figure holds nothing that its reader could not read
line by line. Margin is a difference of posted amounts (billing.md §6.9); nothing here feeds back into a price.
"""
