"""Inputs and results about customers' environments and those who make them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import SORTED_BY, Input, PageInput
from underlet.kernel.environment import EnvironmentState, Goal
from underlet.kernel.price_type import Feature, PriceType
from underlet.organization.types import UnitLink


class ReportEnvironment(Input):
    """What became of an attempt to make or remove an environment."""

    attempt: UUID = Field(description="The id that the call carried.")
    outcome: Literal["done", "failed"]
    reference: str = Field(default="", max_length=200, description="What the provisioner calls the environment")
    address: Annotated[str, Field(pattern=r"^(https?://[!-~]+)?$")] = Field(
        default="", max_length=2000, description="Where the customer finds it"
    )
    reason: str = Field(default="", max_length=500, description="Why it failed; needed then")


class SetHook(Input):
    """Who is called to make environments below the subject."""

    url: str = Field(min_length=1, max_length=2000, description="https address that takes signed calls")
    new_secret: bool = Field(
        default=False,
        description="Make a new secret; calls carry both signatures for a day. The first is always new.",
    )


class ListEnvironments(PageInput):
    """Which environments below the subject."""

    q: str = Field(default="", max_length=200, description="Part of the customer's name, ignoring case")
    state: Literal["", "provisioning", "provisioned", "deprovisioning", "deprovisioned", "failed"] = Field(
        default="", description="Only those in this state"
    )
    sort: Literal["name", "-name", "changed", "-changed"] = Field(default="-changed", description=SORTED_BY)


@dataclass(frozen=True, slots=True)
class EnvironmentRow:
    """One environment in a list. price_type: of the customer. error: why it failed."""

    unit: UnitLink
    state: EnvironmentState
    price_type: PriceType
    reference: str
    address: str
    error: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class EnvironmentChange:
    """One change of an environment. name, price_type: frozen then. error: why it failed."""

    state: EnvironmentState
    at: datetime
    attempt: UUID
    name: str
    price_type: str
    reference: str
    error: str


@dataclass(frozen=True, slots=True)
class EnvironmentView:
    """The environment of a customer.

    goal: what the latest attempt was to reach; attempt: its id; None for never. is_frozen: the customer's name and
    price type cannot change now. features: what it offers under the price type. is_called: whether somebody is called
    to make it, None if that is not the reader's to know. job_id: of the call, for who began it. history: the latest
    fifty changes, newest first.
    """

    unit_id: UUID
    state: EnvironmentState
    goal: Goal | None
    attempt: UUID | None
    name: str
    price_type: PriceType
    is_frozen: bool
    features: tuple[Feature, ...]
    reference: str
    address: str
    error: str
    provisioned_at: datetime | None
    deprovisioned_at: datetime | None
    changed_at: datetime | None
    is_called: bool | None
    job_id: UUID | None
    history: tuple[EnvironmentChange, ...]


@dataclass(frozen=True, slots=True)
class Reported:
    """The answer to a report. is_applied: False for one that came before, or is about an attempt that is over."""

    is_applied: bool
    environment: EnvironmentView


@dataclass(frozen=True, slots=True)
class HookView:
    """Who is called to make environments in a unit.

    source: "own", "above" (inherited) or "nobody" (environments are provisioned at once). unit: who says so, and url:
    the address, if the reader may see them. old_secret_until: until when calls carry the signature of the secret
    before, too.
    """

    source: Literal["own", "above", "nobody"]
    unit: UnitLink | None
    url: str
    old_secret_until: datetime | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class HookSet:
    """The answer to setting a hook. secret: shown this once; empty where it stayed the same."""

    hook: HookView
    secret: str


@dataclass(frozen=True, slots=True)
class HookTested:
    """The answer to a test: the job that makes the call."""

    job_id: UUID
