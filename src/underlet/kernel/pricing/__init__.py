"""Prices of charges along a chain of contracts: rule types, the `Decimal` reference evaluator, explanation."""
