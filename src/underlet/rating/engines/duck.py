"""The DuckDB engine: one pass over the cubes, then small tables (rating-engine.md §5).

Groups are summed first, then priced: factors and unit prices are linear, so no digit is lost. Each edge prices a
group as base × m, with m from the kernel; a group that an edge removes or holds has no price on any deeper edge.
Tables: `own` (chain of each sub-account and day), `grp` (charge groups), `eff` (per rating key and edge: rule and
state), `state` (base, m and j, each distinct combination once), `rated` (groups with their states).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from underlet.foundation.duck import text_literal
from underlet.kernel.errors import DefaultRuleMissing
from underlet.kernel.pricing.factors import Dropped, Multiple, compose, provider_cost
from underlet.kernel.pricing.types import PriceRule
from underlet.rating.engines.columns import AMOUNTS, FLAGS, LINE_KEY, SUB_ACCOUNT_KEY
from underlet.rating.engines.paths import Plan, plan
from underlet.rating.engines.predicates import Predicates
from underlet.rating.engines.results import result_of
from underlet.rating.engines.splits import divide
from underlet.rating.engines.tables import listed, load, run, same
from underlet.rating.engines.types import GAP, UNASSIGNED, RatingInputs, RatingResult
from underlet.rating.engines.widths import AMOUNT, CUBE_COLUMNS, MULTIPLIER, QUANTITY, guard

VERSION = "duck-1"
"""Part of every inputs hash: a change of prices by a change of this engine must show as one."""

OWN, EFF, DIVIDED, PART = "own.parquet", "eff.parquet", "divided.parquet", "part.parquet"
_FAR = "9999-12-31"


def rate(connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, keep_in: Path | None = None) -> RatingResult:
    """Price a month: exact and posted amounts of every line on every edge.

    connection: a fresh one from `foundation.duck` that may read the cubes. keep_in: folder for the Parquet files
    `own` and `eff`, from which every price can be explained. Raises WidthFault, DefaultRuleMissing, InvalidInput
    (a multiplier of 1,000 or more), duckdb.Error or OverflowError for an amount that does not fit.
    """
    the_plan = plan(inputs.period, inputs.paths)
    prepare(connection, inputs, the_plan)
    if keep_in:
        keep(connection, the_plan, keep_in)
    return result_of(connection, inputs, the_plan)


def prepare(connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, the_plan: Plan) -> None:
    """Fill all tables; from them `results` reads the lines of each edge."""
    predicates = Predicates(rule for one in the_plan.rule_sets for rule in one.rules)
    open_cubes(connection, inputs.cubes)
    divide(connection, inputs, the_plan)
    _own(connection, inputs, the_plan)
    _group(connection, predicates)
    _rating_keys(connection, predicates, the_plan)
    _match(connection, predicates, the_plan)
    _compose(connection, the_plan)
    run(
        connection,
        "CREATE TABLE rated AS SELECT g.*, e.* EXCLUDE (path, $key) FROM grp g LEFT JOIN eff e"
        " ON g.path = e.path AND $same",
        key=listed((*_tested(predicates), *FLAGS)),
        same=same((*_tested(predicates), *FLAGS), "g", "e"),
    )


def keep(connection: duckdb.DuckDBPyConnection, the_plan: Plan, folder: Path) -> None:
    """Write as Parquet files what explains prices: `own`, divided charges, and `eff`, which says for each rating
    key and edge k version, rule, outcome, base, m and j."""
    edges = range(1, the_plan.depth + 1)
    load(
        connection,
        "path_version",
        {"path": "INTEGER", **{f"version{k}": "BIGINT" for k in edges}},
        [
            (number, *(path.edges[k - 1].version_id if k <= len(path.edges) else None for k in edges))
            for number, path in enumerate(the_plan.paths, 1)
        ],
    )
    states = [f"s{k}.outcome AS outcome{k}, s{k}.base AS base{k}, s{k}.m AS m{k}, s{k}.j AS j{k}" for k in edges]
    run(
        connection,
        "COPY (SELECT $columns FROM eff e JOIN path_version v USING (path) $joins) TO $file"
        " (FORMAT parquet, COMPRESSION zstd)",
        columns=", ".join(
            [f"e.* EXCLUDE ({listed(f's{k}' for k in (0, *edges))})", "v.* EXCLUDE (path)", *states]
        ),
        joins=" ".join(f"LEFT JOIN state s{k} ON s{k}.id = e.s{k}" for k in edges),
        file=text_literal(str(folder / EFF)),
    )
    for table, name in ((OWN, "own"), (DIVIDED, "divided"), (PART, "part")):
        file = text_literal(str(folder / table))
        run(connection, "COPY $name TO $file (FORMAT parquet, COMPRESSION zstd)", name=name, file=file)


def open_cubes(connection: duckdb.DuckDBPyConnection, cubes: Sequence[Path]) -> None:
    """The view `cube` over the files, in widths that are exact. Raises WidthFault."""
    files = ", ".join(text_literal(str(path)) for path in sorted(cubes))
    run(connection, "CREATE VIEW cube AS SELECT * FROM read_parquet([$files])", files=files)
    guard(connection, "cube", CUBE_COLUMNS)


def _tested(predicates: Predicates) -> tuple[str, ...]:
    return tuple(dimension.value for dimension in predicates.dimensions)


def _words(predicates: Predicates) -> dict[str, str]:
    return {f"w{index}": "BIGINT" for index in range(predicates.words)}


def _own(connection: duckdb.DuckDBPyConnection, inputs: RatingInputs, the_plan: Plan) -> None:
    """Owner and path of every sub-account and day; unassigned is a path too, so that no charge is ever dropped."""
    load(
        connection,
        "ownership",
        {**dict.fromkeys(SUB_ACCOUNT_KEY, "VARCHAR"), "owner": "BIGINT", "first": "DATE", "last": "DATE"},
        [
            (o.provider, o.billing_account, o.sub_account, o.unit_id, str(o.starts_on), str(o.ends_on or _FAR))
            for o in inputs.ownership
        ],
    )
    load(
        connection,
        "epoch",
        {"owner": "BIGINT", "first": "DATE", "last": "DATE", "path": "INTEGER", "outside": "BOOLEAN"},
        [(e.owner, str(e.days.start), str(e.days.end), e.path, e.outside) for e in the_plan.epochs],
    )
    run(
        connection,
        """CREATE TABLE own AS
        SELECT c.*, o.owner, coalesce(e.outside, false) AS outside,
          CAST(CASE WHEN o.owner IS NULL THEN $unassigned ELSE coalesce(e.path, $gap) END AS INTEGER) AS path
        FROM (SELECT DISTINCT $key, x_day FROM charge) c
        LEFT JOIN ownership o ON $same AND c.x_day >= o.first AND c.x_day < o.last
        LEFT JOIN epoch e ON e.owner = o.owner AND c.x_day >= e.first AND c.x_day < e.last""",
        key=listed(SUB_ACCOUNT_KEY),
        same=same(SUB_ACCOUNT_KEY, "c", "o"),
        unassigned=str(UNASSIGNED),
        gap=str(GAP),
    )


def _group(connection: duckdb.DuckDBPyConnection, predicates: Predicates) -> None:
    """Charge groups: all that lines keep apart and rules can tell apart. The one pass over the cubes."""
    sums = [f"CAST(SUM(c.{name}) AS {AMOUNT}) AS {name}" for name in AMOUNTS]
    sums.append(f"CAST(SUM(c.quantity) AS {QUANTITY}) AS quantity")
    run(
        connection,
        "CREATE TABLE grp AS SELECT o.path, $key, $sums, CAST(SUM(c.n) AS BIGINT) AS n"
        " FROM charge c JOIN own o ON $same GROUP BY o.path, $key",
        key=listed(dict.fromkeys((*LINE_KEY, *_tested(predicates), *FLAGS, "PricingUnit")), "c."),
        sums=", ".join(sums),
        same=same((*SUB_ACCOUNT_KEY, "x_day"), "c", "o"),
    )
    guard(connection, "grp", {**dict.fromkeys(AMOUNTS, AMOUNT), "quantity": QUANTITY, "n": "BIGINT"})


def _rating_keys(connection: duckdb.DuckDBPyConnection, predicates: Predicates, the_plan: Plan) -> None:
    """What rules test of a group, and which predicates of its path's rules hold for it."""
    words, tested = _words(predicates), _tested(predicates)
    values = []
    for dimension in predicates.dimensions:
        found = run(connection, "SELECT DISTINCT $name FROM grp WHERE path > 0", name=dimension.value).fetchall()
        values += [
            (dimension.value, value, *predicates.split(predicates.holding(dimension, value))) for (value,) in found
        ]
    load(connection, "held", {"dimension": "VARCHAR", "value": "VARCHAR", **words}, values)
    load(
        connection,
        "path",
        {"path": "INTEGER", **words},
        [
            (number, *predicates.split(predicates.mask(the_plan.rules_of(path))))
            for number, path in enumerate(the_plan.paths, 1)
        ],
    )
    joins = [
        f"JOIN held h{i} ON h{i}.dimension = '{name}' AND h{i}.value IS NOT DISTINCT FROM k.{name}"
        for i, name in enumerate(tested)
    ]
    held = {word: " | ".join([f"h{i}.{word}" for i in range(len(tested))]) or "0" for word in words}
    run(
        connection,
        "CREATE TABLE rating_key AS SELECT k.*, $words"
        " FROM (SELECT DISTINCT path, $key FROM grp WHERE path > 0) k JOIN path p USING (path) $joins",
        key=listed((*tested, *FLAGS)),
        words=", ".join(f"CAST(({held[word]}) & p.{word} AS BIGINT) AS {word}" for word in words),
        joins=" ".join(joins),
    )


