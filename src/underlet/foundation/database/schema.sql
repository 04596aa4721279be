-- The database as migrations make it, dumped by Postgres 18; written by `make golden`.

CREATE SCHEMA public;

ALTER SCHEMA public OWNER TO underlet_owner;

COMMENT ON SCHEMA public IS 'standard public schema';

CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);

ALTER TYPE public.procrastinate_job_event_type OWNER TO underlet_owner;

CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);

ALTER TYPE public.procrastinate_job_status OWNER TO underlet_owner;

CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);

ALTER TYPE public.procrastinate_job_to_defer_v1 OWNER TO underlet_owner;

CREATE FUNCTION public.acted_for(actors bigint[]) RETURNS TABLE(actor_id bigint, user_id bigint, behalf_of_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select a.id, coalesce(t.user_id, v.viewer_id, a.id), v.person_id from unnest(actors) a (id)
  left join api_token t on t.id = a.id left join acting_session v on v.id = a.id
$$;

ALTER FUNCTION public.acted_for(actors bigint[]) OWNER TO underlet_system;

CREATE FUNCTION public.acting_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  -- Nobody's rights change meanwhile: what makes scopes anew takes these locks first.
  perform 1 from app_user p where p.id in (new.viewer_id, new.person_id) order by p.id for no key update;
  perform rebuild_acting(new.id, present_moment());
  return null;
end $$;

ALTER FUNCTION public.acting_follow() OWNER TO underlet_system;

CREATE FUNCTION public.actor_id() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('underlet.actor_id'::text, true), ''::text))::bigint;

ALTER FUNCTION public.actor_id() OWNER TO underlet_owner;

CREATE FUNCTION public.acts_for(unit_id bigint, entity bigint, wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select exists (
    select 1 from user_scope s, unit u
    where u.id = acts_for.unit_id and s.actor_id = (select actor_id()) and s.entity_id = entity
      and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id) and s.perms & wanted = wanted)
$$;

