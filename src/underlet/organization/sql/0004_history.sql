-- What every unit was, from when to when, and who made it so. Triggers write it for whatever changes a unit, in the same
-- transaction; nobody else can. One row per state, half-open [from_at, to_at); what one transaction does is one change.

create table unit_version (
  unit_id bigint not null, -- bare, like all ids here: history outlives what it is about
  from_at timestamptz not null,
  to_at timestamptz, -- null: still so
  change_id bigint not null, -- which transaction began the state (this_change)
  actor_id bigint, -- who; null: the software itself
  ended_by bigint,
  hierarchy_id bigint not null,
  public_id uuid not null,
  parent_id bigint,
  came_from bigint, -- the parent before this state, where the change moved the unit
  kind text not null,
  rank smallint not null generated always as (case kind when 'organization' then 0 else 1 end) stored,
  name text not null,
  name_key text collate "C" not null,
  display_name text not null,
  organization_number text not null,
  time_zone text not null,
  code text not null,
  price_type text not null,
  state text not null,
  anchors boolean not null,
  anchor_id bigint,
  own_entity_id bigint, -- null: the legal entity is inherited, so a new one above is no change of this unit
  primary key (unit_id, from_at),
  constraint unit_version_lasts check (to_at > from_at)
);
create unique index unit_version_present on unit_version (unit_id) where to_at is null;
create unique index unit_version_change on unit_version (unit_id, change_id);
-- Children in their order, a page at a time, as of any moment.
create index unit_version_children on unit_version (parent_id, rank, name_key, unit_id);
create index unit_version_moves on unit_version (hierarchy_id, from_at) where came_from is not null;

-- Units that are gone. kept_id: the nearest unit above their last place that still exists; who sees below that one sees
-- what they were.
create table removed_unit (
  unit_id bigint primary key,
  public_id uuid not null unique,
  hierarchy_id bigint not null,
  kept_id bigint,
  foreign key (kept_id, hierarchy_id) references unit (id, hierarchy_id) deferrable initially deferred
);
create index on removed_unit (kept_id);

-- Set-based, so that a mass import pays once per statement.
create function unit_remember() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function unit_remember() owner to underlet_system;
create trigger unit_remember_insert after insert on unit referencing new table as added
  for each statement execute function unit_remember();
create trigger unit_remember_update after update on unit referencing old table as before new table as after
  for each statement execute function unit_remember();
create trigger unit_remember_delete after delete on unit referencing old table as gone
  for each statement execute function unit_remember();

-- A state that is over never changes, whoever tries.
create trigger unit_version_is_final before update or delete on unit_version
  for each row when (old.to_at is not null) execute function refuse_change();

-- Whether the actor sees now what a unit was: they see it, or, if it is gone, what lies below its last place.
create function shows_past(of_unit bigint) returns boolean language sql stable security definer
set search_path = public as $$
  select exists (select 1 from user_scope s where s.actor_id = (select actor_id()) and s.perms & 1 = 1
      and s.unit_id = any ((select u.anc from unit u where u.id = of_unit)::bigint[])
      and (s.subtree or s.unit_id = of_unit))
    or exists (select 1 from user_scope s where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and s.subtree
      and s.unit_id = any ((select u.anc from unit u, removed_unit r
        where r.unit_id = of_unit and u.id = r.kept_id)::bigint[]))
$$;
revoke execute on function shows_past(bigint) from public;
grant execute on function shows_past(bigint) to underlet_system;
alter function shows_past(bigint) owner to underlet_system;

-- The way from the root to a unit at a moment, itself included, hidden ones too; empty where it did not exist.
create function way_past(of_unit bigint, moment timestamptz) returns bigint[] language sql stable security definer
set search_path = public as $$
  with recursive way as (
    select v.unit_id, v.parent_id, 1 as step from unit_version v
      where v.unit_id = of_unit and v.from_at <= moment and (v.to_at is null or v.to_at > moment)
    union all
    select v.unit_id, v.parent_id, way.step + 1 from way join unit_version v on v.unit_id = way.parent_id
      where v.from_at <= moment and (v.to_at is null or v.to_at > moment) and way.step < 10)
  select coalesce(array_agg(way.unit_id order by way.step desc), '{}') from way
