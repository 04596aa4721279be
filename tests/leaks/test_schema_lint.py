"""The schema stays leak-proof (A9): rules over the catalogue itself, so that a new table is covered at once."""

import re
from pathlib import Path
from typing import Any, LiteralString

import pytest

from tests import tables
from underlet.foundation.database.sql import rows
from underlet.foundation.database.transactions import system
from underlet.interfaces.api.main import api
from underlet.interfaces.api.schemas import COMPONENTS
from underlet.project import wiring

wiring.load()

UNSCOPED = "^(django_|auth_|procrastinate)"
"""Tables of sign-in sessions, migrations and the job queue: read before an actor exists (data-core.md §3)."""

DEFINER = {
    "acted_for", "acting_follow", "address_refusals_counted", "administers_member", "administers_person",
    "anchor_follow", "anchor_released", "assignment_life", "audit_by", "audit_chain", "audit_head_follow",
    "audit_payload", "billed_above", "branch", "brand_life", "brand_of_host", "can_in_customers", "ceiling_follow",
    "ceiling_of", "ceiling_raised", "children_counted", "children_shown", "contract_entity_follow", "contract_life",
    "count_address_refusal", "count_refusal", "create_below_group", "create_hierarchy", "customers_follow",
    "defer_job", "disclosing_versions", "effective_brand", "end_acting", "end_sessions", "end_sign_in", "entity_follow",
    "environment_change", "environment_note", "follow_directory_user", "grant_follow", "grant_last_owner",
    "grant_role", "granted_scope", "group_branch", "group_follow", "group_member_place", "group_members",
    "group_role", "group_ruled", "groups_left", "has_standing", "held_in_group", "held_names", "home_of_person",
    "hook_unit", "identity_providers_of_host", "invoice_balances", "invoice_material", "is_billed", "is_customer",
    "is_raw_buyer", "issuable_drafts", "issue_invoice", "join_new_unit", "keep_an_owner", "lacks_second_factor",
    "legal_entity_life", "levels_below", "may_drop_group", "may_fill_group", "may_join_group", "may_view_as",
    "may_welcome", "members_shown", "move_contracts", "move_within", "name_is_held", "names_taken",
    "nearest_seller", "note_directory_call", "only_by_groups", "page_children", "page_group_units",
    "page_group_units_down", "page_mine", "page_parents", "page_past", "page_units", "page_units_down", "people_behind",
    "people_to_view", "person_within", "plan_move", "raw_cost_customer", "raw_cost_disclosed", "rebuild_acting",
    "rebuild_acting_of", "rebuild_scope", "record_sign_in", "refresh_scope", "refusals_counted", "release_name",
    "reporting_currency", "require_operator", "requires_second_factor", "reserve_name", "revoke_unit_token",
    "role_follow", "role_gone", "role_within", "rule_changes", "ruled_units", "second_factor_recorded",
    "sees_group", "sees_role", "sees_user", "sessions_of", "settle_directory_group", "shows_past",
    "sub_account_unit", "take_number", "unit_anchor_life", "unit_archive_assignment", "unit_archive_contract",
    "unit_archive_environment", "unit_follow", "unit_frozen", "unit_gone", "unit_moved_acting", "unit_moved_keys",
    "unit_moved_roles", "unit_name_reserved", "unit_records", "unit_regroup", "unit_remember", "unit_ties",
    "unit_within_limits", "user_id_by_email", "user_last_owner", "way_past", "what_opens", "who_reaches",
}  # fmt: skip
"""Functions that run as the system; each is called after its caller's right was checked, or checks it itself."""

GLOBAL_KEYS = {
    "unit_customer_name",
    "unit_closure_page",
    "unit_closure_des_anc_key",
    "app_user_email_key_key",
    "api_token_digest_key",
    "api_token_previous_digest_key",
    "address_refusal_count_key",
    "usage_file_path_key",
    "brand_host_name",
    "reserved_name_pkey",
    "unique_verified_email",
    "account_emailconfirmation_key_key",
    "usersessions_usersession_session_key_key",
    "socialaccount_socialaccount_provider_uid_fc810c6e_uniq",
}
"""Unique keys across hierarchies: names (neutral answer), sign-in addresses, secrets' digests, our own paths, hosts
(which only the operator of the installation sets)."""

OUTSIDE = {"vat_id", "external_id", "client_id", "entity_id"}
"""Fields that tax offices and providers number or name."""

