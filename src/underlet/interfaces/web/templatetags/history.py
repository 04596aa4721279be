"""What happened to a unit, in words: fields, their values before and after, operations."""

from django import template
from django.utils.translation import gettext

from underlet.access.types import AuditVerdict, HistoryEntry
from underlet.interfaces.web.templatetags.names import state_name

register = template.Library()


@register.filter
def history_words(entry: HistoryEntry) -> str:
    """What a change or an operation was."""
    if entry.kind == "created":
        return gettext("Created")
    if entry.kind == "changed":
        return gettext("Moved") if any(one.field == "parent" for one in entry.changes) else gettext("Changed")
    return operation_name(entry.operation)


@register.filter
def operation_name(name: str) -> str:
    """What an operation does, in words; those that have none yet by their name."""
    return operation_names().get(name, name)


def operation_names() -> dict[str, str]:
    """Operations that pages tell of. In a function, so that the words follow the reader's language."""
    return {
        "unit.create": gettext("Unit added below"),
        "unit.update": gettext("Unit changed"),
        "unit.move": gettext("Unit moved"),
        "unit.archive": gettext("Archived"),
        "unit.restore": gettext("Unit restored"),
        "view_as.start": gettext("Began to view as somebody else"),
        "view_as.end": gettext("Ended viewing as somebody else"),
        "legal_entity.update": gettext("Legal entity changed"),
        "brand.update": gettext("Brand changed"),
        "user.invite": gettext("User invited"),
        "user.invite_many": gettext("Users invited"),
        "user.invite_again": gettext("User invited again"),
        "user.suspend": gettext("User suspended"),
        "user.resume": gettext("User resumed"),
        "user.remove": gettext("User removed"),
        "user.arrive": gettext("Person and roles as the provider of sign-in says"),
        "user.set_password": gettext("Password set"),
        "user.add_passkey": gettext("Passkey added"),
        "user.remove_passkey": gettext("Passkey removed"),
        "user.add_app": gettext("Authenticator app set up"),
        "user.remove_app": gettext("Authenticator app removed"),
        "user.end_sign_in": gettext("Password and second factors ended with a new address"),
        "user.make_recovery_codes": gettext("Recovery codes made"),
        "grant.create": gettext("Role given"),
        "grant.update": gettext("Role changed"),
        "grant.revoke": gettext("Role taken back"),
        "sign_in_policy.set": gettext("Second factor required, or no longer"),
        "identity_provider.create": gettext("Provider of sign-in added"),
        "identity_provider.update": gettext("Provider of sign-in changed"),
        "identity_provider.remove": gettext("Provider of sign-in removed"),
        "role.create": gettext("Role made"),
        "role.update": gettext("Role changed"),
        "role.delete": gettext("Role deleted"),
        "role_ceiling.set": gettext("Limit of roles set"),
        "role_ceiling.clear": gettext("Limit of roles lifted"),
        "token.revoke_in_unit": gettext("API key revoked"),
        "directory_user.create": gettext("Person taken into the directory"),
        "directory_user.update": gettext("Person of the directory changed"),
        "directory_user.remove": gettext("Person removed from the directory"),
        "directory_group.create": gettext("Group taken into the directory"),
        "directory_group.update": gettext("Group of the directory changed"),
        "directory_group.remove": gettext("Group removed from the directory"),
        "directory_group.map": gettext("Role of a directory's group chosen"),
        "group.create": gettext("Group made"),
        "group.update": gettext("Group changed"),
        "group.delete": gettext("Group deleted"),
        "group.set_members": gettext("Members of a group changed"),
        "group.add_members": gettext("Members added to a group"),
        "group.remove_members": gettext("Members taken out of a group"),
        "group.create_unit": gettext("Unit added in a group"),
        "environment.provision": gettext("Environment asked for"),
        "environment.deprovision": gettext("Removal of the environment asked for"),
        "environment.retry": gettext("Environment tried again"),
        "environment.report": gettext("State of the environment reported"),
        "contract.create": gettext("Contract made"),
        "contract.accept": gettext("Contract accepted"),
        "contract.revise": gettext("Contract revised"),
        "contract.end": gettext("Contract ended"),
        "contract.discard": gettext("Draft contract discarded"),
        "sub_account.assign": gettext("Sub-account assigned"),
        "sub_account.assign_many": gettext("Sub-accounts assigned"),
        "assignment.end": gettext("Assignment ended"),
        "assignment.remove": gettext("Assignment removed"),
        "import.create": gettext("Billing file received"),
        "exchange_rate.set": gettext("Exchange rate set"),
        "billing_run.start": gettext("Billing run started"),
        "invoice.issue": gettext("Invoice issued"),
        "invoice.issue_run": gettext("Invoices issued"),
        "invoice.issue_month": gettext("Invoices issued"),
        "invoice.issue_many": gettext("Invoices issued"),
    }


@register.filter
def fault_words(found: AuditVerdict) -> str:
    """What is wrong with a chain, and at which entry."""
    told = {
        "changed": gettext("Entry {n} is not what it was when it was written"),
        "missing": gettext("Entry {n} is not there"),
        "out_of_order": gettext("Entry {n} does not follow the one before it"),
        "cut_off": gettext("The end is missing: there is no entry {n}"),
        "not_the_head": gettext("Entry {n} is another than the head says"),
    }
    return told[found.fault].format(n=found.seq)


@register.filter
def field_name(field: str) -> str:
    """A field of a unit."""
    return {
        "parent": gettext("Parent unit"),
        "customer_organization": gettext("Customer organization"),
        "is_customer_organization": gettext("Is a customer organization"),
        "kind": gettext("Kind"),
        "name": gettext("Name"),
        "display_name": gettext("Display name"),
        "code": gettext("Customer code"),
        "organization_number": gettext("Organization number"),
        "time_zone": gettext("Time zone"),
        "price_type": gettext("Price type"),
        "state": gettext("State"),
        "legal_entity": gettext("Legal entity"),
    }.get(field, field)


@register.filter
def field_value(value: str | None, field: str) -> str:
    """What a field held; a dash for nothing."""
    if value is None:
        return gettext("a unit that you do not see")
    if not value:
        return "–"
    if field == "state":
        return gettext("Archived") if value == "archived" else state_name(value)
    return _choices().get(field, {}).get(value, value)


def _choices() -> dict[str, dict[str, str]]:
    """Values of fields that are no free texts. In a function, so that the words follow the reader's language."""
    return {
        "kind": {"organization": gettext("Organization"), "customer": gettext("Customer")},
        "price_type": {"raw_cost_only": gettext("Raw cost only"), "seller_set_only": gettext("Seller-set only")},
        "legal_entity": {
            "own": gettext("its own"),
            "inherited": gettext("as the unit above"),
        },
        "is_customer_organization": {"true": gettext("yes"), "false": gettext("no")},
    }
