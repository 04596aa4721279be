"""What a run found that a person should look at, in words; and which invoices wait for it.

Findings are for the root's people. They name units, contracts by their buyer, and rules by position, but never a
price: a rule of a contract further down is not theirs to read (I5).
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from underlet.kernel.money import EXACT
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.rating.engines.types import Concern, RatingResult
from underlet.rating.engines.widths import stripped
from underlet.rating.models import BillingRun
from underlet.rating.pin import Pinned
from underlet.rating.types import Finding


def findings_of(run: BillingRun, pinned: Pinned, result: RatingResult) -> list[Finding]:
    """The findings of a result, those that block first."""
    names = dict(Unit.objects.filter(hierarchy_id=run.hierarchy_id).values_list("id", "name"))
    merged: dict[tuple[str, int | None, int | None, str | None, str, str], Decimal] = defaultdict(Decimal)
    for one in result.concerns:
        version = one.version_ids[0] if one.version_ids and one.owner is None else None
        key = (one.code, one.owner, version, one.rule_id, one.about, one.currency)
        merged[key] = EXACT.add(merged[key], one.amount or Decimal(0))
    found = []
    for (code, owner, version, rule, about, currency), amount in merged.items():
        buyer = names.get(pinned.edges[version].buyer_id, "") if version is not None else ""
        found.append(_finding(code, names.get(owner or 0, ""), buyer, rule, about, stripped(amount), currency))
    found += list(_unused(pinned, result, names))
    return sorted(found, key=lambda finding: (not finding.blocks, finding.code, finding.about, finding.currency))


def _finding(
    code: str, owner: str, buyer: str, rule: str | None, about: str, amount: Decimal, currency: str
) -> Finding:
    match code:
        case "contract_gap":
            return Finding(
                code,
                Sentence("{unit}", unit=owner),
                Sentence(
                    "It has usage on days on which it, or a seller above it, has no contract; the root keeps the cost."
                ),
                Sentence("Add or accept a contract that covers these days, then run the month again."),
                True,
                amount,
                currency,
            )
        case "outside_period":
            return Finding(
                code,
                Sentence("{unit}", unit=owner),
                Sentence(
                    "Charges of this month lie on days before or after it that no contract covers;"
                    " the month's first contract priced them."
                ),
                Sentence(
                    "Nothing, if that is right; else let the contract start earlier and run the month again."
                ),
                False,
                amount,
                currency,
            )
        case "missing_base":
            return Finding(
                code,
                Sentence("Contract of {buyer}, rule {rule}", buyer=buyer, rule=rule or ""),
                Sentence("Some charges have no list price or quantity, and the rule says to hold them."),
                Sentence("Change the rule's answer to a missing base, or add a rule for these charges."),
                True,
                amount,
                currency,
            )
        case _:
            return Finding(
                code,
                Sentence("Contract of {buyer}", buyer=buyer),
                Sentence("There is no exchange rate from {currency}.", currency=about),
                Sentence("Add the rate to the contract, then run the month again."),
                True,
                amount,
                currency,
            )


def _unused(pinned: Pinned, result: RatingResult, names: dict[int, str]) -> Iterator[Finding]:
    by_version: dict[int, list[str]] = defaultdict(list)
    for version_id, rule_id in result.unused_rules:
        by_version[version_id].append(rule_id)
    for version_id, rules in by_version.items():
        listed = ", ".join(sorted(rules, key=int))
        yield Finding(
            "rule_unused",
            Sentence("Contract of {buyer}", buyer=names.get(pinned.edges[version_id].buyer_id, "")),
            Sentence("No charge matched these rules: {rules}.", rules=listed),
            Sentence("Check their conditions, or leave them for later months."),
            False,
        )


def holds_by_version(pinned: Pinned, result: RatingResult) -> dict[str, str]:
    """Contract versions whose invoice would miss charges, with the finding's code; keys are text, as in JSON."""
    holds: dict[str, str] = {}
    for one in result.concerns:
        if one.code != "outside_period":
            for version_id in one.version_ids or _bought_above(pinned, one):
                holds.setdefault(str(version_id), one.code)
    return dict(sorted(holds.items()))


def _bought_above(pinned: Pinned, concern: Concern) -> list[int]:
    """The contracts by which the owner of a gap itself buys: their chain to the root is broken above them."""
    return [id_ for id_, edge in pinned.edges.items() if edge.buyer_id == concern.owner]