RULES: dict[str, LiteralString] = {
    "row-level security is on and forced": """
        select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
        and relname !~ %(unscoped)s and not (relrowsecurity and relforcerowsecurity)""",
    "a policy names one of our roles": """
        select tablename || '.' || policyname from pg_policies where schemaname = 'public'
        and not roles <@ array['underlet_app', 'underlet_system', 'underlet_session']::name[]""",
    "only the system sees all": """
        select tablename || '.' || policyname from pg_policies where schemaname = 'public'
        and (qual = 'true' or with_check = 'true') and roles && array['underlet_app']::name[]""",
    "a policy that writes says what may be written": """
        select tablename || '.' || policyname from pg_policies where schemaname = 'public'
        and cmd in ('INSERT', 'UPDATE', 'ALL') and with_check is null""",
    "a policy asks for the actor's scope or rights, or for a row above that shows": """
        select tablename || '.' || policyname from pg_policies where schemaname = 'public'
        and roles && array['underlet_app']::name[] and concat(qual, with_check) !~
          'user_scope|actor_id\\(\\)|\\m(can|can_below|can_branch|acts_for|sells)\\(|\\m(sees|may)_\\w+\\('
          '|EXISTS \\( SELECT 1\\s+FROM \\w+ \\w+'
        and tablename || '.' || policyname <> 'app_user.app_insert'""",
    "what a policy looks a row up in is under row-level security": """
        select tablename || '.' || policyname || ' in ' || looked[1] from pg_policies,
          regexp_matches(concat(qual, with_check), 'FROM \\(*(?:public\\.)?([a-z_]+)', 'g') looked
        where schemaname = 'public' and roles && array['underlet_app']::name[] and not exists (
          select 1 from pg_class c where c.relname = looked[1] and c.relnamespace = 'public'::regnamespace
          and c.relrowsecurity and c.relforcerowsecurity)""",
    "people's role owns nothing": """
        select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'underlet_app'
        union all select p.proname from pg_proc p join pg_roles r on r.oid = p.proowner
        where r.rolname in ('underlet_app', 'underlet_session')""",
    "no role of ours goes around policies": """
        select rolname from pg_roles where starts_with(rolname, 'underlet')
        and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication)
        union all select m.member::regrole || ' as ' || m.roleid::regrole from pg_auth_members m
        where m.member in ('underlet_app'::regrole, 'underlet_session'::regrole, 'underlet_system'::regrole)
        union all select r.rolname || ' logs in' from pg_roles r
        where r.rolcanlogin and r.rolname in ('underlet_app', 'underlet_session', 'underlet_system')""",
    "nothing belongs to one who goes around policies": """
        select c.relname from pg_class c join pg_roles r on r.oid = c.relowner
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
        and (r.rolsuper or r.rolbypassrls)
        union all select p.proname from pg_proc p join pg_roles r on r.oid = p.proowner
        where p.pronamespace = 'public'::regnamespace and p.prosecdef and (r.rolsuper or r.rolbypassrls)""",
    "people's role has no dangerous privilege": """
        select c.relname || ' ' || privilege || ' ' || role from pg_class c,
        unnest(array['TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege,
        unnest(array['underlet_app', 'underlet_session']) as role
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p')
        and has_table_privilege(role, c.oid, privilege)
        union all select 'create in public ' || role from unnest(array['underlet_app', 'underlet_session']) as role
        where has_schema_privilege(role, 'public', 'create')
        union all select 'create in the database ' || role || ' ' || privilege
        from unnest(array['underlet_app', 'underlet_session']) as role, unnest(array['create', 'temp']) as privilege
        where has_database_privilege(role, current_database(), privilege)""",
    "people draw few numbers, and read none": """
        select c.relname || ' ' || privilege from pg_class c, unnest(array['USAGE', 'SELECT', 'UPDATE']) as privilege
        where c.relkind = 'S' and c.relnamespace = 'public'::regnamespace
        and has_sequence_privilege('underlet_app', c.oid, privilege)
        and not (privilege = 'USAGE'
          and c.relname in ('actor_id_seq', 'change_id_seq', 'legal_entity_id_seq', 'unit_group_id_seq'))""",
    "people's role changes no id, place or time of making": """
        select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
        and a.attname in ('id', 'public_id', 'hierarchy_id', 'unit_id', 'anc', 'depth', 'created_at')
        and c.relname !~ %(unscoped)s and has_column_privilege('underlet_app', c.oid, a.attnum, 'UPDATE')""",
    "nobody but the system reaches the closure": """
        select role || ' ' || privilege from unnest(array['underlet_app', 'underlet_session']) as role,
        unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as privilege
        where has_table_privilege(role, 'unit_closure', privilege)""",
    "audit entries and derived scopes are not for people to write": """
        select t || ' ' || p from unnest(array['audit_entry', 'user_scope', 'unit_closure', 'charge_line',
        'charge_cost', 'provider_cost', 'invoice_line', 'invoice_document', 'usage_total', 'usage_file']) t,
        unnest(array['INSERT', 'UPDATE', 'DELETE']) p
        where has_table_privilege('underlet_app', t, p) and (t, p) <> ('audit_entry', 'INSERT')""",
    "views run as their reader": """
        select relname from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace
        and not coalesce(reloptions::text[] @> array['security_invoker=true'], false)""",
    "no materialized view or partition is readable": """
        select relname from pg_class where (relkind = 'm' or relispartition)
        and relnamespace = 'public'::regnamespace and has_table_privilege('underlet_app', oid, 'select')""",
    "a definer function is owned by the system and fixes its search path": """
        select p.proname from pg_proc p join pg_roles r on r.oid = p.proowner
        where p.prosecdef and p.pronamespace = 'public'::regnamespace
        and (r.rolname <> 'underlet_system' or not exists (
          select 1 from unnest(p.proconfig) setting where setting = 'search_path=public'))""",
    "no definer function is for everybody": """
        select p.proname from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace
        and p.prorettype <> 'trigger'::regtype
        and exists (select 1 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
          where a.grantee = 0 and a.privilege_type = 'EXECUTE')""",
    "nothing cascades into rows of others": """
        select conname from pg_constraint where contype = 'f' and confdeltype = 'c'
        and connamespace = 'public'::regnamespace and conrelid::regclass::text !~ %(unscoped)s
        and conrelid::regclass::text not in ('unit_closure', 'user_scope', 'access_grant', 'api_token', 'role',
          'unit_group', 'group_member', 'unit_ceiling', 'directory', 'directory_user', 'directory_group',
          'directory_member', 'directory_mapping', 'brand', 'charge_line', 'charge_cost', 'provider_cost',
          'invoice_line', 'provisioning_hook', 'scheduled_move', 'identity_provider',
          'sign_in_policy')""",
    "a row refers within its hierarchy": """
        select c.conname from pg_constraint c
        where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.confrelid <> 'hierarchy'::regclass
        and (select count(*) from pg_attribute a where a.attrelid in (c.conrelid, c.confrelid)
          and a.attname = 'hierarchy_id' and not a.attisdropped) = case when c.conrelid = c.confrelid then 1 else 2 end
        and not exists (
          select 1 from pg_constraint d join pg_attribute a on a.attrelid = d.conrelid and a.attname = 'hierarchy_id'
          where d.contype = 'f' and d.conrelid = c.conrelid and d.confrelid = c.confrelid
          and a.attnum = any (d.conkey) and d.conkey && c.conkey)""",
    "what may not overlap does so within one row's own": """
        select conname from pg_constraint where contype = 'x' and connamespace = 'public'::regnamespace
        and pg_get_constraintdef(oid) !~ '[a-z_]+_id'""",
    "keys of names sort by bytes": """
        select a.attrelid::regclass || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        join pg_collation l on l.oid = a.attcollation
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attname ~ '(name|email)_key$'
        and l.collname <> 'C'""",
}


