"""Reads of the contracts context: edges that the reader is party to; for billing runs, the chains of a month."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from underlet.contracts.models import Contract, ContractVersion, PriceRule, RecurringFee
from underlet.contracts.terms import is_sellers_own, sentence, terms_of_version
from underlet.contracts.types import (
    ConditionInput,
    ContractRow,
    ContractView,
    EdgeTerms,
    Fee,
    FeeView,
    ListContracts,
    PathEpoch,
    RuleView,
    VersionView,
)
from underlet.foundation.actor import Actor
from underlet.foundation.clock import today
from underlet.foundation.database.sql import rows, scalar
from underlet.foundation.listing import BY_ID, Order, sorted_page
from underlet.foundation.registry import Subject, query
from underlet.foundation.settings import settings
from underlet.foundation.types import NoInput, Page
from underlet.kernel.period import DayRange, cut
from underlet.kernel.permission import FIGURES, Permission
from underlet.kernel.tax import VatCategory
from underlet.organization.masks import mask_of_edge, reads_raw, shown_of
from underlet.organization.models import Unit
from underlet.organization.queries import UNIT, acts_for, in_group, unit_public_ids, visible_units
from underlet.organization.scope import InEdge, IsParty, deals_of


def visible_contracts(actor: Actor) -> QuerySet[Contract]:
    """Contracts that the actor is party to, drafts of the own side only (first belt).

    Never join the units of either end: the other party's may be hidden.
    """
    if not settings().query_scoping:
        return Contract.objects.all()
    return Contract.objects.filter(
        IsParty(actor), Q(InEdge(actor, "seller")) | Q(InEdge(actor, "buyer"), state="active")
    )


def visible_versions(actor: Actor) -> QuerySet[ContractVersion]:
    """Versions of contracts that the actor is party to (first belt)."""
    return ContractVersion.objects.filter(contract__in=visible_contracts(actor))


def public_ids_of(actor: Actor, ids: Collection[int]) -> dict[int, UUID]:
    """The public ids of those contracts that the actor is party to."""
    return dict(visible_contracts(actor).filter(id__in=ids).values_list("id", "public_id"))


def find_contract(actor: Actor, public_id: UUID) -> Contract | None:
    """The visible contract with this public id."""
    return (
        visible_contracts(actor)
        .annotate(mask=mask_of_edge(actor), keeps=InEdge(actor, "seller", FIGURES))
        .filter(public_id=public_id)
        .first()
    )


def _lock(contract: Contract) -> None:
    rows("select 1 from contract where id = %s for update", [contract.id])


CONTRACT = Subject(
    "contract",
    find_contract,
    lambda row: row.buyer_id,
    lambda row: row.hierarchy_id,
    or_unit_id=lambda row: row.seller_id,
    shown=shown_of,
)
OWN_CONTRACT = Subject(
    "contract", find_contract, lambda row: row.seller_id, lambda row: row.hierarchy_id, _lock, shown=shown_of
)


def state_of(contract: Contract, day: date) -> str:
    """draft, scheduled, active or ended, as of a day."""
    if contract.state == "draft":
        return "draft"
    if contract.ends_on is not None and contract.ends_on <= day:
        return "ended"
    return "scheduled" if contract.starts_on > day else "active"


def _in_state(state: str, day: date) -> Q:
    """Contracts whose `state_of` is this."""
    if state == "draft":
        return Q(state="draft")
    is_ended = Q(ends_on__isnull=False, ends_on__lte=day)
    if state == "ended":
        return ~Q(state="draft") & is_ended
    is_ahead = Q(starts_on__gt=day)
    return ~Q(state="draft") & ~is_ended & (is_ahead if state == "scheduled" else ~is_ahead)


def _current(versions: Sequence[ContractVersion], day: date) -> ContractVersion:
    started = [version for version in versions if version.starts_on <= day]
    return max(started or versions, key=lambda version: version.number)


_ORDERS = {
    "created": BY_ID,
    "buyer": Order("buyer_key", str),
    "seller": Order("seller_key", str),
    "starts": Order("starts_on", date),
    "ends": Order("ends_on", date, is_nullable=True),
}


@query("contract.list", needs=Permission.PRICES, subject=UNIT)
def list_contracts(actor: Actor, unit: Unit, data: ListContracts) -> Page[ContractRow]:
    """List the contracts of a unit and below it, newest first by default: what it buys, and what it sells."""
    found = visible_contracts(actor).filter(deals_of(unit))
    if data.side == "sold":
        found = found.filter(seller_id=unit.id)
    elif data.side == "bought":
        found = found.filter(buyer_id=unit.id)
    found = found.filter(in_group(actor, data.group, "buyer_id"))
    if data.q:
        found = found.filter(Q(seller_name__icontains=data.q) | Q(buyer_name__icontains=data.q))
    if data.state:
        found = found.filter(_in_state(data.state, today()))
    buyer = visible_units(actor).filter(id=OuterRef("buyer_id"))
    found = found.annotate(
        seller_key=Lower("seller_name"),
        buyer_key=Lower("buyer_name"),
        buyer_address=Subquery(buyer.values("public_id")),
    )
    page = sorted_page(found.prefetch_related("versions"), data, data.sort, _ORDERS)
    return Page(tuple(_row(contract, unit) for contract in page.items), page.next)


def _row(contract: Any, unit: Unit) -> ContractRow:
    day = today()
    side = "bought" if contract.buyer_id == unit.id else "sold" if contract.seller_id == unit.id else "below"
    return ContractRow(
        contract.public_id,
        contract.seller_name,
        contract.buyer_name,
        contract.buyer_address,
        side,
        state_of(contract, day),
        _current(list(contract.versions.all()), day).currency,
        contract.starts_on,
        contract.ends_on,
    )


@query("contract.show", needs=Permission.PRICES, subject=CONTRACT)
def show_contract(actor: Actor, contract: Contract, data: NoInput) -> ContractView:
    """Show a contract with its versions: terms, price rules in order, recurring fees (R88, R89)."""
    return contract_view(actor, contract)


def contract_view(actor: Actor, contract: Contract) -> ContractView:
    """A visible contract in full; a buyer's people see their own prices and nothing of how they come about, nor do
    those of the seller's whose role hides its cost or margin."""
    may_edit = acts_for(Permission.CONTRACT_EDIT | FIGURES, contract.seller_id, contract.seller_entity_id)
    # A factor over the seller's cost tells its margin, so it is for those of its people who may see that (A11).
    is_seller = acts_for(FIGURES, contract.seller_id, contract.seller_entity_id)
    mask: str | None = getattr(contract, "mask", None)
    shows_raw = is_seller or (reads_raw(contract.buyer_id, mask) and shows_raw_cost(contract.buyer_id))
    versions = contract.versions.prefetch_related("rules", "fees").order_by("-number")
    buyers = unit_public_ids(actor, [contract.buyer_id])
    return ContractView(
        contract.public_id,
        contract.seller_name,
        contract.buyer_name,
        buyers.get(contract.buyer_id),
        state_of(contract, today()),
        contract.starts_on,
        contract.ends_on,
        may_edit,
        tuple(_version_view(contract, version, is_seller=is_seller, shows_raw=shows_raw) for version in versions),
    )


