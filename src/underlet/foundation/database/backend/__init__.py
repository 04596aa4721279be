"""Django's Postgres backend, which finds the server when it first connects."""
