"""Leaks planted into the real code, one at a time: what the programme must catch (trust.md §6).

Two belts hide single faults, so some mutants break one belt while the other is off, and some break both. Each names
where the fault was seen before, and the detectors that caught it when it was planted; `tools/leak_mutants.py` writes
docs/reference/leak-mutants.md from this table.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, LiteralString, cast
from unittest.mock import patch

from django.db import connections

from underlet.kernel.errors import Forbidden, NotFound

Plant = Callable[[], AbstractContextManager[Any]]
QUERY, ROWS = "QUERY_SCOPING", "ROW_SECURITY"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A planted leak. without: the belt that is off beside it. entries: where it shows. source: where such was seen.

    how: what of the programme looks for it. caught_by: the detectors that find it, of which one is enough. who: to whom
    it shows, "" = to many. seeds: the worlds in which they are asked.
    """

    name: str
    source: str
    plant: Plant
    caught_by: str
    entries: tuple[str, ...]
    how: str = "reads"
    without: str = ""
    who: str = ""
    seeds: tuple[int, ...] = (3, 4, 6, 7, 8, *range(9, 25))


# --- planting ------------------------------------------------------------------------------------


def _sql(statement: str) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("begin")
        cursor.execute(
            "set local role underlet_system" if statement.startswith("create or replace") else "select 1"
        )
        cursor.execute(statement)
        found = cursor.fetchall() if cursor.description else []
        cursor.execute("commit")
        return cast(list[tuple[Any, ...]], found)


def policy(table: str, old: str, new: str, name: str = "app_read") -> Plant:
    """A policy with one condition replaced ("" = all of it)."""

    @contextmanager
    def planted() -> Iterator[None]:
        [(kept,)] = _sql(f"select qual from pg_policies where tablename = '{table}' and policyname = '{name}'")
        assert old in kept, f"{table}: {kept}"
        _sql(f"alter policy {name} on {table} using ({kept.replace(old, new) if old else new})")
        try:
            yield
        finally:
            _sql(f"alter policy {name} on {table} using ({kept})")

    return planted


def function(name: str, old: str, new: str) -> Plant:
    """An SQL function with a piece of its text replaced."""

    @contextmanager
    def planted() -> Iterator[None]:
        [(kept, owner)] = _sql(
            "select pg_get_functiondef(p.oid), r.rolname from pg_proc p join pg_roles r on r.oid = p.proowner"
            f" where proname = '{name}' and pronamespace = 'public'::regnamespace"
        )
        assert old in kept, kept
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"set role {owner}")
            cursor.execute(cast(LiteralString, kept.replace(old, new)))
            cursor.execute("reset role")
        try:
            yield
        finally:
            with connections["owner"].cursor() as cursor:
                cursor.execute(f"set role {owner}")
                cursor.execute(cast(LiteralString, kept))
                cursor.execute("reset role")

    return planted


def code(*places: tuple[str, Any]) -> Plant:
    """Functions replaced: "module:name" and what stands in its place, or makes that from the original (a wrapper)."""

    @contextmanager
    def planted() -> Iterator[None]:
        with ExitStack() as stack:
            for place, wrapper in places:
                module, _, name = place.partition(":")
                owner: Any = import_module(f"underlet.{module}")
                *above, last = name.split(".")
                for one in above:
                    owner = getattr(owner, one)
                stack.enter_context(patch.object(owner, last, wrapper(getattr(owner, last))))
            yield

    return planted


def _all_rows(model: str) -> Callable[[Any], Any]:
    """A selector that gives every row."""
    module, _, name = model.partition(":")
    return lambda original: lambda *_: getattr(import_module(f"underlet.{module}"), name).objects.all()


def _nothing(original: Any) -> Any:
    return lambda *_, **__: None


def _forbidden_for_absent(original: Any) -> Any:
    def load(self: Any, actor: Any, address: str) -> Any:
        try:
            return original(self, actor, address)
        except NotFound:
            from underlet.organization.models import Unit

            if len(address) == 36 and Unit.objects.filter(public_id=address).exists():
                raise Forbidden() from None
            raise

    return load


def _ignoring_unknown(original: Any) -> Any:
    return lambda model, raw: original(model, {k: v for k, v in raw.items() if k in model.model_fields})


def _as_seller(original: Any) -> Any:
    return lambda contract, version, *, is_seller, shows_raw: original(
        contract, version, is_seller=True, shows_raw=True
    )


def _whole(original: Any) -> Any:
    return lambda row, count, *, is_whole: original(row, count, is_whole=True)


def _whole_sub(original: Any) -> Any:
    return lambda row, owned, *, is_whole: original(row, owned, is_whole=True)


def _cached(original: Any) -> Any:
    """A cache whose key lacks the reader."""
    kept: dict[Any, Any] = {}

    def find(actor: Any, public_id: Any) -> Any:
        if public_id not in kept or kept[public_id] is None:
            kept[public_id] = original(actor, public_id)
        return kept[public_id]

    return find