def _match(connection: duckdb.DuckDBPyConnection, predicates: Predicates, the_plan: Plan) -> None:
    """The rule that decides, per rule set and set of predicates: the first in listed order that holds."""
    words = _words(predicates)
    load(
        connection,
        "rule_set",
        {"rule_set": "INTEGER", **words},
        [(i, *predicates.split(predicates.mask(one.rules))) for i, one in enumerate(the_plan.rule_sets)],
    )
    numbers = {effect_of(rule): number for number, rule in enumerate(the_plan.effects())}
    load(
        connection,
        "rule",
        {"rule_set": "INTEGER", "position": "INTEGER", "rule": "VARCHAR", "effect": "INTEGER", **words},
        [
            (i, position, rule.id, numbers[effect_of(rule)], *predicates.split(predicates.needed(rule)))
            for i, one in enumerate(the_plan.rule_sets)
            for position, rule in enumerate(one.rules)
        ],
    )
    load(
        connection,
        "path_edge",
        {"path": "INTEGER", "edge": "INTEGER", "rule_set": "INTEGER"},
        [
            (number, edge, rule_set)
            for number, path in enumerate(the_plan.paths, 1)
            for edge, rule_set in enumerate(path.rule_sets, 1)
        ],
    )
    run(
        connection,
        "CREATE TABLE chain AS SELECT DISTINCT path, $key FROM rating_key",
        key=listed((*FLAGS, *words)),
    )
    run(
        connection,
        """CREATE TABLE matched AS
        WITH asked AS (
          SELECT DISTINCT s.rule_set, $masked
          FROM chain c JOIN path_edge USING (path) JOIN rule_set s USING (rule_set)
        ), first AS (
          SELECT a.rule_set, $asked, min(r.position) AS position
          FROM asked a JOIN rule r ON r.rule_set = a.rule_set AND $holds GROUP BY a.rule_set, $asked
        )
        SELECT f.*, r.rule, r.effect FROM first f JOIN rule r USING (rule_set, position)""",
        masked=", ".join(f"c.{word} & s.{word} AS {word}" for word in words),
        asked=listed(words, "a."),
        holds=" AND ".join(f"a.{word} & r.{word} = r.{word}" for word in words),
    )