ALTER FUNCTION public.acts_for(unit_id bigint, entity bigint, wanted bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.address_refusals_counted(of_network text, of_limit text) RETURNS TABLE(count integer, since timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select r.count, r.since from address_refusal_count r where r.network = of_network and r.name = of_limit
$$;

ALTER FUNCTION public.address_refusals_counted(of_network text, of_limit text) OWNER TO underlet_system;

CREATE FUNCTION public.administers_member(of_group bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (select 1 from group_member m where m.group_id = of_group and can(m.unit_id, 17))
$$;

ALTER FUNCTION public.administers_member(of_group bigint) OWNER TO underlet_system;

CREATE FUNCTION public.administers_person(of_user bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (select 1 from app_user p where p.id = of_user and not p.is_operator)
    and exists (select 1 from access_grant g where g.user_id = of_user)
    and not exists (select 1 from access_grant g where g.user_id = of_user and not can(g.unit_id, 16))
    and not exists (
      select 1 from access_grant g join unit c on c.anchor_id = g.unit_id
      where g.user_id = of_user and g.scope = 'customers' and not can(c.id, 16))
$$;

ALTER FUNCTION public.administers_person(of_user bigint) OWNER TO underlet_system;

CREATE FUNCTION public.anchor_chosen() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'UPDATE' then
    if new.anchor_id is not distinct from old.anchor_id then
      return new;
    elsif old.anchor_id is not null then
      raise exception 'a customer organization is chosen once'
        using errcode = 'integrity_constraint_violation', constraint = 'unit_anchor_permanent';
    end if;
  end if;
  if new.anchor_id is not null and (select actor_id()) is not null and not can(new.anchor_id, 2) then
    raise exception 'not a customer that may be changed'
      using errcode = 'integrity_constraint_violation', constraint = 'unit_anchor_chosen';
  end if;
  return new;
end $$;

ALTER FUNCTION public.anchor_chosen() OWNER TO underlet_owner;

CREATE FUNCTION public.anchor_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare chosen record;
begin
  if tg_op = 'INSERT' then
    new.anchors := false;
  elsif new.anchor_id is not distinct from old.anchor_id then
    return new;
  end if;
  if new.anchor_id is null then
    return new;
  end if;
  if new.anchor_id = new.id then
    raise exception 'a customer does not refer to itself'
      using errcode = 'integrity_constraint_violation', constraint = 'unit_anchor_in_use';
  end if;
  select u.kind, u.state, u.anchors into chosen from unit u where u.id = new.anchor_id for no key update;
  if chosen.state is distinct from 'active' then
    raise exception 'not an active customer'
      using errcode = 'integrity_constraint_violation', constraint = 'unit_anchor_active';
  end if;
  if not chosen.anchors then
    begin
      update unit set anchors = true where id = new.anchor_id;
    exception when foreign_key_violation or check_violation then
      raise exception 'a customer with accounts or contracts, or one that refers to another'
        using errcode = 'integrity_constraint_violation', constraint = 'unit_anchor_in_use';
    end;
  end if;
  return new;
end $$;

ALTER FUNCTION public.anchor_follow() OWNER TO underlet_system;

CREATE FUNCTION public.anchor_released() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform 1 from unit u where u.id = old.anchor_id for no key update;
  if not exists (select 1 from unit u where u.anchor_id = old.anchor_id) then
    update unit set anchors = false where id = old.anchor_id;
  end if;
  return null;
end $$;

ALTER FUNCTION public.anchor_released() OWNER TO underlet_system;

CREATE FUNCTION public.assignment_life() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare owner unit;
begin
  select * into owner from unit u where u.id = new.unit_id for share;
  if owner.state = 'draft' or (owner.state = 'archived' and (tg_op = 'INSERT' or new.ends_on is null
      or new.ends_on > (owner.archived_at at time zone 'UTC')::date)) then
    raise exception 'the unit is %', owner.state using errcode = 'check_violation', constraint = 'assignment_life';
  end if;
  return new;
end $$;

ALTER FUNCTION public.assignment_life() OWNER TO underlet_system;

CREATE FUNCTION public.audit_by() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  select b.user_id, b.behalf_of_id into new.person_id, new.behalf_of_id from acted_for(array[new.actor_id]) b;
  select array_agg(s.unit_id), array_agg(s.entity_id) into new.from_units, new.from_entities from (
    select distinct s.unit_id, s.entity_id from user_scope s join unit u on u.id = s.unit_id
    where s.actor_id = new.actor_id and u.hierarchy_id = new.hierarchy_id order by 1, 2 limit 9) s;
  if cardinality(new.from_units) > 8 then
    new.from_units := null;
    new.from_entities := null;
  end if;
  return new;
end $$;

ALTER FUNCTION public.audit_by() OWNER TO underlet_system;

CREATE FUNCTION public.audit_chain() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare
  last record;
  one text;
  line text := '';
begin
  new.chain_id := coalesce(new.hierarchy_id, 0);
  perform 1 from audit_head h where h.chain_id = new.chain_id for no key update;
  if not found then
    insert into audit_head (chain_id, seq, hash) values (new.chain_id, 0, '') on conflict do nothing;
    perform 1 from audit_head h where h.chain_id = new.chain_id for no key update;
  end if;
  select e.seq, e.hash into last from audit_entry e where e.chain_id = new.chain_id order by e.seq desc limit 1;
  new.seq := coalesce(last.seq, 0) + 1;
  new.previous := coalesce(last.hash, '');
  foreach one in array array[
    encode(new.previous, 'hex'), new.chain_id::text, new.seq::text, new.id::text, new.public_id::text,
    new.hierarchy_id::text, new.unit_id::text, new.actor_id::text, new.person_id::text, new.behalf_of_id::text,
    new.from_units::text, new.from_entities::text, new.operation, new.subject_id::text, new.input::text,
    new.before::text, new.after::text, to_char(new.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    new.change_id::text]
  loop
    line := line || coalesce(octet_length(one) || ':' || one, '-');
  end loop;
  new.hash := sha256(convert_to(line, 'UTF8'));
  return new;
end $$;

ALTER FUNCTION public.audit_chain() OWNER TO underlet_system;

CREATE FUNCTION public.audit_head_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  update audit_head h set seq = last.seq, hash = last.hash, at = last.at from (
    select distinct on (a.chain_id) a.chain_id, a.seq, a.hash, a.at from added a order by a.chain_id, a.seq desc) last
  where h.chain_id = last.chain_id;
  return null;
end $$;

ALTER FUNCTION public.audit_head_follow() OWNER TO underlet_system;

CREATE FUNCTION public.audit_payload(of_entry bigint) RETURNS TABLE(is_whole boolean, input jsonb, before jsonb, after jsonb, fields text[])
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select whole.is_so, case when whole.is_so then e.input end, case when whole.is_so then e.before end,
    case when whole.is_so then e.after end,
    array(select distinct f.name from (
      select jsonb_object_keys(e.input) union all select jsonb_object_keys(e.before)) f (name) order by 1)
  from audit_entry e
  cross join lateral (select cardinality(e.from_units) > 0 and not exists (
    select 1 from unnest(e.from_units, e.from_entities) stood (unit_id, entity_id) where not exists (
      select 1 from user_scope s where s.actor_id = (select actor_id()) and s.subtree
        and s.unit_id = any ((select u.anc from unit u where u.id = stood.unit_id)::bigint[])
        and s.entity_id = stood.entity_id and s.entity_id <> 0 and s.perms & 38917 = 38917)) as is_so) whole
  where e.id = of_entry and (
    is_about_unit(e.operation) and can(e.unit_id, 4096)
    or acts_for(e.unit_id, (select u.entity_id from unit u where u.id = e.unit_id), 4096))
$$;

ALTER FUNCTION public.audit_payload(of_entry bigint) OWNER TO underlet_system;

CREATE FUNCTION public.billed_above(above bigint[], day date) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select a.id from unnest(above) with ordinality as a (id, position)
  where a.position = 1 or exists (
    select 1 from contract c where c.buyer_id = a.id and c.state = 'active'
      and daterange(c.starts_on, c.ends_on) @> day)
  order by a.position desc limit 1
$$;

ALTER FUNCTION public.billed_above(above bigint[], day date) OWNER TO underlet_system;

CREATE FUNCTION public.branch(of_unit bigint) RETURNS TABLE(id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$ select c.des from unit_closure c where c.anc = of_unit $$;

ALTER FUNCTION public.branch(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.brand_life() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if exists (select 1 from unit u where u.id = new.unit_id and u.state = 'archived' for share) then
    raise exception 'an archived unit is only read' using errcode = 'check_violation', constraint = 'unit_archived';
  end if;
  return new;
end $$;

ALTER FUNCTION public.brand_life() OWNER TO underlet_system;

CREATE FUNCTION public.brand_of_host(of_host text) RETURNS TABLE(field text, value text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select e.field, e.value from brand b cross join lateral effective_brand(b.unit_id) e
  where b.host_name = of_host and e.field in (
    'color', 'product_name', 'logo_1x_sha256', 'logo_2x_sha256', 'favicon_sha256', 'favicon_180_sha256')
$$;

ALTER FUNCTION public.brand_of_host(of_host text) OWNER TO underlet_system;

CREATE FUNCTION public.can(unit_id bigint, wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select coalesce(bit_or(s.perms) & wanted = wanted, false)
  from user_scope s, unit u
  where u.id = can.unit_id and s.actor_id = (select actor_id())
    and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id)
$$;

ALTER FUNCTION public.can(unit_id bigint, wanted bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.can_below(unit_id bigint, wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select coalesce(bit_or(s.perms) & wanted = wanted, false)
  from user_scope s, unit u
  where u.id = can_below.unit_id and s.actor_id = (select actor_id()) and s.unit_id = any (u.anc) and s.subtree
$$;

ALTER FUNCTION public.can_below(unit_id bigint, wanted bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.can_branch(unit_id bigint, wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select can_below(can_branch.unit_id, wanted) or can(can_branch.unit_id, wanted)
    and exists (select 1 from unit u where u.id = can_branch.unit_id and u.kind = 'customer')
$$;

ALTER FUNCTION public.can_branch(unit_id bigint, wanted bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.can_in_customers(of_anchor bigint, wanted bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select coalesce(bool_and(can(c.id, wanted)), false) from unit c where c.anchor_id = of_anchor
$$;

ALTER FUNCTION public.can_in_customers(of_anchor bigint, wanted bigint) OWNER TO underlet_system;

CREATE FUNCTION public.ceiling_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare of_unit bigint := coalesce(new.unit_id, old.unit_id);
begin
  perform pg_advisory_xact_lock(u.hierarchy_id) from unit u where u.id = of_unit;
  perform rebuild_scope(g.user_id) from (
    select g.user_id from access_grant g join unit_closure c on c.des = g.unit_id and c.anc = of_unit
    union
    select g.user_id from access_grant g join unit m on m.anchor_id = g.unit_id
      join unit_closure c on c.des = m.id and c.anc = of_unit where g.scope = 'customers'
    order by 1) g;
  return null;
end $$;

ALTER FUNCTION public.ceiling_follow() OWNER TO underlet_system;

CREATE FUNCTION public.ceiling_of(of_unit bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select coalesce(bit_and(c.perms), -1) from unit u join unit_ceiling c on c.unit_id = any (u.anc) where u.id = of_unit
$$;

ALTER FUNCTION public.ceiling_of(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.ceiling_raised() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if (select actor_id()) is not null and exists (select 1 from unit u where u.id = old.unit_id)
      and not may_limit(old.unit_id, (~old.perms) & case tg_op when 'UPDATE' then new.perms else -1 end) then
    raise exception 'a limit for roles above what the actor holds'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  return coalesce(new, old);
end $$;

ALTER FUNCTION public.ceiling_raised() OWNER TO underlet_system;

CREATE FUNCTION public.children_counted(units bigint[]) RETURNS TABLE(id bigint, below integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$ select o.id, (
  select case when exists (
      -- by key, however many rows the scope has
      select 1 from user_scope s
      where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and s.subtree
        and s.unit_id = any ((select u.anc from unit u where u.id = o.id)::bigint[]))
    then (select count(*) from (
      select 1 from unit c where c.parent_id = o.id and c.facets & 4 = 0 ) c)
    else (select count(*) from (
      select distinct c.id from user_scope s join unit c on c.id = s.unit_id
      where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and c.parent_id = o.id and c.facets & 4 = 0
      ) c) end::integer
) from unnest(units) o(id) $$;

ALTER FUNCTION public.children_counted(units bigint[]) OWNER TO underlet_system;

CREATE FUNCTION public.children_shown(of_unit bigint, most integer) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select case when exists (
      -- by key, however many rows the scope has
      select 1 from user_scope s
      where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and s.subtree
        and s.unit_id = any ((select u.anc from unit u where u.id = of_unit)::bigint[]))
    then (select count(*) from (
      select 1 from unit c where c.parent_id = of_unit and c.facets & 4 = 0 limit most) c)
    else (select count(*) from (
      select distinct c.id from user_scope s join unit c on c.id = s.unit_id
      where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and c.parent_id = of_unit and c.facets & 4 = 0
      limit most) c) end::integer
$$;

ALTER FUNCTION public.children_shown(of_unit bigint, most integer) OWNER TO underlet_system;

CREATE FUNCTION public.contract_entity_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  update contract c set seller_entity_id = e.id, seller_name = e.name
    from legal_entity e where e.id = new.entity_id and c.seller_id = new.id;
  update contract c set buyer_entity_id = e.id, buyer_name = e.name
    from legal_entity e where e.id = new.entity_id and c.buyer_id = new.id and c.seller_id = any (new.anc);
  return null;
end $$;

ALTER FUNCTION public.contract_entity_follow() OWNER TO underlet_system;

CREATE FUNCTION public.contract_life() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare party unit;
begin
  for party in select * from unit u where u.id in (new.seller_id, new.buyer_id) order by u.id for share loop
    if (party.state = 'archived' and (tg_op = 'INSERT' or new.state = 'active'
          and (new.ends_on is null or new.ends_on > (party.archived_at at time zone 'UTC')::date)))
        or (party.state = 'draft' and new.state = 'active') then
      raise exception 'a party is %', party.state using errcode = 'check_violation', constraint = 'contract_life';
    end if;
  end loop;
  return new;
end $$;

ALTER FUNCTION public.contract_life() OWNER TO underlet_system;

CREATE FUNCTION public.contract_terms_used() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if exists (select 1 from contract_version v
      where v.id in (coalesce(old.version_id, new.version_id), coalesce(new.version_id, old.version_id))
        and v.used_at is not null) then
    raise exception 'terms of a used contract version never change'
      using errcode = 'integrity_constraint_violation', constraint = 'contract_version_used';
  end if;
  return coalesce(new, old);
end $$;

ALTER FUNCTION public.contract_terms_used() OWNER TO underlet_owner;

CREATE FUNCTION public.contract_version_used() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if old.used_at is not null and (tg_op = 'DELETE' or (new.currency, new.metric, new.rates,
      new.disclose_raw_cost, new.vat_category, new.vat_rate, new.payment_days, new.starts_on) is distinct from
      (old.currency, old.metric, old.rates, old.disclose_raw_cost, old.vat_category, old.vat_rate, old.payment_days,
      old.starts_on)) then
    raise exception 'a used contract version never changes'
      using errcode = 'integrity_constraint_violation', constraint = 'contract_version_used';
  end if;
  return coalesce(new, old);
end $$;

ALTER FUNCTION public.contract_version_used() OWNER TO underlet_owner;

CREATE FUNCTION public.count_address_refusal(of_network text, of_limit text, at timestamp with time zone, length interval) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  delete from address_refusal_count r where r.since < at - interval '1 day' and (r.network, r.name) <> (of_network, of_limit);
  insert into address_refusal_count as r (network, name, since, count) values (of_network, of_limit, at, 1)
  on conflict (network, name) do update set
    count = case when r.since + length <= at then 1 else r.count + 1 end,
    since = case when r.since + length <= at then at else r.since end
$$;

ALTER FUNCTION public.count_address_refusal(of_network text, of_limit text, at timestamp with time zone, length interval) OWNER TO underlet_system;

CREATE FUNCTION public.count_refusal(of_person bigint, of_limit text, times integer, at timestamp with time zone, length interval) RETURNS TABLE(count integer, since timestamp with time zone)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  insert into refusal_count as r (person_id, name, since, count) values (of_person, of_limit, at, times)
  on conflict (person_id, name) do update set
    count = case when r.since + length <= at then times else r.count + times end,
    since = case when r.since + length <= at then at else r.since end
  returning r.count, r.since
$$;

ALTER FUNCTION public.count_refusal(of_person bigint, of_limit text, times integer, at timestamp with time zone, length interval) OWNER TO underlet_system;

CREATE FUNCTION public.create_below_group(of_group bigint, made jsonb, entity text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare place record; new_entity bigint; new_unit bigint; u unit := jsonb_populate_record(null::unit, made);
begin
  select g.unit_id, p.hierarchy_id, p.entity_id into place
    from unit_group g join unit p on p.id = g.unit_id where g.id = of_group;
  if not found or not may_join_group(of_group) or held_in_group(of_group) & 10 <> 10 then
    raise exception 'not a group to create units in' using errcode = 'insufficient_privilege';
  end if;
  new_entity := place.entity_id;
  if entity is not null then
    insert into legal_entity (hierarchy_id, name, country, language)
      select e.hierarchy_id, entity, e.country, e.language from legal_entity e where e.id = place.entity_id
      returning id into new_entity;
  end if;
  insert into unit (hierarchy_id, parent_id, kind, name, name_key, also_key, display_name, organization_number, time_zone,
      code, price_type, anc, entity_id, is_entity_own, state, anchor_id, created_at)
    values (place.hierarchy_id, place.unit_id, u.kind, u.name, u.name_key, u.also_key, u.display_name,
      u.organization_number, u.time_zone, u.code, u.price_type, '{}', new_entity, entity is not null, u.state, u.anchor_id,
      u.created_at) returning id into new_unit;
  insert into group_member (group_id, unit_id, hierarchy_id) values (of_group, new_unit, place.hierarchy_id);
  return new_unit;
end $$;

ALTER FUNCTION public.create_below_group(of_group bigint, made jsonb, entity text) OWNER TO underlet_system;

CREATE FUNCTION public.create_hierarchy(name text, key text, currency text, metric text, at timestamp with time zone, perms bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare new_hierarchy bigint; new_entity bigint; new_root bigint;
begin
  if not exists (select 1 from app_user p where p.id = (select actor_id()) and p.is_operator) then
    raise exception 'operator only' using errcode = 'insufficient_privilege';
  end if;
  insert into hierarchy (name, currency, metric, created_at)
    values (create_hierarchy.name, create_hierarchy.currency, create_hierarchy.metric, at) returning id into new_hierarchy;
  insert into legal_entity (hierarchy_id, name) values (new_hierarchy, create_hierarchy.name) returning id into new_entity;
  insert into unit (hierarchy_id, kind, name, name_key, anc, entity_id, is_entity_own, created_at)
    values (new_hierarchy, 'organization', create_hierarchy.name, key, '{}', new_entity, true, at)
    returning id into new_root;
  insert into access_grant (user_id, unit_id, role, perms, acts_for_id, created_at)
    values ((select actor_id()), new_root, 'owner', create_hierarchy.perms, new_root, at);
  return new_hierarchy;
end $$;

ALTER FUNCTION public.create_hierarchy(name text, key text, currency text, metric text, at timestamp with time zone, perms bigint) OWNER TO underlet_system;

CREATE FUNCTION public.customers_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if (select actor_id()) is not null and exists (
      select 1 from access_grant g
      where g.unit_id = new.anchor_id and g.scope = 'customers' and not can(new.id, g.perms | 16)) then
    raise exception 'a role that allows more than the actor holds'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  perform rebuild_scope(g.user_id) from (
    select distinct user_id from access_grant
    where scope = 'customers' and unit_id = new.anchor_id order by user_id) g;
  return null;
end $$;

ALTER FUNCTION public.customers_follow() OWNER TO underlet_system;

CREATE FUNCTION public.defer_job(job_id uuid, at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select procrastinate_defer_jobs_v1(array[row(
    'default', 'run_job', 0, null, null, jsonb_build_object('job_id', job_id), at
  )::procrastinate_job_to_defer_v1])
$$;

ALTER FUNCTION public.defer_job(job_id uuid, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.disclosing_versions(versions bigint[]) RETURNS bigint[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select coalesce(array_agg(v.id), '{}') from contract_version v where v.id = any (versions) and v.disclose_raw_cost
$$;

ALTER FUNCTION public.disclosing_versions(versions bigint[]) OWNER TO underlet_system;

CREATE FUNCTION public.effective_brand(of_unit bigint, above boolean DEFAULT false) RETURNS TABLE(field text, value text, source bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select distinct on (f.field) f.field, f.value, b.unit_id
  from unit u
  cross join lateral unnest(u.anc) with ordinality as a (id, position)
  join unit setter on setter.id = a.id
  join brand b on b.unit_id = a.id and not (above and a.id = u.id)
  cross join lateral (values
    ('color', b.color), ('product_name', b.product_name),
    ('logo_sha256', b.logo_sha256), ('logo_media_type', b.logo_media_type),
    ('logo_1x_sha256', b.logo_1x_sha256), ('logo_2x_sha256', b.logo_2x_sha256),
    ('favicon_sha256', b.favicon_sha256), ('favicon_180_sha256', b.favicon_180_sha256),
    ('sender_name', b.sender_name), ('reply_to', b.reply_to), ('host_name', b.host_name),
    ('invoice_footer', case when setter.entity_id = u.entity_id then b.invoice_footer end)
  ) as f (field, value)
  where u.id = of_unit and f.value is not null
  order by f.field, a.position desc
$$;

ALTER FUNCTION public.effective_brand(of_unit bigint, above boolean) OWNER TO underlet_system;

CREATE FUNCTION public.end_acting(moment timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  delete from user_scope s using acting_session a
  where s.actor_id = a.id and (a.ended_at is not null or a.ends_at <= moment)
$$;

ALTER FUNCTION public.end_acting(moment timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.end_sessions(of_user bigint, one uuid, but uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare ended text[];
begin
  if of_user is distinct from (select actor_id()) and not administers_person(of_user) then
    raise exception 'not theirs to end' using errcode = 'insufficient_privilege';
  end if;
  select coalesce(array_agg(s.session_key), '{}') into ended from usersessions_usersession s
    where s.user_id = of_user and (one is null or session_id(s.session_key) = one)
      and (but is null or session_id(s.session_key) <> but);
  delete from django_session d where d.session_key = any (ended);
  delete from usersessions_usersession s where s.session_key = any (ended);
  return cardinality(ended);
end $$;

ALTER FUNCTION public.end_sessions(of_user bigint, one uuid, but uuid) OWNER TO underlet_system;

CREATE FUNCTION public.end_sign_in(of_user bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  update app_user p set password = '!' || replace(gen_random_uuid()::text, '-', '') where p.id = of_user;
  delete from mfa_authenticator f where f.user_id = of_user;
  delete from account_emailaddress a where a.user_id = of_user;
  delete from django_session d using usersessions_usersession s
    where s.user_id = of_user and d.session_key = s.session_key;
  delete from usersessions_usersession s where s.user_id = of_user;
  update api_token t set revoked_at = present_moment()
    where t.user_id = of_user and t.unit_id is null and t.revoked_at is null;
  perform record_sign_in(of_user, 'end_sign_in');
end $$;

ALTER FUNCTION public.end_sign_in(of_user bigint) OWNER TO underlet_system;

CREATE FUNCTION public.entity_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform rebuild_scope(g.user_id) from (
    select distinct user_id from access_grant
    where acts_for_id = new.id or scope = 'customers' and unit_id = new.anchor_id order by user_id) g;
  return null;
end $$;

ALTER FUNCTION public.entity_follow() OWNER TO underlet_system;

CREATE FUNCTION public.environment_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare
  way text := coalesce(case when tg_op = 'UPDATE' then old.state end, 'not_provisioned') || ' ' || new.state;
  is_begun boolean := new.state in ('provisioning', 'deprovisioning');
begin
  if tg_op = 'UPDATE' and way = 'failed provisioning' and old.goal <> 'provision' then
    way := 'none';  -- what could not be removed still exists
  end if;
  if way not in (
      'not_provisioned provisioning', 'deprovisioned provisioning',
      'provisioning provisioning', 'provisioning provisioned', 'provisioning failed', 'failed provisioning',
      'provisioned deprovisioning', 'failed deprovisioning',
      'deprovisioning deprovisioning', 'deprovisioning deprovisioned', 'deprovisioning failed')
    or tg_op = 'UPDATE' and (new.unit_id <> old.unit_id or (new.attempt = old.attempt) = is_begun) then
    raise exception 'environment: % is no change', way
      using errcode = 'check_violation', constraint = 'environment_change';
  end if;
  if is_begun then
    new.goal := case new.state when 'provisioning' then 'provision' else 'deprovision' end;
  else
    new.goal := old.goal;
  end if;
  if new.state = 'provisioning' then
    select u.name, u.price_type into new.name, new.price_type from unit u
      where u.id = new.unit_id and u.state = 'active' for update;
    if not found then
      raise exception 'environment: the customer is not active'
        using errcode = 'check_violation', constraint = 'environment_of_active';
    end if;
  elsif tg_op = 'UPDATE' then
    new.name := old.name;
    new.price_type := old.price_type;
  end if;
  new.provisioned_at := case when new.state = 'provisioned' then new.changed_at
    when tg_op = 'UPDATE' then old.provisioned_at end;
  new.deprovisioned_at := case when new.state = 'deprovisioned' then new.changed_at
    when tg_op = 'UPDATE' then old.deprovisioned_at end;
  return new;
end $$;

ALTER FUNCTION public.environment_change() OWNER TO underlet_system;

CREATE FUNCTION public.environment_freezes(state text, goal text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
  select state in ('provisioning', 'provisioned', 'deprovisioning') or (state = 'failed' and goal = 'deprovision')
$$;

ALTER FUNCTION public.environment_freezes(state text, goal text) OWNER TO underlet_owner;

CREATE FUNCTION public.environment_note() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  insert into environment_event (unit_id, attempt, state, name, price_type, reference, error, actor_id, at)
    values (new.unit_id, new.attempt, new.state, new.name, new.price_type, new.reference, new.error, actor_id(),
      new.changed_at);
  return null;
end $$;

ALTER FUNCTION public.environment_note() OWNER TO underlet_system;

CREATE FUNCTION public.follow_directory_user(of_entry bigint, called text, address text, address_key text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare person bigint; is_another boolean;
begin
  select e.user_id into person from directory_user e join app_user p on p.id = e.user_id
  where e.id = of_entry and e.is_maker and not p.is_operator and can(e.unit_id, 16)
    and not exists (select 1 from access_grant g where g.user_id = p.id and not can(g.unit_id, 16))
    and not exists (
      select 1 from access_grant g join unit c on c.anchor_id = g.unit_id
      where g.user_id = p.id and g.scope = 'customers' and not can(c.id, 16))
    and not exists (select 1 from directory_user o where o.user_id = p.id and not can(o.unit_id, 16));
  if person is null then return; end if;
  update app_user p set name = called where p.id = person and p.name <> called;
  is_another := exists (select 1 from app_user p where p.id = person and p.email_key <> address_key);
  begin
    update app_user p set email = address, email_key = address_key where p.id = person and p.email <> address;
  exception when unique_violation then return;
  end;
  if is_another then
    perform end_sign_in(person);
  end if;
end $$;

ALTER FUNCTION public.follow_directory_user(of_entry bigint, called text, address text, address_key text) OWNER TO underlet_system;

CREATE FUNCTION public.glob_like(glob text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select translate(regexp_replace(glob, '([\\%_])', '\\\1', 'g'), '*?', '%_')
$$;

ALTER FUNCTION public.glob_like(glob text) OWNER TO underlet_owner;

CREATE FUNCTION public.grant_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform rebuild_scope(coalesce(new.user_id, old.user_id));
  return null;
end $$;

ALTER FUNCTION public.grant_follow() OWNER TO underlet_system;

CREATE FUNCTION public.grant_last_owner() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform keep_an_owner(old.unit_id);
  return null;
end $$;

ALTER FUNCTION public.grant_last_owner() OWNER TO underlet_system;

CREATE FUNCTION public.grant_resting() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if current_user = 'underlet_app' and not may_give(new.unit_id, new.perms, new.scope) then
    raise exception 'a role that allows more than the actor holds'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  return new;
end $$;

ALTER FUNCTION public.grant_resting() OWNER TO underlet_owner;

CREATE FUNCTION public.grant_role() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if new.role_id is not null then
    select r.perms into new.perms from role r join unit u on u.id = new.unit_id
      where r.id = new.role_id and r.unit_id = any (u.anc) for share of r;
    if not found then
      raise exception 'the role of another unit'
        using errcode = 'integrity_constraint_violation', constraint = 'grant_role';
    end if;
  end if;
  if (select actor_id()) is not null and new.perms & ~ceiling_of(new.unit_id) <> 0 then
    raise exception 'a role that allows more than roles may hold there'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  return new;
end $$;

ALTER FUNCTION public.grant_role() OWNER TO underlet_system;

CREATE FUNCTION public.granted_scope(of_user bigint, at timestamp with time zone) RETURNS TABLE(unit_id bigint, entity_id bigint, subtree boolean, perms bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  with live as (
    select * from access_grant g
    where g.user_id = of_user and g.suspended_at is null and (g.expires_at is null or g.expires_at > at)
      and (g.role_id is null or exists (
        select 1 from role r, unit u where r.id = g.role_id and u.id = g.unit_id and r.unit_id = any (u.anc))))
  select g.unit_id, side.entity_id, g.scope = 'subtree', g.perms & ceiling_of(g.unit_id)
    from live g join unit side on side.id = g.acts_for_id where g.scope in ('subtree', 'unit')
  union all
  select c.id, c.entity_id, true, g.perms & ceiling_of(c.id)
    from live g join unit c on c.anchor_id = g.unit_id where g.scope = 'customers'
  union all
  select m.unit_id, side.entity_id, true, g.perms & ceiling_of(g.unit_id)
    from live g join group_member m on m.group_id = g.group_id join unit side on side.id = g.acts_for_id
    where g.scope = 'group'
$$;

ALTER FUNCTION public.granted_scope(of_user bigint, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.group_branch(of_group uuid) RETURNS TABLE(id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$ select c.des from group_members(of_group) m join unit_closure c on c.anc = m.id $$;

ALTER FUNCTION public.group_branch(of_group uuid) OWNER TO underlet_system;

CREATE FUNCTION public.group_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform rebuild_scope(g.user_id) from (
    select distinct g.user_id from access_grant g join changed on changed.group_id = g.group_id order by 1) g;
  return null;
end $$;

ALTER FUNCTION public.group_follow() OWNER TO underlet_system;

CREATE FUNCTION public.group_member_place() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform pg_advisory_xact_lock_shared(h.hierarchy_id) from (select distinct a.hierarchy_id from added a order by 1) h;
  if exists (
      select 1 from added a join unit_group g on g.id = a.group_id join unit u on u.id = a.unit_id
      where u.id = g.unit_id or g.unit_id <> all (u.anc)) then
    raise exception 'a member stands below the unit of its group'
      using errcode = 'integrity_constraint_violation', constraint = 'group_member_subtree';
  end if;
  if exists (
      select 1 from added a join unit_group g on g.id = a.group_id where a.is_by_rule <> (g.rule is not null)) then
    raise exception 'a group has a rule or chosen members'
      using errcode = 'integrity_constraint_violation', constraint = 'group_member_rule';
  end if;
  return null;
end $$;

ALTER FUNCTION public.group_member_place() OWNER TO underlet_system;

CREATE FUNCTION public.group_members(of_group uuid) RETURNS TABLE(id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select m.unit_id from unit_group g join group_member m on m.group_id = g.id
  where g.public_id = of_group and sees_group(g.id)
$$;

ALTER FUNCTION public.group_members(of_group uuid) OWNER TO underlet_system;

CREATE FUNCTION public.group_role(of_group bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select coalesce(bit_or(g.perms & ceiling_of(g.unit_id) & coalesce(t.perms, -1)), 0)
  from people_behind(array[(select actor_id())]) b
    join access_grant g on g.user_id = b.user_id and g.group_id = of_group
    join unit o on o.id = g.unit_id
    left join api_token t on t.id = b.actor_id
  where g.suspended_at is null and (g.expires_at is null or g.expires_at > present_moment())
    and (t.unit_id is null or t.unit_id = any (o.anc))
$$;

ALTER FUNCTION public.group_role(of_group bigint) OWNER TO underlet_system;

CREATE FUNCTION public.group_ruled() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare found_ids bigint[];
begin
  if tg_op = 'INSERT' and new.rule is null or tg_op = 'UPDATE' and new.rule is not distinct from old.rule then
    return null;
  end if;
  perform pg_advisory_xact_lock(new.hierarchy_id);
  if (select actor_id()) is not null and not may_fill_group(new.id) then
    raise exception 'members whose people may do more than the actor'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  if new.rule is null then
    update group_member set is_by_rule = false where group_id = new.id;
  else
    found_ids := array(select r.id from ruled_units(new.unit_id, new.rule) r);
    delete from group_member m where m.group_id = new.id
      and not exists (select 1 from unnest(found_ids) f (id) where f.id = m.unit_id);
    update group_member m set is_by_rule = true where m.group_id = new.id and not m.is_by_rule;
    insert into group_member (group_id, unit_id, hierarchy_id, is_by_rule)
      select new.id, f.id, new.hierarchy_id, true from unnest(found_ids) f (id) on conflict do nothing;
  end if;
  return null;
end $$;

ALTER FUNCTION public.group_ruled() OWNER TO underlet_system;

CREATE FUNCTION public.groups_left(of_unit bigint, parent bigint) RETURNS TABLE(group_id bigint, units bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
  select g.id, count(*) from unit_closure c join group_member m on m.unit_id = c.des
    join unit_group g on g.id = m.group_id join unit p on p.id = parent
  where c.anc = of_unit and g.unit_id <> all (p.anc) and not exists (
      select 1 from unit_closure own where own.anc = of_unit and own.des = g.unit_id)
    and sees_group(g.id) and can(c.des, 1)
  group by g.id
$$;

ALTER FUNCTION public.groups_left(of_unit bigint, parent bigint) OWNER TO underlet_system;

CREATE FUNCTION public.has_standing(of_user bigint, at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (select 1 from app_user p where p.id = of_user and p.is_active and p.is_operator)
    or exists (
      select 1 from access_grant g join app_user p on p.id = g.user_id
      where g.user_id = of_user and p.is_active and g.suspended_at is null
        and (g.expires_at is null or g.expires_at > at))
$$;

ALTER FUNCTION public.has_standing(of_user bigint, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.held_in_group(of_group bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select group_role(of_group) | coalesce((
    select bit_or(s.perms) from unit_group g join unit u on u.id = g.unit_id join user_scope s on s.unit_id = any (u.anc)
    where g.id = of_group and s.actor_id = (select actor_id()) and (s.subtree or s.unit_id = u.id)), 0)
$$;

ALTER FUNCTION public.held_in_group(of_group bigint) OWNER TO underlet_system;

CREATE FUNCTION public.held_names(after_key text, needle text, is_down boolean, lim integer) RETURNS TABLE(name_key text, name text, is_reserved boolean, since timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform require_operator();
  return query
    select k.name_key, max(k.name), bool_or(k.is_reserved), min(k.since) from (
      select r.name_key, r.name, true as is_reserved, r.reserved_at as since from reserved_name r
      union all
      select u.name_key, u.name, false, u.archived_at from unit u
      where u.kind = 'customer' and u.state = 'archived' and u.name_released_at is null) k
    where strpos(k.name_key, needle) > 0 and (after_key = ''
      or case when is_down then k.name_key < after_key collate "C" else k.name_key > after_key collate "C" end)
    group by k.name_key
    order by case when not is_down then k.name_key end, case when is_down then k.name_key end desc limit lim;
end $$;

ALTER FUNCTION public.held_names(after_key text, needle text, is_down boolean, lim integer) OWNER TO underlet_system;

CREATE FUNCTION public.home_of_person(of_user bigint) RETURNS TABLE(hierarchy_id bigint, unit_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  with place as (
    select case when g.scope = 'customers' then u.anc[1:1] else u.anc end as anc
    from access_grant g join unit u on u.id = g.unit_id where g.user_id = of_user)
  select u.hierarchy_id, u.id from place p, unnest(p.anc) with ordinality way (id, depth) join unit u on u.id = way.id
  group by u.hierarchy_id, u.id, way.depth having count(*) = (select count(*) from place)
  order by way.depth desc limit 1
$$;

ALTER FUNCTION public.home_of_person(of_user bigint) OWNER TO underlet_system;

CREATE FUNCTION public.hook_unit(of_unit bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select h.unit_id from unit u
  cross join lateral unnest(u.anc) with ordinality as a (id, position)
  join provisioning_hook h on h.unit_id = a.id
  where u.id = of_unit and can(of_unit, 16384)
  order by a.position desc limit 1
$$;

ALTER FUNCTION public.hook_unit(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.identity_providers_of_host(of_host text) RETURNS TABLE(public_id uuid, kind text, name text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select p.public_id, p.kind, p.name from identity_provider p
  where p.is_enabled and p.unit_id = coalesce(
    (select b.unit_id from brand b where b.host_name = of_host),
    (select min(u.id) from unit u where u.parent_id is null having count(*) = 1))
  order by p.id
$$;

ALTER FUNCTION public.identity_providers_of_host(of_host text) OWNER TO underlet_system;

CREATE FUNCTION public.invoice_balances() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare of_invoice bigint;
begin
  if tg_table_name = 'invoice' then
    of_invoice := new.id;
  else
    of_invoice := coalesce(new.invoice_id, old.invoice_id);
  end if;
  if exists (select 1 from invoice i where i.id = of_invoice and (i.gross <> i.net + i.vat or i.net <> (
      select coalesce(sum(l.net), 0) from invoice_line l where l.invoice_id = i.id))) then
    raise exception 'invoice % does not add up', of_invoice
      using errcode = 'check_violation', constraint = 'invoice_balances';
  end if;
  return null;
end $$;

ALTER FUNCTION public.invoice_balances() OWNER TO underlet_system;

CREATE FUNCTION public.invoice_final() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if old.state = 'issued' then
    raise exception 'issued documents never change'
      using errcode = 'integrity_constraint_violation', constraint = 'document_issued';
  end if;
  return coalesce(new, old);
end $$;

ALTER FUNCTION public.invoice_final() OWNER TO underlet_owner;

CREATE FUNCTION public.invoice_line_final() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if exists (select 1 from invoice i where i.id = coalesce(old.invoice_id, new.invoice_id) and i.state = 'issued') then
    raise exception 'lines of issued documents never change'
      using errcode = 'integrity_constraint_violation', constraint = 'document_issued';
  end if;
  return coalesce(new, old);
end $$;

ALTER FUNCTION public.invoice_line_final() OWNER TO underlet_owner;

CREATE FUNCTION public.invoice_material(of_invoice bigint) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare found_ text;
begin
  perform 1 from invoice i where i.id = of_invoice and can(i.seller_id, 1024) for update;
  if not found then
    return null;
  end if;
  select jsonb_build_object(
      'invoice', to_jsonb(i),
      'lines', (select coalesce(jsonb_agg(to_jsonb(l) order by l.position), '[]')
        from invoice_line l where l.invoice_id = i.id),
      'seller', to_jsonb(s), 'buyer', to_jsonb(b),
      'contract', jsonb_build_object('id', c.public_id, 'version', v.number, 'payment_days', v.payment_days),
      'brand', (select coalesce(jsonb_object_agg(e.field, e.value), '{}') from effective_brand(i.seller_id) e),
      'zone', coalesce((select a.time_zone from unit u join unit a on a.id = any (u.anc)
        where u.id = i.seller_id and a.time_zone <> '' order by cardinality(a.anc) desc limit 1), 'UTC'))::text
    into found_
    from invoice i
    join legal_entity s on s.id = i.seller_entity_id
    join legal_entity b on b.id = i.buyer_entity_id
    join contract c on c.id = i.contract_id
    join contract_version v on v.id = i.version_id
    where i.id = of_invoice;
  return found_;
end $$;

ALTER FUNCTION public.invoice_material(of_invoice bigint) OWNER TO underlet_system;

CREATE FUNCTION public.is_about_unit(operation text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
  select split_part(operation, '.', 1)
    in ('unit', 'legal_entity', 'user', 'grant', 'group', 'role', 'role_ceiling', 'sign_in_policy', 'view_as', 'brand',
      'environment', 'structure')
$$;

ALTER FUNCTION public.is_about_unit(operation text) OWNER TO underlet_owner;

CREATE FUNCTION public.is_billed(of_unit bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select can(of_unit, 1) and (
    exists (select 1 from contract c where c.buyer_id = of_unit)
    or exists (select 1 from assignment a where a.unit_id = of_unit)
    or exists (select 1 from account a where a.unit_id = of_unit))
$$;

ALTER FUNCTION public.is_billed(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.is_customer(unit_id bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (select 1 from unit u where u.id = is_customer.unit_id and u.kind = 'customer')
$$;

ALTER FUNCTION public.is_customer(unit_id bigint) OWNER TO underlet_system;

CREATE FUNCTION public.is_customer_of(unit_id bigint, entity bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select exists (select 1 from unit u
    where u.id = is_customer_of.unit_id and u.kind = 'customer' and u.entity_id = is_customer_of.entity)
$$;

ALTER FUNCTION public.is_customer_of(unit_id bigint, entity bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.is_raw_buyer(of_version bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (select 1 from contract_version v join contract c on c.id = v.contract_id join unit b on b.id = c.buyer_id
    where v.id = of_version and b.kind = 'customer' and b.price_type = 'raw_cost_only')
$$;

ALTER FUNCTION public.is_raw_buyer(of_version bigint) OWNER TO underlet_system;

CREATE FUNCTION public.issuable_drafts(of_run bigint) RETURNS TABLE(id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select i.id from invoice i join unit s on s.id = i.seller_id
  where i.run_id = of_run and i.state = 'draft' and can(i.seller_id, 1024)
  order by cardinality(s.anc), s.id, i.id
$$;

ALTER FUNCTION public.issuable_drafts(of_run bigint) OWNER TO underlet_system;

CREATE FUNCTION public.issue_invoice(of_invoice bigint, of_year integer, of_sequence integer, of_number text, of_issued_on date, of_due_on date, of_snapshot jsonb, of_sha256 text, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare final invoice;
begin
  update invoice i set state = 'issued', year = of_year, sequence = of_sequence, number = of_number,
      issued_on = of_issued_on, due_on = of_due_on, snapshot = of_snapshot, snapshot_sha256 = of_sha256
    where i.id = of_invoice and i.state = 'draft' and i.hold = '' and can(i.seller_id, 1024)
    returning i.* into final;
  if not found then
    raise exception 'not the actor''s to issue' using errcode = 'insufficient_privilege';
  end if;
  update contract_version v set used_at = coalesce(v.used_at, at),
      used_through = greatest(v.used_through, least(v.ends_on, (final.period + interval '1 month')::date))
    where v.contract_id = final.contract_id and v.starts_on < final.period + interval '1 month'
      and (v.ends_on is null or v.ends_on > final.period);
end $$;

ALTER FUNCTION public.issue_invoice(of_invoice bigint, of_year integer, of_sequence integer, of_number text, of_issued_on date, of_due_on date, of_snapshot jsonb, of_sha256 text, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.join_new_unit(of_unit bigint, groups bigint[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare change bigint := (this_change()).id; joined bigint;
begin
  if not exists (
      select 1 from unit_version v where v.unit_id = of_unit and v.change_id = change and v.actor_id = (select actor_id()))
    or exists (select 1 from unit_version v where v.unit_id = of_unit and v.change_id <> change) then
    raise exception 'only a new unit of one''s own' using errcode = 'insufficient_privilege';
  end if;
  insert into group_member (group_id, unit_id, hierarchy_id)
    select g.id, of_unit, g.hierarchy_id from unit_group g
    where g.id = any (groups) and may_join_group(g.id)
    on conflict do nothing;
  get diagnostics joined = row_count;
  return joined;
end $$;

ALTER FUNCTION public.join_new_unit(of_unit bigint, groups bigint[]) OWNER TO underlet_system;

CREATE FUNCTION public.keep_an_owner(of_root bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform 1 from unit u where u.id = of_root and u.parent_id is null for no key update;
  if found and not exists (
    select 1 from access_grant g join app_user p on p.id = g.user_id
    where g.unit_id = of_root and g.role = 'owner' and g.scope = 'subtree' and g.suspended_at is null
      and g.expires_at is null and p.is_active)
  then
    raise exception 'the root keeps an owner' using errcode = 'integrity_constraint_violation', constraint = 'last_owner';
  end if;
end $$;

ALTER FUNCTION public.keep_an_owner(of_root bigint) OWNER TO underlet_system;

CREATE FUNCTION public.lacks_second_factor(of_user bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (
    select 1 from sign_in_policy p
    where p.requires_second_factor and exists (
      select 1 from user_scope s join unit u on u.id = s.unit_id
      where s.actor_id = of_user and p.unit_id = any (u.anc)))
  and not exists (
    select 1 from mfa_authenticator f where f.user_id = of_user and f.type in ('totp', 'webauthn'))
$$;

ALTER FUNCTION public.lacks_second_factor(of_user bigint) OWNER TO underlet_system;

CREATE FUNCTION public.legal_entity_life() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if exists (select 1 from unit u where u.entity_id = old.id and u.is_entity_own and u.state = 'archived') then
    raise exception 'an archived unit is only read' using errcode = 'check_violation', constraint = 'unit_archived';
  end if;
  return new;
end $$;

ALTER FUNCTION public.legal_entity_life() OWNER TO underlet_system;

CREATE FUNCTION public.levels_below(of_unit bigint) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select coalesce(max(deepest.dist + case when exists (
      select 1 from unit_closure o join unit c on c.parent_id = o.des
      where o.anc = of_unit and o.facets & 1 = 0 and o.dist = deepest.dist) then 1 else 0 end), 0)::integer
  from (select max(c.dist) as dist from unit_closure c where c.anc = of_unit and c.facets & 1 = 0) deepest
$$;

ALTER FUNCTION public.levels_below(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.may_drop_group(of_group bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select can_below(g.unit_id, 65536) and not exists (
    select 1 from access_grant a where a.group_id = g.id and not can_below(a.unit_id, a.perms | 16))
  from unit_group g where g.id = of_group
$$;

ALTER FUNCTION public.may_drop_group(of_group bigint) OWNER TO underlet_system;

CREATE FUNCTION public.may_fill_group(of_group bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select can_below(g.unit_id, 65536) and not exists (
    select 1 from access_grant a where a.group_id = g.id and not can_below(a.unit_id, a.perms))
  from unit_group g where g.id = of_group
$$;

ALTER FUNCTION public.may_fill_group(of_group bigint) OWNER TO underlet_system;

CREATE FUNCTION public.may_give(unit_id bigint, perms bigint, scope text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select can(unit_id, perms | 16) and case scope
    when 'unit' then true
    when 'customers' then can_in_customers(unit_id, perms | 16)
    else can_below(unit_id, perms | 16) end
$$;

ALTER FUNCTION public.may_give(unit_id bigint, perms bigint, scope text) OWNER TO underlet_owner;

CREATE FUNCTION public.may_join_group(of_group bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select g.rule is null and (group_role(g.id) & 10 = 10 or may_fill_group(g.id)) from unit_group g where g.id = of_group
$$;

ALTER FUNCTION public.may_join_group(of_group bigint) OWNER TO underlet_system;

CREATE FUNCTION public.may_limit(unit_id bigint, raised bigint DEFAULT 0) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select exists (
    select 1 from unit u where u.id = may_limit.unit_id
      and can_below(u.parent_id, 131072 | (may_limit.raised & ceiling_of(u.parent_id) & 1048575)))
$$;

ALTER FUNCTION public.may_limit(unit_id bigint, raised bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.may_take(unit_id bigint, perms bigint, scope text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select can(unit_id, perms & ceiling_of(unit_id) | 16)
    and (scope in ('unit', 'customers') or can_below(unit_id, perms & ceiling_of(unit_id) | 16))
$$;

ALTER FUNCTION public.may_take(unit_id bigint, perms bigint, scope text) OWNER TO underlet_owner;

CREATE FUNCTION public.may_view_as(of_user bigint, of_unit bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select of_user <> (select actor_id())
    and exists (select 1 from app_user p where p.id = of_user and p.is_active and not p.is_operator)
    and exists ( -- not joined: the right is asked for their places alone, until one is found
      select 1 from user_scope s where s.actor_id = of_user
        and of_unit = any ((select u.anc from unit u where u.id = s.unit_id)::bigint[]) and can(s.unit_id, 262145))
$$;

ALTER FUNCTION public.may_view_as(of_user bigint, of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.may_welcome(of_user bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (select 1 from app_user p where p.id = of_user and p.password like '!%' and not p.is_operator)
    and not exists (select 1 from access_grant g where g.user_id = of_user and not can(g.unit_id, 16))
    and not exists (
      select 1 from access_grant g join unit c on c.anchor_id = g.unit_id
      where g.user_id = of_user and g.scope = 'customers' and not can(c.id, 16))
$$;

ALTER FUNCTION public.may_welcome(of_user bigint) OWNER TO underlet_system;

CREATE FUNCTION public.members_shown(of_group bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select case when group_role(of_group) & 1 = 1
      or (select can_below(g.unit_id, 1) from unit_group g where g.id = of_group)
    then (select count(*) from group_member m where m.group_id = of_group)
    else (select count(*) from group_member m where m.group_id = of_group and can(m.unit_id, 1)) end
$$;

ALTER FUNCTION public.members_shown(of_group bigint) OWNER TO underlet_system;

CREATE FUNCTION public.move_contracts(moved bigint, below bigint, next_start date, today date, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare step record; draft contract; old contract; version contract_version; new_version bigint;
begin
  for step in select * from plan_move(moved, below, next_start, today) p order by p.event desc, p.contract_id loop
    select * into old from contract c where c.id = step.contract_id;
    if step.event = 'restored' then
      delete from price_rule r using contract_version v where v.id = r.version_id and v.contract_id = step.draft_id;
      delete from recurring_fee f using contract_version v where v.id = f.version_id and v.contract_id = step.draft_id;
      delete from contract_version v where v.contract_id = step.draft_id;
      delete from contract c where c.id = step.draft_id;
      update contract set state = 'active', ends_on = step.ends_on where id = old.id;
      continue;
    end if;
    if old.starts_on >= next_start then
      update contract set state = 'draft' where id = old.id;
    else
      update contract set ends_on = next_start where id = old.id;
    end if;
    insert into contract (hierarchy_id, seller_id, buyer_id, seller_entity_id, buyer_entity_id, seller_name, buyer_name,
        state, starts_on, ends_on, created_at, succeeds_id, cut_on, succeeds_ends_on)
      select old.hierarchy_id, s.id, b.id, se.id, be.id, se.name, be.name,
        'draft', step.starts_on, step.ends_on, at, old.id, next_start, step.ends_on
      from unit s join legal_entity se on se.id = s.entity_id, unit b join legal_entity be on be.id = b.entity_id
      where s.id = step.seller_id and b.id = old.buyer_id
      returning * into draft;
    for version in
      select * from contract_version v
      where v.contract_id = old.id and (v.ends_on is null or v.ends_on > step.starts_on) order by v.number
    loop
      -- What is disclosed stays among the terms, and with it a metric passed through; accepting asks whether the new
      -- seller may disclose it.
      insert into contract_version (hierarchy_id, contract_id, number, starts_on, ends_on, currency, metric, rates,
          disclose_raw_cost, vat_category, vat_rate, payment_days, created_at)
        select old.hierarchy_id, draft.id, 1 + count(v.id), greatest(step.starts_on, version.starts_on), version.ends_on,
          version.currency,
          case when s.parent_id is null or version.disclose_raw_cost then version.metric else 'effective' end,
          version.rates, version.disclose_raw_cost, version.vat_category, version.vat_rate, version.payment_days, at
        from unit s left join contract_version v on v.contract_id = draft.id where s.id = step.seller_id
        group by s.parent_id returning id into new_version;
      insert into price_rule (version_id, position, label, verb, base, percent, price, on_missing_base, conditions,
          starts_on, ends_on)
        select new_version, r.position, r.label, r.verb, r.base, r.percent, r.price, r.on_missing_base, r.conditions,
          r.starts_on, r.ends_on from price_rule r where r.version_id = version.id;
      insert into recurring_fee (version_id, position, label, price, quantity, starts_on, ends_on)
        select new_version, f.position, f.label, f.price, f.quantity, f.starts_on, f.ends_on
        from recurring_fee f where f.version_id = version.id;
    end loop;
  end loop;
end $$;

ALTER FUNCTION public.move_contracts(moved bigint, below bigint, next_start date, today date, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.move_within(of_unit bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select above.id from unit u join unit above on above.id = any (trim_array(u.anc, 1))
    join unit_ceiling c on c.unit_id = above.id
  where u.id = of_unit and not may_limit(above.id, ~c.perms) order by above.depth desc limit 1
$$;

ALTER FUNCTION public.move_within(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.name_is_held(of_kind text, of_hierarchy bigint, key text, besides bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select (select count(*) from unit u
      where u.hierarchy_id = of_hierarchy and u.name_key = key and u.name_released_at is null and u.id <> besides)
    + (select count(*) from unit u where of_kind = 'customer' and u.kind = 'customer' and u.name_key = key
      and u.name_released_at is null and u.id <> besides)
    + (select count(*) from reserved_name r where r.name_key = key) > 0
$$;

ALTER FUNCTION public.name_is_held(of_kind text, of_hierarchy bigint, key text, besides bigint) OWNER TO underlet_system;

CREATE FUNCTION public.names_taken(below bigint, keys text[], is_customer boolean) RETURNS TABLE(name_key text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
  select u.name_key::text from unit place, unit u
  where place.id = below and u.hierarchy_id = place.hierarchy_id and u.name_key = any (keys) and can(below, 8)
    and u.name_released_at is null
  union
  select u.name_key::text from unit u
  where is_customer and u.kind = 'customer' and u.name_key = any (keys) and can(below, 8) and u.name_released_at is null
  union
  select r.name_key::text from reserved_name r where r.name_key = any (keys) and can(below, 8)
$$;

ALTER FUNCTION public.names_taken(below bigint, keys text[], is_customer boolean) OWNER TO underlet_system;

CREATE FUNCTION public.nearest_seller(of_buyer bigint, day date) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select billed_above(u.anc[:cardinality(u.anc) - 1], day) from unit u where u.id = of_buyer
$$;

ALTER FUNCTION public.nearest_seller(of_buyer bigint, day date) OWNER TO underlet_system;

CREATE FUNCTION public.note_directory_call(of_unit uuid, at timestamp with time zone, error text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  insert into directory as d (unit_id, last_call_at, last_error, last_error_at)
    select u.id, at, error, case when error <> '' then at end from unit u where u.public_id = of_unit
  on conflict (unit_id) do update set last_call_at = at,
    last_error = case when error <> '' then error else d.last_error end,
    last_error_at = case when error <> '' then at else d.last_error_at end
  where error <> '' or d.last_call_at < at - interval '1 minute'
$$;

ALTER FUNCTION public.note_directory_call(of_unit uuid, at timestamp with time zone, error text) OWNER TO underlet_system;

CREATE FUNCTION public.only_by_groups(of_unit bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select not exists (
    select 1 from unit u, people_behind(array[(select actor_id())]) b, access_grant g
    where u.id = of_unit and g.user_id = b.user_id and g.scope = 'subtree' and g.unit_id = any (u.anc) and g.perms & 8 = 8
      and g.suspended_at is null and (g.expires_at is null or g.expires_at > present_moment()))
$$;

ALTER FUNCTION public.only_by_groups(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.page_children(of_unit bigint, after_kind text, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) RETURNS TABLE(id bigint, kind text, name_key text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
  with reached as (
    select 1 from user_scope s, unit u
    where u.id = of_unit and s.actor_id = (select actor_id()) and s.perms & 1 = 1 and s.subtree
      and s.unit_id = any (u.anc) limit 1)
  select x.id, x.kind, x.name_key from (
    -- Each kind from where its page begins: one range of the index each.
    select c.* from reached, lateral (
      select c.id, c.kind, c.name_key from unit c
      where c.parent_id = of_unit and c.kind = 'organization' and after_kind in ('', 'organization')
        and (c.name_key, c.id) > (after_key collate "C", after_id)
        and (strpos(c.name_key, needle) > 0 or strpos(c.also_key, needle) > 0) and c.facets & mask = wanted
      order by c.name_key, c.id limit lim) c
    union all
    select c.* from reached, lateral (
      select c.id, c.kind, c.name_key from unit c
      where c.parent_id = of_unit and c.kind = 'customer'
        and (c.name_key, c.id) > (case when after_kind = 'customer' then after_key else '' end collate "C",
          case when after_kind = 'customer' then after_id else 0 end)
        and (strpos(c.name_key, needle) > 0 or strpos(c.also_key, needle) > 0) and c.facets & mask = wanted
      order by c.name_key, c.id limit lim) c
    union all
    select distinct c.id, c.kind, c.name_key from user_scope s join unit c on c.id = s.unit_id
    where not exists (select 1 from reached) and s.actor_id = (select actor_id()) and s.perms & 1 = 1
      and c.parent_id = of_unit
      and (after_kind = '' or c.kind < after_kind
        or c.kind = after_kind and (c.name_key, c.id) > (after_key collate "C", after_id))
      and (strpos(c.name_key, needle) > 0 or strpos(c.also_key, needle) > 0) and c.facets & mask = wanted
  ) x order by x.kind desc, x.name_key, x.id limit lim
$$;

ALTER FUNCTION public.page_children(of_unit bigint, after_kind text, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) OWNER TO underlet_system;

CREATE FUNCTION public.page_group_units(below bigint, of_group uuid, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) RETURNS TABLE(id bigint, name_key text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
  with member as materialized (select u.id, u.anc from group_members(of_group) m join unit u on u.id = m.id),
  top as (
    -- members seen with everything below them, and what is seen below others
    select m.id, m.anc, true as subtree from member m where exists (
      select 1 from user_scope s where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and s.subtree
        and s.unit_id = any (m.anc))
    union
    select u.id, u.anc, s.subtree from user_scope s join unit u on u.id = s.unit_id join member m on m.id = any (u.anc)
    where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and not (s.subtree and m.id = u.id)),
  start as (
    select distinct case when below = any (t.anc) then t.id else below end as id, t.subtree
    from top t, unit b where b.id = below and (below = any (t.anc) or t.subtree and t.id = any (b.anc)))
  select distinct x.des, x.name_key from (
    select c.des, c.name_key from start s, lateral (
      select c.des, c.name_key from unit_closure c
      where c.anc = s.id and (s.subtree or c.des = s.id) and (c.name_key, c.des) > (after_key collate "C", after_id)
        and (strpos(c.name_key, needle) > 0 or strpos(c.also_key, needle) > 0) and c.facets & mask = wanted
      order by c.name_key, c.des limit lim) c
  ) x order by x.name_key, x.des limit lim
$$;

ALTER FUNCTION public.page_group_units(below bigint, of_group uuid, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) OWNER TO underlet_system;

CREATE FUNCTION public.page_group_units_down(below bigint, of_group uuid, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) RETURNS TABLE(id bigint, name_key text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
  with member as materialized (select u.id, u.anc from group_members(of_group) m join unit u on u.id = m.id),
  top as (
    -- members seen with everything below them, and what is seen below others
    select m.id, m.anc, true as subtree from member m where exists (
      select 1 from user_scope s where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and s.subtree
        and s.unit_id = any (m.anc))
    union
    select u.id, u.anc, s.subtree from user_scope s join unit u on u.id = s.unit_id join member m on m.id = any (u.anc)
    where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and not (s.subtree and m.id = u.id)),
  start as (
    select distinct case when below = any (t.anc) then t.id else below end as id, t.subtree
    from top t, unit b where b.id = below and (below = any (t.anc) or t.subtree and t.id = any (b.anc)))
  select distinct x.des, x.name_key from (
    select c.des, c.name_key from start s, lateral (
      select c.des, c.name_key from unit_closure c
      where c.anc = s.id and (s.subtree or c.des = s.id) and (c.name_key, c.des) < (after_key collate "C", after_id)
        and (strpos(c.name_key, needle) > 0 or strpos(c.also_key, needle) > 0) and c.facets & mask = wanted
      order by c.name_key desc, c.des desc limit lim) c
  ) x order by x.name_key desc, x.des desc limit lim
$$;

ALTER FUNCTION public.page_group_units_down(below bigint, of_group uuid, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) OWNER TO underlet_system;

CREATE FUNCTION public.page_mine(after_key text, after_id bigint, needle text, lim integer) RETURNS TABLE(id bigint, name_key text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
  select mine.id, mine.name_key from (
    select u.id, u.name_key, u.anc from unit u
    where u.id = any (array(
        select s.unit_id from user_scope s where s.actor_id = (select actor_id()) and s.perms & 1 = 1))
      and (u.name_key, u.id) > (after_key collate "C", after_id)
      and (strpos(u.name_key, needle) > 0 or strpos(u.also_key, needle) > 0)
    order by u.name_key, u.id offset 0) mine
  where not exists (
    select 1 from user_scope above where above.actor_id = (select actor_id()) and above.subtree
      and above.perms & 1 = 1 and above.unit_id = any (trim_array(mine.anc, 1)))
  order by mine.name_key, mine.id limit lim
$$;

ALTER FUNCTION public.page_mine(after_key text, after_id bigint, needle text, lim integer) OWNER TO underlet_system;

CREATE FUNCTION public.page_parents(moved bigint, deepest integer, within bigint, needs bigint, after_key text, after_id bigint, needle text, lim integer) RETURNS TABLE(id bigint, name_key text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
  select distinct x.des, x.name_key from (
    select c.des, c.name_key from unit m, user_scope s, unit u, lateral (
      select c.des, c.name_key from unit_closure c
      where c.anc = s.unit_id and (s.subtree or c.des = s.unit_id) and c.facets & 7 = 0
        and (c.name_key, c.des) > (after_key collate "C", after_id)
        and (strpos(c.name_key, needle) > 0 or strpos(c.also_key, needle) > 0) and u.depth + c.dist <= deepest
        and not exists (select 1 from unit_closure own where own.des = c.des and own.anc = moved)
        and (within is null or exists (select 1 from unit_closure w where w.des = c.des and w.anc = within))
      order by c.name_key, c.des limit lim) c
    where m.id = moved and s.actor_id = (select actor_id()) and s.perms & needs = needs and u.id = s.unit_id
      and u.hierarchy_id = m.hierarchy_id
  ) x order by x.name_key, x.des limit lim
$$;

ALTER FUNCTION public.page_parents(moved bigint, deepest integer, within bigint, needs bigint, after_key text, after_id bigint, needle text, lim integer) OWNER TO underlet_system;

CREATE FUNCTION public.page_past(below bigint, moment timestamp with time zone, min_rank integer, max_rank integer, with_archived boolean, direct boolean, has_tops boolean, after_id bigint, lim integer) RETURNS TABLE(unit_id bigint, depth integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
declare
  me constant bigint := actor_id();
  hidden bigint[]; tops bigint[]; top integer := 0; place integer := 0; given integer := 0; base integer := 0;
  parents bigint[] := '{}'; ranks integer[] := '{}'; names text[] := '{}'; ids bigint[] := '{}';
  way bigint[]; child record;
begin
  -- Units that were below it, beneath something hidden. Their parent is another now, or they are where a grant begins.
  if has_tops then
    -- Many of them share a parent, so parents are asked about first, each once.
    select array_agg(p.id) into hidden from (
      select distinct v.parent_id as id from (
        select m.unit_id from unit_version m
        where m.hierarchy_id = (select h.hierarchy_id from unit h where h.id = below)
          and m.came_from is not null and m.from_at > moment
        union select s.unit_id from user_scope s where s.actor_id = me and s.perms & 1 = 1) c
      join unit_version v on v.unit_id = c.unit_id and v.from_at <= moment and (v.to_at is null or v.to_at > moment)
      where v.unit_id <> below and v.parent_id is not null offset 0) p
    where not shows_past(p.id) and below = any (way_past(p.id, moment));
    if hidden is not null then
      select array_agg(v.unit_id order by v.rank, v.name_key, v.unit_id) into tops from (
        select m.unit_id from unit_version m
        where m.hierarchy_id = (select h.hierarchy_id from unit h where h.id = below)
          and m.came_from is not null and m.from_at > moment
        union select s.unit_id from user_scope s where s.actor_id = me and s.perms & 1 = 1) c
      join unit_version v on v.unit_id = c.unit_id and v.from_at <= moment and (v.to_at is null or v.to_at > moment)
      where v.parent_id = any (hidden) and shows_past(v.unit_id);
    end if;
  end if;
  tops := array[below] || coalesce(tops, '{}');
  select count(*) filter (where shows_past(w.id)) into base from unnest(way_past(below, moment)) w (id);

  if after_id > 0 then -- go on where the page before ended
    way := way_past(after_id, moment);
    for i in reverse cardinality(way) .. 1 loop
      top := coalesce(array_position(tops, way[i]), 0);
      way := case when top > 0 then way[i:] else way end;
      exit when top > 0;
    end loop;
    if top = 0 then
      return;
    end if;
    for i in 2 .. cardinality(way) loop
      select v.rank, v.name_key into child from unit_version v
        where v.unit_id = way[i] and v.from_at <= moment and (v.to_at is null or v.to_at > moment);
      parents[i - 1] := way[i - 1]; ranks[i - 1] := child.rank; names[i - 1] := child.name_key; ids[i - 1] := way[i];
    end loop;
    place := cardinality(way) - 1;
    if not direct then
      place := place + 1;
      parents[place] := after_id; ranks[place] := -1; names[place] := ''; ids[place] := 0;
    end if;
  end if;

  while given < lim loop
    if place = 0 then -- the next top
      top := top + 1;
      exit when top > cardinality(tops);
      select v.rank, v.state into child from unit_version v
        where v.unit_id = tops[top] and v.from_at <= moment and (v.to_at is null or v.to_at > moment);
      continue when not found;
      if top = 1 or not direct then
        place := 1; parents[1] := tops[top]; ranks[1] := -1; names[1] := ''; ids[1] := 0;
      end if;
      if (top > 1 or not direct) and child.rank between min_rank and max_rank
          and (with_archived or child.state <> 'archived') then
        unit_id := tops[top]; depth := case when top = 1 then base else 1 end; given := given + 1;
        return next;
      end if;
      continue;
    end if;
    select v.unit_id, v.rank, v.name_key, v.state into child from unit_version v
      where v.parent_id = parents[place] and v.from_at <= moment and (v.to_at is null or v.to_at > moment)
        and (v.rank, v.name_key, v.unit_id) > (ranks[place], names[place] collate "C", ids[place])
        and v.rank <= max_rank and (v.rank >= min_rank or not direct)
        -- shows_past, in the query itself: a function of its own for each row costs much more
        and (exists (select 1 from user_scope s where s.actor_id = me and s.perms & 1 = 1
            and s.unit_id = any ((select u.anc from unit u where u.id = v.unit_id)::bigint[])
            and (s.subtree or s.unit_id = v.unit_id))
          or exists (select 1 from user_scope s where s.actor_id = me and s.perms & 1 = 1 and s.subtree
            and s.unit_id = any ((select u.anc from unit u, removed_unit r
              where r.unit_id = v.unit_id and u.id = r.kept_id)::bigint[])))
      order by v.rank, v.name_key, v.unit_id limit 1;
    if not found then
      place := place - 1;
      continue;
    end if;
    ranks[place] := child.rank; names[place] := child.name_key; ids[place] := child.unit_id;
    if child.rank >= min_rank and (with_archived or child.state <> 'archived') then
      unit_id := child.unit_id; depth := case when top = 1 then base else 1 end + place; given := given + 1;
      return next;
    end if;
    if child.rank = 0 and not direct and place < 10 then
      place := place + 1;
      parents[place] := child.unit_id; ranks[place] := -1; names[place] := ''; ids[place] := 0;
    end if;
  end loop;
end $$;

ALTER FUNCTION public.page_past(below bigint, moment timestamp with time zone, min_rank integer, max_rank integer, with_archived boolean, direct boolean, has_tops boolean, after_id bigint, lim integer) OWNER TO underlet_system;

CREATE FUNCTION public.page_units(below bigint, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) RETURNS TABLE(id bigint, name_key text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
  with reached as (
    select 1 from user_scope s, unit u
    where u.id = below and s.actor_id = (select actor_id()) and s.perms & 1 = 1 and s.subtree
      and s.unit_id = any (u.anc) limit 1)
  select distinct x.des, x.name_key from (
    -- the scope reaches above or to `below`: everything below it
    select c.des, c.name_key from reached, lateral (
      select c.des, c.name_key from unit_closure c
      where c.anc = below and (c.name_key, c.des) > (after_key collate "C", after_id)
        and (strpos(c.name_key, needle) > 0 or strpos(c.also_key, needle) > 0) and c.facets & mask = wanted
      order by c.name_key, c.des limit lim) c
    union all
    -- else scope rows below it, with what lies below them, or single units
    select c.des, c.name_key from user_scope s, unit u, lateral (
      select c.des, c.name_key from unit_closure c
      where c.anc = s.unit_id and (s.subtree or c.des = s.unit_id)
        and (c.name_key, c.des) > (after_key collate "C", after_id)
        and (strpos(c.name_key, needle) > 0 or strpos(c.also_key, needle) > 0) and c.facets & mask = wanted
      order by c.name_key, c.des limit lim) c
    where not exists (select 1 from reached) and s.actor_id = (select actor_id()) and s.perms & 1 = 1
      and u.id = s.unit_id and below = any (u.anc)
  ) x order by x.name_key, x.des limit lim
$$;

ALTER FUNCTION public.page_units(below bigint, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) OWNER TO underlet_system;

CREATE FUNCTION public.page_units_down(below bigint, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) RETURNS TABLE(id bigint, name_key text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
  with reached as (
    select 1 from user_scope s, unit u
    where u.id = below and s.actor_id = (select actor_id()) and s.perms & 1 = 1 and s.subtree
      and s.unit_id = any (u.anc) limit 1)
  select distinct x.des, x.name_key from (
    -- the scope reaches above or to `below`: everything below it
    select c.des, c.name_key from reached, lateral (
      select c.des, c.name_key from unit_closure c
      where c.anc = below and (c.name_key, c.des) < (after_key collate "C", after_id)
        and (strpos(c.name_key, needle) > 0 or strpos(c.also_key, needle) > 0) and c.facets & mask = wanted
      order by c.name_key desc, c.des desc limit lim) c
    union all
    -- else scope rows below it, with what lies below them, or single units
    select c.des, c.name_key from user_scope s, unit u, lateral (
      select c.des, c.name_key from unit_closure c
      where c.anc = s.unit_id and (s.subtree or c.des = s.unit_id)
        and (c.name_key, c.des) < (after_key collate "C", after_id)
        and (strpos(c.name_key, needle) > 0 or strpos(c.also_key, needle) > 0) and c.facets & mask = wanted
      order by c.name_key desc, c.des desc limit lim) c
    where not exists (select 1 from reached) and s.actor_id = (select actor_id()) and s.perms & 1 = 1
      and u.id = s.unit_id and below = any (u.anc)
  ) x order by x.name_key desc, x.des desc limit lim
$$;

ALTER FUNCTION public.page_units_down(below bigint, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) OWNER TO underlet_system;

CREATE FUNCTION public.people_behind(actors bigint[]) RETURNS TABLE(actor_id bigint, user_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select a.id, coalesce(t.user_id, a.id) from unnest(actors) a (id) left join api_token t on t.id = a.id
$$;

ALTER FUNCTION public.people_behind(actors bigint[]) OWNER TO underlet_system;

CREATE FUNCTION public.people_to_view(of_unit bigint, needle text, after_key text, after_id bigint, lim integer) RETURNS TABLE(id bigint, public_id uuid, name text, email text, name_key text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select p.id, p.public_id, p.name, p.email, lower(p.name) from app_user p
  where (lower(p.name), p.id) > (after_key, after_id)
    and (strpos(lower(p.name), lower(needle)) > 0 or strpos(p.email_key, lower(needle)) > 0)
    and p.id in (
      select s.actor_id from unit_closure c join user_scope s on s.unit_id = c.des where c.anc = of_unit)
    and may_view_as(p.id, of_unit)
  order by lower(p.name), p.id limit lim
$$;

ALTER FUNCTION public.people_to_view(of_unit bigint, needle text, after_key text, after_id bigint, lim integer) OWNER TO underlet_system;

CREATE FUNCTION public.person_within(of_user bigint, of_unit bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (select 1 from app_user p where p.id = of_user and p.is_active and not p.is_operator)
    and exists (select 1 from access_grant g where g.user_id = of_user)
    and not exists (
      select 1 from access_grant g join unit u on u.id = g.unit_id
      where g.user_id = of_user and not of_unit = any (u.anc))
    and not exists (
      select 1 from access_grant g join unit c on c.anchor_id = g.unit_id
      where g.user_id = of_user and g.scope = 'customers' and not of_unit = any (c.anc))
$$;

ALTER FUNCTION public.person_within(of_user bigint, of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.plan_move(moved bigint, below bigint, next_start date, today date) RETURNS TABLE(event text, contract_id bigint, draft_id bigint, seller_id bigint, starts_on date, ends_on date, shows boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  with inside as (select k.des as id from unit_closure k where k.anc = moved),
  place as (
    select p.anc, s.id as seller_id, s.entity_id
    from unit p join unit s on s.id = billed_above(p.anc, next_start) where p.id = below),
  withdrawn as (
    select d.id as draft_id, old.id, old.seller_id, old.buyer_id, old.starts_on, d.succeeds_ends_on as ends_on
    from inside b join contract d on d.buyer_id = b.id join contract old on old.id = d.succeeds_id, place
    where d.state = 'draft' and d.cut_on > today and d.seller_id <> place.seller_id
      and not exists (select 1 from inside s where s.id = d.seller_id)
      and not exists (
        select 1 from contract c where c.buyer_id = old.buyer_id and c.state = 'active' and c.id <> old.id
          and daterange(c.starts_on, c.ends_on) && daterange(old.starts_on, d.succeeds_ends_on))
      and not exists (
        select 1 from contract later where later.succeeds_id = d.id and later.state = 'draft' and later.cut_on > today)),
  standing as (
    select c.id, c.seller_id, c.buyer_id, c.starts_on, c.ends_on
    from inside b join contract c on c.buyer_id = b.id
    where c.state = 'active' and not exists (select 1 from withdrawn w where w.id = c.id)
    union all select w.id, w.seller_id, w.buyer_id, w.starts_on, w.ends_on from withdrawn w)
  select 'restored', w.id, w.draft_id, w.seller_id, w.starts_on, w.ends_on, false from withdrawn w
  union all
  select 'ended', c.id, null, place.seller_id, greatest(next_start, c.starts_on), c.ends_on, exists (
      select 1 from user_scope s, unit b where s.actor_id = (select actor_id()) and s.perms & 4 = 4
        and s.entity_id = place.entity_id and b.id = c.buyer_id
        and s.unit_id = any (place.anc || b.anc[array_position(b.anc, moved):])
        and (s.subtree or s.unit_id in (b.id, place.seller_id)))
    from standing c, place
    where (c.ends_on is null or c.ends_on > next_start) and c.seller_id <> place.seller_id
      and not exists (select 1 from inside s where s.id = c.seller_id)
$$;

ALTER FUNCTION public.plan_move(moved bigint, below bigint, next_start date, today date) OWNER TO underlet_system;

CREATE FUNCTION public.present_moment() RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    RETURN COALESCE((NULLIF(current_setting('underlet.now'::text, true), ''::text))::timestamp with time zone, clock_timestamp());

ALTER FUNCTION public.present_moment() OWNER TO underlet_owner;

CREATE FUNCTION public.price_type_from_above() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if actor_id() is not null and not exists (
    select 1 from user_scope s where s.actor_id = (select actor_id()) and s.perms & 8 = 8
      and (s.subtree and s.unit_id = any (trim_array(new.anc, 1))
        or s.unit_id = new.id and s.entity_id not in (0, new.entity_id))) then
    raise exception 'a price type is given from above'
      using errcode = 'integrity_constraint_violation', constraint = 'price_type_from_above';
  end if;
  return new;
end $$;

ALTER FUNCTION public.price_type_from_above() OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

ALTER FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

ALTER FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

ALTER FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) OWNER TO underlet_owner;

CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    queueing_lock text,
    priority integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);

ALTER TABLE public.procrastinate_jobs OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

ALTER FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

ALTER FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

ALTER FUNCTION public.procrastinate_notify_queue_abort_job_v1() OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

ALTER FUNCTION public.procrastinate_notify_queue_job_inserted_v1() OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

ALTER FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

ALTER FUNCTION public.procrastinate_register_worker_v1() OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

ALTER FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

ALTER FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

ALTER FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

ALTER FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

ALTER FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

ALTER FUNCTION public.procrastinate_trigger_function_status_events_update_v1() OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

ALTER FUNCTION public.procrastinate_unlink_periodic_defers_v1() OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

ALTER FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

ALTER FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.raw_cost_customer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare today date := (now() at time zone 'utc')::date;
begin
  if exists (
    select 1 from contract c join contract_version v on v.contract_id = c.id
    where c.buyer_id = new.id and (c.ends_on is null or c.ends_on > today) and (v.ends_on is null or v.ends_on > today)
      and (v.metric not in ('billed', 'direct') or exists (
        select 1 from price_rule r where r.version_id = v.id and r.verb not in ('remove', 'pass_through')))) then
    raise exception 'a contract alters the costs of this customer'
      using errcode = 'integrity_constraint_violation', constraint = 'raw_cost_altered';
  elsif not raw_cost_disclosed(new.id, today) or exists (
    select 1 from contract c join contract_version v on v.contract_id = c.id
    where c.buyer_id = new.id and (c.ends_on is null or c.ends_on > today) and (v.ends_on is null or v.ends_on > today)
      and not v.disclose_raw_cost) then
    raise exception 'raw cost is not disclosed to this customer'
      using errcode = 'integrity_constraint_violation', constraint = 'raw_cost_not_disclosed';
  end if;
  return null;
end $$;

ALTER FUNCTION public.raw_cost_customer() OWNER TO underlet_system;

CREATE FUNCTION public.raw_cost_disclosed(of_unit bigint, day date) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare party bigint; root bigint; edge record;
begin
  select billed_above(u.anc, day), u.anc[1] into party, root from unit u where u.id = of_unit;
  for step in 1..20 loop  -- more than any chain has, and it ends even on contracts that a move made circular
    exit when party is null or party = root;
    select c.seller_id, v.disclose_raw_cost as discloses into edge
      from contract c join contract_version v on v.contract_id = c.id
      where c.buyer_id = party and c.state = 'active' and daterange(c.starts_on, c.ends_on) @> day
        and daterange(v.starts_on, v.ends_on) @> day;
    if edge.discloses is not true then
      return false;
    end if;
    party := edge.seller_id;
  end loop;
  return coalesce(party = root, false);
end $$;

ALTER FUNCTION public.raw_cost_disclosed(of_unit bigint, day date) OWNER TO underlet_system;

CREATE FUNCTION public.raw_cost_rule() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if new.verb not in ('remove', 'pass_through') and is_raw_buyer(new.version_id) then
    raise exception 'the costs of a raw cost only customer cannot be altered'
      using errcode = 'integrity_constraint_violation', constraint = 'raw_cost_altered';
  end if;
  return new;
end $$;

ALTER FUNCTION public.raw_cost_rule() OWNER TO underlet_owner;

CREATE FUNCTION public.raw_cost_version() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if is_raw_buyer(new.id) then
    if new.metric not in ('billed', 'direct') then
      raise exception 'a raw cost only customer pays what is billed'
        using errcode = 'integrity_constraint_violation', constraint = 'raw_cost_altered';
    elsif not new.disclose_raw_cost then
      raise exception 'a raw cost only customer sees raw cost'
        using errcode = 'integrity_constraint_violation', constraint = 'raw_cost_not_disclosed';
    end if;
  end if;
  return null;
end $$;

ALTER FUNCTION public.raw_cost_version() OWNER TO underlet_owner;

CREATE FUNCTION public.rebuild_acting(of_session bigint, moment timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  delete from user_scope s where s.actor_id = of_session;
  -- What both may, where both may it and the viewer may view as others. Prices, cost and margin (34820 = 4 + 2048 + 32768)
  -- only where both act for the same legal entity; else for none (0). Nobody views as somebody through somebody (262144).
  insert into user_scope (actor_id, unit_id, entity_id, subtree, perms)
    with acting as materialized (
      select a.viewer_id, a.person_id from acting_session a
      where a.id = of_session and a.ended_at is null and a.ends_at > moment),
    viewer as materialized (
      select s.*, u.anc from acting a join user_scope s on s.actor_id = a.viewer_id join unit u on u.id = s.unit_id),
    person as materialized (
      select s.*, u.anc from acting a join user_scope s on s.actor_id = a.person_id join unit u on u.id = s.unit_id),
    looks as materialized ( -- where the viewer may view as others
      select v.unit_id, v.anc, bool_or(v.subtree) as subtree from viewer v where v.perms & 262144 = 262144
      group by v.unit_id, v.anc),
    open as materialized ( -- as far as it lies there
      select distinct here.* from (
        select v.entity_id, v.perms, v.unit_id, v.anc,
          v.subtree and (l.subtree or l.unit_id <> v.unit_id) as subtree
          from viewer v cross join lateral unnest(v.anc) a (id)
            join looks l on l.unit_id = a.id and (l.subtree or l.unit_id = v.unit_id)
        union all
        select v.entity_id, v.perms, l.unit_id, l.anc, l.subtree
          from looks l cross join lateral unnest(trim_array(l.anc, 1)) a (id)
            join viewer v on v.unit_id = a.id and v.subtree) here),
    both_ as (
      select o.entity_id, o.perms, o.unit_id, p.entity_id as other_id, p.perms as others,
        o.subtree and (p.subtree or p.unit_id <> o.unit_id) as subtree
        from open o cross join lateral unnest(o.anc) a (id)
          join person p on p.unit_id = a.id and (p.subtree or p.unit_id = o.unit_id)
      union all
      select o.entity_id, o.perms, p.unit_id, p.entity_id, p.perms, p.subtree
        from person p cross join lateral unnest(trim_array(p.anc, 1)) a (id)
          join open o on o.unit_id = a.id and o.subtree)
    select of_session, b.unit_id, case when b.entity_id = b.other_id then b.entity_id else 0 end, b.subtree,
      bit_or(b.perms & b.others
        & ~(case when b.entity_id = b.other_id then 262144 else 262144 | 34820 end)::bigint)
    from both_ b where b.perms & b.others & 1 = 1
    group by 2, 3, 4;
end $$;

ALTER FUNCTION public.rebuild_acting(of_session bigint, moment timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.rebuild_acting_of(of_user bigint, moment timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform 1 from acting_session a
    where (a.viewer_id = of_user or a.person_id = of_user) and a.ended_at is null and a.ends_at > moment
    order by a.id for no key update;
  perform rebuild_acting(a.id, moment) from acting_session a
    where (a.viewer_id = of_user or a.person_id = of_user) and a.ended_at is null and a.ends_at > moment;
end $$;

ALTER FUNCTION public.rebuild_acting_of(of_user bigint, moment timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.rebuild_scope(of_user bigint, at timestamp with time zone DEFAULT public.present_moment()) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform 1 from app_user p where p.id = of_user for no key update;
  delete from user_scope s where s.actor_id = of_user
    or s.actor_id in (select t.id from api_token t where t.user_id = of_user);
  update app_user p set scope_until = (
    select min(g.expires_at) from access_grant g
    where g.user_id = of_user and g.suspended_at is null and g.expires_at > at)
  where p.id = of_user;
  insert into user_scope (actor_id, unit_id, entity_id, subtree, perms)
    select of_user, held.unit_id, held.entity_id, held.subtree, bit_or(held.perms)
    from granted_scope(of_user, at) held join app_user p on p.id = of_user and p.is_active
    group by held.unit_id, held.entity_id, held.subtree;
  insert into user_scope (actor_id, unit_id, entity_id, subtree, perms)
    select t.id, within.unit_id, s.entity_id, within.subtree, bit_or(s.perms & coalesce(t.perms, -1))
    from user_scope s join unit u on u.id = s.unit_id
    join api_token t on t.user_id = of_user and t.revoked_at is null
    left join unit l on l.id = t.unit_id
    cross join lateral (
      select s.unit_id, s.subtree where t.unit_id is null or t.unit_id = any (u.anc)
      union all
      select l.id, true where s.subtree and s.unit_id <> l.id and s.unit_id = any (l.anc)) within
    where s.actor_id = of_user
    group by t.id, within.unit_id, s.entity_id, within.subtree;
  perform rebuild_acting_of(of_user, at);
end $$;

ALTER FUNCTION public.rebuild_scope(of_user bigint, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.record_sign_in(of_user bigint, what text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  insert into audit_entry (hierarchy_id, unit_id, actor_id, operation, subject_id, input, before, after, at)
    select h.hierarchy_id, h.unit_id, coalesce((select actor_id()), p.id), 'user.' || what, p.public_id, '{}', '{}', '{}',
      present_moment()
    from app_user p left join home_of_person(p.id) h on true where p.id = of_user
$$;

ALTER FUNCTION public.record_sign_in(of_user bigint, what text) OWNER TO underlet_system;

CREATE FUNCTION public.refresh_scope(of_user bigint, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if exists (select 1 from app_user p where p.id = of_user and p.scope_until <= at) then
    perform rebuild_scope(of_user, at);
  end if;
end $$;

ALTER FUNCTION public.refresh_scope(of_user bigint, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.refusals_counted(of_person bigint, of_limit text) RETURNS TABLE(count integer, since timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select r.count, r.since from refusal_count r where r.person_id = of_person and r.name = of_limit
$$;

ALTER FUNCTION public.refusals_counted(of_person bigint, of_limit text) OWNER TO underlet_system;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception '% rows never change', tg_table_name using errcode = 'restrict_violation';
end $$;

ALTER FUNCTION public.refuse_change() OWNER TO underlet_owner;

CREATE FUNCTION public.release_name(key text, at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare was_reserved boolean;
begin
  perform require_operator();
  delete from reserved_name r where r.name_key = key;
  was_reserved := found;
  update unit u set name_released_at = at
    where u.kind = 'customer' and u.name_key = key and u.state = 'archived' and u.name_released_at is null;
  return found or was_reserved;
end $$;

ALTER FUNCTION public.release_name(key text, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.reporting_currency(of_unit bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select h.currency from hierarchy h join unit u on u.hierarchy_id = h.id where u.id = of_unit
$$;

ALTER FUNCTION public.reporting_currency(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.require_operator() RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if not exists (select 1 from app_user p where p.id = (select actor_id()) and p.is_operator and p.is_active) then
    raise exception 'operator only' using errcode = 'insufficient_privilege';
  end if;
end $$;

ALTER FUNCTION public.require_operator() OWNER TO underlet_system;

CREATE FUNCTION public.requires_second_factor(of_unit bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (
    select 1 from unit u join sign_in_policy p on p.unit_id = any (u.anc)
    where u.id = of_unit and p.requires_second_factor)
$$;

ALTER FUNCTION public.requires_second_factor(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.reserve_name(of_name text, key text, at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform require_operator();
  insert into reserved_name (name_key, name, reserved_at) values (key, of_name, at) on conflict do nothing;
  return found;
end $$;

ALTER FUNCTION public.reserve_name(of_name text, key text, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.revoke_unit_token(token bigint, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  update api_token t set revoked_at = at
    where t.id = token and t.revoked_at is null and t.unit_id is not null and can(t.unit_id, 8192);
end $$;

ALTER FUNCTION public.revoke_unit_token(token bigint, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.role_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  update access_grant g set perms = new.perms where g.role_id = new.id;
  return null;
end $$;

ALTER FUNCTION public.role_follow() OWNER TO underlet_system;

CREATE FUNCTION public.role_gone() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  delete from access_grant g using unit u
    where g.role_id = old.id and u.id = g.unit_id and old.unit_id <> all (u.anc);
  return old;
end $$;

ALTER FUNCTION public.role_gone() OWNER TO underlet_system;

CREATE FUNCTION public.role_within() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if (select actor_id()) is null or tg_op = 'UPDATE' and new.perms = old.perms then
    return new;
  end if;
  if new.perms & ~ceiling_of(new.unit_id) <> 0 or tg_op = 'UPDATE' and exists (
      select 1 from access_grant g
      where g.role_id = new.id and g.scope = 'customers' and not can_in_customers(g.unit_id, new.perms)
        and exists (select 1 from unit c where c.anchor_id = g.unit_id)) then
    raise exception 'a role that allows more than the actor holds, or roles may hold there'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  return new;
end $$;

ALTER FUNCTION public.role_within() OWNER TO underlet_system;

CREATE FUNCTION public.rule_changes(owner bigint, of_group bigint, rule jsonb, OUT members bigint, OUT joining bigint, OUT leaving bigint) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  with found as (select r.id from ruled_units(owner, rule) r where can_below(owner, 1)),
    present as (select m.unit_id as id from group_member m where m.group_id = of_group and can_below(owner, 1))
  select (select count(*) from found), (select count(*) from found f where f.id not in (select p.id from present p)),
    (select count(*) from present p where p.id not in (select f.id from found f))
$$;

ALTER FUNCTION public.rule_changes(owner bigint, of_group bigint, rule jsonb, OUT members bigint, OUT joining bigint, OUT leaving bigint) OWNER TO underlet_system;

CREATE TABLE public.unit (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    parent_id bigint,
    parent_depth smallint,
    parent_kind text GENERATED ALWAYS AS (
CASE
    WHEN (parent_id IS NOT NULL) THEN 'organization'::text
    ELSE NULL::text
END) STORED,
    depth smallint GENERATED ALWAYS AS ((COALESCE((parent_depth)::integer, 0) + 1)) STORED,
    kind text NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    also_key text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    display_name text DEFAULT ''::text NOT NULL,
    organization_number text DEFAULT ''::text NOT NULL,
    time_zone text DEFAULT ''::text NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    price_type text DEFAULT 'seller_set_only'::text NOT NULL,
    anc bigint[] NOT NULL,
    entity_id bigint NOT NULL,
    is_entity_own boolean DEFAULT false NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    anchors boolean DEFAULT false NOT NULL,
    anchor_id bigint,
    anchor_flag boolean GENERATED ALWAYS AS (
CASE
    WHEN (anchor_id IS NOT NULL) THEN true
    ELSE NULL::boolean
END) STORED,
    facets smallint GENERATED ALWAYS AS (((
CASE
    WHEN (kind = 'customer'::text) THEN 1
    ELSE 0
END +
CASE state
    WHEN 'draft'::text THEN 2
    WHEN 'archived'::text THEN 4
    ELSE 0
END) +
CASE
    WHEN anchors THEN 8
    ELSE 0
END)) STORED NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    name_released_at timestamp with time zone,
    is_active boolean GENERATED ALWAYS AS ((state = 'active'::text)) STORED NOT NULL,
    parent_active boolean GENERATED ALWAYS AS (
CASE
    WHEN ((parent_id IS NOT NULL) AND (state <> 'archived'::text)) THEN true
    ELSE NULL::boolean
END) STORED,
    CONSTRAINT unit_anchor_chain CHECK (((anchor_id IS NULL) OR (NOT anchors))),
    CONSTRAINT unit_anchor_kind CHECK (((kind = 'customer'::text) OR ((anchor_id IS NULL) AND (NOT anchors)))),
    CONSTRAINT unit_archived_at CHECK (((state = 'archived'::text) = (archived_at IS NOT NULL))),
    CONSTRAINT unit_depth CHECK ((depth <= 10)),
    CONSTRAINT unit_kind_check CHECK ((kind = ANY (ARRAY['organization'::text, 'customer'::text]))),
    CONSTRAINT unit_name_form CHECK ((((kind = 'organization'::text) AND (name <> ''::text)) OR ((parent_id IS NOT NULL) AND ((length(name) >= 4) AND (length(name) <= 253)) AND (name ~ '^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$'::text)))),
    CONSTRAINT unit_name_released CHECK (((name_released_at IS NULL) OR (state = 'archived'::text))),
    CONSTRAINT unit_price_type_check CHECK ((price_type = ANY (ARRAY['raw_cost_only'::text, 'seller_set_only'::text]))),
    CONSTRAINT unit_root CHECK (((parent_id IS NULL) = (parent_depth IS NULL))),
    CONSTRAINT unit_root_entity CHECK (((parent_id IS NOT NULL) OR is_entity_own)),
    CONSTRAINT unit_root_state CHECK (((parent_id IS NOT NULL) OR (state = 'active'::text))),
    CONSTRAINT unit_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'active'::text, 'archived'::text])))
);

ALTER TABLE ONLY public.unit FORCE ROW LEVEL SECURITY;

ALTER TABLE public.unit OWNER TO underlet_owner;

CREATE FUNCTION public.rule_holds(rule jsonb, u public.unit) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select (rule->>'kind' is null or u.kind = rule->>'kind')
    and (rule->>'state' is null or u.state = rule->>'state')
    and (rule->>'price_type' is null or u.kind = 'customer' and u.price_type = rule->>'price_type')
    and (rule->>'name' is null or u.name_key like glob_like(rule->>'name'))
    and (rule->>'display_name' is null or u.display_name ilike glob_like(rule->>'display_name'))
    and (rule->>'code' is null or u.code ilike glob_like(rule->>'code'))
    and (rule->>'organization_number' is null or u.organization_number ilike glob_like(rule->>'organization_number'))
    and (rule->>'below' is null or u.id <> (rule->>'below')::bigint and (rule->>'below')::bigint = any (u.anc))
    and (rule->>'customer_organization' is null
      or coalesce(u.anchor_id = (rule->>'customer_organization')::bigint, false))
$$;

ALTER FUNCTION public.rule_holds(rule jsonb, u public.unit) OWNER TO underlet_owner;

CREATE FUNCTION public.ruled_units(owner bigint, rule jsonb) RETURNS TABLE(id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
  select u.id from unit_closure c join unit u on u.id = c.des
  where c.anc = coalesce((rule->>'below')::bigint, owner) and owner = any (u.anc) and u.id <> owner
    and rule_holds(rule, u)
$$;

ALTER FUNCTION public.ruled_units(owner bigint, rule jsonb) OWNER TO underlet_system;

CREATE FUNCTION public.second_factor_recorded() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if tg_op = 'INSERT' then
    perform record_sign_in(new.user_id, case new.type
      when 'totp' then 'add_app' when 'webauthn' then 'add_passkey' else 'make_recovery_codes' end);
  elsif old.type <> 'recovery_codes' then
    perform record_sign_in(old.user_id, case old.type when 'totp' then 'remove_app' else 'remove_passkey' end);
  end if;
  return null;
end $$;

ALTER FUNCTION public.second_factor_recorded() OWNER TO underlet_system;

CREATE FUNCTION public.seen_as(users bigint[], what text, of_id bigint) RETURNS SETOF bigint
    LANGUAGE plpgsql
    AS $_$
declare asking text := current_setting('underlet.actor_id'); who bigint; is_seen boolean;
begin
  if what not in ('unit', 'contract', 'invoice') then
    raise exception 'not asked about %', what;
  end if;
  foreach who in array users loop
    perform set_config('underlet.actor_id', who::text, true);
    execute format('select exists (select 1 from %I where id = $1)', what) into is_seen using of_id;
    if is_seen then return next who; end if;
  end loop;
  perform set_config('underlet.actor_id', asking, true);
end $_$;

ALTER FUNCTION public.seen_as(users bigint[], what text, of_id bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.sees_group(of_group bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (
    select 1 from unit_group g, unit u, user_scope s
    where g.id = of_group and u.id = g.unit_id and s.actor_id = (select actor_id())
      and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id) and s.perms & 1 = 1)
  or exists (
    select 1 from access_grant g
    where g.group_id = of_group and g.suspended_at is null and (g.expires_at is null or g.expires_at > present_moment())
      and g.user_id in (select b.user_id from people_behind(array[(select actor_id())]) b))
$$;

ALTER FUNCTION public.sees_group(of_group bigint) OWNER TO underlet_system;

CREATE FUNCTION public.sees_role(of_role bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (
    select 1 from role r, unit u, user_scope s
    where r.id = of_role and u.id = r.unit_id and s.actor_id = (select actor_id())
      and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id) and s.perms & 1 = 1)
  or exists (
    select 1 from role r, unit u, user_scope s
    where r.id = of_role and s.actor_id = (select actor_id()) and u.id = s.unit_id and r.unit_id = any (u.anc)
      and s.perms & 17 = 17)
  or exists (
    select 1 from access_grant g
    where g.role_id = of_role and g.user_id in (select b.user_id from people_behind(array[(select actor_id())]) b))
  or exists (
    select 1 from access_grant g join unit c on c.anchor_id = g.unit_id
    where g.role_id = of_role and g.scope = 'customers' and can(c.id, 17))
  or exists (
    select 1 from access_grant g where g.role_id = of_role and g.scope = 'group' and administers_member(g.group_id))
$$;

ALTER FUNCTION public.sees_role(of_role bigint) OWNER TO underlet_system;

CREATE FUNCTION public.sees_user(of_user bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select of_user = (select actor_id()) or exists (
    select 1 from access_grant g, unit u, user_scope s
    where g.user_id = of_user and u.id = g.unit_id and s.actor_id = (select actor_id())
      and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id) and s.perms & 1 = 1)
  or exists (
    select 1 from access_grant g, group_member m, unit u, user_scope s
    where g.user_id = of_user and m.group_id = g.group_id and u.id = m.unit_id and s.actor_id = (select actor_id())
      and s.unit_id = any (u.anc) and (s.subtree or s.unit_id = u.id) and s.perms & 1 = 1)
  or exists (
    select 1 from access_grant g, unit c, user_scope s
    where g.user_id = of_user and g.scope = 'customers' and c.anchor_id = g.unit_id
      and s.actor_id = (select actor_id())
      and s.unit_id = any (c.anc) and (s.subtree or s.unit_id = c.id) and s.perms & 1 = 1)
$$;

ALTER FUNCTION public.sees_user(of_user bigint) OWNER TO underlet_system;

CREATE FUNCTION public.sells(contract_id bigint, as_draft boolean) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select exists (select 1 from contract c where c.id = sells.contract_id and (not as_draft or c.state = 'draft')
    and acts_for(c.seller_id, c.seller_entity_id, 256))
$$;

ALTER FUNCTION public.sells(contract_id bigint, as_draft boolean) OWNER TO underlet_owner;

CREATE FUNCTION public.session_id(key text) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (substr(encode(sha256(convert_to(key, 'UTF8'::name)), 'hex'::text), 1, 32))::uuid;

ALTER FUNCTION public.session_id(key text) OWNER TO underlet_owner;

CREATE FUNCTION public.sessions_of(of_user bigint) RETURNS TABLE(id uuid, created_at timestamp with time zone, last_seen_at timestamp with time zone, address inet, browser text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select session_id(s.session_key), s.created_at, s.last_seen_at, s.ip, s.user_agent
  from usersessions_usersession s join django_session d on d.session_key = s.session_key
  where s.user_id = of_user and d.expire_date > now()
    and (of_user = (select actor_id()) or administers_person(of_user))
  order by s.last_seen_at desc, s.id desc
$$;

ALTER FUNCTION public.sessions_of(of_user bigint) OWNER TO underlet_system;

CREATE FUNCTION public.settle_directory_group(of_group bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  delete from access_grant g using directory_group d
  where d.id = of_group and g.directory_group_id = d.id and can(d.unit_id, 16) and not exists (
    select 1 from directory_mapping m, directory_member i, directory_user e
    where m.group_id = d.id and i.group_id = d.id and e.id = i.entry_id and e.active and e.user_id = g.user_id
      and m.unit_id = g.unit_id and m.role = g.role and m.role_id is not distinct from g.role_id
      and m.unit_group_id is not distinct from g.group_id)
$$;

ALTER FUNCTION public.settle_directory_group(of_group bigint) OWNER TO underlet_system;

CREATE FUNCTION public.shows_past(of_unit bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select exists (select 1 from user_scope s where s.actor_id = (select actor_id()) and s.perms & 1 = 1
      and s.unit_id = any ((select u.anc from unit u where u.id = of_unit)::bigint[])
      and (s.subtree or s.unit_id = of_unit))
    or exists (select 1 from user_scope s where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and s.subtree
      and s.unit_id = any ((select u.anc from unit u, removed_unit r
        where r.unit_id = of_unit and u.id = r.kept_id)::bigint[]))
$$;

ALTER FUNCTION public.shows_past(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.shows_purchase(perms bigint, acting bigint, buyer bigint, buyer_entity bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select perms & 34816 = 34816 or acting <> buyer_entity
    or is_customer(buyer)
$$;

ALTER FUNCTION public.shows_purchase(perms bigint, acting bigint, buyer bigint, buyer_entity bigint) OWNER TO underlet_owner;

CREATE FUNCTION public.sub_account_unit(sub_account bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$ select s.unit_id from sub_account s where s.id = sub_account $$;

ALTER FUNCTION public.sub_account_unit(sub_account bigint) OWNER TO underlet_system;

CREATE FUNCTION public.take_number(of_invoice bigint, of_year integer, OUT sequence integer, OUT previous_sha256 text) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare draft invoice;
begin
  select * into draft from invoice i where i.id = of_invoice and can(i.seller_id, 1024);
  if not found then
    raise exception 'not the actor''s to issue' using errcode = 'insufficient_privilege';
  end if;
  insert into invoice_counter as c (seller_id, series, year, next) values (draft.seller_id, draft.series, of_year, 2)
    on conflict (seller_id, series, year) do update set next = c.next + 1 returning c.next - 1 into sequence;
  select i.snapshot_sha256 into previous_sha256 from invoice i
    where i.seller_id = draft.seller_id and i.series = draft.series and i.year = of_year and i.state = 'issued'
    order by i.sequence desc limit 1;
end $$;

ALTER FUNCTION public.take_number(of_invoice bigint, of_year integer, OUT sequence integer, OUT previous_sha256 text) OWNER TO underlet_system;

CREATE FUNCTION public.this_change(OUT id bigint, OUT at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql
    AS $$
declare kept text := coalesce(current_setting('underlet.change', true), '');
begin
  if kept = '' then
    id := nextval('change_id_seq');
    at := coalesce(nullif(current_setting('underlet.now', true), '')::timestamptz, clock_timestamp());
    perform set_config('underlet.change', id || ' ' || at, true);
  else
    id := split_part(kept, ' ', 1)::bigint;
    at := substr(kept, strpos(kept, ' ') + 1)::timestamptz;
  end if;
end $$;

ALTER FUNCTION public.this_change(OUT id bigint, OUT at timestamp with time zone) OWNER TO underlet_owner;

CREATE FUNCTION public.unit_anchor_life() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if new.state = 'archived' and exists (
      select 1 from unit c where c.anchor_id = new.id and c.state <> 'archived') then
    raise exception 'customers refer to it' using errcode = 'check_violation', constraint = 'unit_archive_anchor';
  end if;
  if new.state = 'active' and exists (
      select 1 from unit a where a.id = new.anchor_id and a.state = 'archived' for share) then
    raise exception 'its customer organization is archived'
      using errcode = 'check_violation', constraint = 'unit_restore_anchor';
  end if;
  return new;
end $$;

ALTER FUNCTION public.unit_anchor_life() OWNER TO underlet_system;

CREATE FUNCTION public.unit_archive_assignment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if exists (select 1 from assignment a where a.unit_id = new.id
      and (a.ends_on is null or a.ends_on > (new.archived_at at time zone 'UTC')::date)) then
    raise exception 'sub-accounts are assigned to it'
      using errcode = 'check_violation', constraint = 'unit_archive_assignment';
  end if;
  return new;
end $$;

ALTER FUNCTION public.unit_archive_assignment() OWNER TO underlet_system;

CREATE FUNCTION public.unit_archive_contract() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if exists (select 1 from contract c where new.id in (c.buyer_id, c.seller_id) and c.state = 'active'
      and (c.ends_on is null or c.ends_on > (new.archived_at at time zone 'UTC')::date)) then
    raise exception 'a contract is in force'
      using errcode = 'check_violation', constraint = 'unit_archive_contract';
  end if;
  return new;
end $$;

ALTER FUNCTION public.unit_archive_contract() OWNER TO underlet_system;

CREATE FUNCTION public.unit_archive_environment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if exists (select 1 from environment e where e.unit_id = new.id and environment_freezes(e.state, e.goal)) then
    raise exception 'its environment exists' using errcode = 'check_violation', constraint = 'unit_archive_environment';
  end if;
  return new;
end $$;

ALTER FUNCTION public.unit_archive_environment() OWNER TO underlet_system;

CREATE FUNCTION public.unit_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if tg_op = 'INSERT' then
    insert into unit_closure (anc, des, dist, name_key, also_key, facets)
      select a.id, new.id, cardinality(new.anc) - a.position, new.name_key, new.also_key, new.facets
      from unnest(new.anc) with ordinality as a (id, position);
  else
    if (new.name_key, new.also_key, new.facets) is distinct from (old.name_key, old.also_key, old.facets) then
      update unit_closure set name_key = new.name_key, also_key = new.also_key, facets = new.facets where des = new.id;
    end if;
    if new.parent_id is distinct from old.parent_id then
      delete from unit_closure c using unit_closure below
        where below.anc = new.id and c.des = below.des and c.anc = any (old.anc) and c.anc <> new.id;
      insert into unit_closure (anc, des, dist, name_key, also_key, facets)
        select a.id, below.des, below.dist + cardinality(new.anc) - a.position, below.name_key, below.also_key,
          below.facets
        from unnest(new.anc) with ordinality as a (id, position), unit_closure below
        where below.anc = new.id and a.id <> new.id;
      -- Depths too, in the same statement: the cascade of the foreign key comes level by level, and rows that this
      -- transaction wrote before are checked again in between.
      update unit u set anc = new.anc || u.anc[cardinality(old.anc) + 1:], parent_depth = new.depth + below.dist - 1
        from unit_closure below where below.anc = new.id and below.des = u.id and u.id <> new.id;
    end if;
    if new.entity_id is distinct from old.entity_id then
      update unit set entity_id = new.entity_id where parent_id = new.id and not is_entity_own; -- and so on, down
    end if;
  end if;
  return null;
end $$;

ALTER FUNCTION public.unit_follow() OWNER TO underlet_system;

CREATE FUNCTION public.unit_frozen() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if exists (select 1 from environment e where e.unit_id = new.id and environment_freezes(e.state, e.goal)) then
    raise exception 'frozen with the environment' using errcode = 'check_violation', constraint =
      case when new.name is distinct from old.name then 'unit_name_frozen' else 'unit_price_type_frozen' end;
  end if;
  return new;
end $$;

ALTER FUNCTION public.unit_frozen() OWNER TO underlet_system;

CREATE FUNCTION public.unit_gone() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  delete from legal_entity where id = old.entity_id and old.is_entity_own;
  return null;
end $$;

ALTER FUNCTION public.unit_gone() OWNER TO underlet_system;

CREATE FUNCTION public.unit_life() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'INSERT' then
    if new.state = 'archived' then
      raise exception 'no unit begins archived' using errcode = 'check_violation', constraint = 'unit_life';
    end if;
  elsif new.state is distinct from old.state then
    if new.state in ('draft', 'active', 'archived') and (old.state, new.state) not in (('draft', 'active'), ('active', 'archived'), ('archived', 'active'))
        or new.archived_at > now() + interval '1 day' then
      raise exception 'a unit does not go from % to % like this', old.state, new.state
        using errcode = 'check_violation', constraint = 'unit_life';
    end if;
    if new.state = 'active' then
      new.archived_at := null;
      new.name_released_at := null;
    end if;
  elsif old.state = 'archived' and (new.kind, new.name, new.name_key, new.display_name, new.organization_number,
      new.time_zone, new.code, new.price_type, new.parent_id, new.is_entity_own, new.anchor_id, new.archived_at)
    is distinct from (old.kind, old.name, old.name_key, old.display_name, old.organization_number,
      old.time_zone, old.code, old.price_type, old.parent_id, old.is_entity_own, old.anchor_id, old.archived_at) then
    raise exception 'an archived unit is only read' using errcode = 'check_violation', constraint = 'unit_archived';
  end if;
  return new;
end $$;

ALTER FUNCTION public.unit_life() OWNER TO underlet_owner;

CREATE FUNCTION public.unit_moved_acting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform rebuild_acting(a.id, present_moment()) from acting_session a
    where a.hierarchy_id = new.hierarchy_id and a.ended_at is null and a.ends_at > present_moment();
  return null;
end $$;

ALTER FUNCTION public.unit_moved_acting() OWNER TO underlet_system;

CREATE FUNCTION public.unit_moved_keys() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform rebuild_scope(k.user_id) from (
    select distinct t.user_id from api_token t
    where t.unit_id is not null and t.revoked_at is null and (
      exists (select 1 from unit_closure c where c.anc = new.id and c.des = t.unit_id)
      or exists (
        select 1 from user_scope s join unit_closure c on c.des = s.unit_id
        where s.actor_id = t.user_id and c.anc = new.id))
    order by 1) k;
  return null;
end $$;

ALTER FUNCTION public.unit_moved_keys() OWNER TO underlet_system;

CREATE FUNCTION public.unit_moved_roles() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare has_ceiling boolean := exists (select 1 from unit_ceiling c where c.unit_id = any (old.anc || new.anc));
begin
  perform rebuild_scope(g.user_id) from (
    select g.user_id from access_grant g join unit_closure c on c.des = g.unit_id and c.anc = new.id
      left join role r on r.id = g.role_id
      where has_ceiling or r.unit_id = any (old.anc || new.anc) and r.unit_id <> new.id
    union
    select g.user_id from access_grant g join unit m on m.anchor_id = g.unit_id
      join unit_closure c on c.des = m.id and c.anc = new.id where g.scope = 'customers' and has_ceiling
    order by 1) g;
  return null;
end $$;

ALTER FUNCTION public.unit_moved_roles() OWNER TO underlet_system;

CREATE FUNCTION public.unit_name_reserved() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if exists (select 1 from reserved_name r where r.name_key = new.name_key) then
    raise exception 'a reserved name' using errcode = 'unique_violation', constraint = 'unit_name_reserved';
  end if;
  return new;
end $$;

ALTER FUNCTION public.unit_name_reserved() OWNER TO underlet_system;

CREATE FUNCTION public.unit_place() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare parent record;
begin
  if tg_op = 'UPDATE' and new.parent_id is not distinct from old.parent_id then
    return new;
  end if;
  -- Whoever writes takes the hierarchy's lock (data-core.md §7): operations have it by now, other SQL takes it here.
  if tg_op = 'INSERT' then
    perform pg_advisory_xact_lock_shared(new.hierarchy_id);
  else
    perform pg_advisory_xact_lock(new.hierarchy_id);
  end if;
  if new.parent_id is null then
    new.parent_depth := null;
    new.anc := array[new.id];
  else
    -- For share: who gives the parent another legal entity meanwhile is waited for.
    select u.depth, u.anc, u.entity_id into parent from unit u where u.id = new.parent_id for share;
    if not found then
      raise exception 'no such parent' using errcode = 'foreign_key_violation', constraint = 'unit_parent_kind';
    end if;
    if new.id = any (parent.anc) then
      raise exception 'own subtree' using errcode = 'foreign_key_violation', constraint = 'unit_no_cycle';
    end if;
    new.parent_depth := parent.depth;
    new.anc := parent.anc || new.id;
    if not new.is_entity_own then
      new.entity_id := parent.entity_id;
    end if;
  end if;
  return new;
end $$;

ALTER FUNCTION public.unit_place() OWNER TO underlet_owner;

CREATE FUNCTION public.unit_promoted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if (old.kind, new.kind) <> ('customer', 'organization') or old.anchors or old.anchor_id is not null
      or new.price_type <> 'seller_set_only' or not can(old.parent_id, 8) then
    raise exception 'this unit does not become another kind'
      using errcode = 'check_violation', constraint = 'unit_promoted';
  end if;
  return new;
end $$;

ALTER FUNCTION public.unit_promoted() OWNER TO underlet_owner;

CREATE FUNCTION public.unit_records(of_unit bigint) RETURNS TABLE(kind text, total bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select 'invoices', count(*) from invoice i where of_unit in (i.buyer_id, i.seller_id)
  union all
  select 'charges', count(*) from billing_run r join unit u on u.id = of_unit and u.hierarchy_id = r.hierarchy_id
    where exists (select 1 from charge_line l where l.run_id = r.id and l.buyer_id = of_unit)
      or exists (select 1 from provider_cost p where p.run_id = r.id and p.unit_id = of_unit)
$$;

ALTER FUNCTION public.unit_records(of_unit bigint) OWNER TO underlet_system;

CREATE FUNCTION public.unit_regroup() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare changed bigint[]; is_beyond boolean;
begin
  if tg_op = 'INSERT' then
    perform pg_advisory_xact_lock_shared(h.hierarchy_id) from (select distinct a.hierarchy_id from added a order by 1) h;
    if not exists (select 1 from unit_group g where g.rule is not null) then
      return null;
    end if;
    changed := array(select a.id from added a);
  else
    if not exists (
        select 1 from after n join before o on o.id = n.id
        where (n.anc, n.kind, n.name_key, n.display_name, n.code, n.organization_number, n.price_type, n.state, n.anchor_id)
          is distinct from (o.anc, o.kind, o.name_key, o.display_name, o.code, o.organization_number, o.price_type,
            o.state, o.anchor_id)) then
      return null;
    end if;
    perform pg_advisory_xact_lock_shared(h.hierarchy_id) from (select distinct n.hierarchy_id from after n order by 1) h;
    if not exists (select 1 from unit_group) then
      return null;
    end if;
    changed := array(select n.id from after n);
    delete from group_member m using unit_group g, unit u
      where m.unit_id = any (changed) and g.id = m.group_id and u.id = m.unit_id
        and (g.unit_id <> all (u.anc) or m.is_by_rule and not rule_holds(g.rule, u));
  end if;
  with joined as (
    insert into group_member (group_id, unit_id, hierarchy_id, is_by_rule)
      select g.id, u.id, u.hierarchy_id, true
      from unit u cross join lateral unnest(u.anc) a (id) join unit_group g on g.unit_id = a.id and g.rule is not null
      where u.id = any (changed) and g.unit_id <> u.id and rule_holds(g.rule, u)
      on conflict do nothing
      returning group_id, unit_id)
  select exists (
    select 1 from joined j join access_grant a on a.group_id = j.group_id
    where a.user_id in (select b.user_id from people_behind(array[(select actor_id())]) b) and not can(j.unit_id, a.perms))
  into is_beyond;
  -- Nobody gives themselves more than they hold by changing a unit until a group of theirs takes it in (P2). A new unit
  -- holds nothing yet.
  if is_beyond and tg_op = 'UPDATE' and (select actor_id()) is not null then
    raise exception 'a group that gives the actor more than they hold'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  return null;
end $$;

ALTER FUNCTION public.unit_regroup() OWNER TO underlet_system;

CREATE FUNCTION public.unit_remember() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
declare change record; changed bigint[];
begin
  if tg_op = 'INSERT' then
    if not exists (select 1 from added) then
      return null;
    end if;
    select * into change from this_change();
    insert into unit_version (unit_id, from_at, change_id, actor_id, hierarchy_id, public_id, parent_id, kind, name,
        name_key, display_name, organization_number, time_zone, code, price_type, state, anchors, anchor_id,
        own_entity_id)
      select u.id, change.at, change.id, actor_id(), u.hierarchy_id, u.public_id, u.parent_id, u.kind, u.name,
        u.name_key, u.display_name, u.organization_number, u.time_zone, u.code, u.price_type, u.state, u.anchors,
        u.anchor_id, case when u.is_entity_own then u.entity_id end
      from added u;
  elsif tg_op = 'UPDATE' then
    -- Ancestors, depth and inherited legal entities follow others: they are no states of the unit itself.
    select array_agg(n.id) into changed from after n join before o on o.id = n.id
      where (n.parent_id, n.kind, n.name, n.display_name, n.organization_number, n.time_zone, n.code, n.price_type,
          n.state, n.anchors, n.anchor_id, case when n.is_entity_own then n.entity_id end)
        is distinct from (o.parent_id, o.kind, o.name, o.display_name, o.organization_number, o.time_zone, o.code,
          o.price_type, o.state, o.anchors, o.anchor_id, case when o.is_entity_own then o.entity_id end);
    if changed is null then
      return null;
    end if;
    select * into change from this_change();
    update unit_version v set parent_id = n.parent_id, came_from = coalesce(v.came_from, nullif(v.parent_id, n.parent_id)),
        kind = n.kind, name = n.name, name_key = n.name_key, display_name = n.display_name,
        organization_number = n.organization_number, time_zone = n.time_zone, code = n.code, price_type = n.price_type,
        state = n.state, anchors = n.anchors, anchor_id = n.anchor_id,
        own_entity_id = case when n.is_entity_own then n.entity_id end
      from after n where n.id = any (changed) and v.unit_id = n.id and v.to_at is null and v.change_id = change.id;
    with ended as (
      update unit_version v set to_at = greatest(change.at, v.from_at + interval '1 microsecond'), ended_by = actor_id()
      where v.unit_id = any (changed) and v.to_at is null and v.change_id <> change.id
      returning v.unit_id, v.to_at, v.parent_id)
    insert into unit_version (unit_id, from_at, change_id, actor_id, hierarchy_id, public_id, parent_id, came_from, kind,
        name, name_key, display_name, organization_number, time_zone, code, price_type, state, anchors, anchor_id,
        own_entity_id)
      select n.id, ended.to_at, change.id, actor_id(), n.hierarchy_id, n.public_id, n.parent_id,
        nullif(ended.parent_id, n.parent_id), n.kind, n.name, n.name_key, n.display_name, n.organization_number,
        n.time_zone, n.code, n.price_type, n.state, n.anchors, n.anchor_id,
        case when n.is_entity_own then n.entity_id end
      from ended join after n on n.id = ended.unit_id;
  else
    select * into change from this_change();
    -- What was made in this very transaction never was.
    delete from unit_version v using gone where v.unit_id = gone.id and v.to_at is null and v.change_id = change.id;
    update unit_version v set to_at = greatest(change.at, v.from_at + interval '1 microsecond'), ended_by = actor_id()
      from gone where v.unit_id = gone.id and v.to_at is null;
    update removed_unit r set kept_id = (
        select a.id from unnest(gone.anc) with ordinality as a (id, position) join unit u on u.id = a.id
        order by a.position desc limit 1)
      from gone where r.kept_id = gone.id;
    insert into removed_unit (unit_id, public_id, hierarchy_id, kept_id)
      select gone.id, gone.public_id, gone.hierarchy_id, (
        select a.id from unnest(gone.anc) with ordinality as a (id, position) join unit u on u.id = a.id
        order by a.position desc limit 1)
      from gone where exists (select 1 from unit_version v where v.unit_id = gone.id);
  end if;
  return null;
end $$;

ALTER FUNCTION public.unit_remember() OWNER TO underlet_system;

CREATE FUNCTION public.unit_ties(of_unit bigint, day date) RETURNS TABLE(kind text, total bigint, open bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  select 'children', count(*), count(*) filter (where u.state <> 'archived') from unit u where u.parent_id = of_unit
  union all
  select 'customers', count(*), count(*) filter (where u.state <> 'archived') from unit u where u.anchor_id = of_unit
  union all
  select 'contracts', count(*), count(*) filter (where c.state = 'active' and (c.ends_on is null or c.ends_on > day))
    from contract c where of_unit in (c.buyer_id, c.seller_id)
  union all
  select 'assignments', count(*), count(*) filter (where a.ends_on is null or a.ends_on > day)
    from assignment a where a.unit_id = of_unit
  union all
  select 'environment', count(*), count(*) filter (where environment_freezes(e.state, e.goal))
    from environment e where e.unit_id = of_unit
$$;

ALTER FUNCTION public.unit_ties(of_unit bigint, day date) OWNER TO underlet_system;

CREATE FUNCTION public.unit_within_limits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  if (select actor_id()) is not null and move_within(old.id) <> all (new.anc) then
    raise exception 'a limit for roles that the actor may not lift'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  return new;
end $$;

ALTER FUNCTION public.unit_within_limits() OWNER TO underlet_system;

CREATE FUNCTION public.user_id_by_email(key text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$ select id from app_user where email_key = key $$;

ALTER FUNCTION public.user_id_by_email(key text) OWNER TO underlet_system;

CREATE FUNCTION public.user_last_owner() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
begin
  perform keep_an_owner(g.unit_id) from access_grant g where g.user_id = new.id and g.role = 'owner' order by g.unit_id;
  return null;
end $$;

ALTER FUNCTION public.user_last_owner() OWNER TO underlet_system;

CREATE FUNCTION public.way_past(of_unit bigint, moment timestamp with time zone) RETURNS bigint[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  with recursive way as (
    select v.unit_id, v.parent_id, 1 as step from unit_version v
      where v.unit_id = of_unit and v.from_at <= moment and (v.to_at is null or v.to_at > moment)
    union all
    select v.unit_id, v.parent_id, way.step + 1 from way join unit_version v on v.unit_id = way.parent_id
      where v.from_at <= moment and (v.to_at is null or v.to_at > moment) and way.step < 10)
  select coalesce(array_agg(way.unit_id order by way.step desc), '{}') from way
$$;

ALTER FUNCTION public.way_past(of_unit bigint, moment timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.what_opens(of_user bigint, at timestamp with time zone) RETURNS TABLE(grant_id bigint, unit_id bigint, subtree boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  with live as (
    select g.* from access_grant g join app_user p on p.id = g.user_id and p.is_active
    where g.user_id = of_user and g.suspended_at is null and (g.expires_at is null or g.expires_at > at)),
  opened as (
    select g.id, g.unit_id, g.scope = 'subtree' as subtree from live g where g.scope in ('subtree', 'unit')
    union all
    select g.id, c.id, true from live g join unit c on c.anchor_id = g.unit_id where g.scope = 'customers'
    union all
    select g.id, m.unit_id, true from live g join group_member m on m.group_id = g.group_id where g.scope = 'group')
  select o.id, o.unit_id, o.subtree from opened o join unit u on u.id = o.unit_id
  where can(o.unit_id, 16) and exists (
    select 1 from user_scope s where s.actor_id = of_user and s.unit_id = any (u.anc)
      and (s.subtree or s.unit_id = u.id) and s.perms & 1 = 1)
$$;

ALTER FUNCTION public.what_opens(of_user bigint, at timestamp with time zone) OWNER TO underlet_system;

CREATE FUNCTION public.who_reaches(of_unit bigint, at timestamp with time zone) RETURNS TABLE(grant_id bigint, user_id bigint, perms bigint, entities bigint[])
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public'
    AS $$
  with place as (select u.id, u.anc, u.anchor_id from unit u where u.id = of_unit and can(u.id, 16)),
  found as (
    select g.* from place p join access_grant g on g.unit_id = any (p.anc)
      where (g.scope = 'subtree' or g.scope = 'unit' and g.unit_id = p.id) and can(g.unit_id, 16)
    union all
    select g.* from place p join access_grant g on g.unit_id = p.anchor_id where g.scope = 'customers'
    union all
    select g.* from access_grant g where g.scope = 'group' and g.group_id in (
      select m.group_id from place p join group_member m on m.unit_id = any (p.anc) where can(m.unit_id, 16)))
  select f.id, f.user_id, f.perms & held.perms, held.entities
  from found f cross join place p cross join lateral (
    select bit_or(s.perms) as perms, array_agg(distinct s.entity_id) filter (where s.perms & 4 = 4) as entities
    from user_scope s where s.actor_id = f.user_id and s.unit_id = any (p.anc) and (s.subtree or s.unit_id = p.id)) held
  where f.suspended_at is null and (f.expires_at is null or f.expires_at > at) and f.perms & held.perms & 1 = 1
$$;

ALTER FUNCTION public.who_reaches(of_unit bigint, at timestamp with time zone) OWNER TO underlet_system;

CREATE TABLE public.access_grant (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    role text NOT NULL,
    role_id bigint,
    perms bigint NOT NULL,
    scope text DEFAULT 'subtree'::text NOT NULL,
    group_id bigint,
    acts_for_id bigint,
    expires_at timestamp with time zone,
    suspended_at timestamp with time zone,
    directory_group_id bigint,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT access_grant_role CHECK (((role = ''::text) = (role_id IS NOT NULL))),
    CONSTRAINT access_grant_scope CHECK (((scope = 'group'::text) = (group_id IS NOT NULL))),
    CONSTRAINT access_grant_scope_check CHECK ((scope = ANY (ARRAY['subtree'::text, 'unit'::text, 'customers'::text, 'group'::text]))),
    CONSTRAINT access_grant_side CHECK (((scope = 'customers'::text) = (acts_for_id IS NULL)))
);

ALTER TABLE ONLY public.access_grant FORCE ROW LEVEL SECURITY;

ALTER TABLE public.access_grant OWNER TO underlet_owner;

ALTER TABLE public.access_grant ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.access_grant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.account (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    provider text NOT NULL,
    external_id text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    currency text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    unit_anchors boolean GENERATED ALWAYS AS (false) STORED
);

ALTER TABLE ONLY public.account FORCE ROW LEVEL SECURITY;

ALTER TABLE public.account OWNER TO underlet_owner;

CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.account_emailaddress FORCE ROW LEVEL SECURITY;

ALTER TABLE public.account_emailaddress OWNER TO underlet_owner;

ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);

ALTER TABLE ONLY public.account_emailconfirmation FORCE ROW LEVEL SECURITY;

ALTER TABLE public.account_emailconfirmation OWNER TO underlet_owner;

ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE public.actor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.actor_id_seq OWNER TO underlet_owner;

CREATE TABLE public.acting_session (
    id bigint DEFAULT nextval('public.actor_id_seq'::regclass) NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    viewer_id bigint NOT NULL,
    viewer_name text NOT NULL,
    person_id bigint NOT NULL,
    person_name text NOT NULL,
    mode text NOT NULL,
    reason text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT acting_session_another CHECK ((viewer_id <> person_id)),
    CONSTRAINT acting_session_lasts CHECK (((ends_at > starts_at) AND (ends_at <= (starts_at + '00:30:00'::interval)))),
    CONSTRAINT acting_session_mode_check CHECK ((mode = ANY (ARRAY['view'::text, 'act'::text]))),
    CONSTRAINT acting_session_reason_check CHECK ((reason <> ''::text))
);

ALTER TABLE ONLY public.acting_session FORCE ROW LEVEL SECURITY;

ALTER TABLE public.acting_session OWNER TO underlet_owner;

CREATE TABLE public.address_refusal_count (
    network text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    since timestamp with time zone NOT NULL,
    count integer NOT NULL
);

ALTER TABLE ONLY public.address_refusal_count FORCE ROW LEVEL SECURITY;

ALTER TABLE public.address_refusal_count OWNER TO underlet_owner;

CREATE TABLE public.api_token (
    id bigint DEFAULT nextval('public.actor_id_seq'::regclass) NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id bigint NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    previous_digest text,
    previous_until timestamp with time zone,
    purpose text DEFAULT 'api'::text NOT NULL,
    unit_id bigint,
    perms bigint,
    networks cidr[],
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    last_used_from inet,
    revoked_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT api_token_directory CHECK (((purpose = 'api'::text) OR (unit_id IS NOT NULL))),
    CONSTRAINT api_token_previous CHECK (((previous_digest IS NULL) = (previous_until IS NULL))),
    CONSTRAINT api_token_purpose_check CHECK ((purpose = ANY (ARRAY['api'::text, 'directory'::text])))
);

ALTER TABLE ONLY public.api_token FORCE ROW LEVEL SECURITY;

ALTER TABLE public.api_token OWNER TO underlet_owner;

CREATE TABLE public.app_user (
    id bigint DEFAULT nextval('public.actor_id_seq'::regclass) NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    password text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    theme text DEFAULT 'auto'::text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_operator boolean DEFAULT false NOT NULL,
    scope_until timestamp with time zone,
    last_login timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT app_user_language_check CHECK ((language = ANY (ARRAY['en'::text, 'de'::text, 'sv'::text]))),
    CONSTRAINT app_user_theme_check CHECK ((theme = ANY (ARRAY['auto'::text, 'light'::text, 'dark'::text])))
);

ALTER TABLE ONLY public.app_user FORCE ROW LEVEL SECURITY;

ALTER TABLE public.app_user OWNER TO underlet_owner;

CREATE TABLE public.assignment (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    sub_account_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    created_at timestamp with time zone NOT NULL,
    unit_anchors boolean GENERATED ALWAYS AS (false) STORED,
    CONSTRAINT assignment_days CHECK (((ends_on IS NULL) OR (ends_on > starts_on)))
);

ALTER TABLE ONLY public.assignment FORCE ROW LEVEL SECURITY;

ALTER TABLE public.assignment OWNER TO underlet_owner;

ALTER TABLE public.assignment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.assignment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_entry (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint,
    unit_id bigint,
    actor_id bigint NOT NULL,
    person_id bigint,
    behalf_of_id bigint,
    from_units bigint[],
    from_entities bigint[],
    operation text NOT NULL,
    subject_id uuid,
    input jsonb NOT NULL,
    before jsonb NOT NULL,
    after jsonb,
    at timestamp with time zone NOT NULL,
    change_id bigint DEFAULT (public.this_change()).id NOT NULL,
    chain_id bigint NOT NULL,
    seq bigint NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);

ALTER TABLE ONLY public.audit_entry FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_entry OWNER TO underlet_owner;

ALTER TABLE public.audit_entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_head (
    chain_id bigint NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    at timestamp with time zone
);

ALTER TABLE ONLY public.audit_head FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_head OWNER TO underlet_owner;

CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);

ALTER TABLE public.auth_group OWNER TO underlet_owner;

ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);

ALTER TABLE public.auth_group_permissions OWNER TO underlet_owner;

ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);

ALTER TABLE public.auth_permission OWNER TO underlet_owner;

ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.billing_run (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    job_id uuid,
    period date NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    same_as_id bigint,
    is_current boolean DEFAULT false NOT NULL,
    manifest jsonb DEFAULT '{}'::jsonb NOT NULL,
    inputs_hash text DEFAULT ''::text NOT NULL,
    result_hash text DEFAULT ''::text NOT NULL,
    engine_version text DEFAULT ''::text NOT NULL,
    folder text DEFAULT ''::text NOT NULL,
    checks jsonb DEFAULT '[]'::jsonb NOT NULL,
    findings jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT billing_run_period_check CHECK ((EXTRACT(day FROM period) = (1)::numeric)),
    CONSTRAINT billing_run_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'unchanged'::text, 'held'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.billing_run FORCE ROW LEVEL SECURITY;

ALTER TABLE public.billing_run OWNER TO underlet_owner;

ALTER TABLE public.billing_run ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.brand (
    id bigint NOT NULL,
    unit_id bigint NOT NULL,
    color text,
    product_name text,
    logo_sha256 text,
    logo_media_type text,
    logo_1x_sha256 text,
    logo_2x_sha256 text,
    favicon_sha256 text,
    favicon_180_sha256 text,
    sender_name text,
    reply_to text,
    invoice_footer text,
    host_name text,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT brand_color_check CHECK ((color ~ '^#[0-9a-f]{6}$'::text)),
    CONSTRAINT brand_favicon_is_whole CHECK ((num_nulls(favicon_sha256, favicon_180_sha256) = ANY (ARRAY[0, 2]))),
    CONSTRAINT brand_host_name_check CHECK ((host_name = lower(host_name))),
    CONSTRAINT brand_logo_is_whole CHECK ((num_nulls(logo_sha256, logo_media_type, logo_1x_sha256, logo_2x_sha256) = ANY (ARRAY[0, 4])))
);

ALTER TABLE ONLY public.brand FORCE ROW LEVEL SECURITY;

ALTER TABLE public.brand OWNER TO underlet_owner;

ALTER TABLE public.brand ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.brand_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE public.change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.change_id_seq OWNER TO underlet_owner;

CREATE TABLE public.charge_cost (
    id bigint NOT NULL,
    charge_line_id bigint NOT NULL,
    exact numeric NOT NULL,
    currency text NOT NULL
);

ALTER TABLE ONLY public.charge_cost FORCE ROW LEVEL SECURITY;

ALTER TABLE public.charge_cost OWNER TO underlet_owner;

ALTER TABLE public.charge_cost ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.charge_cost_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.charge_line (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    edge smallint NOT NULL,
    outcome text NOT NULL,
    version_id bigint,
    seller_id bigint NOT NULL,
    buyer_id bigint NOT NULL,
    seller_entity_id bigint NOT NULL,
    buyer_entity_id bigint NOT NULL,
    provider text NOT NULL,
    billing_account text NOT NULL,
    sub_account text,
    sub_account_name text DEFAULT ''::text NOT NULL,
    service text NOT NULL,
    charge_category text NOT NULL,
    charge_class text,
    charge_kind text NOT NULL,
    rule_id text,
    provider_currency text NOT NULL,
    currency text NOT NULL,
    unit_of_measure text,
    quantity numeric,
    exact numeric NOT NULL,
    posted numeric(24,4) NOT NULL,
    n bigint NOT NULL,
    CONSTRAINT charge_line_outcome_check CHECK ((outcome = ANY (ARRAY['priced'::text, 'removed'::text, 'held'::text])))
);

ALTER TABLE ONLY public.charge_line FORCE ROW LEVEL SECURITY;

ALTER TABLE public.charge_line OWNER TO underlet_owner;

ALTER TABLE public.charge_line ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.charge_line_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contract (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    seller_id bigint NOT NULL,
    buyer_id bigint NOT NULL,
    seller_entity_id bigint NOT NULL,
    buyer_entity_id bigint NOT NULL,
    seller_name text NOT NULL,
    buyer_name text NOT NULL,
    state text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    created_at timestamp with time zone NOT NULL,
    succeeds_id bigint,
    cut_on date,
    succeeds_ends_on date,
    buyer_anchors boolean GENERATED ALWAYS AS (false) STORED,
    CONSTRAINT contract_days CHECK (((ends_on IS NULL) OR (ends_on > starts_on))),
    CONSTRAINT contract_parties CHECK ((seller_id <> buyer_id)),
    CONSTRAINT contract_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'active'::text]))),
    CONSTRAINT contract_succession CHECK (((succeeds_id IS NULL) = (cut_on IS NULL)))
);

ALTER TABLE ONLY public.contract FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contract OWNER TO underlet_owner;

ALTER TABLE public.contract ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contract_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contract_version (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    contract_id bigint NOT NULL,
    number integer NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    currency text NOT NULL,
    metric text NOT NULL,
    rates jsonb DEFAULT '{}'::jsonb NOT NULL,
    disclose_raw_cost boolean DEFAULT false NOT NULL,
    vat_category text NOT NULL,
    vat_rate numeric(5,2) NOT NULL,
    payment_days integer NOT NULL,
    used_at timestamp with time zone,
    used_through date,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT contract_version_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT contract_version_days CHECK (((ends_on IS NULL) OR (ends_on > starts_on))),
    CONSTRAINT contract_version_metric_check CHECK ((metric = ANY (ARRAY['effective'::text, 'contracted'::text, 'billed'::text, 'direct'::text]))),
    CONSTRAINT contract_version_payment_days_check CHECK (((payment_days >= 0) AND (payment_days <= 365))),
    CONSTRAINT contract_version_vat_rate_check CHECK (((vat_rate >= (0)::numeric) AND (vat_rate < (100)::numeric)))
);

ALTER TABLE ONLY public.contract_version FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contract_version OWNER TO underlet_owner;

ALTER TABLE public.contract_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contract_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.directory (
    unit_id bigint NOT NULL,
    last_call_at timestamp with time zone NOT NULL,
    last_error text DEFAULT ''::text NOT NULL,
    last_error_at timestamp with time zone
);

ALTER TABLE ONLY public.directory FORCE ROW LEVEL SECURITY;

ALTER TABLE public.directory OWNER TO underlet_owner;

CREATE TABLE public.directory_group (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    unit_id bigint NOT NULL,
    external_id text DEFAULT ''::text NOT NULL,
    display_name text NOT NULL,
    display_name_key text NOT NULL COLLATE pg_catalog."C",
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT directory_group_display_name_check CHECK ((display_name <> ''::text))
);

ALTER TABLE ONLY public.directory_group FORCE ROW LEVEL SECURITY;

ALTER TABLE public.directory_group OWNER TO underlet_owner;

ALTER TABLE public.directory_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.directory_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.directory_mapping (
    group_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    role text NOT NULL,
    role_id bigint,
    unit_group_id bigint,
    CONSTRAINT directory_mapping_role CHECK (((role = ''::text) = (role_id IS NOT NULL))),
    CONSTRAINT directory_mapping_role_check CHECK ((role <> 'owner'::text))
);

ALTER TABLE ONLY public.directory_mapping FORCE ROW LEVEL SECURITY;

ALTER TABLE public.directory_mapping OWNER TO underlet_owner;

CREATE TABLE public.directory_member (
    group_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    unit_id bigint NOT NULL
);

ALTER TABLE ONLY public.directory_member FORCE ROW LEVEL SECURITY;

ALTER TABLE public.directory_member OWNER TO underlet_owner;

CREATE TABLE public.directory_user (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    unit_id bigint NOT NULL,
    user_id bigint NOT NULL,
    is_maker boolean NOT NULL,
    external_id text DEFAULT ''::text NOT NULL,
    user_name text NOT NULL,
    user_name_key text NOT NULL COLLATE pg_catalog."C",
    display_name text DEFAULT ''::text NOT NULL,
    given_name text DEFAULT ''::text NOT NULL,
    family_name text DEFAULT ''::text NOT NULL,
    email text NOT NULL,
    email_type text DEFAULT ''::text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT directory_user_user_name_check CHECK ((user_name <> ''::text))
);

ALTER TABLE ONLY public.directory_user FORCE ROW LEVEL SECURITY;

ALTER TABLE public.directory_user OWNER TO underlet_owner;

ALTER TABLE public.directory_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.directory_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_cache (
    cache_key character varying(255) NOT NULL,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.django_cache FORCE ROW LEVEL SECURITY;

ALTER TABLE public.django_cache OWNER TO underlet_owner;

CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);

ALTER TABLE public.django_content_type OWNER TO underlet_owner;

ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);

ALTER TABLE public.django_migrations OWNER TO underlet_owner;

ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);

ALTER TABLE public.django_session OWNER TO underlet_owner;

CREATE TABLE public.environment (
    id bigint NOT NULL,
    unit_id bigint NOT NULL,
    unit_kind text GENERATED ALWAYS AS ('customer'::text) STORED,
    state text NOT NULL,
    goal text DEFAULT 'provision'::text NOT NULL,
    attempt uuid NOT NULL,
    job_id uuid,
    name text DEFAULT ''::text NOT NULL,
    price_type text DEFAULT ''::text NOT NULL,
    reference text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    error jsonb,
    provisioned_at timestamp with time zone,
    deprovisioned_at timestamp with time zone,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT environment_failure_has_a_reason CHECK (((state = 'failed'::text) = (error IS NOT NULL))),
    CONSTRAINT environment_goal_check CHECK ((goal = ANY (ARRAY['provision'::text, 'deprovision'::text]))),
    CONSTRAINT environment_state_check CHECK ((state = ANY (ARRAY['provisioning'::text, 'provisioned'::text, 'deprovisioning'::text, 'deprovisioned'::text, 'failed'::text]))),
    CONSTRAINT environment_was_provisioned CHECK (((state <> 'provisioned'::text) OR (provisioned_at IS NOT NULL)))
);

ALTER TABLE ONLY public.environment FORCE ROW LEVEL SECURITY;

ALTER TABLE public.environment OWNER TO underlet_owner;

CREATE TABLE public.environment_event (
    id bigint NOT NULL,
    unit_id bigint NOT NULL,
    attempt uuid NOT NULL,
    state text NOT NULL,
    name text NOT NULL,
    price_type text NOT NULL,
    reference text NOT NULL,
    error jsonb,
    actor_id bigint,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.environment_event FORCE ROW LEVEL SECURITY;

ALTER TABLE public.environment_event OWNER TO underlet_owner;

ALTER TABLE public.environment_event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.environment_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.environment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.environment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.exchange_rate (
    id bigint NOT NULL,
    hierarchy_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    period date NOT NULL,
    currency text NOT NULL,
    rate numeric(18,10) NOT NULL,
    CONSTRAINT exchange_rate_period_check CHECK ((EXTRACT(day FROM period) = (1)::numeric)),
    CONSTRAINT exchange_rate_rate_check CHECK ((rate > (0)::numeric))
);

ALTER TABLE ONLY public.exchange_rate FORCE ROW LEVEL SECURITY;

ALTER TABLE public.exchange_rate OWNER TO underlet_owner;

ALTER TABLE public.exchange_rate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.exchange_rate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.group_member (
    group_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    hierarchy_id bigint NOT NULL,
    is_by_rule boolean DEFAULT false NOT NULL
);

ALTER TABLE ONLY public.group_member FORCE ROW LEVEL SECURITY;

ALTER TABLE public.group_member OWNER TO underlet_owner;

CREATE TABLE public.hierarchy (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    metric text DEFAULT 'effective'::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT hierarchy_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT hierarchy_metric_check CHECK ((metric = ANY (ARRAY['effective'::text, 'contracted'::text, 'billed'::text, 'direct'::text])))
);

ALTER TABLE ONLY public.hierarchy FORCE ROW LEVEL SECURITY;

ALTER TABLE public.hierarchy OWNER TO underlet_owner;

ALTER TABLE public.hierarchy ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.hierarchy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.idempotency_key (
    actor_id bigint NOT NULL,
    key text NOT NULL,
    digest text NOT NULL,
    body json,
    at timestamp with time zone NOT NULL,
    CONSTRAINT idempotency_key_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);

ALTER TABLE ONLY public.idempotency_key FORCE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_key OWNER TO underlet_owner;

CREATE TABLE public.identity_provider (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    unit_id bigint NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    issuer text DEFAULT ''::text NOT NULL,
    client_id text DEFAULT ''::text NOT NULL,
    client_secret text DEFAULT ''::text NOT NULL,
    entity_id text DEFAULT ''::text NOT NULL,
    sso_url text DEFAULT ''::text NOT NULL,
    certificate text DEFAULT ''::text NOT NULL,
    groups_claim text DEFAULT ''::text NOT NULL,
    takes_new boolean DEFAULT false NOT NULL,
    is_enabled boolean DEFAULT true NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT identity_provider_kind CHECK (
CASE kind
    WHEN 'saml'::text THEN ((entity_id <> ''::text) AND (sso_url <> ''::text) AND (certificate <> ''::text) AND (issuer = ''::text))
    ELSE ((issuer <> ''::text) AND (client_id <> ''::text) AND (entity_id = ''::text))
END),
    CONSTRAINT identity_provider_kind_check CHECK ((kind = ANY (ARRAY['openid_connect'::text, 'saml'::text]))),
    CONSTRAINT identity_provider_name_check CHECK ((name <> ''::text))
);

ALTER TABLE ONLY public.identity_provider FORCE ROW LEVEL SECURITY;

ALTER TABLE public.identity_provider OWNER TO underlet_owner;

ALTER TABLE public.identity_provider ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.identity_provider_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.invoice (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    run_id bigint NOT NULL,
    contract_id bigint NOT NULL,
    version_id bigint NOT NULL,
    seller_id bigint NOT NULL,
    buyer_id bigint NOT NULL,
    seller_entity_id bigint NOT NULL,
    buyer_entity_id bigint NOT NULL,
    seller_name text NOT NULL,
    buyer_name text NOT NULL,
    period date NOT NULL,
    currency text NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    hold text DEFAULT ''::text NOT NULL,
    net numeric(24,4) NOT NULL,
    vat numeric(24,4) NOT NULL,
    gross numeric(24,4) NOT NULL,
    series text DEFAULT ''::text NOT NULL,
    year integer,
    sequence integer,
    number text,
    issued_on date,
    due_on date,
    snapshot jsonb,
    snapshot_sha256 text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT invoice_issued CHECK (((state = 'issued'::text) = ((number IS NOT NULL) AND (snapshot IS NOT NULL) AND (issued_on IS NOT NULL) AND (due_on IS NOT NULL) AND (sequence IS NOT NULL)))),
    CONSTRAINT invoice_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'issued'::text])))
);

ALTER TABLE ONLY public.invoice FORCE ROW LEVEL SECURITY;

ALTER TABLE public.invoice OWNER TO underlet_owner;

CREATE TABLE public.invoice_counter (
    seller_id bigint NOT NULL,
    series text NOT NULL,
    year integer NOT NULL,
    next integer NOT NULL,
    CONSTRAINT invoice_counter_next_check CHECK ((next > 0))
);

ALTER TABLE ONLY public.invoice_counter FORCE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_counter OWNER TO underlet_owner;

CREATE TABLE public.invoice_document (
    id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    kind text NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT invoice_document_kind_check CHECK ((kind = 'pdf'::text))
);

ALTER TABLE ONLY public.invoice_document FORCE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_document OWNER TO underlet_owner;

ALTER TABLE public.invoice_document ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.invoice_document_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.invoice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.invoice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.invoice_line (
    id bigint NOT NULL,
    invoice_id bigint NOT NULL,
    "position" integer NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    sub_account text,
    sub_account_name text DEFAULT ''::text NOT NULL,
    service text DEFAULT ''::text NOT NULL,
    charge_category text DEFAULT ''::text NOT NULL,
    rule_id text,
    quantity numeric,
    unit_of_measure text,
    price numeric,
    exact numeric NOT NULL,
    net numeric(24,4) NOT NULL,
    vat_category text NOT NULL,
    vat_rate numeric(5,2) NOT NULL,
    key jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT invoice_line_kind_check CHECK ((kind = ANY (ARRAY['usage'::text, 'fee'::text])))
);

ALTER TABLE ONLY public.invoice_line FORCE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_line OWNER TO underlet_owner;

ALTER TABLE public.invoice_line ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.invoice_line_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    actor_id bigint NOT NULL,
    unit_id bigint,
    name text NOT NULL,
    arguments jsonb NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    message text DEFAULT ''::text NOT NULL,
    error jsonb,
    attempts integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    heartbeat_at timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT job_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.job FORCE ROW LEVEL SECURITY;

ALTER TABLE public.job OWNER TO underlet_owner;

ALTER TABLE public.job ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.legal_entity (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    name text NOT NULL,
    street text DEFAULT ''::text NOT NULL,
    postal_code text DEFAULT ''::text NOT NULL,
    city text DEFAULT ''::text NOT NULL,
    country text DEFAULT ''::text NOT NULL,
    organization_number text DEFAULT ''::text NOT NULL,
    vat_id text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    bank_name text DEFAULT ''::text NOT NULL,
    iban text DEFAULT ''::text NOT NULL,
    bic text DEFAULT ''::text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    address_line_2 text DEFAULT ''::text NOT NULL,
    region text DEFAULT ''::text NOT NULL,
    tax_number text DEFAULT ''::text NOT NULL,
    electronic_address text DEFAULT ''::text NOT NULL,
    electronic_address_scheme text DEFAULT ''::text NOT NULL,
    CONSTRAINT legal_entity_country_check CHECK ((country ~ '^([A-Z]{2})?$'::text)),
    CONSTRAINT legal_entity_electronic_address CHECK (((electronic_address = ''::text) = (electronic_address_scheme = ''::text))),
    CONSTRAINT legal_entity_electronic_address_scheme_check CHECK ((electronic_address_scheme ~ '^([0-9]{4}|[A-Z]{2})?$'::text)),
    CONSTRAINT legal_entity_language_check CHECK ((language = ANY (ARRAY['en'::text, 'de'::text, 'sv'::text]))),
    CONSTRAINT legal_entity_name_check CHECK ((name <> ''::text))
);

ALTER TABLE ONLY public.legal_entity FORCE ROW LEVEL SECURITY;

ALTER TABLE public.legal_entity OWNER TO underlet_owner;

ALTER TABLE public.legal_entity ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.legal_entity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);

ALTER TABLE ONLY public.mfa_authenticator FORCE ROW LEVEL SECURITY;

ALTER TABLE public.mfa_authenticator OWNER TO underlet_owner;

ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.price_rule (
    id bigint NOT NULL,
    version_id bigint NOT NULL,
    "position" integer NOT NULL,
    label text DEFAULT ''::text NOT NULL,
    verb text NOT NULL,
    base text,
    percent numeric,
    price numeric,
    on_missing_base text NOT NULL,
    conditions jsonb NOT NULL,
    starts_on date,
    ends_on date,
    CONSTRAINT price_rule_base_check CHECK ((base = ANY (ARRAY['seller_cost'::text, 'list'::text]))),
    CONSTRAINT price_rule_check CHECK (((verb = ANY (ARRAY['adjust'::text, 'margin'::text])) = ((percent IS NOT NULL) AND (base IS NOT NULL)))),
    CONSTRAINT price_rule_check1 CHECK (((verb = 'unit'::text) = (price IS NOT NULL))),
    CONSTRAINT price_rule_on_missing_base_check CHECK ((on_missing_base = ANY (ARRAY['hold'::text, 'seller_cost'::text, 'remove'::text]))),
    CONSTRAINT price_rule_verb_check CHECK ((verb = ANY (ARRAY['adjust'::text, 'margin'::text, 'unit'::text, 'pass_through'::text, 'remove'::text])))
);

ALTER TABLE ONLY public.price_rule FORCE ROW LEVEL SECURITY;

ALTER TABLE public.price_rule OWNER TO underlet_owner;

ALTER TABLE public.price_rule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.price_rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);

ALTER TABLE public.procrastinate_events OWNER TO underlet_owner;

CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_events_id_seq OWNER TO underlet_owner;

ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;

CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNER TO underlet_owner;

ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;

CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);

ALTER TABLE public.procrastinate_periodic_defers OWNER TO underlet_owner;

CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNER TO underlet_owner;

ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;

CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.procrastinate_workers OWNER TO underlet_owner;

ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.provider_cost (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    provider text NOT NULL,
    billing_account text NOT NULL,
    currency text NOT NULL,
    exact numeric NOT NULL,
    unassigned numeric NOT NULL,
    rate numeric(18,10) NOT NULL,
    reporting_currency text NOT NULL,
    posted numeric(24,4) NOT NULL
);

ALTER TABLE ONLY public.provider_cost FORCE ROW LEVEL SECURITY;

ALTER TABLE public.provider_cost OWNER TO underlet_owner;

ALTER TABLE public.provider_cost ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.provider_cost_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.provisioning_hook (
    id bigint NOT NULL,
    unit_id bigint NOT NULL,
    url text NOT NULL,
    salt text NOT NULL,
    old_salt text,
    old_until timestamp with time zone,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT provisioning_hook_rotation CHECK (((old_salt IS NULL) = (old_until IS NULL))),
    CONSTRAINT provisioning_hook_salt_check CHECK ((length(salt) >= 22)),
    CONSTRAINT provisioning_hook_url_check CHECK ((url ~ '^https?://'::text))
);

ALTER TABLE ONLY public.provisioning_hook FORCE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning_hook OWNER TO underlet_owner;

ALTER TABLE public.provisioning_hook ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.provisioning_hook_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.recurring_fee (
    id bigint NOT NULL,
    version_id bigint NOT NULL,
    "position" integer NOT NULL,
    label text NOT NULL,
    price numeric NOT NULL,
    quantity numeric DEFAULT 1 NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    CONSTRAINT recurring_fee_label_check CHECK ((label <> ''::text))
);

ALTER TABLE ONLY public.recurring_fee FORCE ROW LEVEL SECURITY;

ALTER TABLE public.recurring_fee OWNER TO underlet_owner;

ALTER TABLE public.recurring_fee ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.recurring_fee_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.refusal_count (
    person_id bigint NOT NULL,
    name text NOT NULL,
    since timestamp with time zone NOT NULL,
    count integer NOT NULL
);

ALTER TABLE ONLY public.refusal_count FORCE ROW LEVEL SECURITY;

ALTER TABLE public.refusal_count OWNER TO underlet_owner;

CREATE TABLE public.removed_unit (
    unit_id bigint NOT NULL,
    public_id uuid NOT NULL,
    hierarchy_id bigint NOT NULL,
    kept_id bigint
);

ALTER TABLE ONLY public.removed_unit FORCE ROW LEVEL SECURITY;

ALTER TABLE public.removed_unit OWNER TO underlet_owner;

CREATE TABLE public.reserved_name (
    name_key text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    reserved_at timestamp with time zone NOT NULL,
    CONSTRAINT reserved_name_name_check CHECK ((name <> ''::text))
);

ALTER TABLE ONLY public.reserved_name FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reserved_name OWNER TO underlet_owner;

CREATE TABLE public.role (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    unit_id bigint NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    description text DEFAULT ''::text NOT NULL,
    perms bigint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT role_name_check CHECK ((name <> ''::text)),
    CONSTRAINT role_perms_check CHECK ((perms > 0))
);

ALTER TABLE ONLY public.role FORCE ROW LEVEL SECURITY;

ALTER TABLE public.role OWNER TO underlet_owner;

ALTER TABLE public.role ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.role_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.scheduled_move (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    parent_id bigint,
    actor_id bigint NOT NULL,
    effective_on date NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    error jsonb,
    job_id uuid,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT scheduled_move_end CHECK (((state = 'pending'::text) = (finished_at IS NULL))),
    CONSTRAINT scheduled_move_reason CHECK (((state = 'failed'::text) = (error IS NOT NULL))),
    CONSTRAINT scheduled_move_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.scheduled_move FORCE ROW LEVEL SECURITY;

ALTER TABLE public.scheduled_move OWNER TO underlet_owner;

ALTER TABLE public.scheduled_move ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.scheduled_move_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sign_in_policy (
    unit_id bigint NOT NULL,
    requires_second_factor boolean NOT NULL
);

ALTER TABLE ONLY public.sign_in_policy FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sign_in_policy OWNER TO underlet_owner;

CREATE TABLE public.socialaccount_socialaccount (
    id integer NOT NULL,
    provider character varying(200) NOT NULL,
    uid character varying(191) NOT NULL,
    last_login timestamp with time zone NOT NULL,
    date_joined timestamp with time zone NOT NULL,
    extra_data jsonb NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.socialaccount_socialaccount FORCE ROW LEVEL SECURITY;

ALTER TABLE public.socialaccount_socialaccount OWNER TO underlet_owner;

ALTER TABLE public.socialaccount_socialaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.socialaccount_socialapp (
    id integer NOT NULL,
    provider character varying(30) NOT NULL,
    name character varying(40) NOT NULL,
    client_id character varying(191) NOT NULL,
    secret character varying(191) NOT NULL,
    key character varying(191) NOT NULL,
    provider_id character varying(200) NOT NULL,
    settings jsonb NOT NULL
);

ALTER TABLE ONLY public.socialaccount_socialapp FORCE ROW LEVEL SECURITY;

ALTER TABLE public.socialaccount_socialapp OWNER TO underlet_owner;

ALTER TABLE public.socialaccount_socialapp ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialapp_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.socialaccount_socialtoken (
    id integer NOT NULL,
    token text NOT NULL,
    token_secret text NOT NULL,
    expires_at timestamp with time zone,
    account_id integer NOT NULL,
    app_id integer
);

ALTER TABLE ONLY public.socialaccount_socialtoken FORCE ROW LEVEL SECURITY;

ALTER TABLE public.socialaccount_socialtoken OWNER TO underlet_owner;

ALTER TABLE public.socialaccount_socialtoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.socialaccount_socialtoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.structure_finding (
    id bigint NOT NULL,
    import_id bigint NOT NULL,
    line integer NOT NULL,
    kind text NOT NULL,
    unit text DEFAULT ''::text NOT NULL,
    column_name text DEFAULT ''::text NOT NULL,
    before text DEFAULT ''::text NOT NULL,
    after text DEFAULT ''::text NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    detail jsonb DEFAULT '""'::jsonb NOT NULL,
    hint jsonb DEFAULT '""'::jsonb NOT NULL,
    CONSTRAINT structure_finding_kind_check CHECK ((kind = ANY (ARRAY['problem'::text, 'change'::text, 'move'::text])))
);

ALTER TABLE ONLY public.structure_finding FORCE ROW LEVEL SECURITY;

ALTER TABLE public.structure_finding OWNER TO underlet_owner;

ALTER TABLE public.structure_finding ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.structure_finding_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.structure_import (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    job_id uuid,
    upload_id uuid NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    is_dry_run boolean NOT NULL,
    state text DEFAULT 'received'::text NOT NULL,
    created integer DEFAULT 0 NOT NULL,
    changed integer DEFAULT 0 NOT NULL,
    moved integer DEFAULT 0 NOT NULL,
    unchanged integer DEFAULT 0 NOT NULL,
    fields jsonb DEFAULT '{}'::jsonb NOT NULL,
    contracts_ended integer DEFAULT 0 NOT NULL,
    drafts_made integer DEFAULT 0 NOT NULL,
    contracts_restored integer DEFAULT 0 NOT NULL,
    problems integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT structure_import_done CHECK (((state <> 'done'::text) OR (NOT is_dry_run))),
    CONSTRAINT structure_import_dry CHECK (((state <> 'checked'::text) OR is_dry_run)),
    CONSTRAINT structure_import_finished CHECK (((state = 'received'::text) = (finished_at IS NULL))),
    CONSTRAINT structure_import_state_check CHECK ((state = ANY (ARRAY['received'::text, 'rejected'::text, 'checked'::text, 'done'::text])))
);

ALTER TABLE ONLY public.structure_import FORCE ROW LEVEL SECURITY;

ALTER TABLE public.structure_import OWNER TO underlet_owner;

ALTER TABLE public.structure_import ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.structure_import_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sub_account (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    account_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    external_id text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    name_key text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    first_on date NOT NULL,
    last_on date NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.sub_account FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sub_account OWNER TO underlet_owner;

ALTER TABLE public.sub_account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sub_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.unit_ceiling (
    unit_id bigint NOT NULL,
    perms bigint NOT NULL
);

ALTER TABLE ONLY public.unit_ceiling FORCE ROW LEVEL SECURITY;

ALTER TABLE public.unit_ceiling OWNER TO underlet_owner;

CREATE TABLE public.unit_closure (
    anc bigint NOT NULL,
    des bigint NOT NULL,
    dist smallint NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    also_key text NOT NULL COLLATE pg_catalog."C",
    facets smallint NOT NULL
);

ALTER TABLE ONLY public.unit_closure FORCE ROW LEVEL SECURITY;

ALTER TABLE public.unit_closure OWNER TO underlet_owner;

CREATE TABLE public.unit_group (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    description text DEFAULT ''::text NOT NULL,
    rule jsonb,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT unit_group_name_check CHECK ((name <> ''::text)),
    CONSTRAINT unit_group_rule CHECK (((rule IS NULL) OR ((jsonb_typeof(rule) = 'object'::text) AND (rule <> '{}'::jsonb) AND ((rule - ARRAY['kind'::text, 'state'::text, 'price_type'::text, 'name'::text, 'display_name'::text, 'code'::text, 'organization_number'::text, 'below'::text, 'customer_organization'::text]) = '{}'::jsonb))))
);

ALTER TABLE ONLY public.unit_group FORCE ROW LEVEL SECURITY;

ALTER TABLE public.unit_group OWNER TO underlet_owner;

ALTER TABLE public.unit_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.unit_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.unit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.unit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.unit_version (
    unit_id bigint NOT NULL,
    from_at timestamp with time zone NOT NULL,
    to_at timestamp with time zone,
    change_id bigint NOT NULL,
    actor_id bigint,
    ended_by bigint,
    hierarchy_id bigint NOT NULL,
    public_id uuid NOT NULL,
    parent_id bigint,
    came_from bigint,
    kind text NOT NULL,
    rank smallint GENERATED ALWAYS AS (
CASE kind
    WHEN 'organization'::text THEN 0
    ELSE 1
END) STORED NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    display_name text NOT NULL,
    organization_number text NOT NULL,
    time_zone text NOT NULL,
    code text NOT NULL,
    price_type text NOT NULL,
    state text NOT NULL,
    anchors boolean NOT NULL,
    anchor_id bigint,
    own_entity_id bigint,
    CONSTRAINT unit_version_lasts CHECK ((to_at > from_at))
);

ALTER TABLE ONLY public.unit_version FORCE ROW LEVEL SECURITY;

ALTER TABLE public.unit_version OWNER TO underlet_owner;

CREATE TABLE public.upload (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    actor_id bigint NOT NULL,
    sha256 text NOT NULL,
    name text NOT NULL,
    bytes bigint NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.upload FORCE ROW LEVEL SECURITY;

ALTER TABLE public.upload OWNER TO underlet_owner;

ALTER TABLE public.upload ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.upload_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.usage_file (
    id bigint NOT NULL,
    snapshot_id bigint NOT NULL,
    kind text NOT NULL,
    path text NOT NULL,
    sha256 text NOT NULL,
    line_count bigint NOT NULL,
    bytes bigint NOT NULL,
    min_key text,
    max_key text,
    CONSTRAINT usage_file_kind_check CHECK ((kind = ANY (ARRAY['lines'::text, 'cube'::text])))
);

ALTER TABLE ONLY public.usage_file FORCE ROW LEVEL SECURITY;

ALTER TABLE public.usage_file OWNER TO underlet_owner;

ALTER TABLE public.usage_file ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usage_file_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.usage_import (
    id bigint NOT NULL,
    public_id uuid DEFAULT gen_random_uuid() NOT NULL,
    hierarchy_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    job_id uuid,
    name text NOT NULL,
    source_sha256 text NOT NULL,
    bytes bigint NOT NULL,
    content_sha256 text DEFAULT ''::text NOT NULL,
    profile text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'received'::text NOT NULL,
    same_as_id bigint,
    line_count bigint DEFAULT 0 NOT NULL,
    errors jsonb DEFAULT '[]'::jsonb NOT NULL,
    warnings jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT usage_import_state_check CHECK ((state = ANY (ARRAY['received'::text, 'active'::text, 'superseded'::text, 'unchanged'::text, 'rejected'::text])))
);

ALTER TABLE ONLY public.usage_import FORCE ROW LEVEL SECURITY;

ALTER TABLE public.usage_import OWNER TO underlet_owner;

ALTER TABLE public.usage_import ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usage_import_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.usage_snapshot (
    id bigint NOT NULL,
    hierarchy_id bigint NOT NULL,
    import_id bigint NOT NULL,
    provider text NOT NULL,
    billing_account text NOT NULL,
    period date NOT NULL,
    line_count bigint NOT NULL,
    is_active boolean NOT NULL,
    CONSTRAINT usage_snapshot_period_check CHECK ((EXTRACT(day FROM period) = (1)::numeric))
);

ALTER TABLE ONLY public.usage_snapshot FORCE ROW LEVEL SECURITY;

ALTER TABLE public.usage_snapshot OWNER TO underlet_owner;

ALTER TABLE public.usage_snapshot ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usage_snapshot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.usage_total (
    import_id bigint NOT NULL,
    currency text NOT NULL,
    metric text NOT NULL,
    exact numeric NOT NULL,
    stored numeric NOT NULL,
    CONSTRAINT usage_total_metric_check CHECK ((metric = ANY (ARRAY['billed_cost'::text, 'effective_cost'::text, 'list_cost'::text, 'contracted_cost'::text])))
);

ALTER TABLE ONLY public.usage_total FORCE ROW LEVEL SECURITY;

ALTER TABLE public.usage_total OWNER TO underlet_owner;

CREATE TABLE public.user_scope (
    actor_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    entity_id bigint NOT NULL,
    subtree boolean NOT NULL,
    perms bigint NOT NULL
);

ALTER TABLE ONLY public.user_scope FORCE ROW LEVEL SECURITY;

ALTER TABLE public.user_scope OWNER TO underlet_owner;

CREATE TABLE public.usersessions_usersession (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ip inet NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    session_key character varying(40) NOT NULL,
    user_agent character varying(200) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.usersessions_usersession FORCE ROW LEVEL SECURITY;

ALTER TABLE public.usersessions_usersession OWNER TO underlet_owner;

ALTER TABLE public.usersessions_usersession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.usersessions_usersession_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);

ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);

ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_user_id_unit_id_role_role_id_scope_group_id_di_key UNIQUE NULLS NOT DISTINCT (user_id, unit_id, role, role_id, scope, group_id, directory_group_id);

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_hierarchy_id_provider_external_id_key UNIQUE (hierarchy_id, provider, external_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_id_hierarchy_id_key UNIQUE (id, hierarchy_id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.acting_session
    ADD CONSTRAINT acting_session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.acting_session
    ADD CONSTRAINT acting_session_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.address_refusal_count
    ADD CONSTRAINT address_refusal_count_key PRIMARY KEY (network, name);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_digest_key UNIQUE (digest);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_previous_digest_key UNIQUE (previous_digest);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_email_key_key UNIQUE (email_key);

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_overlap EXCLUDE USING gist (int8range(sub_account_id, sub_account_id, '[]'::text) WITH =, daterange(starts_on, ends_on) WITH &&);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT audit_entry_chain_id_seq_key UNIQUE (chain_id, seq);

ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT audit_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT audit_entry_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (chain_id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.billing_run
    ADD CONSTRAINT billing_run_id_hierarchy_id_key UNIQUE (id, hierarchy_id);

ALTER TABLE ONLY public.billing_run
    ADD CONSTRAINT billing_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.billing_run
    ADD CONSTRAINT billing_run_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.brand
    ADD CONSTRAINT brand_host_name UNIQUE (host_name);

ALTER TABLE ONLY public.brand
    ADD CONSTRAINT brand_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.brand
    ADD CONSTRAINT brand_unit_id_key UNIQUE (unit_id);

ALTER TABLE ONLY public.charge_cost
    ADD CONSTRAINT charge_cost_charge_line_id_currency_key UNIQUE (charge_line_id, currency);

ALTER TABLE ONLY public.charge_cost
    ADD CONSTRAINT charge_cost_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.charge_line
    ADD CONSTRAINT charge_line_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_id_hierarchy_id_key UNIQUE (id, hierarchy_id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_overlap EXCLUDE USING gist (int8range(buyer_id, buyer_id, '[]'::text) WITH =, daterange(starts_on, ends_on) WITH &&) WHERE ((state = 'active'::text));

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.contract_version
    ADD CONSTRAINT contract_version_contract_id_number_key UNIQUE (contract_id, number);

ALTER TABLE ONLY public.contract_version
    ADD CONSTRAINT contract_version_id_hierarchy_id_key UNIQUE (id, hierarchy_id);

ALTER TABLE ONLY public.contract_version
    ADD CONSTRAINT contract_version_overlap EXCLUDE USING gist (int8range(contract_id, contract_id, '[]'::text) WITH =, daterange(starts_on, ends_on) WITH &&);

ALTER TABLE ONLY public.contract_version
    ADD CONSTRAINT contract_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contract_version
    ADD CONSTRAINT contract_version_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.directory_group
    ADD CONSTRAINT directory_group_id_unit_id_key UNIQUE (id, unit_id);

ALTER TABLE ONLY public.directory_group
    ADD CONSTRAINT directory_group_name UNIQUE (unit_id, display_name_key);

ALTER TABLE ONLY public.directory_group
    ADD CONSTRAINT directory_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.directory_group
    ADD CONSTRAINT directory_group_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.directory_mapping
    ADD CONSTRAINT directory_mapping_pkey PRIMARY KEY (group_id);

ALTER TABLE ONLY public.directory_member
    ADD CONSTRAINT directory_member_pkey PRIMARY KEY (group_id, entry_id);

ALTER TABLE ONLY public.directory
    ADD CONSTRAINT directory_pkey PRIMARY KEY (unit_id);

ALTER TABLE ONLY public.directory_user
    ADD CONSTRAINT directory_user_id_unit_id_key UNIQUE (id, unit_id);

ALTER TABLE ONLY public.directory_user
    ADD CONSTRAINT directory_user_name UNIQUE (unit_id, user_name_key);

ALTER TABLE ONLY public.directory_user
    ADD CONSTRAINT directory_user_person UNIQUE (unit_id, user_id);

ALTER TABLE ONLY public.directory_user
    ADD CONSTRAINT directory_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.directory_user
    ADD CONSTRAINT directory_user_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.django_cache
    ADD CONSTRAINT django_cache_pkey PRIMARY KEY (cache_key);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);

ALTER TABLE ONLY public.environment_event
    ADD CONSTRAINT environment_event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.environment
    ADD CONSTRAINT environment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.environment
    ADD CONSTRAINT environment_unit_id_key UNIQUE (unit_id);

ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT exchange_rate_hierarchy_id_period_currency_key UNIQUE (hierarchy_id, period, currency);

ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT exchange_rate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.group_member
    ADD CONSTRAINT group_member_pkey PRIMARY KEY (group_id, unit_id);

ALTER TABLE ONLY public.hierarchy
    ADD CONSTRAINT hierarchy_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.hierarchy
    ADD CONSTRAINT hierarchy_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (actor_id, key);

ALTER TABLE ONLY public.identity_provider
    ADD CONSTRAINT identity_provider_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.identity_provider
    ADD CONSTRAINT identity_provider_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.invoice_counter
    ADD CONSTRAINT invoice_counter_pkey PRIMARY KEY (seller_id, series, year);

ALTER TABLE ONLY public.invoice_document
    ADD CONSTRAINT invoice_document_invoice_id_kind_key UNIQUE (invoice_id, kind);

ALTER TABLE ONLY public.invoice_document
    ADD CONSTRAINT invoice_document_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_invoice_id_position_key UNIQUE (invoice_id, "position");

ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_seller_id_series_year_sequence_key UNIQUE (seller_id, series, year, sequence);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.legal_entity
    ADD CONSTRAINT legal_entity_id_hierarchy_id_key UNIQUE (id, hierarchy_id);

ALTER TABLE ONLY public.legal_entity
    ADD CONSTRAINT legal_entity_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.legal_entity
    ADD CONSTRAINT legal_entity_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.price_rule
    ADD CONSTRAINT price_rule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.price_rule
    ADD CONSTRAINT price_rule_version_id_position_key UNIQUE (version_id, "position");

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);

ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.provider_cost
    ADD CONSTRAINT provider_cost_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.provider_cost
    ADD CONSTRAINT provider_cost_run_id_provider_billing_account_currency_key UNIQUE (run_id, provider, billing_account, currency);

ALTER TABLE ONLY public.provisioning_hook
    ADD CONSTRAINT provisioning_hook_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.provisioning_hook
    ADD CONSTRAINT provisioning_hook_unit_id_key UNIQUE (unit_id);

ALTER TABLE ONLY public.recurring_fee
    ADD CONSTRAINT recurring_fee_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.recurring_fee
    ADD CONSTRAINT recurring_fee_version_id_position_key UNIQUE (version_id, "position");

ALTER TABLE ONLY public.refusal_count
    ADD CONSTRAINT refusal_count_pkey PRIMARY KEY (person_id, name);

ALTER TABLE ONLY public.removed_unit
    ADD CONSTRAINT removed_unit_pkey PRIMARY KEY (unit_id);

ALTER TABLE ONLY public.removed_unit
    ADD CONSTRAINT removed_unit_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.reserved_name
    ADD CONSTRAINT reserved_name_pkey PRIMARY KEY (name_key);

ALTER TABLE ONLY public.role
    ADD CONSTRAINT role_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.role
    ADD CONSTRAINT role_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.role
    ADD CONSTRAINT role_unit_id_name_key_key UNIQUE (unit_id, name_key);

ALTER TABLE ONLY public.scheduled_move
    ADD CONSTRAINT scheduled_move_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.scheduled_move
    ADD CONSTRAINT scheduled_move_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.sign_in_policy
    ADD CONSTRAINT sign_in_policy_pkey PRIMARY KEY (unit_id);

ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_provider_uid_fc810c6e_uniq UNIQUE (provider, uid);

ALTER TABLE ONLY public.socialaccount_socialapp
    ADD CONSTRAINT socialaccount_socialapp_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_socialtoken_app_id_account_id_fca4e0ac_uniq UNIQUE (app_id, account_id);

ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_socialtoken_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.structure_finding
    ADD CONSTRAINT structure_finding_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.structure_import
    ADD CONSTRAINT structure_import_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.structure_import
    ADD CONSTRAINT structure_import_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.sub_account
    ADD CONSTRAINT sub_account_account_id_external_id_key UNIQUE (account_id, external_id);

ALTER TABLE ONLY public.sub_account
    ADD CONSTRAINT sub_account_id_hierarchy_id_key UNIQUE (id, hierarchy_id);

ALTER TABLE ONLY public.sub_account
    ADD CONSTRAINT sub_account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sub_account
    ADD CONSTRAINT sub_account_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.unit_ceiling
    ADD CONSTRAINT unit_ceiling_pkey PRIMARY KEY (unit_id);

ALTER TABLE ONLY public.unit_closure
    ADD CONSTRAINT unit_closure_des_anc_key UNIQUE (des, anc);

ALTER TABLE ONLY public.unit_closure
    ADD CONSTRAINT unit_closure_page UNIQUE (anc, name_key, des) INCLUDE (facets, also_key);

ALTER TABLE ONLY public.unit_group
    ADD CONSTRAINT unit_group_id_hierarchy_id_key UNIQUE (id, hierarchy_id);

ALTER TABLE ONLY public.unit_group
    ADD CONSTRAINT unit_group_id_unit_id_key UNIQUE (id, unit_id);

ALTER TABLE ONLY public.unit_group
    ADD CONSTRAINT unit_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.unit_group
    ADD CONSTRAINT unit_group_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.unit_group
    ADD CONSTRAINT unit_group_unit_id_name_key_key UNIQUE (unit_id, name_key);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_id_anchors_key UNIQUE (id, anchors);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_id_depth_key UNIQUE (id, depth);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_id_hierarchy_id_key UNIQUE (id, hierarchy_id);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_id_is_active_key UNIQUE (id, is_active);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_id_kind_key UNIQUE (id, kind);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.unit_version
    ADD CONSTRAINT unit_version_pkey PRIMARY KEY (unit_id, from_at);

ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.upload
    ADD CONSTRAINT upload_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.usage_file
    ADD CONSTRAINT usage_file_path_key UNIQUE (path);

ALTER TABLE ONLY public.usage_file
    ADD CONSTRAINT usage_file_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.usage_import
    ADD CONSTRAINT usage_import_id_hierarchy_id_key UNIQUE (id, hierarchy_id);

ALTER TABLE ONLY public.usage_import
    ADD CONSTRAINT usage_import_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.usage_import
    ADD CONSTRAINT usage_import_public_id_key UNIQUE (public_id);

ALTER TABLE ONLY public.usage_snapshot
    ADD CONSTRAINT usage_snapshot_import_id_provider_billing_account_period_key UNIQUE (import_id, provider, billing_account, period);

ALTER TABLE ONLY public.usage_snapshot
    ADD CONSTRAINT usage_snapshot_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.usage_total
    ADD CONSTRAINT usage_total_pkey PRIMARY KEY (import_id, currency, metric);

ALTER TABLE ONLY public.user_scope
    ADD CONSTRAINT user_scope_pkey PRIMARY KEY (actor_id, unit_id, entity_id, subtree);

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_session_key_key UNIQUE (session_key);

CREATE INDEX access_grant_directory_group_id_idx ON public.access_grant USING btree (directory_group_id) WHERE (directory_group_id IS NOT NULL);

CREATE INDEX access_grant_group_id_idx ON public.access_grant USING btree (group_id) WHERE (group_id IS NOT NULL);

CREATE INDEX access_grant_role_id_idx ON public.access_grant USING btree (role_id) WHERE (role_id IS NOT NULL);

CREATE INDEX access_grant_unit_id_idx ON public.access_grant USING btree (unit_id);

CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);

CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);

CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);

CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);

CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);

CREATE INDEX acting_session_person_id_starts_at_idx ON public.acting_session USING btree (person_id, starts_at);

CREATE INDEX acting_session_viewer_id_starts_at_idx ON public.acting_session USING btree (viewer_id, starts_at);

CREATE INDEX address_refusal_count_since_idx ON public.address_refusal_count USING btree (since);

CREATE INDEX api_token_unit_id_idx ON public.api_token USING btree (unit_id) WHERE (unit_id IS NOT NULL);

CREATE INDEX api_token_user_id_idx ON public.api_token USING btree (user_id);

CREATE INDEX assignment_sub_account_id_starts_on_idx ON public.assignment USING btree (sub_account_id, starts_on);

CREATE INDEX assignment_unit_id_idx ON public.assignment USING btree (unit_id);

CREATE INDEX audit_entry_actor_id_id_idx ON public.audit_entry USING btree (actor_id, id);

CREATE INDEX audit_entry_hierarchy_id_id_idx ON public.audit_entry USING btree (hierarchy_id, id);

CREATE INDEX audit_entry_unit_id_change_id_idx ON public.audit_entry USING btree (unit_id, change_id);

CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);

CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);

CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);

CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);

CREATE UNIQUE INDEX billing_run_current ON public.billing_run USING btree (hierarchy_id, period) WHERE is_current;

CREATE INDEX billing_run_hierarchy_id_period_id_idx ON public.billing_run USING btree (hierarchy_id, period, id);

CREATE INDEX charge_line_run_id_buyer_id_idx ON public.charge_line USING btree (run_id, buyer_id);

CREATE INDEX charge_line_run_id_version_id_idx ON public.charge_line USING btree (run_id, version_id);

CREATE INDEX contract_buyer_entity_id_id_idx ON public.contract USING btree (buyer_entity_id, id);

CREATE INDEX contract_buyer_id_id_idx ON public.contract USING btree (buyer_id, id);

CREATE INDEX contract_seller_entity_id_id_idx ON public.contract USING btree (seller_entity_id, id);

CREATE INDEX contract_seller_id_id_idx ON public.contract USING btree (seller_id, id);

CREATE INDEX directory_mapping_unit_id_idx ON public.directory_mapping USING btree (unit_id);

CREATE INDEX directory_member_entry_id_idx ON public.directory_member USING btree (entry_id);

CREATE INDEX directory_user_unit_id_external_id_idx ON public.directory_user USING btree (unit_id, external_id) WHERE (external_id <> ''::text);

CREATE INDEX directory_user_user_id_idx ON public.directory_user USING btree (user_id);

CREATE INDEX django_cache_expires_idx ON public.django_cache USING btree (expires);

CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);

CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);

CREATE INDEX environment_changed_at_id_idx ON public.environment USING btree (changed_at, id);

CREATE INDEX environment_event_attempt_idx ON public.environment_event USING btree (attempt);

CREATE INDEX environment_event_unit_id_id_idx ON public.environment_event USING btree (unit_id, id);

CREATE INDEX group_member_unit_id_idx ON public.group_member USING btree (unit_id);

CREATE INDEX identity_provider_unit_id_idx ON public.identity_provider USING btree (unit_id);

CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);

CREATE INDEX invoice_buyer_entity_id_id_idx ON public.invoice USING btree (buyer_entity_id, id);

CREATE INDEX invoice_buyer_id_id_idx ON public.invoice USING btree (buyer_id, id);

CREATE INDEX invoice_hierarchy_id_gross_id_idx ON public.invoice USING btree (hierarchy_id, gross, id);

CREATE INDEX invoice_hierarchy_id_id_idx ON public.invoice USING btree (hierarchy_id, id);

CREATE INDEX invoice_hierarchy_id_lower_id_idx ON public.invoice USING btree (hierarchy_id, lower(buyer_name), id);

CREATE INDEX invoice_hierarchy_id_number_id_idx ON public.invoice USING btree (hierarchy_id, number, id);

CREATE INDEX invoice_hierarchy_id_period_id_idx ON public.invoice USING btree (hierarchy_id, period, id);

CREATE UNIQUE INDEX invoice_once ON public.invoice USING btree (contract_id, period, currency);

CREATE INDEX invoice_seller_entity_id_id_idx ON public.invoice USING btree (seller_entity_id, id);

CREATE INDEX invoice_seller_id_id_idx ON public.invoice USING btree (seller_id, id);

CREATE INDEX job_actor_id_id_idx ON public.job USING btree (actor_id, id);

CREATE INDEX job_state_idx ON public.job USING btree (state) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);

CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));

CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);

CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);

CREATE INDEX removed_unit_kept_id_idx ON public.removed_unit USING btree (kept_id);

CREATE INDEX scheduled_move_effective_on_idx ON public.scheduled_move USING btree (effective_on) WHERE (state = 'pending'::text);

CREATE INDEX scheduled_move_parent_id_idx ON public.scheduled_move USING btree (parent_id);

CREATE UNIQUE INDEX scheduled_move_pending ON public.scheduled_move USING btree (unit_id) WHERE (state = 'pending'::text);

CREATE INDEX scheduled_move_unit_id_id_idx ON public.scheduled_move USING btree (unit_id, id);

CREATE INDEX socialaccount_socialaccount_user_id_8146e70c ON public.socialaccount_socialaccount USING btree (user_id);

CREATE INDEX socialaccount_socialtoken_account_id_951f210e ON public.socialaccount_socialtoken USING btree (account_id);

CREATE INDEX socialaccount_socialtoken_app_id_636a42d7 ON public.socialaccount_socialtoken USING btree (app_id);

CREATE INDEX structure_finding_import_id_id_idx ON public.structure_finding USING btree (import_id, id);

CREATE INDEX structure_import_actor_id_id_idx ON public.structure_import USING btree (actor_id, id);

CREATE INDEX structure_import_unit_id_idx ON public.structure_import USING btree (unit_id);

CREATE INDEX sub_account_hierarchy_id_external_id_id_idx ON public.sub_account USING btree (hierarchy_id, external_id, id);

CREATE INDEX sub_account_hierarchy_id_name_key_id_idx ON public.sub_account USING btree (hierarchy_id, name_key, id);

CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));

CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";

CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;

CREATE INDEX unit_anchor_id_name_key_id_idx ON public.unit USING btree (anchor_id, name_key, id) WHERE (anchor_id IS NOT NULL);

CREATE INDEX unit_children ON public.unit USING btree (parent_id, kind DESC, name_key, id) INCLUDE (facets, also_key);

CREATE INDEX unit_closure_organizations ON public.unit_closure USING btree (anc, name_key, des) INCLUDE (facets, also_key, dist) WHERE (((facets)::integer & 1) = 0);

CREATE UNIQUE INDEX unit_customer_name ON public.unit USING btree (name_key) WHERE ((kind = 'customer'::text) AND (name_released_at IS NULL));

CREATE INDEX unit_entity_id_idx ON public.unit USING btree (entity_id);

CREATE UNIQUE INDEX unit_entity_owner ON public.unit USING btree (entity_id) WHERE is_entity_own;

CREATE INDEX unit_group_ruled ON public.unit_group USING btree (unit_id) WHERE (rule IS NOT NULL);

CREATE UNIQUE INDEX unit_name_in_hierarchy ON public.unit USING btree (hierarchy_id, name_key) WHERE (name_released_at IS NULL);

CREATE UNIQUE INDEX unit_one_root ON public.unit USING btree (hierarchy_id) WHERE (parent_id IS NULL);

CREATE UNIQUE INDEX unit_version_change ON public.unit_version USING btree (unit_id, change_id);

CREATE INDEX unit_version_children ON public.unit_version USING btree (parent_id, rank, name_key, unit_id);

CREATE INDEX unit_version_moves ON public.unit_version USING btree (hierarchy_id, from_at) WHERE (came_from IS NOT NULL);

CREATE UNIQUE INDEX unit_version_present ON public.unit_version USING btree (unit_id) WHERE (to_at IS NULL);

CREATE INDEX usage_file_snapshot_id_idx ON public.usage_file USING btree (snapshot_id);

CREATE INDEX usage_import_hierarchy_id_content_sha256_idx ON public.usage_import USING btree (hierarchy_id, content_sha256);

CREATE INDEX usage_import_hierarchy_id_id_idx ON public.usage_import USING btree (hierarchy_id, id);

CREATE UNIQUE INDEX usage_snapshot_active ON public.usage_snapshot USING btree (hierarchy_id, provider, billing_account, period) WHERE is_active;

CREATE INDEX user_scope_unit_id_idx ON public.user_scope USING btree (unit_id);

CREATE INDEX usersessions_usersession_session_key_fd35de43_like ON public.usersessions_usersession USING btree (session_key varchar_pattern_ops);

CREATE INDEX usersessions_usersession_user_id_af5e0a6d ON public.usersessions_usersession USING btree (user_id);

CREATE STATISTICS public.user_scope_reads ON (perms & 1::bigint) FROM public.user_scope;

ALTER STATISTICS public.user_scope_reads OWNER TO underlet_owner;

CREATE TRIGGER acting_follow AFTER INSERT OR UPDATE ON public.acting_session FOR EACH ROW EXECUTE FUNCTION public.acting_follow();

CREATE TRIGGER anchor_chosen BEFORE INSERT OR UPDATE OF anchor_id ON public.unit FOR EACH ROW EXECUTE FUNCTION public.anchor_chosen();

CREATE TRIGGER anchor_follow BEFORE INSERT OR UPDATE OF anchor_id ON public.unit FOR EACH ROW EXECUTE FUNCTION public.anchor_follow();

CREATE TRIGGER anchor_released AFTER DELETE ON public.unit FOR EACH ROW WHEN ((old.anchor_id IS NOT NULL)) EXECUTE FUNCTION public.anchor_released();

CREATE TRIGGER assignment_life BEFORE INSERT OR UPDATE ON public.assignment FOR EACH ROW EXECUTE FUNCTION public.assignment_life();

CREATE TRIGGER audit_entry_by BEFORE INSERT ON public.audit_entry FOR EACH ROW EXECUTE FUNCTION public.audit_by();

CREATE TRIGGER audit_entry_chain BEFORE INSERT ON public.audit_entry FOR EACH ROW EXECUTE FUNCTION public.audit_chain();

CREATE TRIGGER audit_entry_is_final BEFORE DELETE OR UPDATE ON public.audit_entry FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_entry_stays BEFORE TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER audit_head_follow AFTER INSERT ON public.audit_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.audit_head_follow();

CREATE TRIGGER brand_life BEFORE INSERT OR UPDATE ON public.brand FOR EACH ROW EXECUTE FUNCTION public.brand_life();

CREATE TRIGGER ceiling_follow AFTER INSERT OR DELETE OR UPDATE ON public.unit_ceiling FOR EACH ROW EXECUTE FUNCTION public.ceiling_follow();

CREATE TRIGGER ceiling_raised BEFORE DELETE OR UPDATE ON public.unit_ceiling FOR EACH ROW EXECUTE FUNCTION public.ceiling_raised();

CREATE TRIGGER contract_change_life BEFORE UPDATE ON public.contract FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) OR (old.ends_on IS DISTINCT FROM new.ends_on))) EXECUTE FUNCTION public.contract_life();

CREATE TRIGGER contract_entity_follow AFTER UPDATE ON public.unit FOR EACH ROW WHEN ((old.entity_id IS DISTINCT FROM new.entity_id)) EXECUTE FUNCTION public.contract_entity_follow();

CREATE TRIGGER contract_life BEFORE INSERT ON public.contract FOR EACH ROW EXECUTE FUNCTION public.contract_life();

CREATE TRIGGER contract_version_used BEFORE DELETE OR UPDATE ON public.contract_version FOR EACH ROW EXECUTE FUNCTION public.contract_version_used();

CREATE TRIGGER customers_follow AFTER UPDATE ON public.unit FOR EACH ROW WHEN ((old.anchor_id IS DISTINCT FROM new.anchor_id)) EXECUTE FUNCTION public.customers_follow();

CREATE TRIGGER customers_follow_new AFTER INSERT ON public.unit FOR EACH ROW WHEN ((new.anchor_id IS NOT NULL)) EXECUTE FUNCTION public.customers_follow();

CREATE TRIGGER entity_follow AFTER UPDATE ON public.unit FOR EACH ROW WHEN ((old.entity_id IS DISTINCT FROM new.entity_id)) EXECUTE FUNCTION public.entity_follow();

CREATE TRIGGER environment_change BEFORE INSERT OR UPDATE ON public.environment FOR EACH ROW EXECUTE FUNCTION public.environment_change();

CREATE TRIGGER environment_event_is_final BEFORE DELETE OR UPDATE ON public.environment_event FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER environment_note AFTER INSERT OR UPDATE ON public.environment FOR EACH ROW EXECUTE FUNCTION public.environment_note();

CREATE TRIGGER grant_follow AFTER INSERT OR DELETE OR UPDATE ON public.access_grant FOR EACH ROW EXECUTE FUNCTION public.grant_follow();

CREATE TRIGGER grant_last_owner AFTER UPDATE ON public.access_grant FOR EACH ROW WHEN ((old.role = 'owner'::text)) EXECUTE FUNCTION public.grant_last_owner();

CREATE TRIGGER grant_last_owner_gone AFTER DELETE ON public.access_grant FOR EACH ROW WHEN ((old.role = 'owner'::text)) EXECUTE FUNCTION public.grant_last_owner();

CREATE TRIGGER grant_resting BEFORE UPDATE ON public.access_grant FOR EACH ROW WHEN (((new.suspended_at IS NOT NULL) AND ((new.perms IS DISTINCT FROM old.perms) OR (new.scope IS DISTINCT FROM old.scope)))) EXECUTE FUNCTION public.grant_resting();

CREATE TRIGGER grant_role BEFORE INSERT ON public.access_grant FOR EACH ROW EXECUTE FUNCTION public.grant_role();

CREATE TRIGGER grant_role_again BEFORE UPDATE OF role, role_id ON public.access_grant FOR EACH ROW EXECUTE FUNCTION public.grant_role();

CREATE TRIGGER group_follow_joined AFTER INSERT ON public.group_member REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.group_follow();

CREATE TRIGGER group_follow_left AFTER DELETE ON public.group_member REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION public.group_follow();

CREATE TRIGGER group_member_place AFTER INSERT ON public.group_member REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.group_member_place();

CREATE TRIGGER group_ruled AFTER INSERT OR UPDATE ON public.unit_group FOR EACH ROW EXECUTE FUNCTION public.group_ruled();

CREATE CONSTRAINT TRIGGER invoice_balances AFTER INSERT OR UPDATE ON public.invoice DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.invoice_balances();

CREATE TRIGGER invoice_document_final BEFORE DELETE OR UPDATE ON public.invoice_document FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER invoice_final BEFORE DELETE OR UPDATE ON public.invoice FOR EACH ROW EXECUTE FUNCTION public.invoice_final();

CREATE CONSTRAINT TRIGGER invoice_line_balances AFTER INSERT OR DELETE OR UPDATE ON public.invoice_line DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.invoice_balances();

CREATE TRIGGER invoice_line_final BEFORE INSERT OR DELETE OR UPDATE ON public.invoice_line FOR EACH ROW EXECUTE FUNCTION public.invoice_line_final();

CREATE TRIGGER legal_entity_life BEFORE UPDATE ON public.legal_entity FOR EACH ROW EXECUTE FUNCTION public.legal_entity_life();

CREATE TRIGGER price_rule_used BEFORE INSERT OR DELETE OR UPDATE ON public.price_rule FOR EACH ROW EXECUTE FUNCTION public.contract_terms_used();

CREATE TRIGGER price_type_from_above BEFORE UPDATE ON public.unit FOR EACH ROW WHEN ((old.price_type IS DISTINCT FROM new.price_type)) EXECUTE FUNCTION public.price_type_from_above();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();

CREATE TRIGGER raw_cost_customer_changed AFTER UPDATE ON public.unit FOR EACH ROW WHEN (((new.kind = 'customer'::text) AND (new.price_type = 'raw_cost_only'::text) AND (old.price_type IS DISTINCT FROM new.price_type))) EXECUTE FUNCTION public.raw_cost_customer();

CREATE TRIGGER raw_cost_customer_made AFTER INSERT ON public.unit FOR EACH ROW WHEN (((new.kind = 'customer'::text) AND (new.price_type = 'raw_cost_only'::text))) EXECUTE FUNCTION public.raw_cost_customer();

CREATE TRIGGER raw_cost_rule BEFORE INSERT OR UPDATE ON public.price_rule FOR EACH ROW EXECUTE FUNCTION public.raw_cost_rule();

CREATE TRIGGER raw_cost_version AFTER INSERT OR UPDATE ON public.contract_version FOR EACH ROW EXECUTE FUNCTION public.raw_cost_version();

CREATE TRIGGER recurring_fee_used BEFORE INSERT OR DELETE OR UPDATE ON public.recurring_fee FOR EACH ROW EXECUTE FUNCTION public.contract_terms_used();

CREATE TRIGGER role_follow AFTER UPDATE ON public.role FOR EACH ROW WHEN ((old.perms IS DISTINCT FROM new.perms)) EXECUTE FUNCTION public.role_follow();

CREATE TRIGGER role_gone BEFORE DELETE ON public.role FOR EACH ROW EXECUTE FUNCTION public.role_gone();

CREATE TRIGGER role_within BEFORE INSERT OR UPDATE ON public.role FOR EACH ROW EXECUTE FUNCTION public.role_within();

CREATE TRIGGER second_factor_recorded AFTER INSERT OR DELETE ON public.mfa_authenticator FOR EACH ROW EXECUTE FUNCTION public.second_factor_recorded();

CREATE TRIGGER token_follow AFTER INSERT OR UPDATE OF revoked_at, unit_id, perms ON public.api_token FOR EACH ROW EXECUTE FUNCTION public.grant_follow();

CREATE TRIGGER unit_anchor_life BEFORE UPDATE ON public.unit FOR EACH ROW WHEN (((old.state <> new.state) AND (new.anchors OR (new.anchor_id IS NOT NULL)))) EXECUTE FUNCTION public.unit_anchor_life();

CREATE TRIGGER unit_archive_assignment BEFORE UPDATE ON public.unit FOR EACH ROW WHEN (((old.state <> 'archived'::text) AND (new.state = 'archived'::text))) EXECUTE FUNCTION public.unit_archive_assignment();

CREATE TRIGGER unit_archive_contract BEFORE UPDATE ON public.unit FOR EACH ROW WHEN (((old.state <> 'archived'::text) AND (new.state = 'archived'::text))) EXECUTE FUNCTION public.unit_archive_contract();

CREATE TRIGGER unit_archive_environment BEFORE UPDATE ON public.unit FOR EACH ROW WHEN (((old.state <> 'archived'::text) AND (new.state = 'archived'::text))) EXECUTE FUNCTION public.unit_archive_environment();

CREATE TRIGGER unit_follow AFTER INSERT OR UPDATE ON public.unit FOR EACH ROW EXECUTE FUNCTION public.unit_follow();

CREATE TRIGGER unit_frozen BEFORE UPDATE ON public.unit FOR EACH ROW WHEN (((new.name IS DISTINCT FROM old.name) OR (new.name_key IS DISTINCT FROM old.name_key) OR (new.price_type IS DISTINCT FROM old.price_type))) EXECUTE FUNCTION public.unit_frozen();

CREATE TRIGGER unit_gone AFTER DELETE ON public.unit FOR EACH ROW EXECUTE FUNCTION public.unit_gone();

CREATE TRIGGER unit_life BEFORE INSERT OR UPDATE ON public.unit FOR EACH ROW EXECUTE FUNCTION public.unit_life();

CREATE TRIGGER unit_moved_acting AFTER UPDATE ON public.unit FOR EACH ROW WHEN ((old.parent_id IS DISTINCT FROM new.parent_id)) EXECUTE FUNCTION public.unit_moved_acting();

CREATE TRIGGER unit_moved_keys AFTER UPDATE ON public.unit FOR EACH ROW WHEN ((old.parent_id IS DISTINCT FROM new.parent_id)) EXECUTE FUNCTION public.unit_moved_keys();

CREATE TRIGGER unit_moved_roles AFTER UPDATE ON public.unit FOR EACH ROW WHEN ((old.parent_id IS DISTINCT FROM new.parent_id)) EXECUTE FUNCTION public.unit_moved_roles();

CREATE TRIGGER unit_name_reserved BEFORE INSERT ON public.unit FOR EACH ROW EXECUTE FUNCTION public.unit_name_reserved();

CREATE TRIGGER unit_place BEFORE INSERT OR UPDATE OF parent_id ON public.unit FOR EACH ROW EXECUTE FUNCTION public.unit_place();

CREATE TRIGGER unit_promoted BEFORE UPDATE ON public.unit FOR EACH ROW WHEN ((old.kind <> new.kind)) EXECUTE FUNCTION public.unit_promoted();

CREATE TRIGGER unit_regroup_added AFTER INSERT ON public.unit REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.unit_regroup();

CREATE TRIGGER unit_regroup_changed AFTER UPDATE ON public.unit REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION public.unit_regroup();

CREATE TRIGGER unit_remember_delete AFTER DELETE ON public.unit REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.unit_remember();

CREATE TRIGGER unit_remember_insert AFTER INSERT ON public.unit REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.unit_remember();

CREATE TRIGGER unit_remember_update AFTER UPDATE ON public.unit REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION public.unit_remember();

CREATE TRIGGER unit_rename_reserved BEFORE UPDATE ON public.unit FOR EACH ROW WHEN (((old.name_key <> new.name_key) OR ((old.name_released_at IS NOT NULL) AND (new.state = 'active'::text)))) EXECUTE FUNCTION public.unit_name_reserved();

CREATE TRIGGER unit_version_is_final BEFORE DELETE OR UPDATE ON public.unit_version FOR EACH ROW WHEN ((old.to_at IS NOT NULL)) EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER unit_within_limits BEFORE UPDATE ON public.unit FOR EACH ROW WHEN ((old.parent_id IS DISTINCT FROM new.parent_id)) EXECUTE FUNCTION public.unit_within_limits();

CREATE TRIGGER user_last_owner AFTER UPDATE ON public.app_user FOR EACH ROW WHEN ((old.is_active AND (NOT new.is_active))) EXECUTE FUNCTION public.user_last_owner();

ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_acts_for_id_fkey FOREIGN KEY (acts_for_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_directory FOREIGN KEY (directory_group_id) REFERENCES public.directory_group(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_group FOREIGN KEY (group_id, unit_id) REFERENCES public.unit_group(id, unit_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_role_id_fkey FOREIGN KEY (role_id) REFERENCES public.role(id);

ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.access_grant
    ADD CONSTRAINT access_grant_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_app_user_id FOREIGN KEY (user_id) REFERENCES public.app_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_hierarchy_id_fkey FOREIGN KEY (hierarchy_id) REFERENCES public.hierarchy(id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_of_billed FOREIGN KEY (unit_id, unit_anchors) REFERENCES public.unit(id, anchors);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id);

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_unit_id_hierarchy_id_fkey FOREIGN KEY (unit_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.acting_session
    ADD CONSTRAINT acting_session_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.acting_session
    ADD CONSTRAINT acting_session_viewer_id_fkey FOREIGN KEY (viewer_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_of_billed FOREIGN KEY (unit_id, unit_anchors) REFERENCES public.unit(id, anchors);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_sub_account_id_hierarchy_id_fkey FOREIGN KEY (sub_account_id, hierarchy_id) REFERENCES public.sub_account(id, hierarchy_id);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_unit_id_hierarchy_id_fkey FOREIGN KEY (unit_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.billing_run
    ADD CONSTRAINT billing_run_same_as_id_hierarchy_id_fkey FOREIGN KEY (same_as_id, hierarchy_id) REFERENCES public.billing_run(id, hierarchy_id);

ALTER TABLE ONLY public.billing_run
    ADD CONSTRAINT billing_run_unit_id_hierarchy_id_fkey FOREIGN KEY (unit_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.brand
    ADD CONSTRAINT brand_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.charge_cost
    ADD CONSTRAINT charge_cost_charge_line_id_fkey FOREIGN KEY (charge_line_id) REFERENCES public.charge_line(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.charge_line
    ADD CONSTRAINT charge_line_buyer_entity_id_fkey FOREIGN KEY (buyer_entity_id) REFERENCES public.legal_entity(id);

ALTER TABLE ONLY public.charge_line
    ADD CONSTRAINT charge_line_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES public.unit(id);

ALTER TABLE ONLY public.charge_line
    ADD CONSTRAINT charge_line_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.billing_run(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.charge_line
    ADD CONSTRAINT charge_line_seller_entity_id_fkey FOREIGN KEY (seller_entity_id) REFERENCES public.legal_entity(id);

ALTER TABLE ONLY public.charge_line
    ADD CONSTRAINT charge_line_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.unit(id);

ALTER TABLE ONLY public.charge_line
    ADD CONSTRAINT charge_line_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.contract_version(id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_buyer_entity_id_hierarchy_id_fkey FOREIGN KEY (buyer_entity_id, hierarchy_id) REFERENCES public.legal_entity(id, hierarchy_id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_buyer_id_hierarchy_id_fkey FOREIGN KEY (buyer_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_hierarchy_id_fkey FOREIGN KEY (hierarchy_id) REFERENCES public.hierarchy(id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_of_billed FOREIGN KEY (buyer_id, buyer_anchors) REFERENCES public.unit(id, anchors);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_seller_entity_id_hierarchy_id_fkey FOREIGN KEY (seller_entity_id, hierarchy_id) REFERENCES public.legal_entity(id, hierarchy_id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_seller_id_hierarchy_id_fkey FOREIGN KEY (seller_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_succeeds FOREIGN KEY (succeeds_id, hierarchy_id) REFERENCES public.contract(id, hierarchy_id);

ALTER TABLE ONLY public.contract_version
    ADD CONSTRAINT contract_version_contract_id_hierarchy_id_fkey FOREIGN KEY (contract_id, hierarchy_id) REFERENCES public.contract(id, hierarchy_id);

ALTER TABLE ONLY public.directory_group
    ADD CONSTRAINT directory_group_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.directory_mapping
    ADD CONSTRAINT directory_mapping_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.directory_group(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.directory_mapping
    ADD CONSTRAINT directory_mapping_role_id_fkey FOREIGN KEY (role_id) REFERENCES public.role(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.directory_mapping
    ADD CONSTRAINT directory_mapping_unit_group_id_unit_id_fkey FOREIGN KEY (unit_group_id, unit_id) REFERENCES public.unit_group(id, unit_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.directory_mapping
    ADD CONSTRAINT directory_mapping_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.directory_member
    ADD CONSTRAINT directory_member_entry_id_unit_id_fkey FOREIGN KEY (entry_id, unit_id) REFERENCES public.directory_user(id, unit_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.directory_member
    ADD CONSTRAINT directory_member_group_id_unit_id_fkey FOREIGN KEY (group_id, unit_id) REFERENCES public.directory_group(id, unit_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.directory
    ADD CONSTRAINT directory_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.directory_user
    ADD CONSTRAINT directory_user_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.directory_user
    ADD CONSTRAINT directory_user_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.environment_event
    ADD CONSTRAINT environment_event_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.environment(unit_id);

ALTER TABLE ONLY public.environment
    ADD CONSTRAINT environment_of_customer FOREIGN KEY (unit_id, unit_kind) REFERENCES public.unit(id, kind);

ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT exchange_rate_hierarchy_id_fkey FOREIGN KEY (hierarchy_id) REFERENCES public.hierarchy(id);

ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT exchange_rate_unit_id_hierarchy_id_fkey FOREIGN KEY (unit_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.group_member
    ADD CONSTRAINT group_member_group_id_hierarchy_id_fkey FOREIGN KEY (group_id, hierarchy_id) REFERENCES public.unit_group(id, hierarchy_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.group_member
    ADD CONSTRAINT group_member_unit_id_hierarchy_id_fkey FOREIGN KEY (unit_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_provider
    ADD CONSTRAINT identity_provider_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_buyer_entity_id_hierarchy_id_fkey FOREIGN KEY (buyer_entity_id, hierarchy_id) REFERENCES public.legal_entity(id, hierarchy_id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_buyer_id_hierarchy_id_fkey FOREIGN KEY (buyer_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_contract_id_hierarchy_id_fkey FOREIGN KEY (contract_id, hierarchy_id) REFERENCES public.contract(id, hierarchy_id);

ALTER TABLE ONLY public.invoice_counter
    ADD CONSTRAINT invoice_counter_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.unit(id);

ALTER TABLE ONLY public.invoice_document
    ADD CONSTRAINT invoice_document_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoice(id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_hierarchy_id_fkey FOREIGN KEY (hierarchy_id) REFERENCES public.hierarchy(id);

ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES public.invoice(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_run_id_hierarchy_id_fkey FOREIGN KEY (run_id, hierarchy_id) REFERENCES public.billing_run(id, hierarchy_id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_seller_entity_id_hierarchy_id_fkey FOREIGN KEY (seller_entity_id, hierarchy_id) REFERENCES public.legal_entity(id, hierarchy_id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_seller_id_hierarchy_id_fkey FOREIGN KEY (seller_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_version_id_hierarchy_id_fkey FOREIGN KEY (version_id, hierarchy_id) REFERENCES public.contract_version(id, hierarchy_id);

ALTER TABLE ONLY public.legal_entity
    ADD CONSTRAINT legal_entity_hierarchy_id_fkey FOREIGN KEY (hierarchy_id) REFERENCES public.hierarchy(id);

ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_app_user_id FOREIGN KEY (user_id) REFERENCES public.app_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.price_rule
    ADD CONSTRAINT price_rule_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.contract_version(id);

ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);

ALTER TABLE ONLY public.provider_cost
    ADD CONSTRAINT provider_cost_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.billing_run(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provider_cost
    ADD CONSTRAINT provider_cost_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id);

ALTER TABLE ONLY public.provisioning_hook
    ADD CONSTRAINT provisioning_hook_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recurring_fee
    ADD CONSTRAINT recurring_fee_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.contract_version(id);

ALTER TABLE ONLY public.removed_unit
    ADD CONSTRAINT removed_unit_kept_id_hierarchy_id_fkey FOREIGN KEY (kept_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.role
    ADD CONSTRAINT role_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.scheduled_move
    ADD CONSTRAINT scheduled_move_hierarchy_id_fkey FOREIGN KEY (hierarchy_id) REFERENCES public.hierarchy(id);

ALTER TABLE ONLY public.scheduled_move
    ADD CONSTRAINT scheduled_move_parent_id_hierarchy_id_fkey FOREIGN KEY (parent_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id) ON DELETE SET NULL (parent_id);

ALTER TABLE ONLY public.scheduled_move
    ADD CONSTRAINT scheduled_move_unit_id_hierarchy_id_fkey FOREIGN KEY (unit_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sign_in_policy
    ADD CONSTRAINT sign_in_policy_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_social_account_id_951f210e_fk_socialacc FOREIGN KEY (account_id) REFERENCES public.socialaccount_socialaccount(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_social_app_id_636a42d7_fk_socialacc FOREIGN KEY (app_id) REFERENCES public.socialaccount_socialapp(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_user_id_8146e70c_fk_app_user_id FOREIGN KEY (user_id) REFERENCES public.app_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.structure_finding
    ADD CONSTRAINT structure_finding_import_id_fkey FOREIGN KEY (import_id) REFERENCES public.structure_import(id);

ALTER TABLE ONLY public.structure_import
    ADD CONSTRAINT structure_import_hierarchy_id_fkey FOREIGN KEY (hierarchy_id) REFERENCES public.hierarchy(id);

ALTER TABLE ONLY public.sub_account
    ADD CONSTRAINT sub_account_account_id_hierarchy_id_fkey FOREIGN KEY (account_id, hierarchy_id) REFERENCES public.account(id, hierarchy_id);

ALTER TABLE ONLY public.sub_account
    ADD CONSTRAINT sub_account_unit_id_hierarchy_id_fkey FOREIGN KEY (unit_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_anchor FOREIGN KEY (anchor_id, anchor_flag) REFERENCES public.unit(id, anchors);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_anchor_hierarchy FOREIGN KEY (anchor_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.unit_ceiling
    ADD CONSTRAINT unit_ceiling_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.unit_closure
    ADD CONSTRAINT unit_closure_des_fkey FOREIGN KEY (des) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_entity FOREIGN KEY (entity_id, hierarchy_id) REFERENCES public.legal_entity(id, hierarchy_id);

ALTER TABLE ONLY public.unit_group
    ADD CONSTRAINT unit_group_unit_id_hierarchy_id_fkey FOREIGN KEY (unit_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_hierarchy_id_fkey FOREIGN KEY (hierarchy_id) REFERENCES public.hierarchy(id);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_no_cycle FOREIGN KEY (parent_id, parent_depth) REFERENCES public.unit(id, depth) ON UPDATE CASCADE;

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_parent_active FOREIGN KEY (parent_id, parent_active) REFERENCES public.unit(id, is_active);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_parent_hierarchy FOREIGN KEY (parent_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.unit
    ADD CONSTRAINT unit_parent_kind FOREIGN KEY (parent_id, parent_kind) REFERENCES public.unit(id, kind);

ALTER TABLE ONLY public.usage_file
    ADD CONSTRAINT usage_file_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.usage_snapshot(id);

ALTER TABLE ONLY public.usage_import
    ADD CONSTRAINT usage_import_same_as_id_hierarchy_id_fkey FOREIGN KEY (same_as_id, hierarchy_id) REFERENCES public.usage_import(id, hierarchy_id);

ALTER TABLE ONLY public.usage_import
    ADD CONSTRAINT usage_import_unit_id_hierarchy_id_fkey FOREIGN KEY (unit_id, hierarchy_id) REFERENCES public.unit(id, hierarchy_id);

ALTER TABLE ONLY public.usage_snapshot
    ADD CONSTRAINT usage_snapshot_import_id_hierarchy_id_fkey FOREIGN KEY (import_id, hierarchy_id) REFERENCES public.usage_import(id, hierarchy_id);

ALTER TABLE ONLY public.usage_total
    ADD CONSTRAINT usage_total_import_id_fkey FOREIGN KEY (import_id) REFERENCES public.usage_import(id);

ALTER TABLE ONLY public.user_scope
    ADD CONSTRAINT user_scope_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES public.unit(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.usersessions_usersession
    ADD CONSTRAINT usersessions_usersession_user_id_af5e0a6d_fk_app_user_id FOREIGN KEY (user_id) REFERENCES public.app_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE public.access_grant ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.account ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.account_emailaddress ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.account_emailconfirmation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.acting_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.address_refusal_count ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.api_token ENABLE ROW LEVEL SECURITY;

CREATE POLICY app_all ON public.directory_group TO underlet_app USING (public.can(unit_id, (16)::bigint)) WITH CHECK (public.can(unit_id, (16)::bigint));

CREATE POLICY app_all ON public.directory_mapping TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.directory_group d
  WHERE (d.id = directory_mapping.group_id)))) WITH CHECK ((public.can(unit_id, (16)::bigint) AND (EXISTS ( SELECT 1
   FROM public.directory_group d,
    public.unit u
  WHERE ((d.id = directory_mapping.group_id) AND (u.id = directory_mapping.unit_id) AND (d.unit_id = ANY (u.anc)))))));

CREATE POLICY app_all ON public.directory_member TO underlet_app USING (public.can(unit_id, (16)::bigint)) WITH CHECK (public.can(unit_id, (16)::bigint));

CREATE POLICY app_all ON public.directory_user TO underlet_app USING (public.can(unit_id, (16)::bigint)) WITH CHECK (public.can(unit_id, (16)::bigint));

CREATE POLICY app_change ON public.assignment FOR UPDATE TO underlet_app USING (public.can(public.sub_account_unit(sub_account_id), (2)::bigint)) WITH CHECK (public.can(public.sub_account_unit(sub_account_id), (2)::bigint));

CREATE POLICY app_delete ON public.access_grant FOR DELETE TO underlet_app USING (public.may_take(unit_id, perms, scope));

CREATE POLICY app_delete ON public.assignment FOR DELETE TO underlet_app USING (public.can(public.sub_account_unit(sub_account_id), (2)::bigint));

CREATE POLICY app_delete ON public.contract FOR DELETE TO underlet_app USING (((state = 'draft'::text) AND public.acts_for(seller_id, seller_entity_id, (256)::bigint)));

CREATE POLICY app_delete ON public.contract_version FOR DELETE TO underlet_app USING (public.sells(contract_id, true));

CREATE POLICY app_delete ON public.group_member FOR DELETE TO underlet_app USING (((NOT is_by_rule) AND (EXISTS ( SELECT 1
   FROM public.unit_group g
  WHERE ((g.id = group_member.group_id) AND public.can_below(g.unit_id, (65536)::bigint))))));

CREATE POLICY app_delete ON public.identity_provider FOR DELETE TO underlet_app USING (public.can_below(unit_id, (524289)::bigint));

CREATE POLICY app_delete ON public.price_rule FOR DELETE TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.contract_version v
  WHERE ((v.id = price_rule.version_id) AND public.sells(v.contract_id, true)))));

CREATE POLICY app_delete ON public.provisioning_hook FOR DELETE TO underlet_app USING (public.can(unit_id, (16384)::bigint));

CREATE POLICY app_delete ON public.recurring_fee FOR DELETE TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.contract_version v
  WHERE ((v.id = recurring_fee.version_id) AND public.sells(v.contract_id, true)))));

CREATE POLICY app_delete ON public.role FOR DELETE TO underlet_app USING (public.can_below(unit_id, (perms | (131072)::bigint)));

CREATE POLICY app_delete ON public.unit FOR DELETE TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (unit.anc)) AND (s.subtree OR ((s.unit_id = unit.id) AND (unit.kind = 'customer'::text))) AND ((s.perms & (2)::bigint) = 2)))));

CREATE POLICY app_delete ON public.unit_ceiling FOR DELETE TO underlet_app USING (public.may_limit(unit_id));

CREATE POLICY app_delete ON public.unit_group FOR DELETE TO underlet_app USING (public.may_drop_group(id));

CREATE POLICY app_insert ON public.access_grant FOR INSERT TO underlet_app WITH CHECK ((public.may_give(unit_id, perms, scope) AND ((scope = 'customers'::text) OR (acts_for_id = unit_id))));

CREATE POLICY app_insert ON public.acting_session FOR INSERT TO underlet_app WITH CHECK (((viewer_id = ( SELECT public.actor_id() AS actor_id)) AND public.may_view_as(person_id, unit_id) AND (ended_at IS NULL)));

CREATE POLICY app_insert ON public.app_user FOR INSERT TO underlet_app WITH CHECK ((NOT is_operator));

CREATE POLICY app_insert ON public.audit_entry FOR INSERT TO underlet_app WITH CHECK ((actor_id = ( SELECT public.actor_id() AS actor_id)));

CREATE POLICY app_insert ON public.billing_run FOR INSERT TO underlet_app WITH CHECK (public.can(unit_id, (512)::bigint));

CREATE POLICY app_insert ON public.brand FOR INSERT TO underlet_app WITH CHECK (public.can(unit_id, (32)::bigint));

CREATE POLICY app_insert ON public.contract FOR INSERT TO underlet_app WITH CHECK ((public.acts_for(seller_id, seller_entity_id, (256)::bigint) AND (EXISTS ( SELECT 1
   FROM public.unit u
  WHERE ((u.id = contract.seller_id) AND (u.entity_id = contract.seller_entity_id)))) AND (EXISTS ( SELECT 1
   FROM public.unit u
  WHERE ((u.id = contract.buyer_id) AND (u.entity_id = contract.buyer_entity_id))))));

CREATE POLICY app_insert ON public.contract_version FOR INSERT TO underlet_app WITH CHECK (public.sells(contract_id, false));

CREATE POLICY app_insert ON public.environment FOR INSERT TO underlet_app WITH CHECK (public.can(unit_id, (16384)::bigint));

CREATE POLICY app_insert ON public.exchange_rate FOR INSERT TO underlet_app WITH CHECK (public.can(unit_id, (512)::bigint));

CREATE POLICY app_insert ON public.group_member FOR INSERT TO underlet_app WITH CHECK (((NOT is_by_rule) AND public.may_fill_group(group_id) AND (EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = group_member.unit_id)))));

CREATE POLICY app_insert ON public.identity_provider FOR INSERT TO underlet_app WITH CHECK (public.can_below(unit_id, (524289)::bigint));

CREATE POLICY app_insert ON public.job FOR INSERT TO underlet_app WITH CHECK ((actor_id = ( SELECT public.actor_id() AS actor_id)));

CREATE POLICY app_insert ON public.legal_entity FOR INSERT TO underlet_app WITH CHECK ((EXISTS ( SELECT 1
   FROM public.user_scope s,
    public.unit u
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (u.id = s.unit_id) AND (u.hierarchy_id = legal_entity.hierarchy_id) AND ((s.perms & (2)::bigint) = 2)))));

CREATE POLICY app_insert ON public.price_rule FOR INSERT TO underlet_app WITH CHECK ((EXISTS ( SELECT 1
   FROM public.contract_version v
  WHERE ((v.id = price_rule.version_id) AND public.sells(v.contract_id, false)))));

CREATE POLICY app_insert ON public.provisioning_hook FOR INSERT TO underlet_app WITH CHECK (public.can(unit_id, (16384)::bigint));

CREATE POLICY app_insert ON public.recurring_fee FOR INSERT TO underlet_app WITH CHECK ((EXISTS ( SELECT 1
   FROM public.contract_version v
  WHERE ((v.id = recurring_fee.version_id) AND public.sells(v.contract_id, false)))));

CREATE POLICY app_insert ON public.role FOR INSERT TO underlet_app WITH CHECK (public.can_below(unit_id, (perms | (131072)::bigint)));

CREATE POLICY app_insert ON public.scheduled_move FOR INSERT TO underlet_app WITH CHECK (((actor_id = ( SELECT public.actor_id() AS actor_id)) AND (state = 'pending'::text) AND public.can(unit_id, (2)::bigint) AND public.can(parent_id, (2)::bigint)));

CREATE POLICY app_insert ON public.sign_in_policy FOR INSERT TO underlet_app WITH CHECK (public.can_branch(unit_id, (524288)::bigint));

CREATE POLICY app_insert ON public.structure_finding FOR INSERT TO underlet_app WITH CHECK ((EXISTS ( SELECT 1
   FROM public.structure_import i
  WHERE ((i.id = structure_finding.import_id) AND public.can(i.unit_id, (8)::bigint)))));

CREATE POLICY app_insert ON public.structure_import FOR INSERT TO underlet_app WITH CHECK (((actor_id = ( SELECT public.actor_id() AS actor_id)) AND public.can(unit_id, (8)::bigint)));

CREATE POLICY app_insert ON public.unit FOR INSERT TO underlet_app WITH CHECK ((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (unit.anc)) AND s.subtree AND ((s.perms & (2)::bigint) = 2)))));

CREATE POLICY app_insert ON public.unit_ceiling FOR INSERT TO underlet_app WITH CHECK (public.may_limit(unit_id));

CREATE POLICY app_insert ON public.unit_group FOR INSERT TO underlet_app WITH CHECK (public.can_below(unit_id, (65536)::bigint));

CREATE POLICY app_insert ON public.usage_import FOR INSERT TO underlet_app WITH CHECK (public.can(unit_id, (128)::bigint));

CREATE POLICY app_of_unit ON public.api_token FOR SELECT TO underlet_app USING (((unit_id IS NOT NULL) AND public.can(unit_id, (8192)::bigint)));

CREATE POLICY app_own ON public.api_token TO underlet_app USING (((user_id = ( SELECT public.actor_id() AS actor_id)) OR (id = ( SELECT public.actor_id() AS actor_id)))) WITH CHECK ((user_id = ( SELECT public.actor_id() AS actor_id)));

CREATE POLICY app_own ON public.idempotency_key TO underlet_app USING ((actor_id = ( SELECT public.actor_id() AS actor_id))) WITH CHECK ((actor_id = ( SELECT public.actor_id() AS actor_id)));

CREATE POLICY app_own ON public.job FOR SELECT TO underlet_app USING ((actor_id = ( SELECT public.actor_id() AS actor_id)));

CREATE POLICY app_own ON public.structure_finding FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.structure_import i
  WHERE (i.id = structure_finding.import_id))));

CREATE POLICY app_own ON public.structure_import FOR SELECT TO underlet_app USING (((actor_id = ( SELECT public.actor_id() AS actor_id)) AND (EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = structure_import.unit_id)))));

CREATE POLICY app_own ON public.upload TO underlet_app USING ((actor_id = ( SELECT public.actor_id() AS actor_id))) WITH CHECK ((actor_id = ( SELECT public.actor_id() AS actor_id)));

CREATE POLICY app_own ON public.user_scope FOR SELECT TO underlet_app USING ((actor_id = ( SELECT public.actor_id() AS actor_id)));

CREATE POLICY app_read ON public.access_grant FOR SELECT TO underlet_app USING (((user_id = ( SELECT public.actor_id() AS actor_id)) OR (EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = access_grant.unit_id))) OR ((scope = 'customers'::text) AND (EXISTS ( SELECT 1
   FROM public.unit c
  WHERE (c.anchor_id = access_grant.unit_id)))) OR ((scope = 'group'::text) AND public.administers_member(group_id))));

CREATE POLICY app_read ON public.account FOR SELECT TO underlet_app USING (((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = account.unit_id))) OR (EXISTS ( SELECT 1
   FROM public.sub_account s
  WHERE (s.account_id = account.id)))));

CREATE POLICY app_read ON public.acting_session FOR SELECT TO underlet_app USING ((( SELECT public.actor_id() AS actor_id) = ANY (ARRAY[id, viewer_id, person_id])));

CREATE POLICY app_read ON public.app_user FOR SELECT TO underlet_app USING (public.sees_user(id));

CREATE POLICY app_read ON public.assignment FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = assignment.unit_id))));

CREATE POLICY app_read ON public.audit_entry FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND ((s.perms & (4096)::bigint) = 4096) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = audit_entry.unit_id))::bigint[])) AND (s.subtree OR (s.unit_id = audit_entry.unit_id)) AND (public.is_about_unit(audit_entry.operation) OR (s.entity_id = ( SELECT u.entity_id
           FROM public.unit u
          WHERE (u.id = audit_entry.unit_id))))))));

CREATE POLICY app_read ON public.billing_run FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = billing_run.unit_id))::bigint[])) AND (s.subtree OR (s.unit_id = billing_run.unit_id)) AND ((s.perms & (512)::bigint) = 512)))));

CREATE POLICY app_read ON public.brand FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = brand.unit_id))));

CREATE POLICY app_read ON public.charge_cost FOR SELECT TO underlet_app USING (((EXISTS ( SELECT 1
   FROM public.charge_line l,
    public.user_scope s
  WHERE ((l.id = charge_cost.charge_line_id) AND (l.edge > 1) AND (s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = l.buyer_id))::bigint[])) AND (s.subtree OR (s.unit_id = l.buyer_id)) AND ((s.perms & (34820)::bigint) = 34820) AND (s.entity_id = l.seller_entity_id) AND (NOT ((s.unit_id = l.buyer_id) AND public.is_customer_of(l.buyer_id, l.seller_entity_id)))))) OR (EXISTS ( SELECT 1
   FROM public.charge_line l,
    public.user_scope s
  WHERE ((l.id = charge_cost.charge_line_id) AND (s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = l.seller_id))::bigint[])) AND (s.subtree OR (s.unit_id = l.seller_id)) AND ((s.perms & (34820)::bigint) = 34820) AND (s.entity_id = l.seller_entity_id))))));

CREATE POLICY app_read ON public.charge_line FOR SELECT TO underlet_app USING (((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = charge_line.buyer_id))::bigint[])) AND (s.subtree OR (s.unit_id = charge_line.buyer_id)) AND ((s.perms & (4)::bigint) = 4) AND public.shows_purchase(s.perms, s.entity_id, charge_line.buyer_id, charge_line.buyer_entity_id) AND (((s.entity_id = charge_line.buyer_entity_id) AND (charge_line.outcome = 'priced'::text)) OR ((s.entity_id = charge_line.seller_entity_id) AND (NOT ((s.unit_id = charge_line.buyer_id) AND public.is_customer_of(charge_line.buyer_id, charge_line.seller_entity_id)))))))) OR (EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = charge_line.seller_id))::bigint[])) AND (s.subtree OR (s.unit_id = charge_line.seller_id)) AND ((s.perms & (4)::bigint) = 4) AND (s.entity_id = charge_line.seller_entity_id) AND public.shows_purchase(s.perms, s.entity_id, charge_line.buyer_id, charge_line.buyer_entity_id))))));

CREATE POLICY app_read ON public.contract FOR SELECT TO underlet_app USING (((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = contract.buyer_id))::bigint[])) AND (s.subtree OR (s.unit_id = contract.buyer_id)) AND ((s.perms & (4)::bigint) = 4) AND public.shows_purchase(s.perms, s.entity_id, contract.buyer_id, contract.buyer_entity_id) AND (((s.entity_id = contract.buyer_entity_id) AND (contract.state = 'active'::text)) OR ((s.entity_id = contract.seller_entity_id) AND (NOT ((s.unit_id = contract.buyer_id) AND public.is_customer_of(contract.buyer_id, contract.seller_entity_id)))))))) OR (EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = contract.seller_id))::bigint[])) AND (s.subtree OR (s.unit_id = contract.seller_id)) AND ((s.perms & (4)::bigint) = 4) AND (s.entity_id = contract.seller_entity_id) AND public.shows_purchase(s.perms, s.entity_id, contract.buyer_id, contract.buyer_entity_id))))));

CREATE POLICY app_read ON public.contract_version FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.contract c
  WHERE (c.id = contract_version.contract_id))));

CREATE POLICY app_read ON public.directory FOR SELECT TO underlet_app USING (public.can(unit_id, (16)::bigint));

CREATE POLICY app_read ON public.environment FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = environment.unit_id))));

CREATE POLICY app_read ON public.environment_event FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = environment_event.unit_id))));

CREATE POLICY app_read ON public.exchange_rate FOR SELECT TO underlet_app USING (public.can(unit_id, (2048)::bigint));

CREATE POLICY app_read ON public.group_member FOR SELECT TO underlet_app USING (((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = group_member.unit_id))) AND public.sees_group(group_id)));

CREATE POLICY app_read ON public.hierarchy FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE ((u.hierarchy_id = hierarchy.id) AND (u.parent_id IS NULL)))));

CREATE POLICY app_read ON public.identity_provider FOR SELECT TO underlet_app USING (public.can_below(unit_id, (524289)::bigint));

CREATE POLICY app_read ON public.invoice FOR SELECT TO underlet_app USING (((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = invoice.buyer_id))::bigint[])) AND (s.subtree OR (s.unit_id = invoice.buyer_id)) AND ((s.perms & (4)::bigint) = 4) AND public.shows_purchase(s.perms, s.entity_id, invoice.buyer_id, invoice.buyer_entity_id) AND (((s.entity_id = invoice.buyer_entity_id) AND (invoice.state = 'issued'::text)) OR ((s.entity_id = invoice.seller_entity_id) AND (NOT ((s.unit_id = invoice.buyer_id) AND public.is_customer_of(invoice.buyer_id, invoice.seller_entity_id)))))))) OR (EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = invoice.seller_id))::bigint[])) AND (s.subtree OR (s.unit_id = invoice.seller_id)) AND ((s.perms & (4)::bigint) = 4) AND (s.entity_id = invoice.seller_entity_id) AND public.shows_purchase(s.perms, s.entity_id, invoice.buyer_id, invoice.buyer_entity_id))))));

CREATE POLICY app_read ON public.invoice_document FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.invoice i
  WHERE (i.id = invoice_document.invoice_id))));

CREATE POLICY app_read ON public.invoice_line FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.invoice i
  WHERE (i.id = invoice_line.invoice_id))));

CREATE POLICY app_read ON public.legal_entity FOR SELECT TO underlet_app USING (((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.entity_id = legal_entity.id)))) OR (EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.entity_id = legal_entity.id)))));

CREATE POLICY app_read ON public.price_rule FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.contract_version v
  WHERE (v.id = price_rule.version_id))));