def _subject_find(place: str, find: Callable[[Any], Any]) -> Plant:
    """A subject that is found otherwise; subjects are frozen."""

    @contextmanager
    def planted() -> Iterator[None]:
        module, _, name = place.partition(":")
        subject = getattr(import_module(f"underlet.{module}"), name)
        kept = subject.find
        object.__setattr__(subject, "find", find(kept))
        try:
            yield
        finally:
            object.__setattr__(subject, "find", kept)

    return planted


def _any(model: str) -> Callable[[Any], Any]:
    """Any row with this id, whosever it is."""
    module, _, name = model.partition(":")
    return lambda original: (
        lambda actor, public_id: (
            getattr(import_module(f"underlet.{module}"), name).objects.filter(public_id=public_id).first()
        )
    )


# --- the mutants ---------------------------------------------------------------------------------

_PROTOTYPE = "the 24 of the prototype"
_TENANT = "calls scoped to the person instead of the current organization"
_BODY = "another customer's object as a parameter of the body"
_COUNT = "counters and statistics without checks"
_STALE = "memberships that were revoked still count"
_FIELDS = "extra fields of an object, internal ones among them"
_CACHE = "permission caches"
_EVERYTHING = "true"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "units: the policy shows all",
        _PROTOTYPE,
        policy("unit", "", _EVERYTHING),
        "D1 D4 A7",
        ("unit.show", "unit.list"),
        without=QUERY,
    ),
    Mutant(
        "units: the policy forgets which bit is reading",
        _TENANT,
        policy("unit", "(s.unit_id = ANY (unit.anc))", "true"),
        "D1 D4 A7",
        ("unit.show", "unit.list"),
        without=QUERY,
    ),
    Mutant(
        "units: the query scope shows all",
        _PROTOTYPE,
        code(("organization.queries:visible_units", _all_rows("organization.models:Unit"))),
        "D1 D4 A7",
        ("unit.show", "unit.list"),
        without=ROWS,
    ),
    Mutant(
        "contracts: the policy shows all",
        _PROTOTYPE,
        policy("contract", "", _EVERYTHING),
        "D1 D4",
        ("contract.show", "contract.list"),
        without=QUERY,
    ),
    Mutant(
        "contracts: the query scope shows all",
        _TENANT,
        code(("contracts.queries:visible_contracts", _all_rows("contracts.models:Contract"))),
        "D1 D4",
        ("contract.show", "contract.list"),
        without=ROWS,
    ),
    Mutant(
        "contracts: a buyer reads the seller's terms",
        _FIELDS,
        code(("contracts.queries:_version_view", _as_seller)),
        "D1",
        ("contract.show",),
    ),
    Mutant(
        "invoices: the policy shows all",
        _PROTOTYPE,
        policy("invoice", "", _EVERYTHING),
        "D1 D2 D4",
        ("invoice.show", "invoice.list"),
        without=QUERY,
    ),
    Mutant(
        "invoices: drafts show to their buyers by the policy",
        _PROTOTYPE,
        policy("invoice", "(invoice.state = 'issued'::text)", "true"),
        "D1 D2 D4",
        ("invoice.show", "invoice.list", "cost.show"),
        without=QUERY,
    ),
    Mutant(
        "invoices: the query scope shows all",
        _TENANT,
        code(("invoicing.queries:visible_invoices", _all_rows("invoicing.models:Invoice"))),
        "D1 D2 D4",
        ("invoice.show", "invoice.list"),
        without=ROWS,
    ),
    Mutant(
        "invoices: who sees a month sees its sums",
        _COUNT,
        code(("reporting.queries:visible_invoices", _all_rows("invoicing.models:Invoice"))),
        "D1 D2",
        ("billing.summary", "home.show"),
        without=ROWS,
    ),
    Mutant(
        "drafts of everybody are counted",
        _COUNT,
        code(("reporting.queries:open_drafts", _all_rows("invoicing.models:Invoice"))),
        "D3",
        ("home.waiting", "home.show"),
        how="hidden_facts",
        without=ROWS,
    ),
    Mutant(
        "billing runs: whoever reads the root",
        _PROTOTYPE,
        policy("billing_run", "512", "1"),
        "D4 D1",
        ("billing_run.show",),
        without=QUERY,
    ),
    Mutant(
        "billing runs: the query scope shows all",
        _PROTOTYPE,
        _subject_find("rating.queries:RUN", _any("rating.models:BillingRun")),
        "D4",
        ("billing_run.show",),
        without=ROWS,
    ),
    Mutant(
        "imports: whoever reads the root",
        _PROTOTYPE,
        policy("usage_import", "128", "1"),
        "D4 D1",
        ("import.show",),
        without=QUERY,
    ),
    Mutant(
        "imports: any by its id",
        _PROTOTYPE,
        _subject_find("usage.queries:IMPORT", _any("usage.models:UsageImport")),
        "D4",
        ("import.show",),
        without=ROWS,
    ),
    Mutant(
        "sub-accounts: the policy shows all",
        _PROTOTYPE,
        policy("sub_account", "", _EVERYTHING),
        "D1 D4",
        ("sub_account.show", "sub_account.list"),
        without=QUERY,
    ),
    Mutant(
        "sub-accounts: any by its id",
        "another customer's wallet as a parameter",
        _subject_find("accounts.queries:SUB_ACCOUNT", _any("accounts.models:SubAccount")),
        "D1 D4",
        ("sub_account.show",),
        without=ROWS,
    ),
    Mutant(
        "assignments: the policy shows all owners",
        _FIELDS,
        policy("assignment", "", _EVERYTHING),
        "D1 D4",
        ("sub_account.show", "assignment.end"),
        without=QUERY,
    ),
    Mutant(
        "accounts: an owner reads the payer's number",
        _FIELDS,
        code(("accounts.queries:_account_row", _whole)),
        "D1",
        ("account.list",),
    ),
    Mutant(
        "API keys: anybody's by its id",
        _PROTOTYPE,
        _subject_find("access.queries:OWN_TOKEN", _any("access.models:ApiToken")),
        "D4 D5",
        ("token.revoke", "token.update"),
        how="writes",
        without=ROWS,
    ),
    Mutant(
        "jobs: anybody's by its id",
        _PROTOTYPE,
        policy("job", "", _EVERYTHING, "app_own"),
        "D1 D4",
        ("job.show", "job.list"),
        without=QUERY,
    ),
    Mutant(
        "scheduled moves: wherever they go",
        _FIELDS,
        policy("scheduled_move", "", _EVERYTHING),
        "D1 D4",
        ("scheduled_move.show", "scheduled_move.list"),
        without=QUERY,
    ),
    Mutant(
        "children are counted, hidden ones too",
        _COUNT,
        function("children_counted", "join unit c on c.id = s.unit_id", "join unit c on c.parent_id = o.id"),
        "D3",
        ("unit.list", "unit.show", "unit.mine"),
        how="hidden_facts",
    ),
    Mutant(
        "403 for what is hidden",
        "403 for 404",
        code(("foundation.registry:Subject.load", _forbidden_for_absent)),
        "D4",
        ("unit.show", "unit.list"),
        without=ROWS,
    ),
    Mutant(
        "permissions are not asked",
        "a viewer renames and deletes",
        code(("foundation.registry:Subject.require", _nothing)),
        "D5",
        ("unit.update", "unit.remove", "brand.update", "exchange_rate.set", "legal_entity.update"),
        how="writes",
        without=ROWS,
    ),
    Mutant(
        "unknown fields are taken",
        "mass assignment",
        code(("foundation.operations:validate", _ignoring_unknown)),
        "D5",
        ("unit.update", "unit.create", "legal_entity.update"),
        how="writes",
    ),
    Mutant(
        "a cache without the reader in its key",
        _CACHE,
        _subject_find("organization.queries:UNIT", _cached),
        "D1 D4",
        ("unit.show",),
    ),
    Mutant(
        "grants that are taken away still count",
        _STALE,
        function("grant_follow", "perform rebuild_scope", "-- perform rebuild_scope"),
        "D6",
        ("unit.show", "unit.list"),
        how="revocations",
    ),
    Mutant(
        "suspended grants still count",
        _STALE,
        function("granted_scope", "g.suspended_at is null and", ""),
        "D6",
        ("unit.show", "unit.list"),
        how="revocations",
    ),
    Mutant(
        "grants that have ended still count",
        _STALE,
        code(("access.queries.actors:_refresh", _nothing)),
        "D6",
        ("unit.show", "unit.list"),
        how="revocations",
    ),
    Mutant(
        "ceilings do not bind",
        "roles beyond what their unit allows",
        function("ceiling_of", "coalesce(bit_and(c.perms), -1)", "(-1)::bigint + 0 * count(c.perms)"),
        "D6",
        ("invoice.list", "contract.list", "invoice.show"),
        how="revocations",
    ),
    Mutant(
        "a move takes a branch out of its limit for roles",
        "roles beyond what their unit allows",
        function("move_within", "not may_limit(above.id, ~c.perms)", "false"),
        "D5",
        ("unit.move", "unit.move_many"),
        how="writes",
        who="sales_agent at the top",  # edits units on both ends, and administers no roles
        seeds=(8, 9, 17, 23, 25, 1, 15),
    ),
    Mutant(
        "keys that are revoked are let in",
        _STALE,
        code(("access.queries.actors:_is_valid", lambda original: lambda token: token.user.is_active)),
        "D6",
        ("unit.mine", "user.me"),
        how="revocations",
    ),
    Mutant(
        "limits that the policies alone keep for those above",
        "a role that the policy on grants would not let rest, though the operation would",
        code(("access.operations.roles:_require_above", _nothing)),
        "A8",
        ("role_ceiling.set",),
        how="writes",
    ),
    Mutant(
        "removals that a policy makes void, and an answer that says they were done",
        "a customer that stayed when who administers it alone removed it",
        policy("assignment", "", "false", "app_delete"),
        "A8",
        ("assignment.remove",),
        how="writes",
    ),
    Mutant(
        "audit trails open to all readers",
        "the audit feed",
        policy("audit_entry", "4096", "1"),
        "D1 D4",
        ("audit.show", "audit.list", "unit.history"),
        without=QUERY,
    ),
)
