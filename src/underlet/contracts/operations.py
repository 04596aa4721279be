"""Writes of the contracts context; also `unit.move`, which ends contracts and drafts successors, and `unit.archive`.

Who makes, changes or ends a contract acts for its seller: holding a permission in the seller's unit from further up
the tree is not enough, because prices belong to their edge.
"""

import json
from datetime import date

import underlet.contracts.move_operations
import underlet.contracts.scheduled  # noqa: F401 (both fill the registry)
from underlet.contracts.archive import archive_obstacles, in_use, ties
from underlet.contracts.models import Contract, ContractVersion
from underlet.contracts.queries import OWN_CONTRACT, contract_view, raw_cost_disclosed
from underlet.contracts.terms import terms_of_input
from underlet.contracts.types import (
    ContractView,
    CreateContract,
    Discarded,
    EndContract,
    ReviseContract,
    TermsInput,
)
from underlet.foundation.actor import Actor
from underlet.foundation.clock import now
from underlet.foundation.database.sql import execute, scalar
from underlet.foundation.registry import operation
from underlet.foundation.types import NoInput
from underlet.kernel.errors import (
    BaseNotDisclosed,
    ContractOverlap,
    CustomerOrganizationNotBilled,
    Forbidden,
    InvalidInput,
    RawCostAltered,
    RawCostNotDisclosed,
    SellerNotNearest,
    VersionUsed,
    WrongState,
)
from underlet.kernel.hierarchy import UnitKind
from underlet.kernel.period import DayRange
from underlet.kernel.permission import Permission
from underlet.kernel.price_type import PriceType
from underlet.kernel.pricing.reference import validate_terms
from underlet.kernel.pricing.types import Metric
from underlet.kernel.sentence import Sentence
from underlet.organization.models import Unit
from underlet.organization.queries import MOVING_UNIT, PARENT, acts_for, find_unit, unit_view, visible_units
from underlet.organization.steps import set_archived
from underlet.organization.types import UnitView

_NEEDED = Sentence("This kind of rule needs this value.")
_NOT_TAKEN = Sentence("This kind of rule takes no such value.")
_NOT_YOURS = Sentence("Raw cost is not disclosed to the seller.")


@operation("contract.create", needs=Permission.CONTRACT_EDIT, subject=PARENT, states={"active"})
def create_contract(actor: Actor, seller: Unit, data: CreateContract) -> ContractView:
    """Make a contract by which this unit sells to a unit below it (R84, R85).

    Raises SellerNotNearest, ContractOverlap, DefaultRuleMissing, BaseNotDisclosed, RawCostNotDisclosed, RawCostAltered
    (R25), CustomerOrganizationNotBilled (R74), InvalidInput, and Forbidden for who does not act for the seller's legal
    entity.
    """
    _require_side(seller.id, seller.entity_id)
    buyer = find_unit(actor, data.buyer)
    if buyer is None or buyer.id == seller.id or seller.id not in buyer.anc:
        raise InvalidInput(fields={"buyer": "Choose a unit below the seller."})
    if buyer.anchors:
        raise CustomerOrganizationNotBilled()
    days = _days(data.starts_on, data.ends_on, "ends_on")
    if buyer.state != "active" and not (data.draft and buyer.state == "draft"):
        raise InvalidInput(fields={"buyer": WrongState.of(buyer.state).detail})
    _check_nearest(seller.id, buyer.id, days.start)
    _check_terms(seller, data, data.starts_on)
    _check_raw_cost(seller, buyer, data, data.starts_on)
    if not data.draft:
        _check_free(buyer.id, days)
    contract = Contract.objects.bulk_create(
        [
            Contract(
                hierarchy_id=seller.hierarchy_id,
                seller=seller,
                buyer=buyer,
                seller_entity=seller.entity,
                buyer_entity=buyer.entity,
                seller_name=seller.entity.name,
                buyer_name=buyer.entity.name,
                state="draft" if data.draft else "active",
                starts_on=days.start,
                ends_on=days.end,
                created_at=now(),
            )
        ]
    )[0]
    _add_version(contract, 1, data.starts_on, data)
    return contract_view(actor, contract)


@operation(
    "contract.accept", needs=Permission.CONTRACT_EDIT, subject=OWN_CONTRACT, states={"draft"}, audit=("state",)
)
def accept_contract(actor: Actor, contract: Contract, data: NoInput) -> ContractView:
    """Put a draft in force from its first day.

    Raises ContractOverlap, SellerNotNearest, and RawCostNotDisclosed for a draft that discloses, or passes on, what its
    seller may not see.
    """
    _require_side(contract.seller_id, contract.seller_entity_id)
    _check_nearest(contract.seller_id, contract.buyer_id, contract.starts_on)
    _check_free(contract.buyer_id, DayRange(contract.starts_on, contract.ends_on), contract.id)
    reveals = any(one.disclose_raw_cost or one.metric != Metric.EFFECTIVE for one in contract.versions.all())
    if reveals and not raw_cost_disclosed(contract.seller_id, contract.starts_on):
        raise RawCostNotDisclosed()
    contract.state = "active"
    contract.save(update_fields=["state"])
    return contract_view(actor, contract)