CREATE POLICY app_read ON public.provider_cost FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = provider_cost.unit_id))::bigint[])) AND (s.subtree OR (s.unit_id = provider_cost.unit_id)) AND ((s.perms & (34820)::bigint) = 34820)))));

CREATE POLICY app_read ON public.provisioning_hook FOR SELECT TO underlet_app USING (public.can(unit_id, (16384)::bigint));

CREATE POLICY app_read ON public.recurring_fee FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.contract_version v
  WHERE (v.id = recurring_fee.version_id))));

CREATE POLICY app_read ON public.removed_unit FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND ((s.perms & (1)::bigint) = 1) AND s.subtree AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = removed_unit.kept_id))::bigint[]))))));

CREATE POLICY app_read ON public.role FOR SELECT TO underlet_app USING (public.sees_role(id));

CREATE POLICY app_read ON public.scheduled_move FOR SELECT TO underlet_app USING (((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = scheduled_move.unit_id))) AND ((actor_id = ( SELECT public.actor_id() AS actor_id)) OR (EXISTS ( SELECT 1
   FROM public.unit p
  WHERE (p.id = scheduled_move.parent_id))))));

CREATE POLICY app_read ON public.sign_in_policy FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = sign_in_policy.unit_id))));

CREATE POLICY app_read ON public.sub_account FOR SELECT TO underlet_app USING (((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = sub_account.unit_id))) OR (EXISTS ( SELECT 1
   FROM public.assignment a
  WHERE (a.sub_account_id = sub_account.id)))));

