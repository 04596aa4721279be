"""`underlet demo`: a billed month of the cast from nothing; once more, and nothing changes."""

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from underlet.access.queries import actor_by_email
from underlet.foundation.database.embedded import attach
from underlet.foundation.reads import ask
from underlet.foundation.settings import settings
from underlet.kernel.errors import FolderNotEmpty
from underlet.kernel.period import Month
from underlet.project.demo import stage
from underlet.project.demo.catalogue import PROVIDERS
from underlet.project.demo.command import demo
from underlet.project.demo.generator import MIN_LINES, generate, shares
from underlet.project.wiring import load


def run_demo() -> dict[str, Any]:
    """The one object that `underlet demo --no-serve --json` prints."""
    load()
    done = CliRunner().invoke(demo, ["--no-serve", "--json", "--lines", str(MIN_LINES)], catch_exceptions=False)
    assert done.exit_code == 0
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def state() -> dict[str, int]:
    """How many rows each table holds, past all policies."""
    with psycopg.connect(attach(settings().data).superuser_conninfo()) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        counts = {}
        for (name,) in tables:
            [(counts[name],)] = connection.execute(
                sql.SQL("select count(*) from {}").format(sql.Identifier(name))
            ).fetchall()
        return counts


def check_documents() -> None:
    """Every invoice is issued and has a PDF; each seller numbers its own from one, without gap."""
    sold: dict[str, list[Any]] = {}
    for seller in stage.SELLERS:
        actor = actor_by_email(f"{stage.ADMINISTRATORS[seller]}@example.com")
        home = ask("unit.mine", actor).items[0]
        sold[seller] = list(ask("invoice.list", actor, str(home.id), {"side": "sold"}).items)
    for invoices in sold.values():
        assert all(invoice.has_pdf and invoice.state == "issued" for invoice in invoices)
        numbers = sorted(int("".join(filter(str.isdigit, invoice.number))[-4:]) for invoice in invoices)
        assert numbers == list(range(1, len(invoices) + 1))
    assert sum(map(len, sold.values())) == len(stage.CONTRACTS)


def check_largest_buyers() -> None:
    """The home page orders buyers by what they paid, not by the size of their currency's unit."""
    ben = actor_by_email("ben@example.com")
    buyers = ask("home.show", ben, str(ask("unit.mine", ben).items[0].id)).top_buyers
    assert buyers[0].name == "Alder IT-Service GmbH"
    assert [buyer.share for buyer in buyers] == sorted((buyer.share for buyer in buyers), reverse=True)


def test_bills_the_whole_chain_and_repeats_without_effect(database: None) -> None:
    """From usage to issued invoices on every edge (R2, R84, R86); a second run changes nothing (M4, I12, I21).

    Unassigned cost stays visibly with the root (P24, R66); contracts are in three currencies; each seller numbers its
    own documents without gap (I16, M8). Gamma's two companies are billed apart, as they account apart (R83).
    """
    first = run_demo()
    contracts = {(row["seller"], row["buyer"]): row for row in first["contracts"]}
    names = {key: data["name"] for key, data in stage.legal_entities().items()}
    assert set(contracts) == {(names[seller], names[buyer]) for seller, buyer, _ in stage.CONTRACTS}
    assert {row["currency"] for row in contracts.values()} == {"EUR", "SEK", "USD"}
    assert all(row["state"] == "issued" and Decimal(row["posted"]) > 0 for row in contracts.values())
    assert all(Decimal(row["margin"]) > 0 for row in first["margins"])
    assert {row["provider"] for row in first["provider_costs"]} == {provider.name for provider in PROVIDERS}
    assert all(0 < Decimal(row["unassigned"]) < Decimal(row["exact"]) for row in first["provider_costs"])
    assert [row["email"] for row in first["sign_in"]] == ["ada@example.com", "ben@example.com", "dan@example.com"]
    check_documents()
    check_largest_buyers()
    before = state()
    assert run_demo() == first
    assert state() == before


def test_leaves_an_installation_of_somebody_else_alone(database: None) -> None:
    from underlet.foundation.operations import run
    from underlet.interfaces.cli.session import acting

    load()
    run("hierarchy.create", acting(), None, {"name": "Our company"})
    before = state()
    with pytest.raises(FolderNotEmpty):
        CliRunner().invoke(demo, ["--no-serve", "--lines", str(MIN_LINES)], catch_exceptions=False)
    assert state() == before


def test_generated_month_is_always_the_same(tmp_path: Path) -> None:
    """The same arguments give the same bytes, one file per provider, with the lines asked for (I14)."""

    def digests(folder: Path) -> list[str]:
        paths = generate(folder, Month(2026, 10), MIN_LINES)
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]

    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert sum(shares(MIN_LINES).values()) == MIN_LINES


def test_refuses_a_month_that_is_too_small(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least"):
        generate(tmp_path, Month(2026, 10), MIN_LINES - 1)