@operation("contract.discard", needs=Permission.CONTRACT_EDIT, subject=OWN_CONTRACT, states={"draft"})
def discard_contract(actor: Actor, contract: Contract, data: NoInput) -> Discarded:
    """Throw a draft away; a contract that was in force is ended instead."""
    _require_side(contract.seller_id, contract.seller_entity_id)
    _drop_versions(contract)
    contract.delete()
    return Discarded(contract.public_id)


@operation("contract.revise", needs=Permission.CONTRACT_EDIT, subject=OWN_CONTRACT)
def revise_contract(actor: Actor, contract: Contract, data: ReviseContract) -> ContractView:
    """Agree new terms from a day on; the version before ends there and keeps its terms (P27).

    Raises VersionUsed for days that an issued document already rests on, and what terms are refused for when a contract
    is made.
    """
    _require_side(contract.seller_id, contract.seller_entity_id)
    latest = contract.versions.order_by("-number")[0]
    replaces = contract.state == "draft" and data.starts_on == contract.starts_on
    if not replaces and data.starts_on <= latest.starts_on:
        later = Sentence("The newest version starts on {day}; choose a later day.", day=latest.starts_on)
        raise InvalidInput(fields={"starts_on": later})
    if contract.ends_on is not None and data.starts_on >= contract.ends_on:
        raise InvalidInput(fields={"starts_on": Sentence("The contract ends on {day}.", day=contract.ends_on)})
    _check_unused(contract, data.starts_on)
    seller = Unit.objects.get(id=contract.seller_id)
    _check_terms(seller, data, data.starts_on)
    # A buyer that has moved out of sight is left to the database, which refuses the same.
    buyer = Unit.objects.filter(id=contract.buyer_id).first()
    _check_raw_cost(seller, buyer, data, data.starts_on)
    if replaces:
        _drop_versions(contract)
        _add_version(contract, 1, data.starts_on, data)
    else:
        latest.ends_on = data.starts_on
        latest.save(update_fields=["ends_on"])
        _add_version(contract, latest.number + 1, data.starts_on, data)
    return contract_view(actor, contract)


@operation(
    "contract.end", needs=Permission.CONTRACT_EDIT, subject=OWN_CONTRACT, states={"active"}, audit=("ends_on",)
)
def end_contract(actor: Actor, contract: Contract, data: EndContract) -> ContractView:
    """End a contract on a UTC day, earlier or later than it was to end; the days before stay as they are.

    Raises VersionUsed, ContractOverlap, and SellerNotNearest for more days with a buyer that moved away.
    """
    _require_side(contract.seller_id, contract.seller_entity_id)
    if data.ends_on <= contract.starts_on:
        later = Sentence("The contract starts on {day}; choose a later day.", day=contract.starts_on)
        raise InvalidInput(fields={"ends_on": later})
    latest = contract.versions.order_by("-number")[0]
    if data.ends_on <= latest.starts_on:
        raise WrongState(Sentence("The newest version starts on {day}, after this end.", day=latest.starts_on))
    _check_unused(contract, data.ends_on)
    if contract.ends_on is not None and data.ends_on > contract.ends_on:
        _check_nearest(contract.seller_id, contract.buyer_id, contract.ends_on)
    contract.ends_on = data.ends_on
    _check_free(contract.buyer_id, DayRange(contract.starts_on, contract.ends_on), contract.id)
    contract.save(update_fields=["ends_on"])
    return contract_view(actor, contract)


@operation(
    "unit.archive",
    needs=Permission.UNIT_EDIT,
    subject=MOVING_UNIT,
    below=True,
    states={"active"},
    audit=("state",),
)
def archive_unit(actor: Actor, unit: Unit, data: NoInput) -> UnitView:
    """Archive a unit: from now on it is only read, and lists leave it out; documents, history and name are kept (R30).

    Raises UnitInUse, with all that stands against it: units below it, customers that refer to it, contracts in force
    and assignments today or later.
    """
    obstacles = archive_obstacles(unit, ties(actor, unit))
    if obstacles:
        raise in_use(obstacles, Sentence("Move, end or archive these first."))
    set_archived(unit)
    return unit_view(actor, visible_units(actor).get(id=unit.id))


def _require_side(seller_id: int, entity_id: int) -> None:
    if not acts_for(Permission.CONTRACT_EDIT, seller_id, entity_id):
        raise Forbidden(
            "You do not act for the seller of this contract.", hint="Ask an administrator of the seller."
        )


def _days(starts_on: date, ends_on: date | None, field: str) -> DayRange:
    if ends_on is not None and ends_on <= starts_on:
        raise InvalidInput(
            fields={field: "The end is the first day that no longer counts, so it is after the start."}
        )
    return DayRange(starts_on, ends_on)


