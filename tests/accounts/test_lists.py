"""account.list, sub_account.list, sub_account.show: who learns what about an account."""

import pytest

from tests.accounts.conftest import Accounts, register, seen
from underlet.foundation.reads import ask
from underlet.kernel import errors


def names(accounts: Accounts, who: str, unit: str, **filters: str) -> list[str]:
    page = ask("sub_account.list", accounts.cast.people[who], accounts.cast.units[unit], filters)
    return [row.name for row in page.items]


def test_everybody_finds_their_own(accounts: Accounts) -> None:
    """R35, R67: by owner and by the account's own unit."""
    accounts.assign("ada", "A1", "acme", "2026-01-01")
    accounts.assign("ada", "A2", "beta", "2026-01-01")
    assert names(accounts, "ada", "fjord") == ["Data", "Shop", "Test"]
    assert names(accounts, "ben", "birch") == ["Data", "Shop"]
    assert names(accounts, "cleo", "alder") == names(accounts, "dan", "acme") == ["Shop"]
    assert names(accounts, "ada", "cedar") == []


def test_filters(accounts: Accounts) -> None:
    """R18, R67, P24: by part of name or id, and by today's owner."""
    accounts.assign("ada", "A1", "acme", "2026-01-01")
    accounts.assign("ada", "A2", "acme", "2026-01-01", "2026-02-01")
    assert names(accounts, "ada", "fjord", q="sho") == names(accounts, "ada", "fjord", q="a1") == ["Shop"]
    assert names(accounts, "ada", "fjord", state="unassigned") == ["Data", "Test"]
    assert names(accounts, "ada", "fjord", state="assigned") == ["Shop"]


def test_an_owner_learns_its_own_days_and_nothing_of_the_payer(accounts: Accounts) -> None:
    """A1, I5: not who owned it before, nor since when it exists, nor the account of the unit above."""
    accounts.assign("ada", "A1", "acme", "2026-01-01", "2026-04-16")
    accounts.assign("ada", "A1", "beta", "2026-04-16")
    [row] = ask("sub_account.list", accounts.cast.bea, accounts.cast.units["beta"]).items
    assert (str(row.first_on), str(row.last_on), row.account) == ("2026-04-16", "2026-10-30", "")
    assert [one.unit.name for one in row.assignments] == ["beta.example.org"]
    assert ask("sub_account.show", accounts.cast.bea, str(row.id)) == row
    shown = ask("sub_account.show", accounts.cast.dan, str(row.id))
    assert (str(shown.first_on), str(shown.last_on), shown.owner) == ("2026-01-02", "2026-04-15", None)
    [account] = ask("account.list", accounts.cast.bea, accounts.cast.units["beta"]).items
    assert (account.provider, account.external_id, account.name, account.sub_accounts) == ("AWS", "", "", 1)
    [whole] = ask("account.list", accounts.cast.ada, accounts.cast.units["fjord"]).items
    assert (whole.external_id, whole.name, whole.sub_accounts) == ("payer-1", "Fjord payer", 3)
    with pytest.raises(errors.NotFound):
        ask("sub_account.show", accounts.cast.eve, str(row.id))


def test_a_later_file_widens_the_days_and_renames(accounts: Accounts) -> None:
    """I12: the same file again changes nothing."""
    before = ask("sub_account.list", accounts.cast.ada, accounts.cast.units["fjord"])
    assert register(accounts.cast, seen("A1", "Shop")) == 0
    assert ask("sub_account.list", accounts.cast.ada, accounts.cast.units["fjord"]) == before
    assert register(accounts.cast, seen("A1", "Store", "2025-12-01", "2025-12-31"), seen("A9")) == 1
    row = ask("sub_account.show", accounts.cast.ada, accounts.ids["A1"])
    assert (row.name, str(row.first_on), str(row.last_on)) == ("Store", "2025-12-01", "2026-10-30")
