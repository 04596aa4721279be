"""States of a customer's environment, and what freezes with it (R21-R23).

The database holds the table of changes (`organization/sql/0003_environments.sql`); here are the words.
"""

from enum import StrEnum


class EnvironmentState(StrEnum):
    """Where the environment of a customer stands."""

    NOT_PROVISIONED = "not_provisioned"
    PROVISIONING = "provisioning"
    PROVISIONED = "provisioned"
    DEPROVISIONING = "deprovisioning"
    DEPROVISIONED = "deprovisioned"
    FAILED = "failed"


class Goal(StrEnum):
    """What the latest attempt is to reach."""

    PROVISION = "provision"
    DEPROVISION = "deprovision"


IN_PROGRESS = frozenset({EnvironmentState.PROVISIONING, EnvironmentState.DEPROVISIONING})
"""Somebody is at work, and will report."""


def begun(goal: Goal) -> EnvironmentState:
    """The state while a goal is worked for."""
    return EnvironmentState.PROVISIONING if goal is Goal.PROVISION else EnvironmentState.DEPROVISIONING


def reached(goal: Goal) -> EnvironmentState:
    """The state once a goal is reached."""
    return EnvironmentState.PROVISIONED if goal is Goal.PROVISION else EnvironmentState.DEPROVISIONED


def is_frozen(state: EnvironmentState, goal: Goal) -> bool:
    """Whether name and price type of the customer stay as they are: an environment exists, is made or is removed.

    What could not be removed still exists; what could not be made does not, so that its name can be corrected.
    """
    if state is EnvironmentState.FAILED:
        return goal is Goal.DEPROVISION
    return state is EnvironmentState.PROVISIONED or state in IN_PROGRESS