def days_of(contract: Contract, version: ContractVersion) -> DayRange | None:
    """The days on which a version counts: its own within the contract's; None if a move or an end cut them all."""
    return DayRange(version.starts_on, version.ends_on).overlap(DayRange(contract.starts_on, contract.ends_on))


def _version_view(
    contract: Contract, version: ContractVersion, *, is_seller: bool, shows_raw: bool
) -> VersionView:
    """A version as its reader may know it.

    Provider metric and exchange rates say what the seller buys; a removed charge is not there for the buyer at all
    (I6), so its rule is not either, and positions close up.
    """
    rules = sorted(version.rules.all(), key=lambda rule: rule.position)
    if not is_seller:
        rules = [rule for rule in rules if rule.verb != "remove"]
    days = days_of(contract, version)
    return VersionView(
        version.public_id,
        version.number,
        version.starts_on,
        days.end if days else version.starts_on,
        version.currency,
        version.metric if is_seller or (version.disclose_raw_cost and shows_raw) else None,
        dict(version.rates) if is_seller else {},
        version.disclose_raw_cost,
        version.vat_category,
        version.vat_rate,
        version.payment_days,
        version.used_at,
        tuple(
            _rule_view(position, rule, version, is_seller=is_seller, shows_raw=shows_raw)
            for position, rule in enumerate(rules, 1)
        ),
        tuple(
            FeeView(fee.label, fee.price, fee.quantity, fee.starts_on, fee.ends_on)
            for fee in sorted(version.fees.all(), key=lambda f: f.position)
        ),
    )


def _rule_view(
    position: int, rule: PriceRule, version: ContractVersion, *, is_seller: bool, shows_raw: bool
) -> RuleView:
    """A rule as its reader may know it.

    To the buyer a rule over the seller's cost reads “contract price”: with factor and price it could divide and learn
    the cost (rating-engine.md §7); passing it through is such a rule, with the factor 1, unless it passes on a figure
    of the provider that the buyer may see.
    """
    hidden = not is_seller and is_sellers_own(rule, version, shows_raw=shows_raw)
    return RuleView(
        position,
        rule.label,
        "contract_price" if hidden else rule.verb,
        None if hidden else rule.base,
        None if hidden else rule.percent,
        rule.price,
        rule.on_missing_base if is_seller else None,
        tuple(ConditionInput.model_validate(value) for value in rule.conditions),
        rule.starts_on,
        rule.ends_on,
        sentence(rule, version, for_buyer=not is_seller, shows_raw=shows_raw),
    )


def raw_cost_disclosed(unit_id: int, day: date) -> bool:
    """Whether every contract in force on the day, from the root down to the unit, discloses raw cost (R24)."""
    return bool(scalar("select raw_cost_disclosed(%s, %s)", [unit_id, day]))