def effect_of(rule: PriceRule) -> tuple[object, ...]:
    """What a rule does, whatever it is called and tests."""
    return (rule.verb, rule.on_missing_base)


class _States:
    """Every distinct way to price (base, m, j, scale) or not to, numbered."""

    def __init__(self) -> None:
        self.numbers: dict[Multiple | Dropped, int] = {}

    def number(self, state: Multiple | Dropped) -> int:
        return self.numbers.setdefault(state, len(self.numbers))

    def multiples(self) -> dict[int, Multiple]:
        return {number: state for state, number in self.numbers.items() if isinstance(state, Multiple)}

    def rows(self) -> Iterable[tuple[object, ...]]:
        for state, number in self.numbers.items():
            if isinstance(state, Multiple):
                base = f"{state.base.value}{state.scale or ''}"
                yield (number, "priced", base, state.m, state.j)
            else:
                yield (number, state.value, None, None, None)


def _compose(connection: duckdb.DuckDBPyConnection, the_plan: Plan) -> None:
    """Edge by edge, the state of every key; each distinct step is computed once, by the kernel."""
    states, effects = _States(), the_plan.effects()
    words = [name for (name, *_) in run(connection, "DESCRIBE rule_set").fetchall() if name != "rule_set"]
    load(
        connection,
        "start",
        {"path": "INTEGER", "s0": "INTEGER"},
        [
            (number, states.number(provider_cost(path.edges[0].terms.metric)))
            for number, path in enumerate(the_plan.paths, 1)
        ],
    )
    run(connection, "CREATE TABLE chain0 AS SELECT c.*, s.s0 FROM chain c JOIN start s USING (path)")
    for edge in range(1, the_plan.depth + 1):
        _compose_edge(connection, effects, states, edge, words)
    load(
        connection,
        "state",
        {"id": "INTEGER", "outcome": "VARCHAR", "base": "VARCHAR", "m": MULTIPLIER, "j": "INTEGER"},
        states.rows(),
    )
    run(
        connection,
        "CREATE TABLE eff AS SELECT k.* EXCLUDE ($words), c.* EXCLUDE (path, $flags, $words)"
        " FROM rating_key k JOIN chain$last c ON k.path = c.path AND $same",
        words=listed(words),
        flags=listed(FLAGS),
        last=str(the_plan.depth),
        same=same((*FLAGS, *words), "k", "c"),
    )