CREATE POLICY app_read ON public.unit FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (unit.anc)) AND (s.subtree OR (s.unit_id = unit.id)) AND ((s.perms & (1)::bigint) = 1)))));

CREATE POLICY app_read ON public.unit_ceiling FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = unit_ceiling.unit_id))));

CREATE POLICY app_read ON public.unit_group FOR SELECT TO underlet_app USING (public.sees_group(id));

CREATE POLICY app_read ON public.unit_version FOR SELECT TO underlet_app USING (((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE (u.id = unit_version.unit_id))) OR (EXISTS ( SELECT 1
   FROM public.removed_unit r
  WHERE (r.unit_id = unit_version.unit_id)))));

CREATE POLICY app_read ON public.usage_file FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.usage_snapshot s
  WHERE (s.id = usage_file.snapshot_id))));

CREATE POLICY app_read ON public.usage_import FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (( SELECT u.anc
           FROM public.unit u
          WHERE (u.id = usage_import.unit_id))::bigint[])) AND (s.subtree OR (s.unit_id = usage_import.unit_id)) AND ((s.perms & (128)::bigint) = 128)))));

CREATE POLICY app_read ON public.usage_snapshot FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.usage_import i
  WHERE (i.id = usage_snapshot.import_id))));

CREATE POLICY app_read ON public.usage_total FOR SELECT TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.usage_import i
  WHERE (i.id = usage_total.import_id))));