@pytest.fixture(scope="module", autouse=True)
def _connected(django_db_setup: None, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    """A9."""
    with system():
        found = rows(RULES[rule].replace("%(unscoped)s", f"'{UNSCOPED}'"))  # type: ignore[arg-type]
    assert [name for (name,) in found] == [], rule


def test_definer_functions_are_these() -> None:
    """A9: a new one needs a look at who may call it."""
    with system():
        found = rows(
            "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
            " and not starts_with(proname, 'procrastinate')"
        )
    assert {name for (name,) in found} == DEFINER


def test_unique_keys_hold_a_scope_or_a_made_id() -> None:
    """A9: else a refusal tells that somebody else's row exists."""
    with system():
        found = rows(
            "select i.indexrelid::regclass::text, array(select a.attname::text from pg_attribute a"
            "  where a.attrelid = i.indrelid and a.attnum = any (i.indkey::int2[]))"
            " from pg_index i join pg_class c on c.oid = i.indrelid"
            " where i.indisunique and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace"
            " and c.relname !~ '^(django_|auth_|procrastinate)'"
        )
    for name, columns in found:
        scoped = any(one == "id" or one.endswith("_id") for one in columns)
        assert scoped or name in GLOBAL_KEYS, (name, columns)


def test_no_database_id_is_in_the_api() -> None:
    """A9: ids outside are UUIDs."""
    assert api.get_openapi_schema()
    for name, schema in COMPONENTS.items():
        for field, part in schema.get("properties", {}).items():
            if field == "id" or (field.endswith("_id") and field not in OUTSIDE):
                kinds = [part, *part.get("anyOf", [])]
                assert any(kind.get("format") == "uuid" for kind in kinds), (name, field)
            if field.endswith("_ids"):
                assert part["items"].get("format") == "uuid", (name, field)
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods.values():
            for one in method.get("parameters", ()):
                if one["in"] == "path":
                    assert one["schema"]["type"] == "string", (path, one["name"])


SEVERAL: dict[str, str] = {
    "access_grant": "trigger grant_role and policy app_insert; a group is named with its unit",
    "charge_line": "written by the system alone, from one run",
    "directory_mapping": "policy app_all; a group of units is named with its unit; grant_role for what it gives",
    "directory_user": "the person is found by address, and belongs to no hierarchy",
    "provider_cost": "written by the system alone, from one run",
    "api_token": "its scope is what its person holds within the unit",
}
"""Tables without a hierarchy of their own whose rows refer to several others, and what keeps these together."""


def test_rows_refer_to_one_row_above_or_within_its_hierarchy() -> None:
    """A9: foreign keys ignore policies, so a row must not tie what is seen to what is hidden."""
    with system():
        found = rows(
            "select c.conrelid::regclass::text, count(distinct c.confrelid::regclass::text || c.conkey::text)"
            " from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace"
            " and array_length(c.conkey, 1) = 1 and c.conrelid::regclass::text !~ %s and not exists ("
            "  select 1 from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'hierarchy_id'"
            "  and not a.attisdropped) group by 1 having count(*) > 1",
            [UNSCOPED],
        )
    assert {name for name, _ in found} - {"socialaccount_socialtoken"} == SEVERAL.keys()


def test_settings_of_a_connection_end_with_their_transaction() -> None:
    """A9, A10: a plain SET on a pooled connection is inherited by the next user."""
    for path in sorted((Path(__file__).parents[2] / "src").rglob("*.py")):
        text = path.read_text()
        assert not re.search(r"set_config\([^)]*, false\)", text), path


def test_the_lint_fails_on_planted_faults() -> None:
    """trust.md §1.3: a detector counts only after it failed on a planted fault."""
    planted: dict[str, LiteralString] = {
        "row-level security is on and forced": "create table planted (id bigint)",
        "a policy names one of our roles": "create policy planted on unit for select using (id = 1)",
        "only the system sees all": "create policy planted on unit for select to underlet_app using (true)",
        "a policy that writes says what may be written": """
            create policy planted on unit for update to underlet_app using (can(id, 8))""",
        "a policy asks for the actor's scope or rights, or for a row above that shows": """
            create policy planted on unit for select to underlet_app using (state = 'active')""",
        "what a policy looks a row up in is under row-level security": """
            create policy planted on unit for select to underlet_app using (exists (
              select 1 from django_session d where d.session_key = unit.name))""",
        "people's role owns nothing": "alter table unit owner to underlet_app",
        "no role of ours goes around policies": "grant underlet_system to underlet_app",
        "nothing belongs to one who goes around policies": "alter table unit owner to postgres",
        "people's role has no dangerous privilege": "grant truncate on unit to underlet_app",
        "people draw few numbers, and read none": "grant select on sequence actor_id_seq to underlet_app",
        "people's role changes no id, place or time of making": "grant update on contract to underlet_app",
        "nobody but the system reaches the closure": "grant select on unit_closure to underlet_session",
        "audit entries and derived scopes are not for people to write": "grant insert on user_scope to underlet_app",
        "views run as their reader": "create view planted as select * from unit",
        "no materialized view or partition is readable": """
            create materialized view planted as select 1 as one; grant select on planted to underlet_app""",
        "a definer function is owned by the system and fixes its search path": """
            create function planted() returns integer language sql security definer as 'select 1'""",
        "no definer function is for everybody": "grant execute on function page_units to public",
        "nothing cascades into rows of others": """
            alter table unit add planted bigint references legal_entity on delete cascade""",
        "a row refers within its hierarchy": "alter table unit add planted bigint references unit_group",
        "what may not overlap does so within one row's own": """
            alter table unit add constraint planted exclude using gist (int8range(version, version) with &&)""",
        "keys of names sort by bytes": "alter table unit add planted_name_key text",
    }
    assert planted.keys() == RULES.keys()
    for rule, fault in planted.items():
        with tables.connect() as connection:  # a superuser, who may plant anything
            connection.execute("begin")
            try:
                connection.execute(fault)
                assert connection.execute(RULES[rule].replace("%(unscoped)s", f"'{UNSCOPED}'")).fetchall(), rule
            finally:
                connection.execute("rollback")
