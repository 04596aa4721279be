"""Prices of charges along a chain of contracts: types, matching, factors, `Decimal` reference, monthly fees."""