def _check_nearest(seller_id: int, buyer_id: int, day: date) -> None:
    if scalar("select nearest_seller(%s, %s)", [buyer_id, day]) != seller_id:
        raise SellerNotNearest(hint="Between the two another unit already sells; let that unit make the contract.")


def _check_free(buyer_id: int, days: DayRange, besides: int = 0) -> None:
    for other in Contract.objects.filter(buyer_id=buyer_id, state="active").exclude(id=besides):
        if DayRange(other.starts_on, other.ends_on).overlap(days):
            raise ContractOverlap(_taken(other.starts_on, other.ends_on))


def _taken(start: date, end: date | None) -> Sentence:
    if end is None:
        return Sentence("The buyer already has a contract from {start} on.", start=start)
    return Sentence("The buyer already has a contract from {start} to {end}.", start=start, end=end)


def _check_terms(seller: Unit, data: TermsInput, starts_on: date) -> None:
    for index, rule in enumerate(data.rules):
        needed = {"adjust": ("percent",), "margin": ("percent",), "unit": ("price",)}.get(rule.verb, ())
        for name in ("percent", "price"):
            if (getattr(rule, name) is None) == (name in needed):
                raise InvalidInput(fields={f"rules.{index}.{name}": _NEEDED if name in needed else _NOT_TAKEN})
        _days(rule.starts_on or date.min, rule.ends_on, f"rules.{index}.ends_on")
    for index, fee in enumerate(data.fees):
        _days(fee.starts_on or starts_on, fee.ends_on, f"fees.{index}.ends_on")
    validate_terms(terms_of_input(data))


def _check_raw_cost(seller: Unit, buyer: Unit | None, data: TermsInput, day: date) -> None:
    """What lets the provider's figures through needs them disclosed to the seller; a raw cost only buyer gets them as
    they are (R24, R25, billing.md §7).
    """
    names_metric = data.metric is not Metric.EFFECTIVE
    if (names_metric or data.disclose_raw_cost) and not raw_cost_disclosed(seller.id, day):
        if names_metric:
            raise BaseNotDisclosed(fields={"metric": _NOT_YOURS})
        raise RawCostNotDisclosed(fields={"disclose_raw_cost": _NOT_YOURS})
    if buyer is None or buyer.kind != UnitKind.CUSTOMER or buyer.price_type != PriceType.RAW_COST_ONLY:
        return
    for position, rule in enumerate(data.rules, 1):
        if rule.verb not in ("remove", "pass_through"):
            which = Sentence("Rule {position} alters the costs of a raw cost only customer.", position=position)
            raise RawCostAltered(which, fields={f"rules.{position - 1}.verb": which})
    if data.metric not in (Metric.BILLED, Metric.DIRECT):
        raise RawCostAltered(fields={"metric": "A raw cost only customer pays the billed cost."})
    if not data.disclose_raw_cost:
        raise RawCostNotDisclosed(fields={"disclose_raw_cost": "A raw cost only customer sees raw cost."})


def _check_unused(contract: Contract, day: date) -> None:
    """Raise VersionUsed for a day inside a period that an issued document of this contract covers."""
    used = [one.used_through for one in contract.versions.all() if one.used_through is not None]
    if used and day < max(used):
        raise VersionUsed(hint=Sentence("Choose a day from {day} on.", day=max(used)))


def _drop_versions(contract: Contract) -> None:
    execute(
        "delete from price_rule where version_id in (select id from contract_version where contract_id = %s)",
        [contract.id],
    )
    execute(
        "delete from recurring_fee where version_id in (select id from contract_version where contract_id = %s)",
        [contract.id],
    )
    contract.versions.all().delete()


def _add_version(contract: Contract, number: int, starts_on: date, data: TermsInput) -> None:
    version = ContractVersion.objects.bulk_create(
        [
            ContractVersion(
                hierarchy_id=contract.hierarchy_id,
                contract=contract,
                number=number,
                starts_on=starts_on,
                currency=data.currency,
                metric=data.metric,
                rates={key: format(rate, "f") for key, rate in data.rates.items()},
                disclose_raw_cost=data.disclose_raw_cost,
                vat_category=data.vat_category.value,
                vat_rate=data.vat_rate,
                payment_days=data.payment_days,
                created_at=now(),
            )
        ]
    )[0]
    for position, rule in enumerate(data.rules, 1):
        conditions = json.dumps([one.model_dump(mode="json") for one in rule.conditions])
        base = rule.base if rule.verb in ("adjust", "margin") else None
        execute(
            "insert into price_rule (version_id, position, label, verb, base, percent, price, on_missing_base,"
            " conditions, starts_on, ends_on) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [version.id, position, rule.label, rule.verb, base, rule.percent, rule.price,
             rule.on_missing_base.value, conditions, rule.starts_on, rule.ends_on],
        )  # fmt: skip
    for position, fee in enumerate(data.fees, 1):
        execute(
            "insert into recurring_fee (version_id, position, label, price, quantity, starts_on, ends_on)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            [version.id, position, fee.label, fee.price, fee.quantity, fee.starts_on or starts_on, fee.ends_on],
        )