CREATE POLICY app_update ON public.access_grant FOR UPDATE TO underlet_app USING (public.may_take(unit_id, perms, scope)) WITH CHECK ((
CASE
    WHEN (suspended_at IS NULL) THEN public.may_give(unit_id, perms, scope)
    ELSE public.may_take(unit_id, perms, scope)
END AND ((scope = 'customers'::text) OR (acts_for_id = unit_id))));

CREATE POLICY app_update ON public.acting_session FOR UPDATE TO underlet_app USING ((viewer_id = ( SELECT public.actor_id() AS actor_id))) WITH CHECK ((viewer_id = ( SELECT public.actor_id() AS actor_id)));

CREATE POLICY app_update ON public.app_user FOR UPDATE TO underlet_app USING ((id = ( SELECT public.actor_id() AS actor_id))) WITH CHECK ((id = ( SELECT public.actor_id() AS actor_id)));

CREATE POLICY app_update ON public.billing_run FOR UPDATE TO underlet_app USING (public.can(unit_id, (512)::bigint)) WITH CHECK (public.can(unit_id, (512)::bigint));

CREATE POLICY app_update ON public.brand FOR UPDATE TO underlet_app USING (public.can(unit_id, (32)::bigint)) WITH CHECK (public.can(unit_id, (32)::bigint));

