"""Which chain a charge runs along: epochs within which neither the path nor any rule's dates change.

A path is a sequence of contract versions, each with the rules active in the epoch. Owners under the same contracts
share their paths, and contracts share the rules they are matched against (rating-engine.md §5.3, §5.6).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from underlet.contracts.types import EdgeTerms, PathEpoch
from underlet.kernel.period import DayRange, Month, cut
from underlet.kernel.pricing.types import PriceRule, Terms
from underlet.rating.engines.types import GAP, ROOT


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one contract version that are active in some epoch, in listed order."""

    version_id: int
    rules: tuple[PriceRule, ...]


@dataclass(frozen=True, slots=True)
class ChainPath:
    """A chain of edges, at least one, from the root's contract down. rule_sets: per edge, index in the plan's."""

    edges: tuple[EdgeTerms, ...]
    rule_sets: tuple[int, ...]

    @property
    def terms(self) -> tuple[Terms, ...]:
        """The priced part of each edge."""
        return tuple(edge.terms for edge in self.edges)


@dataclass(frozen=True, slots=True)
class Epoch:
    """Days of an owner on one path.

    path: index in `Plan.paths` + 1, or ROOT or GAP. outside: days before or after the month that no contract
    covered (billing.md §2). versions: the edges that bill too little because of a gap.
    """

    owner: int
    days: DayRange
    path: int
    outside: bool = False
    versions: tuple[int, ...] = ()


@dataclass(slots=True)
class Plan:
    """All paths and rule sets of a run, each once, and the epochs that lead to them."""

    paths: list[ChainPath] = field(default_factory=list)
    rule_sets: list[RuleSet] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    _path_ids: dict[tuple[int, ...], int] = field(default_factory=dict)
    _rule_set_ids: dict[tuple[int, tuple[str, ...]], int] = field(default_factory=dict)

    @property
    def depth(self) -> int:
        """Edges of the longest path."""
        return max((len(path.edges) for path in self.paths), default=0)

    def effects(self) -> list[PriceRule]:
        """One rule for each distinct thing that rules do (verb, answer to a missing base)."""
        rules = (rule for one in self.rule_sets for rule in one.rules)
        return list({(rule.verb, rule.on_missing_base): rule for rule in rules}.values())

    def rules_of(self, path: ChainPath) -> Iterator[PriceRule]:
        """The active rules of all edges of a path."""
        for index in path.rule_sets:
            yield from self.rule_sets[index].rules

    def path_id(self, edges: Sequence[EdgeTerms], day: date) -> int:
        """The number of the chain with the rules of that day, from 1; ROOT for no edges."""
        if not edges:
            return ROOT
        rule_sets = tuple(self._rule_set(edge, day) for edge in edges)
        if rule_sets not in self._path_ids:
            self.paths.append(ChainPath(tuple(edges), rule_sets))
            self._path_ids[rule_sets] = len(self.paths)
        return self._path_ids[rule_sets]

    def _rule_set(self, edge: EdgeTerms, day: date) -> int:
        active = tuple(rule for rule in edge.terms.rules if rule.valid is None or day in rule.valid)
        key = (edge.version_id, tuple(rule.id for rule in active))
        if key not in self._rule_set_ids:
            self._rule_set_ids[key] = len(self.rule_sets)
            self.rule_sets.append(RuleSet(edge.version_id, active))
        return self._rule_set_ids[key]


def plan(period: Month, paths: Mapping[int, tuple[PathEpoch, ...]]) -> Plan:
    """Number the distinct paths and rule sets of a month, and tile each owner's days with them."""
    result = Plan()
    for owner, epochs in sorted(paths.items()):
        first_in_period = _first_covered(period, epochs)
        for epoch in epochs:
            for days in _parts(period, epoch):
                outside = days.start not in period.range and not (epoch.edges and not epoch.gap)
                if outside and first_in_period is not None:
                    edges, day = first_in_period
                    result.epochs.append(Epoch(owner, days, result.path_id(edges, day), outside=True))
                elif epoch.gap:
                    versions = tuple(edge.version_id for edge in epoch.edges)
                    result.epochs.append(Epoch(owner, days, GAP, versions=versions))
                else:
                    result.epochs.append(Epoch(owner, days, result.path_id(epoch.edges, days.start)))
    return result


def _first_covered(period: Month, epochs: Sequence[PathEpoch]) -> tuple[tuple[EdgeTerms, ...], date] | None:
    """The first contracts in force in the month, and their first day in it."""
    for epoch in epochs:
        days = epoch.days.overlap(period.range)
        if days is not None and epoch.edges and not epoch.gap:
            return epoch.edges, days.start
    return None


def _parts(period: Month, epoch: PathEpoch) -> Iterator[DayRange]:
    """The epoch's days, cut where a rule starts or ends and at the month's ends."""
    cuts = {period.start, period.end}
    for edge in epoch.edges:
        for rule in edge.terms.rules:
            if rule.valid is not None:
                cuts |= {rule.valid.start, rule.valid.end or rule.valid.start}
    yield from cut(epoch.days, cuts)
