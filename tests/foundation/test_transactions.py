"""Transactions carry role and actor, and pooled connections carry nothing over (A10)."""

from underlet.foundation.database.sql import scalar
from underlet.foundation.database.transactions import system


def test_the_software_itself_acts_as_the_system_role(database: None) -> None:
    with system():
        assert scalar("select current_user") == "underlet_system"
    assert scalar("select current_user") == "underlet_session"