CREATE POLICY app_update ON public.contract FOR UPDATE TO underlet_app USING (public.acts_for(seller_id, seller_entity_id, (256)::bigint)) WITH CHECK (public.acts_for(seller_id, seller_entity_id, (256)::bigint));

CREATE POLICY app_update ON public.contract_version FOR UPDATE TO underlet_app USING (public.sells(contract_id, false)) WITH CHECK (public.sells(contract_id, false));

CREATE POLICY app_update ON public.environment FOR UPDATE TO underlet_app USING (public.can(unit_id, (16384)::bigint)) WITH CHECK (public.can(unit_id, (16384)::bigint));

CREATE POLICY app_update ON public.exchange_rate FOR UPDATE TO underlet_app USING (public.can(unit_id, (512)::bigint)) WITH CHECK (public.can(unit_id, (512)::bigint));

CREATE POLICY app_update ON public.identity_provider FOR UPDATE TO underlet_app USING (public.can_below(unit_id, (524289)::bigint)) WITH CHECK (public.can_below(unit_id, (524289)::bigint));

CREATE POLICY app_update ON public.legal_entity FOR UPDATE TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE ((u.entity_id = legal_entity.id) AND u.is_entity_own AND public.can(u.id, (2)::bigint))))) WITH CHECK ((EXISTS ( SELECT 1
   FROM public.unit u
  WHERE ((u.entity_id = legal_entity.id) AND u.is_entity_own AND public.can(u.id, (2)::bigint)))));

