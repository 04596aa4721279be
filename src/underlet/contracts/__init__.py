"""Contracts: who sells to whom, in which currency, at which prices, over which days.

A buyer has one contract a day; its seller is the nearest billing ancestor when the contract is made; a version that
an issued document rests on never changes.
"""
