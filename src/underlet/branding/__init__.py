"""Branding per unit: colour, logo, product name; inherited field by field from the nearest ancestor (R94–R96)."""
