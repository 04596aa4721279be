"""The second SQL text that touches usage lines: `rate_lines`, for views of lines and as a check of the cube path.

It reads the relations `lines` (usage lines), `own` and `eff` (as `duck.keep` writes them). One text per depth.
"""

from collections.abc import Sequence

from underlet.rating.engines.columns import FLAGS, LINE_KEY, SUB_ACCOUNT_KEY
from underlet.rating.engines.tables import listed, same, sql
from underlet.rating.engines.widths import AMOUNT, SUM

_BASE = f"""CASE e.base$k WHEN 'effective' THEN l.EffectiveCost WHEN 'contracted' THEN l.ContractedCost
 WHEN 'billed' THEN l.BilledCost WHEN 'direct' THEN l.x_direct WHEN 'list' THEN l.ListCost
 WHEN 'quantity' THEN CAST(l.x_quantity AS {AMOUNT})
 WHEN 'quantity3' THEN CAST(l.x_quantity * CAST(1000 AS DECIMAL(4,0)) AS {AMOUNT})
 WHEN 'quantity6' THEN CAST(l.x_quantity * CAST(1000000 AS DECIMAL(7,0)) AS {AMOUNT}) END"""


def rate_lines_sql(depth: int, tested: Sequence[str]) -> str:
    """Σ base × m per path and line key for edges 1..depth (p1, p2, …), before exchange, straight from lines.

    tested: the dimensions that `eff` is keyed by, besides the flags.
    """
    sums = [f"CAST(SUM({sql(_BASE, k=str(k))} * e.m{k}) AS {SUM}) AS p{k}" for k in range(1, depth + 1)]
    return sql(
        """SELECT o.path, $key, $sums, COUNT(*) AS n
FROM lines l JOIN own o ON $owned JOIN eff e ON e.path = o.path AND $keyed
GROUP BY o.path, $key""",
        key=listed(LINE_KEY, "l."),
        sums=",\n ".join(sums),
        owned=same((*SUB_ACCOUNT_KEY, "x_day"), "l", "o"),
        keyed=same((*tested, *FLAGS), "l", "e"),
    )
