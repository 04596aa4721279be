"""The cast with one provider account of Fjord and its sub-accounts, as an import registers them."""

from dataclasses import dataclass
from datetime import date

import pytest

import underlet.contracts.operations  # noqa: F401 (fills the registry; `unit.move` is there)
from tests.cast import Cast, make_cast
from underlet.accounts.operations import assign_sub_account  # noqa: F401 (fills the registry)
from underlet.accounts.steps import register_accounts
from underlet.accounts.types import SeenSubAccount
from underlet.foundation.database.transactions import system
from underlet.foundation.operations import run
from underlet.foundation.reads import ask
from underlet.organization.models import Unit


def seen(name: str, title: str = "", first: str = "2026-01-02", last: str = "2026-10-30") -> SeenSubAccount:
    """A sub-account as a billing file names it."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    return SeenSubAccount("AWS", "payer-1", "Fjord payer", name, title or name, "USD", *days)


@dataclass
class Accounts:
    """The cast, and sub-accounts by the name in their file."""

    cast: Cast
    ids: dict[str, str]

    def assign(
        self, who: str, name: str, unit: str, starts_on: str, ends_on: str | None = None
    ) -> dict[str, object]:
        data = {"unit": self.cast.units[unit], "starts_on": starts_on, "ends_on": ends_on}
        body: dict[str, object] = run("sub_account.assign", self.cast.people[who], self.ids[name], data).body
        return body


def register(cast: Cast, *rows: SeenSubAccount) -> int:
    """What an import does with the sub-accounts of its file."""
    with system():
        return register_accounts(Unit.objects.get(public_id=cast.units["fjord"]), rows)


@pytest.fixture
def accounts(database: None) -> Accounts:
    cast = make_cast()
    assert register(cast, seen("A1", "Shop"), seen("A2", "Data"), seen("A3", "Test")) == 3
    rows = ask("sub_account.list", cast.ada, cast.units["fjord"]).items
    return Accounts(cast, {row.external_id: str(row.id) for row in rows})
