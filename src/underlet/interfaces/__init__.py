"""What people and programs touch: REST API, web pages, command line, worker. No rule lives here."""
