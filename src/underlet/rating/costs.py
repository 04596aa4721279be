"""What a buyer's priced charges cost on the provider's bill, metric by metric (R24), from what their run kept.

Only charges that reach the buyer count: what an edge above removed is not there (I6). Contracted, effective and billed
cost are of the days on which every contract of the chain disclosed raw cost, whatever was agreed since; list cost is
of all.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from underlet.contracts.queries import disclosing_versions
from underlet.kernel.money import EXACT
from underlet.kernel.price_type import RAW_METRICS, CostMetric
from underlet.rating.basis import folder_of, read_basis
from underlet.rating.engines.tables import listed, run
from underlet.rating.engines.widths import stripped
from underlet.rating.kept import OWNED, kept_tables

_SUM_OF = {
    CostMetric.LIST: "SUM(c.list_cost) FILTER (c.x_has_list)",
    CostMetric.CONTRACTED: "SUM(c.contracted)",
    CostMetric.EFFECTIVE: "SUM(c.effective)",
    CostMetric.BILLED: "SUM(c.billed)",
}
"""A list price that the bill does not give is not zero (billing.md §3)."""

_SUMS = """SELECT c.ServiceName, c.SubAccountId, c.BillingCurrency, [$versions], $sums
FROM charge c JOIN own o ON $owned JOIN eff e ON e.path = o.path AND $keyed
WHERE e.version$k IN (SELECT unnest(CAST(? AS BIGINT[]))) AND e.outcome$k = 'priced'
GROUP BY ALL ORDER BY ALL"""


@dataclass(frozen=True, slots=True)
class BillKey:
    """What figures of the bill are summed by. currency: the provider's."""

    service: str
    sub_account: str
    currency: str


Bill = Mapping[BillKey, Mapping[CostMetric, Decimal]]


def bill_of(run_id: int, version_ids: Collection[int], metrics: frozenset[CostMetric]) -> Bill:
    """The figures of the provider's bill behind the priced lines of some contract versions; only these metrics.

    Exact, in the provider's currency. Empty when the run's files are gone.
    """
    wanted = [metric for metric in _SUM_OF if metric in metrics]
    found: dict[BillKey, dict[CostMetric, Decimal]] = {}
    if not wanted:
        return found
    sums = listed(f"CAST({_SUM_OF[metric]} AS DECIMAL(38,12))" for metric in wanted)
    folder = folder_of(run_id)
    try:
        rows = []
        with kept_tables(folder, read_basis(folder)) as kept:
            for edge in range(1, kept.depth + 1):
                versions = listed(f"e.version{k}" for k in range(1, edge + 1))
                rows += run(
                    kept.connection, _SUMS, [list(version_ids)], k=str(edge), versions=versions, sums=sums,
                    owned=OWNED, keyed=kept.keyed,
                ).fetchall()  # fmt: skip
    except FileNotFoundError:
        return {}
    chains = {version for _, _, _, chain, *_ in rows for version in chain}
    disclosing = disclosing_versions(chains) if RAW_METRICS & metrics else frozenset()
    for service, sub_account, currency, chain, *amounts in rows:
        sums_of = found.setdefault(BillKey(service or "", sub_account or "", currency), {})
        for metric, amount in zip(wanted, amounts, strict=True):
            is_open = metric not in RAW_METRICS or disclosing.issuperset(chain)
            if is_open and amount is not None:
                sums_of[metric] = stripped(EXACT.add(sums_of.get(metric, Decimal(0)), amount))
    return found
