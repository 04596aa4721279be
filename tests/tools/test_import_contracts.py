"""The import contracts of pyproject.toml: the real imports keep all of them, a planted one breaks its own."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
TYPES: dict[str, Any] = {
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
    "protected": ProtectedContract,
}
PLANTED = [
    ("down", "underlet.accounts.queries", "underlet.contracts.queries"),
    ("down", "underlet.foundation.jobs", "underlet.organization.types"),
    ("down", "underlet.usage.queries", "underlet.contracts.queries"),
    ("down", "underlet.newcomer", "underlet.kernel.money"),
    ("independent-interfaces", "underlet.interfaces.web.frame", "underlet.interfaces.api.bind"),
    ("pure-kernel", "underlet.kernel.money", "django"),
    ("steps", "underlet.interfaces.web.frame", "underlet.accounts.steps"),
    ("duckdb", "underlet.interfaces.web.frame", "duckdb"),
    ("duckdb", "underlet.contracts.queries", "underlet.foundation.duck"),
    ("engines", "underlet.invoicing.models", "underlet.rating.engines"),
    ("organization-models", "underlet.interfaces.web.frame", "underlet.organization.models"),
    ("access-models", "underlet.invoicing.models", "underlet.access.models"),
    ("accounts-models", "underlet.usage.queries", "underlet.accounts.models"),
    ("contracts-models", "underlet.interfaces.api.bind", "underlet.contracts.models"),
    ("usage-models", "underlet.rating.models", "underlet.usage.models"),
    ("rating-models", "underlet.interfaces.web.frame", "underlet.rating.models"),
    ("invoicing-models", "underlet.reporting", "underlet.invoicing.models"),
    ("organization-operations", "underlet.contracts.operations", "underlet.organization.operations"),
    ("access-operations", "underlet.invoicing.models", "underlet.access.operations"),
    ("branding-operations", "underlet.contracts.operations", "underlet.branding.operations"),
    ("accounts-operations", "underlet.usage.jobs", "underlet.accounts.operations"),
    ("contracts-operations", "underlet.rating.models", "underlet.contracts.operations"),
    ("usage-operations", "underlet.rating.models", "underlet.usage.operations"),
    ("rating-operations", "underlet.invoicing.models", "underlet.rating.operations"),
    ("invoicing-operations", "underlet.reporting", "underlet.invoicing.operations"),
]


@cache
def configuration() -> dict[str, Any]:
    return read_configuration(str(PYPROJECT))


@cache
def real_imports() -> grimp.ImportGraph:
    return grimp.build_graph("underlet", include_external_packages=True, cache_dir=None)


def broken(graph: grimp.ImportGraph) -> set[str]:
    """Ids of the contracts that the imports break."""
    found = set()
    for options in configuration()["contracts_options"]:
        session = configuration()["session_options"]
        contract = TYPES[options["type"]](options["name"], session, options)
        if not contract.check(deepcopy(graph), verbose=False).kept:
            found.add(options["id"])
    return found


def test_real_imports_keep_every_contract() -> None:
    assert broken(real_imports()) == set()


@pytest.mark.parametrize(("contract", "importer", "imported"), PLANTED)
def test_a_planted_import_breaks_exactly_its_contract(contract: str, importer: str, imported: str) -> None:
    graph = deepcopy(real_imports())
    for name in (importer, imported):
        if name not in graph.modules:
            graph.add_module(name)
    graph.add_import(importer=importer, imported=imported, line_number=1, line_contents="import planted")
    assert broken(graph) == {contract}


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _, _ in PLANTED} == {one["id"] for one in configuration()["contracts_options"]}
