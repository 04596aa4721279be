"""Filling the registry: importing every module that registers operations, queries and jobs. The only such list."""

from importlib import import_module

_MODULES = (
    "underlet.foundation.uploads",
    "underlet.foundation.job_reads",
    "underlet.organization.queries",
    "underlet.organization.around",
    "underlet.organization.names",
    "underlet.organization.bulk.export",
    "underlet.organization.environments",
    "underlet.organization.environment_calls",
    "underlet.organization.customer_organizations",
    "underlet.organization.past",
    "underlet.organization.operations",
    "underlet.access.queries",
    "underlet.access.history",
    "underlet.access.audit",
    "underlet.access.acting",
    "underlet.access.operations",
    "underlet.access.jobs",
    "underlet.access.sign_in.mails",
    "underlet.branding.queries",
    "underlet.branding.operations",
    "underlet.accounts.queries",
    "underlet.accounts.operations",
    "underlet.contracts.queries",
    "underlet.contracts.customer_organizations",
    "underlet.contracts.people",
    "underlet.contracts.operations",
    "underlet.contracts.structures",
    "underlet.contracts.structure_jobs",
    "underlet.usage.queries",
    "underlet.usage.operations",
    "underlet.usage.jobs",
    "underlet.rating.queries",
    "underlet.rating.operations",
    "underlet.invoicing.queries",
    "underlet.invoicing.people",
    "underlet.invoicing.operations",
    "underlet.invoicing.removal",
    "underlet.invoicing.jobs",
    "underlet.reporting.costs",
    "underlet.reporting.queries",
)


def load() -> None:
    """Import them all; harmless when repeated."""
    for name in _MODULES:
        import_module(name)
