"""SCIM 2.0 (RFC 7643, RFC 7644): the interface by which a directory keeps people and groups of a unit (ADR-0042)."""
