"""One base class and one class per refusal.

A refusal is an answer, not a bug: something the caller asked for cannot be done, and the caller can be told
why and what to do next. Its code is the class name in snake case and never changes (`requirements.md` §5).
Anything that is not a `Refusal` is a bug.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from underlet.kernel.sentence import Sentence, as_sentence


class Refusal(Exception):
    """A request that is answered with "no, because".

    detail: one sentence, what is wrong, in the reader's words. hint: what to do next.
    fields: input path -> message, for forms. Texts are literals or `Sentence(template, …)`: pages translate them.
    `status` is the HTTP status all interfaces derive from. counts_against: the limit that bounds how often one person
    gets this answer, "" = none (foundation.limits).
    """

    status: ClassVar[int] = 409
    counts_against: ClassVar[str] = ""
    default_detail: ClassVar[str] = "This cannot be done."
    default_hint: ClassVar[str] = ""

    def __init__(self, detail: str = "", *, hint: str = "", fields: Mapping[str, str] | None = None) -> None:
        self.detail = as_sentence(detail or self.default_detail)
        self.hint = as_sentence(hint or self.default_hint)
        words = {path: as_sentence(text) for path, text in (fields or {}).items()}
        self.fields: Mapping[str, Sentence] = MappingProxyType(words)
        super().__init__(self.detail)

    @classmethod
    def code(cls) -> str:
        """The stable error code: the class name in snake case (`ContractOverlap` -> `contract_overlap`)."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def as_dict(self) -> dict[str, object]:
        """The body every interface shows: {error, detail, hint, fields?}."""
        body: dict[str, object] = {"error": self.code(), "detail": self.detail, "hint": self.hint}
        if self.fields:
            body["fields"] = dict(self.fields)
        return body


# --- access and calls ---------------------------------------------------------------------------


class Unauthenticated(Refusal):
    status = 401
    default_detail = "You are not signed in."
    default_hint = "Sign in, or send an API key as a bearer token."


class Forbidden(Refusal):
    status = 403
    default_detail = "You may see this, but your role does not allow this action."
    default_hint = "Ask an administrator of this unit for a role that allows it."


class ViewOnly(Forbidden):
    default_detail = "You are viewing as somebody else, and that changes nothing."
    default_hint = "End the viewing, or begin it anew in a way that lets you act."

    @classmethod
    def code(cls) -> str:
        """As any other action that is not allowed."""
        return "forbidden"


class ViewingOver(ViewOnly):
    default_detail = "You do not view as somebody else any more, so nothing was done."
    default_hint = "Load the page again: you see it as yourself now."


class NotFound(Refusal):
    """Absent and hidden answer with these very bytes (trust.md A4), so the text never varies."""

    status = 404
    default_detail = "There is nothing here that you can see."
    default_hint = "Check the address, or ask an administrator for access."


class GrantExceedsCeiling(Refusal):
    status = 403
    default_detail = "You cannot give a role that allows more than your own."
    default_hint = "Choose a smaller role, or ask an administrator who holds more."


class EntryTaken(Refusal):
    default_detail = "This directory has another entry of this name or address already."
    default_hint = "Change that one, or remove it first."


class LastOwner(Refusal):
    status = 409
    default_detail = "A hierarchy keeps an owner: this is the last one of its root."
    default_hint = "Make somebody else its owner first, without an end."


class RoleInUse(Refusal):
    default_detail = "People hold this role, so it stays."
    default_hint = "Give them another role, or take this one back, and delete it then."


class InvalidInput(Refusal):
    status = 422
    default_detail = "Some of the input is not valid."
    default_hint = "Correct the fields named and send it again."


class WrongState(Refusal):
    default_detail = "This is not possible in the present state."

    @classmethod
    def of(cls, state: object) -> "WrongState":
        """The refusal of something that is in this state."""
        if state == "archived":
            return WrongState("It is archived and can only be read.", hint="Restore it first.")
        if state == "draft":
            return WrongState("It is still a draft.", hint="Put it in force first.")
        return WrongState()

    @classmethod
    def of_another(cls) -> "WrongState":
        """The refusal of something for the state of a unit that takes part in it."""
        return WrongState(
            "A unit that takes part in this is archived or still a draft.", hint="Restore or activate it first."
        )


class VersionConflict(Refusal):
    default_detail = "Someone else changed this in the meantime."
    default_hint = "Load it again and repeat your change."


