"""Writes of the contracts context, and `unit.move`, because a move ends contracts and drafts successors."""

import json
from datetime import date

from underlet.contracts.models import Contract, ContractVersion
from underlet.contracts.queries import OWN_CONTRACT, contract_view
from underlet.contracts.terms import terms_of_input
from underlet.contracts.types import ContractView, CreateContract, EndContract, Moved, MoveUnit, ReviseContract, TermsInput
from underlet.foundation.actor import Actor, require
from underlet.foundation.clock import now, today
from underlet.foundation.database.sql import execute, rows, scalar
from underlet.foundation.registry import operation
from underlet.foundation.types import NoInput
from underlet.kernel.errors import (
    BaseNotDisclosed,
    ContractOverlap,
    InvalidInput,
    SellerNotNearest,
    VersionUsed,
    WrongState,
)
from underlet.kernel.money import exponent
from underlet.kernel.period import DayRange, Month
from underlet.kernel.permission import Permission
from underlet.kernel.pricing.reference import validate_terms
from underlet.kernel.pricing.types import Metric
from underlet.organization.models import Unit
from underlet.organization.queries import MOVING_UNIT, PARENT, find_unit
from underlet.organization.steps import relocate_unit


@operation("contract.create", needs=Permission.CONTRACT_EDIT, subject=PARENT)
def create_contract(actor: Actor, seller: Unit, data: CreateContract) -> ContractView:
    """Make a contract by which this unit sells to a unit below it (R84, R85).

    Raises SellerNotNearest, ContractOverlap, DefaultRuleMissing, BaseNotDisclosed, InvalidInput.
    """
    buyer = find_unit(actor, data.buyer)
    if buyer is None or buyer.id == seller.id or seller.id not in buyer.anc:
        raise InvalidInput(fields={"buyer": "Choose a unit below the seller."})
    days = DayRange(data.starts_on, data.ends_on)
    if scalar("select nearest_seller(%s, %s)", [buyer.id, days.start]) != seller.id:
        raise SellerNotNearest(hint="Between the two another unit already sells; let that unit make the contract.")
    _check_terms(seller, data)
    if not data.draft:
        _check_free(buyer.id, days)
    contract_id = int(scalar("select nextval(pg_get_serial_sequence('contract', 'id'))"))
    execute(
        "insert into contract (id, hierarchy_id, seller_id, buyer_id, seller_entity_id, buyer_entity_id, seller_name,"
        " buyer_name, state, starts_on, ends_on, created_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [contract_id, seller.hierarchy_id, seller.id, buyer.id, seller.entity_id, buyer.entity_id,
         seller.entity.name, buyer.entity.name, "draft" if data.draft else "active", days.start, days.end, now()],
    )  # fmt: skip
    contract = Contract.objects.get(id=contract_id)
    _add_version(contract, 1, days, data)
    return contract_view(actor, contract)


def _check_free(buyer_id: int, days: DayRange, besides: int = 0) -> None:
    for other in Contract.objects.filter(buyer_id=buyer_id, state="active").exclude(id=besides):
        if DayRange(other.starts_on, other.ends_on).overlap(days):
            until = f"to {other.ends_on}" if other.ends_on else "onwards"
            raise ContractOverlap(f"The buyer already has a contract from {other.starts_on} {until}.")


def _check_terms(seller: Unit, data: TermsInput) -> None:
    exponent(data.currency)
    if seller.parent_id is not None and data.metric is not Metric.EFFECTIVE:
        raise BaseNotDisclosed(fields={"metric": "Only the root's contracts may name a provider metric."})
    for index, rule in enumerate(data.rules):
        needed = {"adjust": ("percent",), "margin": ("percent",), "unit": ("price",)}.get(rule.verb, ())
        for name in ("percent", "price"):
            if (getattr(rule, name) is None) == (name in needed):
                word = "needs" if name in needed else "takes no"
                raise InvalidInput(fields={f"rules.{index}.{name}": f"“{rule.verb}” {word} {name}."})
    validate_terms(terms_of_input(data))


def _check_unused(version: ContractVersion, day: date) -> None:
    """Raise VersionUsed for a day inside a period that an issued document of this version covers."""
    if version.used_through is not None and day < version.used_through:
        raise VersionUsed(hint=f"Choose a day from {version.used_through} on.")