def shows_raw_cost(unit_id: int) -> bool:
    """Whether a unit may see the provider's figures today: all contracts above disclose them, and so does its price
    type, if it is a customer. False for a unit that is hidden from the reader.
    """
    asked = "select (kind = 'organization' or price_type = 'raw_cost_only') and raw_cost_disclosed(id, %s)"
    return bool(scalar(asked + " from unit where id = %s", [today(), unit_id]))


def disclosing_versions(ids: Collection[int]) -> frozenset[int]:
    """Those of the contract versions that disclose raw cost, also where they are hidden from the reader."""
    return frozenset(scalar("select disclosing_versions(%s)", [list(ids)]))


# --- for billing runs, as the system -------------------------------------------------------------


def edges_in(hierarchy_id: int, days: DayRange) -> list[EdgeTerms]:
    """Every active contract version of a hierarchy that touches the days."""
    versions = list(
        ContractVersion.objects.filter(hierarchy_id=hierarchy_id, contract__state="active", starts_on__lt=days.end)
        .filter(Q(ends_on=None) | Q(ends_on__gt=days.start))
        .filter(Q(contract__ends_on=None) | Q(contract__ends_on__gt=days.start))
        .select_related("contract")
        .order_by("contract_id", "number")
    )
    rules: dict[int, list[PriceRule]] = defaultdict(list)
    fees: dict[int, list[RecurringFee]] = defaultdict(list)
    ids = [version.id for version in versions]
    for rule in PriceRule.objects.filter(version_id__in=ids).order_by("version_id", "position"):
        rules[rule.version_id].append(rule)
    for fee in RecurringFee.objects.filter(version_id__in=ids).order_by("version_id", "position"):
        fees[fee.version_id].append(fee)
    edges = []
    for version in versions:
        contract = version.contract
        own = days_of(contract, version)
        if own is None:
            continue
        edges.append(
            EdgeTerms(
                terms_of_version(version, rules[version.id]),
                version.id,
                contract.id,
                contract.seller_id,
                contract.buyer_id,
                own,
                VatCategory(version.vat_category),
                version.vat_rate,
                version.payment_days,
                tuple(
                    Fee(fee.label, Decimal(fee.price), Decimal(fee.quantity), DayRange(fee.starts_on, fee.ends_on))
                    for fee in fees[version.id]
                ),
            )
        )
    return edges


def paths_in(hierarchy_id: int, days: DayRange, owners: Sequence[int]) -> dict[int, tuple[PathEpoch, ...]]:
    """The path of contracts from the root to each owner, tiled over the days (billing.md §1, §2).

    owners: unit ids. A unit without a contract rolls up to the nearest billing party above it; a customer without
    one is a `gap`, and so is a seller below the root that is nobody's buyer.
    """
    edges = edges_in(hierarchy_id, days)
    by_buyer: dict[int, list[EdgeTerms]] = defaultdict(list)
    for edge in edges:
        by_buyer[edge.buyer_id].append(edge)
    units = {unit.id: unit for unit in Unit.objects.filter(hierarchy_id=hierarchy_id, id__in=_ancestors(owners))}
    return {owner: _epochs(owner, days, by_buyer, units) for owner in owners}


def _ancestors(owners: Sequence[int]) -> list[int]:
    found = rows("select distinct a from unit u, unnest(u.anc) a where u.id = any (%s)", [list(owners)])
    return [id_ for (id_,) in found]


def _epochs(
    owner: int, days: DayRange, by_buyer: Mapping[int, list[EdgeTerms]], units: Mapping[int, Unit]
) -> tuple[PathEpoch, ...]:
    above = units[owner].anc
    related = [edge for unit_id in above for edge in by_buyer.get(unit_id, ())]
    sellers = {edge.seller_id for edge in related} - set(above)
    related += [edge for seller in sellers for edge in by_buyer.get(seller, ())]
    cuts = {day for edge in related for day in (edge.days.start, edge.days.end) if day}
    epochs = []
    for part in cut(days, cuts):
        path, gap = _path(owner, part.start, by_buyer, units)
        epochs.append(PathEpoch(part, path, gap))
    return tuple(epochs)


def _path(
    owner: int, day: date, by_buyer: Mapping[int, list[EdgeTerms]], units: Mapping[int, Unit]
) -> tuple[tuple[EdgeTerms, ...], str]:
    """Edges from the root to the owner on one day, walking contracts up from the nearest billing party."""

    def bought(unit_id: int) -> EdgeTerms | None:
        return next((edge for edge in by_buyer.get(unit_id, ()) if day in edge.days), None)

    root = units[owner].anc[0]
    gap = "customer" if units[owner].kind == "customer" and bought(owner) is None else ""
    party = next((id_ for id_ in reversed(units[owner].anc) if id_ == root or bought(id_)), root)
    path: list[EdgeTerms] = []
    while party != root:
        edge = bought(party)
        if edge is None:
            # Not a party to anything above: what it sells cannot be priced down from the root.
            return (), "seller"
        path.append(edge)
        party = edge.seller_id
    return tuple(reversed(path)), gap