class IdempotencyMismatch(Refusal):
    status = 422
    default_detail = "This request key was used before with other content."
    default_hint = "Use a new key for a new request."


class RateLimited(Refusal):
    """Too many refusals of one kind. retry_after: seconds until the next attempt is answered."""

    status = 429
    default_detail = "Too many attempts were refused; the next one is answered later."

    def __init__(self, detail: str = "", *, hint: str = "", retry_after: int = 60) -> None:
        wait = Sentence("Try again in {minutes} min.", minutes=-(-retry_after // 60))
        super().__init__(detail, hint=hint or wait)
        self.retry_after = retry_after


# --- structure and names ------------------------------------------------------------------------


class DepthExceeded(Refusal):
    default_detail = "A hierarchy has at most ten levels, root included (R8)."
    default_hint = "Choose a parent further up."


class ParentMustBeOrganization(Refusal):
    default_detail = "Customers have no children (R9)."
    default_hint = "Choose an organization as the parent."


class MoveIntoOwnSubtree(Refusal):
    default_detail = "A unit cannot move below itself."
    default_hint = "Choose a parent outside the unit's own subtree."


class MoveAlreadyScheduled(Refusal):
    default_detail = "A move of this unit is scheduled already."
    default_hint = "Cancel it first, then schedule another one."


class RootCannotMove(Refusal):
    default_detail = "The root of a hierarchy has no parent and cannot move."


class GroupRequired(Refusal):
    status = 422
    default_detail = "You look after groups of units, so a new unit needs one of your groups."
    default_hint = "Choose at least one group."


class MemberOutsideSubtree(Refusal):
    status = 422
    default_detail = "A member of a group stands below the unit whose group it is."
    default_hint = "Choose units below that one."


class UnitInUse(Refusal):
    default_detail = "Something depends on this unit, so it stays."
    default_hint = "Move or end what depends on it, or archive it instead."


class NamePattern(Refusal):
    """proposal: the valid name that the text can be turned into, "" = none."""

    status = 422
    default_detail = "This name does not have the required form."
    default_hint = "Customers are named like a host, for example acme.example.com (R20)."

    def __init__(self, detail: str = "", *, hint: str = "", proposal: str = "") -> None:
        super().__init__(detail, hint=Sentence("How about {name}?", name=proposal) if proposal else hint)
        self.proposal = proposal

    def as_dict(self) -> dict[str, object]:
        """The usual body, and the proposal if there is one."""
        return super().as_dict() | ({"proposal": self.proposal} if self.proposal else {})


class NameTaken(Refusal):
    default_detail = "A unit that you can see already has this name (R4, R19)."
    default_hint = "Choose another name; names ignore upper and lower case."


class NameUnavailable(Refusal):
    """Taken out of the asker's sight, or reserved: the same bytes, and counted, so that nobody lists names (R19)."""

    counts_against = "name"
    default_detail = "This name is not available."
    default_hint = "Choose another name."


class NameFrozen(Refusal):
    default_detail = "A customer's name stays while its environment exists (R21)."
    default_hint = "Deprovision the environment first; the display name can change at any time."


class PriceTypeFrozen(Refusal):
    default_detail = "A customer's price type stays while its environment exists (R22)."
    default_hint = "Deprovision the environment, change the price type, and provision it again (R23)."


# --- customer organizations ----------------------------------------------------------------------


class CustomerOrganizationInactive(Refusal):
    default_detail = "A customer organization must be active to be chosen (R76, R78)."
    default_hint = "Activate it first."


class CustomerOrganizationPermanent(Refusal):
    default_detail = "The customer organization of a customer is permanent (R82)."
    default_hint = "To change it, remove the customer and create it again."


class CustomerOrganizationInUse(Refusal):
    default_detail = "This customer has accounts or contracts, so it cannot be a customer organization (R74)."
    default_hint = "Create a customer for this purpose only."


class CustomerOrganizationAcceptsNoAccounts(Refusal):
    default_detail = "A customer organization has no accounts (R79)."
    default_hint = "Assign it to one of its customers."


class CustomerOrganizationNotBilled(Refusal):
    default_detail = "A customer organization is never billed (R74)."
    default_hint = "Make the contract with one of its customers."


# --- accounts and usage -------------------------------------------------------------------------


class AssignmentOverlap(Refusal):
    default_detail = "On some of these days the sub-account is already assigned."
    default_hint = "End the other assignment first, or choose other days."


@dataclass(frozen=True, slots=True)
class FileError:
    """One thing wrong in a billing file.

    record: data record, from 1; line: physical line on which it starts, from 1 (None in files without lines).
    Both are None when the file as a whole is meant. column: as the file spells it. value: cut to 200 characters.
    reason: a stable code. hint: what to do.
    """

    reason: str
    hint: str
    record: int | None = None
    line: int | None = None
    column: str = ""
    value: str = ""


class ImportRejected(Refusal):
    """A billing file that was refused as a whole. errors: at most 100 per column and reason; count: all."""

    default_detail = "The file was refused; nothing was changed."
    default_hint = "Correct the records named and import the file again."

    def __init__(
        self, detail: str = "", *, hint: str = "", errors: Sequence[FileError] = (), count: int | None = None
    ) -> None:
        super().__init__(detail, hint=hint)
        self.errors = tuple(errors)
        self.count = len(self.errors) if count is None else count


class FileRejected(Refusal):
    status = 422
    default_detail = "This file cannot be accepted."


# --- contracts ----------------------------------------------------------------------------------


class ContractOverlap(Refusal):
    default_detail = "The buyer already has a contract on some of these days."
    default_hint = "End the other contract first, or choose another start."


class ContractGap(Refusal):
    default_detail = "A party in the chain has no contract on a day with charges."
    default_hint = "Add a contract that covers these days."


class SellerNotNearest(Refusal):
    default_detail = "The seller must be the buyer's nearest billing ancestor."


class BaseNotDisclosed(Refusal):
    status = 422
    default_detail = "The provider's figures are not disclosed to the seller of this contract."
    default_hint = "Use the seller's cost, list or quantity as the base."


class RawCostNotDisclosed(Refusal):
    default_detail = "Not every contract down to this customer discloses raw cost (R24)."
    default_hint = "Have the contracts above disclose it first, from the root down, then the customer's own."


class RawCostAltered(Refusal):
    default_detail = "The costs of a raw cost only customer are passed on as they are (R25)."
    default_hint = "Let its contract only remove lines and pass the billed cost through."


class DefaultRuleMissing(Refusal):
    status = 422
    default_detail = "The last price rule must be a default without conditions."
    default_hint = "Add a default rule, for example pass-through."


class MissingBase(Refusal):
    default_detail = "Some usage has no list price or quantity, and the rule says to hold it."
    default_hint = "Change the rule's answer to a missing base, or add a rule for these services."


class VersionUsed(Refusal):
    default_detail = "This contract version was already used for a billing run and cannot change."
    default_hint = "Add a new version from a later day."


# --- closing ------------------------------------------------------------------------------------


class PeriodClosed(Refusal):
    default_detail = "Invoices of this period are already issued."


class RunHeld(Refusal):
    default_detail = "The run's own checks found a difference, so it was held."


class IssueBlocked(Refusal):
    default_detail = "This invoice cannot be issued yet."


class DocumentIssued(Refusal):
    default_detail = "Issued documents never change."
    default_hint = "Correct it with a new line or a credit note."


class CurrencyUnsupported(Refusal):
    status = 422
    default_detail = "This is not a currency of ISO 4217."


class ExchangeRateMissing(Refusal):
    status = 422
    default_detail = "An exchange rate is missing."
    default_hint = "Add the rate to the contract."


# --- operation of the software ------------------------------------------------------------------


class DatabaseUnavailable(Refusal):
    status = 503
    default_detail = "The database cannot be reached."
    default_hint = "Run `underlet db doctor`."


class Busy(Refusal):
    status = 503
    default_detail = "Others are changing the same things at the moment, so this did not come through."
    default_hint = "Try again in a moment; nothing was changed."


class MailNotSent(Refusal):
    status = 503
    default_detail = "The mail server did not take the mail."
    default_hint = "It is tried again by itself; check the mail settings if it goes on."


class AddressNotAllowed(Refusal):
    status = 422
    default_detail = "This address leads to a network that is not called from here."
    default_hint = "Use a public https address, or ask the operator to allow this network."


class CallFailed(Refusal):
    status = 503
    default_detail = "The other side did not take the call."
    default_hint = "It is tried again by itself; check the receiver if it goes on."


class SetupIncomplete(Refusal):
    default_detail = "This installation is not set up."


class FolderNotEmpty(Refusal):
    default_detail = "This folder is not empty."
    default_hint = "Name a new folder."


class BackupUnusable(Refusal):
    status = 422
    default_detail = "This backup cannot be restored."
    default_hint = "Use another backup."