def _add_version(contract: Contract, number: int, days: DayRange, data: TermsInput) -> None:
    version_id = int(scalar("select nextval(pg_get_serial_sequence('contract_version', 'id'))"))
    execute(
        "insert into contract_version (id, hierarchy_id, contract_id, number, starts_on, ends_on, currency, metric,"
        " rates, vat_category, vat_rate, payment_days, created_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [version_id, contract.hierarchy_id, contract.id, number, days.start, days.end, data.currency, data.metric,
         json.dumps({key: format(rate, "f") for key, rate in data.rates.items()}), data.vat_category.value,
         data.vat_rate, data.payment_days, now()],
    )  # fmt: skip
    for position, rule in enumerate(data.rules, 1):
        conditions = json.dumps([one.model_dump(mode="json") for one in rule.conditions])
        base = rule.base if rule.verb in ("adjust", "margin") else None
        execute(
            "insert into price_rule (version_id, position, label, verb, base, percent, price, on_missing_base,"
            " conditions, starts_on, ends_on) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [version_id, position, rule.label, rule.verb, base, rule.percent, rule.price,
             rule.on_missing_base.value, conditions, rule.starts_on, rule.ends_on],
        )  # fmt: skip
    for position, fee in enumerate(data.fees, 1):
        start = fee.starts_on or days.start
        execute(
            "insert into recurring_fee (version_id, position, label, price, quantity, starts_on, ends_on)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            [version_id, position, fee.label, fee.price, fee.quantity, start, fee.ends_on],
        )


@operation("contract.accept", needs=Permission.CONTRACT_EDIT, subject=OWN_CONTRACT, states={"draft"}, audit=("state",))
def accept_contract(actor: Actor, contract: Contract, data: NoInput) -> ContractView:
    """Put a draft in force from its first day. Raises ContractOverlap."""
    _check_free(contract.buyer_id, DayRange(contract.starts_on, contract.ends_on), contract.id)
    contract.state = "active"
    contract.save(update_fields=["state"])
    return contract_view(actor, contract)


@operation("contract.revise", needs=Permission.CONTRACT_EDIT, subject=OWN_CONTRACT)
def revise_contract(actor: Actor, contract: Contract, data: ReviseContract) -> ContractView:
    """Agree new terms from a day on; the version before ends there and keeps its terms (P27).

    Raises VersionUsed for days that an issued document already rests on.
    """
    latest = contract.versions.order_by("-number")[0]
    if data.starts_on <= latest.starts_on:
        raise InvalidInput(fields={"starts_on": f"The newest version starts on {latest.starts_on}; choose a later day."})
    if contract.ends_on is not None and data.starts_on >= contract.ends_on:
        raise InvalidInput(fields={"starts_on": f"The contract ends on {contract.ends_on}."})
    _check_unused(latest, data.starts_on)
    seller = Unit.objects.get(id=contract.seller_id)
    _check_terms(seller, data)
    latest.ends_on = data.starts_on
    latest.save(update_fields=["ends_on"])
    _add_version(contract, latest.number + 1, DayRange(data.starts_on, contract.ends_on), data)
    return contract_view(actor, contract)


@operation("contract.end", needs=Permission.CONTRACT_EDIT, subject=OWN_CONTRACT, states={"active"}, audit=("ends_on",))
def end_contract(actor: Actor, contract: Contract, data: EndContract) -> ContractView:
    """End a contract on a UTC day; the days before stay as they are."""
    if data.ends_on <= contract.starts_on:
        raise InvalidInput(fields={"ends_on": f"The contract starts on {contract.starts_on}; choose a later day."})
    latest = contract.versions.order_by("-number")[0]
    if data.ends_on <= latest.starts_on:
        raise WrongState(f"The newest version starts on {latest.starts_on}, after this end.")
    _check_unused(latest, data.ends_on)
    contract.ends_on = latest.ends_on = data.ends_on
    _check_free(contract.buyer_id, DayRange(contract.starts_on, contract.ends_on), contract.id)
    contract.save(update_fields=["ends_on"])
    latest.save(update_fields=["ends_on"])
    return contract_view(actor, contract)


@operation("unit.move", needs=Permission.UNIT_EDIT, subject=MOVING_UNIT)
def move_unit(actor: Actor, unit: Unit, data: MoveUnit) -> Moved:
    """Move a unit with everything below it under another organization (R10, R11).

    Structure and access change at once. Contracts whose seller is no longer above their buyer end at the next period
    start and get successor drafts with the same terms (billing.md §8).
    """
    parent = find_unit(actor, data.parent)
    if parent is None or parent.hierarchy_id != unit.hierarchy_id:
        raise InvalidInput(fields={"parent": "Choose an organization of this hierarchy."})
    require(Permission.UNIT_EDIT, parent.id)
    relocate_unit(actor, unit, parent)
    next_start = Month.of(today()).end
    cut = rows("select ended, draft from end_cut_contracts(%s, %s, %s)", [unit.id, next_start, now()])
    return Moved(unit.public_id, parent.public_id, len(cut), len(cut))
