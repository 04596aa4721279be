"""The database: embedded server, roles, transactions, the only place raw SQL is run from."""
