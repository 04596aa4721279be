"""Recording what a run priced: lines, costs, provider cost, checks and findings, in the caller's transaction."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from underlet.accounts.queries import sub_account_names
from underlet.contracts.models import Contract
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.types import to_json
from underlet.kernel.money import EXACT, multiply, round_amount, total
from underlet.kernel.sentence import Sentence, packed
from underlet.rating.engines.duck import VERSION
from underlet.rating.engines.types import AccountTotal, RatedLine, RatingResult
from underlet.rating.findings import findings_of, holds_by_version
from underlet.rating.models import BillingRun
from underlet.rating.pin import Pinned
from underlet.rating.types import Check, Finding

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class _Parties:
    """Units and legal entities of an edge."""

    seller_id: int
    buyer_id: int
    seller_entity_id: int
    buyer_entity_id: int


def record(run: BillingRun, pinned: Pinned, result: RatingResult) -> None:
    """Write a run's result and make it the month's current one, unless a newer run already is; once only."""
    # One run at a time per hierarchy, so that two of the same month settle in order.
    execute("select pg_advisory_xact_lock(hashtext('billing run'), %s)", [run.hierarchy_id])
    if scalar("select state from billing_run where id = %s for update", [run.id]) != "running":
        return
    unpriced = _record_totals(run, pinned, result.totals)
    _record_lines(run, pinned, result.lines)
    checks = [
        *(Check(check.name, check.passed, check.detail) for check in result.checks),
        *_books_checks(run, result.lines),
    ]
    findings = [*findings_of(run, pinned, result), *unpriced]
    state = "done" if all(check.passed for check in checks) and not unpriced else "held"
    manifest = {**pinned.manifest, "holds": holds_by_version(pinned, result)}
    execute(
        "update billing_run set is_current = false where hierarchy_id = %s and period = %s and is_current and"
        " id < %s",
        [run.hierarchy_id, run.period, run.id],
    )
    execute(
        "update billing_run b set state = %s, inputs_hash = %s, result_hash = %s, engine_version = %s, folder ="
        " %s,"
        " manifest = %s, checks = %s, findings = %s, finished_at = %s, is_current = not exists ("
        "  select 1 from billing_run n where n.hierarchy_id = b.hierarchy_id and n.period = b.period and"
        " n.is_current)"
        " where id = %s",
        [
            state,
            pinned.inputs_hash,
            result_hash(pinned, result),
            VERSION,
            f"runs/{run.id}",
            json.dumps(manifest),
            json.dumps(packed(to_json(checks))),
            json.dumps(packed(to_json(findings))),
            now(),
            run.id,
        ],
    )


def result_hash(pinned: Pinned, result: RatingResult) -> str:
    """The name of a result: SHA-256 of all lines as sorted text, contract versions by their public id (I7)."""
    texts = []
    for line in result.lines:
        version = "" if line.version_id is None else pinned.edges[line.version_id].terms.id
        texts.append(json.dumps([version, to_json(line)], sort_keys=True, ensure_ascii=False))
    return hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()


def _record_totals(run: BillingRun, pinned: Pinned, totals: Sequence[AccountTotal]) -> list[Finding]:
    """Post edge 0 per account and currency: HALF_UP(Σ metric × rate) (billing.md §6.9); what has no rate."""
    missing: dict[str, Decimal] = {}
    for one in totals:
        same = one.currency == pinned.reporting_currency
        rate = Decimal(1) if same else pinned.rates.get(one.currency)
        if rate is None:
            missing[one.currency] = EXACT.add(missing.get(one.currency, Decimal(0)), one.exact)
            continue
        execute(
            "insert into provider_cost (run_id, unit_id, provider, billing_account, currency, exact,"
            " unassigned, rate,"
            " reporting_currency, posted) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                run.id,
                run.unit_id,
                one.provider or "",
                one.billing_account or "",
                one.currency,
                one.exact,
                one.unassigned,
                rate,
                pinned.reporting_currency,
                round_amount(multiply(one.exact, rate), pinned.reporting_currency),
            ],
        )
    return [
        Finding(
            "exchange_rate_missing",
            Sentence("Rate of {currency} in {period}", currency=currency, period=str(pinned.inputs.period)),
            Sentence(
                "The root's books have no rate from {currency} to {reporting}, so its cost is not posted.",
                currency=currency,
                reporting=pinned.reporting_currency,
            ),
            Sentence("Set the month's exchange rate, then run the month again."),
            True,
            amount,
            currency,
        )
        for currency, amount in sorted(missing.items())
    ]


def _record_lines(run: BillingRun, pinned: Pinned, lines: Sequence[RatedLine]) -> None:
    parties = _parties(run, pinned)
    names = sub_account_names(run.hierarchy_id)
    for start in range(0, len(lines), _BATCH):
        batch = lines[start : start + _BATCH]
        ids = _insert(run, batch, parties, names)
        costs = [(id_, *cost) for id_, line in zip(ids, batch, strict=True) for cost in line.costs]
        if costs:
            execute(
                "insert into charge_cost (charge_line_id, currency, exact)"
                " select * from unnest(%s::bigint[], %s::text[], %s::numeric[])",
                [list(column) for column in zip(*costs, strict=True)],
            )


def _insert(
    run: BillingRun,
    lines: Sequence[RatedLine],
    parties: Mapping[int | None, _Parties],
    names: Mapping[tuple[str, str, str], str],
) -> list[int]:
    """Insert lines; their ids in the same order."""
    table = [
        (
            line.edge,
            line.outcome.value,
            line.version_id,
            parties[line.version_id].seller_id,
            parties[line.version_id].buyer_id,
            parties[line.version_id].seller_entity_id,
            parties[line.version_id].buyer_entity_id,
            line.provider or "",
            line.billing_account or "",
            line.sub_account,
            names.get((line.provider or "", line.billing_account or "", line.sub_account or ""), ""),
            line.service or "",
            line.charge_category or "",
            line.charge_class,
            line.charge_kind or "",
            line.rule_id,
            line.provider_currency,
            line.currency,
            line.unit_of_measure,
            line.quantity,
            line.exact,
            line.posted,
            line.n,
        )
        for line in lines
    ]
    inserted = rows(
        "insert into charge_line (run_id, edge, outcome, version_id, seller_id, buyer_id, seller_entity_id,"
        " buyer_entity_id, provider, billing_account, sub_account, sub_account_name, service, charge_category,"
        " charge_class, charge_kind, rule_id, provider_currency, currency, unit_of_measure, quantity, exact,"
        " posted, n)"
        " select %s, l.* from unnest(%s::smallint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],"
        " %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::numeric[], %s::numeric[],"
        " %s::numeric[], %s::bigint[]) l returning id",
        [run.id, *(list(column) for column in zip(*table, strict=True))],
    )
    return [id_ for (id_,) in inserted]


def _parties(run: BillingRun, pinned: Pinned) -> dict[int | None, _Parties]:
    """Who sells and buys, by contract version; on edge 0 the root stands on both sides."""
    contracts = {
        contract.id: contract
        for contract in Contract.objects.filter(id__in={edge.contract_id for edge in pinned.edges.values()})
    }
    found: dict[int | None, _Parties] = {
        None: _Parties(run.unit_id, run.unit_id, run.unit.entity_id, run.unit.entity_id)
    }
    for version_id, edge in pinned.edges.items():
        contract = contracts[edge.contract_id]
        found[version_id] = _Parties(
            contract.seller_id, contract.buyer_id, contract.seller_entity_id, contract.buyer_entity_id
        )
    return found


def _books_checks(run: BillingRun, lines: Sequence[RatedLine]) -> Iterator[Check]:
    """What was recorded, read back: I4 posted amounts are the rounded exact ones, I11 each line once."""
    [(count, posted, distinct)] = rows(
        "select count(*), coalesce(sum(posted), 0), count(distinct (version_id, outcome, provider,"
        " billing_account,"
        " sub_account, service, charge_category, charge_class, charge_kind, rule_id, provider_currency))"
        " from charge_line where run_id = %s",
        [run.id],
    )
    expected = total([round_amount(line.exact, line.currency) for line in lines])
    yield Check(
        "I4",
        posted == expected,
        Sentence("{count} lines, each the half-up rounding of its exact amount", count=count),
    )
    yield Check(
        "I11", count == distinct == len(lines), Sentence("Each line is one seller's sale and one buyer's cost")
    )