$$;
revoke execute on function way_past(bigint, timestamptz) from public;
grant execute on function way_past(bigint, timestamptz) to underlet_system;
alter function way_past(bigint, timestamptz) owner to underlet_system;

-- One page of the units that stood below a unit at a moment, itself first, in the order of an outline: each unit before
-- what was below it, organizations before customers, by name. Only what the actor sees now shows, and the walk does not
-- go on below what is hidden: whatever was down there and shows now comes last, as a top of its own. The cost follows
-- the rows walked over, not the size of the structure.
-- min_rank: 1 = customers alone; max_rank: 0 = organizations alone. direct: the children and those tops, nothing else.
-- has_tops: whether those tops are wanted. after_id: the last unit of the page before, 0 = the first page.
create function page_past(below bigint, moment timestamptz, min_rank integer, max_rank integer, with_archived boolean,
  direct boolean, has_tops boolean, after_id bigint, lim integer)
returns table (unit_id bigint, depth integer) language plpgsql stable security definer set search_path = public
set plan_cache_mode = force_generic_plan as $$
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
revoke execute on function page_past(bigint, timestamptz, integer, integer, boolean, boolean, boolean, bigint, integer)
  from public;
grant execute on function page_past(bigint, timestamptz, integer, integer, boolean, boolean, boolean, bigint, integer)
  to underlet_app, underlet_system;
alter function page_past(bigint, timestamptz, integer, integer, boolean, boolean, boolean, bigint, integer)
  owner to underlet_system;

do $$
declare name text;
begin
  foreach name in array array['unit_version', 'removed_unit'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy system_all on %I to underlet_system using (true) with check (true)', name);
  end loop;
end $$;

-- What a unit was shows to those who see it now; what is gone, to those who see below its last place.
create policy app_read on removed_unit for select to underlet_app using (exists (
  select 1 from user_scope s where s.actor_id = (select actor_id()) and s.perms & 1 = 1 and s.subtree
    and s.unit_id = any ((select u.anc from unit u where u.id = kept_id)::bigint[])));
create policy app_read on unit_version for select to underlet_app using (
  exists (select 1 from unit u where u.id = unit_id)
  or exists (select 1 from removed_unit r where r.unit_id = unit_version.unit_id));

-- Whether an operation is about a unit itself; all others may be about an edge, which is its two parties' alone.
create function is_about_unit(operation text) returns boolean language sql immutable as $$
  select split_part(operation, '.', 1)
    in ('unit', 'legal_entity', 'user', 'grant', 'group', 'role', 'role_ceiling', 'sign_in_policy', 'view_as', 'brand',
      'environment', 'structure')
$$;

-- Operations on a unit, without what they were told and answered: for those who may read its audit trail. What may be
-- about an edge (contracts, invoices, runs) only while acting for the unit's legal entity: who sees it from above is no
-- party to what it agreed.
create policy app_read on audit_entry for select to underlet_app using (exists (
  select 1 from user_scope s where s.actor_id = (select actor_id()) and s.perms & 4096 = 4096
    and s.unit_id = any ((select u.anc from unit u where u.id = audit_entry.unit_id)::bigint[])
    and (s.subtree or s.unit_id = audit_entry.unit_id)
    and (is_about_unit(operation) or s.entity_id = (select u.entity_id from unit u where u.id = audit_entry.unit_id))));

grant select on unit_version, removed_unit to underlet_app;
grant select (id, public_id, hierarchy_id, unit_id, actor_id, person_id, behalf_of_id, operation, subject_id, at,
  change_id) on audit_entry to underlet_app;
grant select, insert, update, delete on unit_version, removed_unit to underlet_system;