def _compose_edge(
    connection: duckdb.DuckDBPyConnection,
    effects: Sequence[PriceRule],
    states: _States,
    edge: int,
    words: Sequence[str],
) -> None:
    names = {"k": str(edge), "above": str(edge - 1)}
    run(
        connection,
        """CREATE TABLE step$k AS SELECT c.*, p.rule_set, m.rule AS r$k, m.effect
        FROM chain$above c LEFT JOIN path_edge p ON p.path = c.path AND p.edge = $k
        LEFT JOIN rule_set s USING (rule_set)
        LEFT JOIN matched m ON m.rule_set = p.rule_set AND $holds""",
        **names,
        holds=" AND ".join(f"m.{word} = c.{word} & s.{word}" for word in words),
    )
    multiples = states.multiples()
    steps = []
    for above, effect, has_list, has_quantity in run(
        connection,
        "SELECT DISTINCT s$above, effect, $flags FROM step$k WHERE rule_set IS NOT NULL",
        **names,
        flags=listed(FLAGS),
    ).fetchall():
        if above not in multiples:
            continue  # removed or held above: it stays so (I6)
        if effect is None:
            raise DefaultRuleMissing()
        state = compose(multiples[above], effects[effect], edge, has_list=has_list, has_quantity=has_quantity)
        steps.append((above, effect, has_list, has_quantity, states.number(state)))
    load(
        connection,
        f"composed{edge}",
        {"above": "INTEGER", "effect": "INTEGER", **dict.fromkeys(FLAGS, "BOOLEAN"), "state": "INTEGER"},
        steps,
    )
    run(
        connection,
        """CREATE TABLE chain$k AS
        SELECT t.* EXCLUDE (rule_set, effect, r$k), c.state AS s$k,
          CASE WHEN c.state IS NOT NULL THEN t.r$k END AS r$k
        FROM step$k t LEFT JOIN composed$k c ON c.above = t.s$above AND c.effect = t.effect AND $same""",
        **names,
        same=same(FLAGS, "c", "t"),
    )
