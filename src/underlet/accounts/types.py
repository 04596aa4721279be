"""Inputs and results of the accounts context."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from underlet.foundation.types import SORTED_BY, Input, PageInput
from underlet.organization.types import OfGroup, UnitLink

MOST_ASSIGNED = 500
"""Sub-accounts that can be assigned at once."""


class AssignSubAccount(Input):
    """The new owner of a sub-account, over UTC days `[starts_on, ends_on)`."""

    unit: UUID = Field(description="The customer or organization that consumes it")
    starts_on: date = Field(description="First UTC day")
    ends_on: date | None = Field(default=None, description="First UTC day that no longer counts; empty = open")


class AssignSubAccounts(AssignSubAccount):
    """The new owner of several sub-accounts, over the same UTC days."""

    sub_accounts: list[UUID] = Field(min_length=1, max_length=MOST_ASSIGNED)


class EndAssignment(Input):
    """When an assignment ends."""

    ends_on: date = Field(description="First UTC day that no longer counts")


class ListSubAccounts(PageInput):
    """Sub-accounts of the subject unit and below."""

    sort: Literal["name", "-name", "id", "-id"] = Field(default="name", description=SORTED_BY)

    q: str = Field(default="", max_length=200, description="Part of the name or id")
    state: Literal["", "assigned", "unassigned"] = Field(default="", description="By today's owner")
    group: OfGroup = None


class ListAccounts(PageInput):
    """Accounts of the subject unit and below; name and id as far as the reader is shown them."""

    q: str = Field(default="", max_length=200, description="Part of the name, id or provider")
    sort: Literal["created", "-created", "name", "-name", "id", "-id", "provider", "-provider"] = Field(
        default="created", description=SORTED_BY
    )


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A cloud billing account and how many of its sub-accounts the reader sees.

    external_id, name: the payer's, so "" for those who do not see the unit that the provider bills.
    """

    id: UUID
    provider: str
    external_id: str
    name: str
    currency: str
    sub_accounts: int


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One owner of a sub-account, over `[starts_on, ends_on)`."""

    id: UUID
    unit: UnitLink
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class SubAccountRow:
    """A sub-account and its owners, newest first. owner: today's, None = unassigned (or not visible).

    account: the payer's account, "" for those who do not see the unit that the provider bills; to them first_on and
    last_on, the days with charges, lie within their own days.
    """

    id: UUID
    provider: str
    account: str
    external_id: str
    name: str
    first_on: date
    last_on: date
    owner: UnitLink | None
    assignments: tuple[AssignmentRow, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """Sub-accounts that were assigned together, in the order given."""

    sub_accounts: tuple[SubAccountRow, ...]


@dataclass(frozen=True, slots=True)
class SeenSubAccount:
    """A sub-account as a billing file names it, with the days it was charged on."""

    provider: str
    billing_account: str
    billing_account_name: str
    sub_account: str
    name: str
    currency: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owned a sub-account on the days `[starts_on, ends_on)`: the input of a billing run."""

    provider: str
    billing_account: str
    sub_account: str
    unit_id: int
    starts_on: date
    ends_on: date | None