CREATE POLICY app_update ON public.provisioning_hook FOR UPDATE TO underlet_app USING (public.can(unit_id, (16384)::bigint)) WITH CHECK (public.can(unit_id, (16384)::bigint));

CREATE POLICY app_update ON public.role FOR UPDATE TO underlet_app USING (public.can_below(unit_id, (perms | (131072)::bigint))) WITH CHECK (public.can_below(unit_id, (perms | (131072)::bigint)));

CREATE POLICY app_update ON public.scheduled_move FOR UPDATE TO underlet_app USING (((state = 'pending'::text) AND public.can(unit_id, (2)::bigint) AND ((actor_id = ( SELECT public.actor_id() AS actor_id)) OR (EXISTS ( SELECT 1
   FROM public.unit p
  WHERE (p.id = scheduled_move.parent_id)))))) WITH CHECK ((state = ANY (ARRAY['done'::text, 'cancelled'::text])));

CREATE POLICY app_update ON public.sign_in_policy FOR UPDATE TO underlet_app USING (public.can_branch(unit_id, (524288)::bigint)) WITH CHECK (public.can_branch(unit_id, (524288)::bigint));

CREATE POLICY app_update ON public.structure_import FOR UPDATE TO underlet_app USING ((actor_id = ( SELECT public.actor_id() AS actor_id))) WITH CHECK (((actor_id = ( SELECT public.actor_id() AS actor_id)) AND public.can(unit_id, (8)::bigint)));

