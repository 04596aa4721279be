"""Refusals: stable codes, one class each, texts that a reader can act on."""

import re

import pytest

from underlet.kernel import errors
from underlet.kernel.errors import ContractOverlap, ImportRejected, InvalidInput, NotFound, Refusal

REFUSALS = sorted(Refusal.__subclasses__(), key=lambda one: one.__name__)

CODES = """
access: unauthenticated forbidden not_found invalid_input wrong_state version_conflict idempotency_mismatch
rate_limited
structure: depth_exceeded parent_must_be_organization move_into_own_subtree root_cannot_move unit_in_use
moves: move_already_scheduled
names: name_pattern name_taken name_unavailable name_frozen price_type_frozen
anchors: customer_organization_inactive customer_organization_permanent customer_organization_in_use
 customer_organization_accepts_no_accounts customer_organization_not_billed grant_exceeds_ceiling
accounts: assignment_overlap import_rejected file_rejected
contracts: contract_overlap contract_gap seller_not_nearest base_not_disclosed default_rule_missing missing_base
version_used
closing: period_closed run_held issue_blocked document_issued currency_unsupported exchange_rate_missing
software: busy database_unavailable mail_not_sent address_not_allowed call_failed setup_incomplete
"""
"""Codes that programs of others rely on: one may be added, none may change or go."""


def test_codes_never_change() -> None:
    """requirements.md §5: codes are stable strings."""
    promised = set(re.findall(r"(?<![\w:])[a-z_]+(?![\w:])", CODES))
    assert promised <= {one.code() for one in REFUSALS}


def test_codes_are_unique_snake_case() -> None:
    """The code is the class name in snake case; no two classes share one."""
    codes = [one.code() for one in REFUSALS]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)
    assert ContractOverlap.code() == "contract_overlap"


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: one.__name__)
def test_every_refusal_can_be_shown(refusal: type[Refusal]) -> None:
    """Each has a sentence, an HTTP status of a refusal or an outage, and the body that all interfaces show."""
    body = refusal().as_dict()
    assert body["error"] == refusal.code()
    assert str(body["detail"]).endswith(".")
    assert refusal.status in {401, 403, 404, 409, 422, 429, 503}
    assert set(body) == {"error", "detail", "hint"}


def test_not_found_never_varies() -> None:
    """Absent and hidden answer with the same bytes."""
    assert NotFound().as_dict() == NotFound().as_dict()
    assert NotFound.status == 404


def test_fields_name_inputs_and_do_not_change() -> None:
    """Fields are keyed by input path and copied, so a caller cannot alter a refusal that was raised."""
    fields = {"rules.0.percent": "Too large."}
    refusal = InvalidInput(fields=fields)
    fields.clear()
    assert refusal.as_dict()["fields"] == {"rules.0.percent": "Too large."}


def test_import_rejected_counts_all_errors() -> None:
    """The list may be cut, the count never is."""
    error = errors.FileError("bad_decimal", "Write 12.34.", record=3, line=4, column="BilledCost", value="1,2")
    assert ImportRejected(errors=[error]).count == 1
    assert ImportRejected(errors=[error], count=500).count == 500