CREATE POLICY app_update ON public.unit FOR UPDATE TO underlet_app USING ((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (unit.anc)) AND (s.subtree OR (s.unit_id = unit.id)) AND ((s.perms & (2)::bigint) = 2))))) WITH CHECK ((EXISTS ( SELECT 1
   FROM public.user_scope s
  WHERE ((s.actor_id = ( SELECT public.actor_id() AS actor_id)) AND (s.unit_id = ANY (unit.anc)) AND (s.subtree OR (s.unit_id = unit.id)) AND ((s.perms & (2)::bigint) = 2)))));

CREATE POLICY app_update ON public.unit_ceiling FOR UPDATE TO underlet_app USING (public.may_limit(unit_id)) WITH CHECK (public.may_limit(unit_id));

CREATE POLICY app_update ON public.unit_group FOR UPDATE TO underlet_app USING (public.can_below(unit_id, (65536)::bigint)) WITH CHECK (public.can_below(unit_id, (65536)::bigint));

CREATE POLICY app_update ON public.usage_import FOR UPDATE TO underlet_app USING (public.can(unit_id, (128)::bigint)) WITH CHECK (public.can(unit_id, (128)::bigint));

ALTER TABLE public.app_user ENABLE ROW LEVEL SECURITY;

CREATE POLICY app_write ON public.assignment FOR INSERT TO underlet_app WITH CHECK ((public.can(unit_id, (2)::bigint) AND public.can(public.sub_account_unit(sub_account_id), (2)::bigint)));

ALTER TABLE public.assignment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_head ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.billing_run ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.brand ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.charge_cost ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.charge_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contract ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contract_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.directory ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.directory_group ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.directory_mapping ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.directory_member ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.directory_user ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.django_cache ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.environment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.environment_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.exchange_rate ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.group_member ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.hierarchy ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_provider ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_counter ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_document ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.legal_entity ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.mfa_authenticator ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provider_cost ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning_hook ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recurring_fee ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.refusal_count ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.removed_unit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reserved_name ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.role ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.scheduled_move ENABLE ROW LEVEL SECURITY;

CREATE POLICY session_all ON public.account_emailaddress TO underlet_session USING (true) WITH CHECK (true);

CREATE POLICY session_all ON public.account_emailconfirmation TO underlet_session USING (true) WITH CHECK (true);

CREATE POLICY session_all ON public.api_token TO underlet_session USING (true) WITH CHECK (true);

CREATE POLICY session_all ON public.app_user TO underlet_session USING (true) WITH CHECK (true);

CREATE POLICY session_all ON public.django_cache TO underlet_session USING (true) WITH CHECK (true);

CREATE POLICY session_all ON public.mfa_authenticator TO underlet_session USING (true) WITH CHECK (true);

CREATE POLICY session_all ON public.socialaccount_socialaccount TO underlet_session USING (true) WITH CHECK (true);

CREATE POLICY session_all ON public.socialaccount_socialapp TO underlet_session USING (true) WITH CHECK (true);

CREATE POLICY session_all ON public.socialaccount_socialtoken TO underlet_session USING (true) WITH CHECK (true);

CREATE POLICY session_all ON public.usersessions_usersession TO underlet_session USING (true) WITH CHECK (true);

CREATE POLICY session_read ON public.acting_session FOR SELECT TO underlet_session USING (true);

CREATE POLICY session_read ON public.identity_provider FOR SELECT TO underlet_session USING (true);

ALTER TABLE public.sign_in_policy ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.socialaccount_socialaccount ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.socialaccount_socialapp ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.socialaccount_socialtoken ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.structure_finding ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.structure_import ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sub_account ENABLE ROW LEVEL SECURITY;

CREATE POLICY system_all ON public.access_grant TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.account TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.account_emailaddress TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.account_emailconfirmation TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.acting_session TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.address_refusal_count TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.api_token TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.app_user TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.assignment TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.audit_entry TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.audit_head TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.billing_run TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.brand TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.charge_cost TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.charge_line TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.contract TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.contract_version TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.directory TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.directory_group TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.directory_mapping TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.directory_member TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.directory_user TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.django_cache TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.environment TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.environment_event TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.exchange_rate TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.group_member TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.hierarchy TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.idempotency_key TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.identity_provider TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.invoice TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.invoice_counter TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.invoice_document TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.invoice_line TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.job TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.legal_entity TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.mfa_authenticator TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.price_rule TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.provider_cost TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.provisioning_hook TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.recurring_fee TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.refusal_count TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.removed_unit TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.reserved_name TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.role TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.scheduled_move TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.sign_in_policy TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.socialaccount_socialaccount TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.socialaccount_socialapp TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.socialaccount_socialtoken TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.structure_finding TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.structure_import TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.sub_account TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.unit TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.unit_ceiling TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.unit_closure TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.unit_group TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.unit_version TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.upload TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.usage_file TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.usage_import TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.usage_snapshot TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.usage_total TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.user_scope TO underlet_system USING (true) WITH CHECK (true);

CREATE POLICY system_all ON public.usersessions_usersession TO underlet_system USING (true) WITH CHECK (true);

ALTER TABLE public.unit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.unit_ceiling ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.unit_closure ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.unit_group ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.unit_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.upload ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_import ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_snapshot ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usage_total ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.user_scope ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.usersessions_usersession ENABLE ROW LEVEL SECURITY;

GRANT ALL ON SCHEMA public TO underlet_system;
GRANT USAGE ON SCHEMA public TO underlet_app;
GRANT USAGE ON SCHEMA public TO underlet_session;

REVOKE ALL ON FUNCTION public.acted_for(actors bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.acted_for(actors bigint[]) TO underlet_app;

REVOKE ALL ON FUNCTION public.address_refusals_counted(of_network text, of_limit text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.address_refusals_counted(of_network text, of_limit text) TO underlet_session;

REVOKE ALL ON FUNCTION public.administers_member(of_group bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.administers_member(of_group bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.administers_person(of_user bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.administers_person(of_user bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.audit_payload(of_entry bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.audit_payload(of_entry bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.billed_above(above bigint[], day date) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.branch(of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.branch(of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.brand_of_host(of_host text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.brand_of_host(of_host text) TO underlet_session;
GRANT ALL ON FUNCTION public.brand_of_host(of_host text) TO underlet_app;

REVOKE ALL ON FUNCTION public.can_in_customers(of_anchor bigint, wanted bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.can_in_customers(of_anchor bigint, wanted bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.ceiling_of(of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ceiling_of(of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.children_counted(units bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.children_counted(units bigint[]) TO underlet_app;

REVOKE ALL ON FUNCTION public.children_shown(of_unit bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.children_shown(of_unit bigint, most integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.count_address_refusal(of_network text, of_limit text, at timestamp with time zone, length interval) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_address_refusal(of_network text, of_limit text, at timestamp with time zone, length interval) TO underlet_session;

REVOKE ALL ON FUNCTION public.count_refusal(of_person bigint, of_limit text, times integer, at timestamp with time zone, length interval) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_refusal(of_person bigint, of_limit text, times integer, at timestamp with time zone, length interval) TO underlet_app;

REVOKE ALL ON FUNCTION public.create_below_group(of_group bigint, made jsonb, entity text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_below_group(of_group bigint, made jsonb, entity text) TO underlet_app;

REVOKE ALL ON FUNCTION public.create_hierarchy(name text, key text, currency text, metric text, at timestamp with time zone, perms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_hierarchy(name text, key text, currency text, metric text, at timestamp with time zone, perms bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.defer_job(job_id uuid, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.defer_job(job_id uuid, at timestamp with time zone) TO underlet_app;

REVOKE ALL ON FUNCTION public.disclosing_versions(versions bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.disclosing_versions(versions bigint[]) TO underlet_app;

REVOKE ALL ON FUNCTION public.effective_brand(of_unit bigint, above boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.effective_brand(of_unit bigint, above boolean) TO underlet_app;

REVOKE ALL ON FUNCTION public.end_acting(moment timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_acting(moment timestamp with time zone) TO underlet_app;

REVOKE ALL ON FUNCTION public.end_sessions(of_user bigint, one uuid, but uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_sessions(of_user bigint, one uuid, but uuid) TO underlet_app;

REVOKE ALL ON FUNCTION public.end_sign_in(of_user bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.follow_directory_user(of_entry bigint, called text, address text, address_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.follow_directory_user(of_entry bigint, called text, address text, address_key text) TO underlet_app;

REVOKE ALL ON FUNCTION public.granted_scope(of_user bigint, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.group_branch(of_group uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.group_branch(of_group uuid) TO underlet_app;

REVOKE ALL ON FUNCTION public.group_members(of_group uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.group_members(of_group uuid) TO underlet_app;

REVOKE ALL ON FUNCTION public.group_role(of_group bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.group_role(of_group bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.groups_left(of_unit bigint, parent bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.groups_left(of_unit bigint, parent bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.has_standing(of_user bigint, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.has_standing(of_user bigint, at timestamp with time zone) TO underlet_session;

REVOKE ALL ON FUNCTION public.held_in_group(of_group bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.held_in_group(of_group bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.held_names(after_key text, needle text, is_down boolean, lim integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.held_names(after_key text, needle text, is_down boolean, lim integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.home_of_person(of_user bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.hook_unit(of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hook_unit(of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.identity_providers_of_host(of_host text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.identity_providers_of_host(of_host text) TO underlet_session;

REVOKE ALL ON FUNCTION public.invoice_material(of_invoice bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.invoice_material(of_invoice bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.is_billed(of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_billed(of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.is_customer(unit_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_customer(unit_id bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.is_raw_buyer(of_version bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_raw_buyer(of_version bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.issuable_drafts(of_run bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.issuable_drafts(of_run bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.issue_invoice(of_invoice bigint, of_year integer, of_sequence integer, of_number text, of_issued_on date, of_due_on date, of_snapshot jsonb, of_sha256 text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.issue_invoice(of_invoice bigint, of_year integer, of_sequence integer, of_number text, of_issued_on date, of_due_on date, of_snapshot jsonb, of_sha256 text, at timestamp with time zone) TO underlet_app;

REVOKE ALL ON FUNCTION public.join_new_unit(of_unit bigint, groups bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.join_new_unit(of_unit bigint, groups bigint[]) TO underlet_app;

REVOKE ALL ON FUNCTION public.keep_an_owner(of_root bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lacks_second_factor(of_user bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lacks_second_factor(of_user bigint) TO underlet_session;

REVOKE ALL ON FUNCTION public.levels_below(of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.levels_below(of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.may_drop_group(of_group bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.may_drop_group(of_group bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.may_fill_group(of_group bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.may_fill_group(of_group bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.may_join_group(of_group bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.may_join_group(of_group bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.may_view_as(of_user bigint, of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.may_view_as(of_user bigint, of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.may_welcome(of_user bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.may_welcome(of_user bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.members_shown(of_group bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.members_shown(of_group bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.move_contracts(moved bigint, below bigint, next_start date, today date, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.move_contracts(moved bigint, below bigint, next_start date, today date, at timestamp with time zone) TO underlet_app;

REVOKE ALL ON FUNCTION public.move_within(of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.move_within(of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.name_is_held(of_kind text, of_hierarchy bigint, key text, besides bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.name_is_held(of_kind text, of_hierarchy bigint, key text, besides bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.names_taken(below bigint, keys text[], is_customer boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.names_taken(below bigint, keys text[], is_customer boolean) TO underlet_app;

REVOKE ALL ON FUNCTION public.nearest_seller(of_buyer bigint, day date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.nearest_seller(of_buyer bigint, day date) TO underlet_app;

REVOKE ALL ON FUNCTION public.note_directory_call(of_unit uuid, at timestamp with time zone, error text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_directory_call(of_unit uuid, at timestamp with time zone, error text) TO underlet_session;

REVOKE ALL ON FUNCTION public.only_by_groups(of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.only_by_groups(of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.page_children(of_unit bigint, after_kind text, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_children(of_unit bigint, after_kind text, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.page_group_units(below bigint, of_group uuid, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_group_units(below bigint, of_group uuid, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.page_group_units_down(below bigint, of_group uuid, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_group_units_down(below bigint, of_group uuid, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.page_mine(after_key text, after_id bigint, needle text, lim integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_mine(after_key text, after_id bigint, needle text, lim integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.page_parents(moved bigint, deepest integer, within bigint, needs bigint, after_key text, after_id bigint, needle text, lim integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_parents(moved bigint, deepest integer, within bigint, needs bigint, after_key text, after_id bigint, needle text, lim integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.page_past(below bigint, moment timestamp with time zone, min_rank integer, max_rank integer, with_archived boolean, direct boolean, has_tops boolean, after_id bigint, lim integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_past(below bigint, moment timestamp with time zone, min_rank integer, max_rank integer, with_archived boolean, direct boolean, has_tops boolean, after_id bigint, lim integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.page_units(below bigint, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_units(below bigint, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.page_units_down(below bigint, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_units_down(below bigint, after_key text, after_id bigint, needle text, mask integer, wanted integer, lim integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.people_behind(actors bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.people_behind(actors bigint[]) TO underlet_app;

REVOKE ALL ON FUNCTION public.people_to_view(of_unit bigint, needle text, after_key text, after_id bigint, lim integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.people_to_view(of_unit bigint, needle text, after_key text, after_id bigint, lim integer) TO underlet_app;

REVOKE ALL ON FUNCTION public.person_within(of_user bigint, of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.person_within(of_user bigint, of_unit bigint) TO underlet_session;

REVOKE ALL ON FUNCTION public.plan_move(moved bigint, below bigint, next_start date, today date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.plan_move(moved bigint, below bigint, next_start date, today date) TO underlet_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_jobs TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_jobs TO underlet_system;

REVOKE ALL ON FUNCTION public.raw_cost_disclosed(of_unit bigint, day date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.raw_cost_disclosed(of_unit bigint, day date) TO underlet_app;

REVOKE ALL ON FUNCTION public.rebuild_acting(of_session bigint, moment timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.rebuild_acting_of(of_user bigint, moment timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.rebuild_scope(of_user bigint, at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_sign_in(of_user bigint, what text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_sign_in(of_user bigint, what text) TO underlet_session;

REVOKE ALL ON FUNCTION public.refresh_scope(of_user bigint, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.refresh_scope(of_user bigint, at timestamp with time zone) TO underlet_session;

REVOKE ALL ON FUNCTION public.refusals_counted(of_person bigint, of_limit text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.refusals_counted(of_person bigint, of_limit text) TO underlet_app;

REVOKE ALL ON FUNCTION public.release_name(key text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.release_name(key text, at timestamp with time zone) TO underlet_app;

REVOKE ALL ON FUNCTION public.reporting_currency(of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reporting_currency(of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.require_operator() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.requires_second_factor(of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.requires_second_factor(of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.reserve_name(of_name text, key text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.reserve_name(of_name text, key text, at timestamp with time zone) TO underlet_app;

REVOKE ALL ON FUNCTION public.revoke_unit_token(token bigint, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoke_unit_token(token bigint, at timestamp with time zone) TO underlet_app;

REVOKE ALL ON FUNCTION public.rule_changes(owner bigint, of_group bigint, rule jsonb, OUT members bigint, OUT joining bigint, OUT leaving bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rule_changes(owner bigint, of_group bigint, rule jsonb, OUT members bigint, OUT joining bigint, OUT leaving bigint) TO underlet_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.unit TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.unit TO underlet_system;

GRANT UPDATE(parent_id) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(kind) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(name) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(name_key) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(also_key) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(display_name) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(organization_number) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(time_zone) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(code) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(price_type) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(entity_id) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(is_entity_own) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(state) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(anchor_id) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(version) ON TABLE public.unit TO underlet_app;

GRANT UPDATE(archived_at) ON TABLE public.unit TO underlet_app;

REVOKE ALL ON FUNCTION public.ruled_units(owner bigint, rule jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.sees_group(of_group bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sees_group(of_group bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.sees_role(of_role bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sees_role(of_role bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.sees_user(of_user bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sees_user(of_user bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.sessions_of(of_user bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sessions_of(of_user bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.settle_directory_group(of_group bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_directory_group(of_group bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.shows_past(of_unit bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.sub_account_unit(sub_account bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sub_account_unit(sub_account bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.take_number(of_invoice bigint, of_year integer, OUT sequence integer, OUT previous_sha256 text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_number(of_invoice bigint, of_year integer, OUT sequence integer, OUT previous_sha256 text) TO underlet_app;

REVOKE ALL ON FUNCTION public.unit_records(of_unit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.unit_records(of_unit bigint) TO underlet_app;

REVOKE ALL ON FUNCTION public.unit_ties(of_unit bigint, day date) FROM PUBLIC;
GRANT ALL ON FUNCTION public.unit_ties(of_unit bigint, day date) TO underlet_app;

REVOKE ALL ON FUNCTION public.user_id_by_email(key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.user_id_by_email(key text) TO underlet_app;

REVOKE ALL ON FUNCTION public.way_past(of_unit bigint, moment timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.what_opens(of_user bigint, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.what_opens(of_user bigint, at timestamp with time zone) TO underlet_app;

REVOKE ALL ON FUNCTION public.who_reaches(of_unit bigint, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.who_reaches(of_unit bigint, at timestamp with time zone) TO underlet_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.access_grant TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_grant TO underlet_system;

GRANT UPDATE(role) ON TABLE public.access_grant TO underlet_app;

GRANT UPDATE(role_id) ON TABLE public.access_grant TO underlet_app;

GRANT UPDATE(perms) ON TABLE public.access_grant TO underlet_app;

GRANT UPDATE(scope) ON TABLE public.access_grant TO underlet_app;

GRANT UPDATE(group_id) ON TABLE public.access_grant TO underlet_app;

GRANT UPDATE(acts_for_id) ON TABLE public.access_grant TO underlet_app;

GRANT UPDATE(expires_at) ON TABLE public.access_grant TO underlet_app;

GRANT UPDATE(suspended_at) ON TABLE public.access_grant TO underlet_app;

GRANT SELECT ON TABLE public.account TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_emailaddress TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_emailaddress TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_emailconfirmation TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_emailconfirmation TO underlet_system;

GRANT USAGE ON SEQUENCE public.actor_id_seq TO underlet_app;
GRANT USAGE ON SEQUENCE public.actor_id_seq TO underlet_system;

GRANT SELECT ON TABLE public.acting_session TO underlet_session;
GRANT SELECT,INSERT ON TABLE public.acting_session TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.acting_session TO underlet_system;

GRANT UPDATE(ended_at) ON TABLE public.acting_session TO underlet_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.address_refusal_count TO underlet_system;

GRANT SELECT ON TABLE public.api_token TO underlet_session;
GRANT SELECT,INSERT ON TABLE public.api_token TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_token TO underlet_system;

GRANT UPDATE(name) ON TABLE public.api_token TO underlet_app;

GRANT UPDATE(digest) ON TABLE public.api_token TO underlet_app;

GRANT UPDATE(previous_digest) ON TABLE public.api_token TO underlet_app;

GRANT UPDATE(previous_until) ON TABLE public.api_token TO underlet_app;

GRANT UPDATE(networks) ON TABLE public.api_token TO underlet_app;

GRANT UPDATE(expires_at) ON TABLE public.api_token TO underlet_app;

GRANT UPDATE(last_used_at) ON TABLE public.api_token TO underlet_session;

GRANT UPDATE(last_used_from) ON TABLE public.api_token TO underlet_session;

GRANT UPDATE(revoked_at) ON TABLE public.api_token TO underlet_app;

GRANT SELECT ON TABLE public.app_user TO underlet_session;
GRANT SELECT ON TABLE public.app_user TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.app_user TO underlet_system;

GRANT INSERT(id) ON TABLE public.app_user TO underlet_app;

GRANT INSERT(email) ON TABLE public.app_user TO underlet_app;

GRANT INSERT(email_key) ON TABLE public.app_user TO underlet_app;

GRANT INSERT(name) ON TABLE public.app_user TO underlet_app;

GRANT UPDATE(password) ON TABLE public.app_user TO underlet_session;
GRANT INSERT(password) ON TABLE public.app_user TO underlet_app;

GRANT INSERT(language),UPDATE(language) ON TABLE public.app_user TO underlet_app;

GRANT UPDATE(theme) ON TABLE public.app_user TO underlet_app;

GRANT UPDATE(last_login) ON TABLE public.app_user TO underlet_session;

GRANT INSERT(created_at) ON TABLE public.app_user TO underlet_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.assignment TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.assignment TO underlet_system;

GRANT UPDATE(ends_on) ON TABLE public.assignment TO underlet_app;

GRANT INSERT ON TABLE public.audit_entry TO underlet_app;
GRANT SELECT,INSERT ON TABLE public.audit_entry TO underlet_system;

GRANT SELECT(id) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT(public_id) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT(hierarchy_id) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT(unit_id) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT(actor_id) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT(person_id) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT(behalf_of_id) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT(operation) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT(subject_id) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT(at) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT(change_id) ON TABLE public.audit_entry TO underlet_app;

GRANT SELECT,INSERT,UPDATE ON TABLE public.audit_head TO underlet_system;

GRANT SELECT,INSERT ON TABLE public.billing_run TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.billing_run TO underlet_system;

GRANT UPDATE(job_id) ON TABLE public.billing_run TO underlet_app;

GRANT SELECT,INSERT ON TABLE public.brand TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.brand TO underlet_system;

GRANT UPDATE(color) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(product_name) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(logo_sha256) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(logo_media_type) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(logo_1x_sha256) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(logo_2x_sha256) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(favicon_sha256) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(favicon_180_sha256) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(sender_name) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(reply_to) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(invoice_footer) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(host_name) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(version) ON TABLE public.brand TO underlet_app;

GRANT UPDATE(updated_at) ON TABLE public.brand TO underlet_app;

GRANT USAGE ON SEQUENCE public.change_id_seq TO underlet_app;
GRANT USAGE ON SEQUENCE public.change_id_seq TO underlet_system;

GRANT SELECT ON TABLE public.charge_cost TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.charge_cost TO underlet_system;

GRANT SELECT ON TABLE public.charge_line TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.charge_line TO underlet_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.contract TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contract TO underlet_system;

GRANT UPDATE(state) ON TABLE public.contract TO underlet_app;

GRANT UPDATE(ends_on) ON TABLE public.contract TO underlet_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.contract_version TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contract_version TO underlet_system;

GRANT UPDATE(ends_on) ON TABLE public.contract_version TO underlet_app;

GRANT SELECT ON TABLE public.directory TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory TO underlet_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.directory_group TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory_group TO underlet_system;

GRANT UPDATE(external_id) ON TABLE public.directory_group TO underlet_app;

GRANT UPDATE(display_name) ON TABLE public.directory_group TO underlet_app;

GRANT UPDATE(display_name_key) ON TABLE public.directory_group TO underlet_app;

GRANT UPDATE(version) ON TABLE public.directory_group TO underlet_app;

GRANT UPDATE(updated_at) ON TABLE public.directory_group TO underlet_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.directory_mapping TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory_mapping TO underlet_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.directory_member TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory_member TO underlet_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.directory_user TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory_user TO underlet_system;

GRANT UPDATE(external_id) ON TABLE public.directory_user TO underlet_app;

GRANT UPDATE(user_name) ON TABLE public.directory_user TO underlet_app;

GRANT UPDATE(user_name_key) ON TABLE public.directory_user TO underlet_app;

GRANT UPDATE(display_name) ON TABLE public.directory_user TO underlet_app;

GRANT UPDATE(given_name) ON TABLE public.directory_user TO underlet_app;

GRANT UPDATE(family_name) ON TABLE public.directory_user TO underlet_app;

GRANT UPDATE(email) ON TABLE public.directory_user TO underlet_app;

GRANT UPDATE(email_type) ON TABLE public.directory_user TO underlet_app;

GRANT UPDATE(active) ON TABLE public.directory_user TO underlet_app;

GRANT UPDATE(version) ON TABLE public.directory_user TO underlet_app;

GRANT UPDATE(updated_at) ON TABLE public.directory_user TO underlet_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_cache TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_cache TO underlet_system;

GRANT SELECT ON TABLE public.django_content_type TO underlet_session;

GRANT SELECT ON TABLE public.django_migrations TO underlet_session;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_session TO underlet_session;
GRANT SELECT,DELETE ON TABLE public.django_session TO underlet_system;

GRANT SELECT ON TABLE public.environment TO underlet_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.environment TO underlet_system;

GRANT INSERT(unit_id) ON TABLE public.environment TO underlet_app;

GRANT INSERT(state),UPDATE(state) ON TABLE public.environment TO underlet_app;

GRANT INSERT(attempt),UPDATE(attempt) ON TABLE public.environment TO underlet_app;

GRANT INSERT(job_id),UPDATE(job_id) ON TABLE public.environment TO underlet_app;

GRANT UPDATE(reference) ON TABLE public.environment TO underlet_app;

GRANT UPDATE(address) ON TABLE public.environment TO underlet_app;

GRANT UPDATE(error) ON TABLE public.environment TO underlet_app;

GRANT INSERT(changed_at),UPDATE(changed_at) ON TABLE public.environment TO underlet_app;

GRANT SELECT ON TABLE public.environment_event TO underlet_app;
GRANT SELECT,INSERT ON TABLE public.environment_event TO underlet_system;

GRANT SELECT,INSERT ON TABLE public.exchange_rate TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.exchange_rate TO underlet_system;

GRANT UPDATE(rate) ON TABLE public.exchange_rate TO underlet_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.group_member TO underlet_system;
GRANT SELECT,DELETE ON TABLE public.group_member TO underlet_app;

GRANT INSERT(group_id) ON TABLE public.group_member TO underlet_app;

GRANT INSERT(unit_id) ON TABLE public.group_member TO underlet_app;

GRANT INSERT(hierarchy_id) ON TABLE public.group_member TO underlet_app;

GRANT SELECT ON TABLE public.hierarchy TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.hierarchy TO underlet_system;

GRANT SELECT,INSERT,UPDATE ON TABLE public.idempotency_key TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_key TO underlet_system;

GRANT SELECT ON TABLE public.identity_provider TO underlet_session;
GRANT SELECT,INSERT,DELETE ON TABLE public.identity_provider TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_provider TO underlet_system;

GRANT UPDATE(name) ON TABLE public.identity_provider TO underlet_app;

GRANT UPDATE(issuer) ON TABLE public.identity_provider TO underlet_app;

GRANT UPDATE(client_id) ON TABLE public.identity_provider TO underlet_app;

GRANT UPDATE(client_secret) ON TABLE public.identity_provider TO underlet_app;

GRANT UPDATE(entity_id) ON TABLE public.identity_provider TO underlet_app;

GRANT UPDATE(sso_url) ON TABLE public.identity_provider TO underlet_app;

GRANT UPDATE(certificate) ON TABLE public.identity_provider TO underlet_app;

GRANT UPDATE(groups_claim) ON TABLE public.identity_provider TO underlet_app;

GRANT UPDATE(takes_new) ON TABLE public.identity_provider TO underlet_app;

GRANT UPDATE(is_enabled) ON TABLE public.identity_provider TO underlet_app;

GRANT UPDATE(version) ON TABLE public.identity_provider TO underlet_app;

GRANT SELECT ON TABLE public.invoice TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invoice TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invoice_counter TO underlet_system;

GRANT SELECT ON TABLE public.invoice_document TO underlet_app;
GRANT SELECT,INSERT ON TABLE public.invoice_document TO underlet_system;

GRANT SELECT ON TABLE public.invoice_line TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invoice_line TO underlet_system;

GRANT SELECT,INSERT ON TABLE public.job TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.job TO underlet_system;

GRANT SELECT,INSERT ON TABLE public.legal_entity TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.legal_entity TO underlet_system;

GRANT UPDATE(name) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(street) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(postal_code) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(city) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(country) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(organization_number) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(vat_id) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(email) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(phone) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(bank_name) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(iban) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(bic) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(language) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(address_line_2) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(region) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(tax_number) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(electronic_address) ON TABLE public.legal_entity TO underlet_app;

GRANT UPDATE(electronic_address_scheme) ON TABLE public.legal_entity TO underlet_app;

GRANT USAGE ON SEQUENCE public.legal_entity_id_seq TO underlet_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mfa_authenticator TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mfa_authenticator TO underlet_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.price_rule TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.price_rule TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_events TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_events TO underlet_system;

GRANT USAGE ON SEQUENCE public.procrastinate_events_id_seq TO underlet_session;
GRANT USAGE ON SEQUENCE public.procrastinate_events_id_seq TO underlet_system;

GRANT USAGE ON SEQUENCE public.procrastinate_jobs_id_seq TO underlet_session;
GRANT USAGE ON SEQUENCE public.procrastinate_jobs_id_seq TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_periodic_defers TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_periodic_defers TO underlet_system;

GRANT USAGE ON SEQUENCE public.procrastinate_periodic_defers_id_seq TO underlet_session;
GRANT USAGE ON SEQUENCE public.procrastinate_periodic_defers_id_seq TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_workers TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_workers TO underlet_system;

GRANT USAGE ON SEQUENCE public.procrastinate_workers_id_seq TO underlet_session;
GRANT USAGE ON SEQUENCE public.procrastinate_workers_id_seq TO underlet_system;

GRANT SELECT ON TABLE public.provider_cost TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provider_cost TO underlet_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.provisioning_hook TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioning_hook TO underlet_system;

GRANT UPDATE(url) ON TABLE public.provisioning_hook TO underlet_app;

GRANT UPDATE(salt) ON TABLE public.provisioning_hook TO underlet_app;

GRANT UPDATE(old_salt) ON TABLE public.provisioning_hook TO underlet_app;

GRANT UPDATE(old_until) ON TABLE public.provisioning_hook TO underlet_app;

GRANT UPDATE(changed_at) ON TABLE public.provisioning_hook TO underlet_app;

GRANT SELECT,INSERT,DELETE ON TABLE public.recurring_fee TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recurring_fee TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.refusal_count TO underlet_system;

GRANT SELECT ON TABLE public.removed_unit TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.removed_unit TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reserved_name TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.role TO underlet_system;
GRANT SELECT,DELETE ON TABLE public.role TO underlet_app;

GRANT INSERT(unit_id) ON TABLE public.role TO underlet_app;

GRANT INSERT(name),UPDATE(name) ON TABLE public.role TO underlet_app;

GRANT INSERT(name_key),UPDATE(name_key) ON TABLE public.role TO underlet_app;

GRANT INSERT(description),UPDATE(description) ON TABLE public.role TO underlet_app;

GRANT INSERT(perms),UPDATE(perms) ON TABLE public.role TO underlet_app;

GRANT UPDATE(version) ON TABLE public.role TO underlet_app;

GRANT INSERT(created_at) ON TABLE public.role TO underlet_app;

GRANT SELECT,INSERT ON TABLE public.scheduled_move TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.scheduled_move TO underlet_system;

GRANT UPDATE(state) ON TABLE public.scheduled_move TO underlet_app;

GRANT UPDATE(finished_at) ON TABLE public.scheduled_move TO underlet_app;

GRANT SELECT,INSERT ON TABLE public.sign_in_policy TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_in_policy TO underlet_system;

GRANT UPDATE(requires_second_factor) ON TABLE public.sign_in_policy TO underlet_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.socialaccount_socialaccount TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.socialaccount_socialaccount TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.socialaccount_socialapp TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.socialaccount_socialapp TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.socialaccount_socialtoken TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.socialaccount_socialtoken TO underlet_system;

GRANT SELECT,INSERT ON TABLE public.structure_finding TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.structure_finding TO underlet_system;

GRANT SELECT,INSERT ON TABLE public.structure_import TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.structure_import TO underlet_system;

GRANT UPDATE(job_id) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(state) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(created) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(changed) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(moved) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(unchanged) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(fields) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(contracts_ended) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(drafts_made) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(contracts_restored) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(problems) ON TABLE public.structure_import TO underlet_app;

GRANT UPDATE(finished_at) ON TABLE public.structure_import TO underlet_app;

GRANT SELECT ON TABLE public.sub_account TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sub_account TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.unit_ceiling TO underlet_system;
GRANT SELECT,DELETE ON TABLE public.unit_ceiling TO underlet_app;

GRANT INSERT(unit_id) ON TABLE public.unit_ceiling TO underlet_app;

GRANT INSERT(perms),UPDATE(perms) ON TABLE public.unit_ceiling TO underlet_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.unit_closure TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.unit_group TO underlet_system;
GRANT SELECT,INSERT,DELETE ON TABLE public.unit_group TO underlet_app;

GRANT UPDATE(name) ON TABLE public.unit_group TO underlet_app;

GRANT UPDATE(name_key) ON TABLE public.unit_group TO underlet_app;

GRANT UPDATE(description) ON TABLE public.unit_group TO underlet_app;

GRANT UPDATE(rule) ON TABLE public.unit_group TO underlet_app;

GRANT UPDATE(version) ON TABLE public.unit_group TO underlet_app;

GRANT USAGE ON SEQUENCE public.unit_group_id_seq TO underlet_app;

GRANT SELECT ON TABLE public.unit_version TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.unit_version TO underlet_system;

GRANT SELECT,INSERT ON TABLE public.upload TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.upload TO underlet_system;

GRANT SELECT ON TABLE public.usage_file TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_file TO underlet_system;

GRANT SELECT,INSERT ON TABLE public.usage_import TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_import TO underlet_system;

GRANT UPDATE(job_id) ON TABLE public.usage_import TO underlet_app;

GRANT SELECT ON TABLE public.usage_snapshot TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_snapshot TO underlet_system;

GRANT SELECT ON TABLE public.usage_total TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_total TO underlet_system;

GRANT SELECT ON TABLE public.user_scope TO underlet_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_scope TO underlet_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usersessions_usersession TO underlet_session;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usersessions_usersession TO underlet_system;
