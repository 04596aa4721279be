-- Seeing with somebody's eyes (P32, ADR-0035): an actor of its own, for half an hour at most, that may what both people
-- may. Ids of units are bare: that somebody looked outlives what they looked at. Names are as they were.
create table acting_session (
  id bigint primary key default nextval('actor_id_seq'),
  public_id uuid not null unique default gen_random_uuid(),
  hierarchy_id bigint not null,
  unit_id bigint not null,
  viewer_id bigint not null references app_user,
  viewer_name text not null,
  person_id bigint not null references app_user,
  person_name text not null,
  mode text not null check (mode in ('view', 'act')),
  reason text not null check (reason <> ''),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  constraint acting_session_another check (viewer_id <> person_id),
  constraint acting_session_lasts check (ends_at > starts_at and ends_at <= starts_at + interval '30 minutes')
);
create index on acting_session (person_id, starts_at);
create index on acting_session (viewer_id, starts_at);

-- What two scopes have in common: of each pair of places of which one is the other or lies below it, the lower one. Found
-- by the places above each, so that thousands of places cost thousands of look-ups and not their square.
create function rebuild_acting(of_session bigint, moment timestamptz) returns void language plpgsql security definer
set search_path = public as $$
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
revoke execute on function rebuild_acting(bigint, timestamptz) from public;
alter function rebuild_acting(bigint, timestamptz) owner to underlet_system;

-- With whatever changes what either may; one transaction at a time.
create function rebuild_acting_of(of_user bigint, moment timestamptz) returns void language plpgsql security definer
set search_path = public as $$
begin
  perform 1 from acting_session a
    where (a.viewer_id = of_user or a.person_id = of_user) and a.ended_at is null and a.ends_at > moment
    order by a.id for no key update;
  perform rebuild_acting(a.id, moment) from acting_session a
    where (a.viewer_id = of_user or a.person_id = of_user) and a.ended_at is null and a.ends_at > moment;
end $$;
revoke execute on function rebuild_acting_of(bigint, timestamptz) from public;
alter function rebuild_acting_of(bigint, timestamptz) owner to underlet_system;

create function acting_follow() returns trigger language plpgsql security definer set search_path = public as $$
begin
  -- Nobody's rights change meanwhile: what makes scopes anew takes these locks first.
  perform 1 from app_user p where p.id in (new.viewer_id, new.person_id) order by p.id for no key update;
  perform rebuild_acting(new.id, present_moment());
  return null;
end $$;
alter function acting_follow() owner to underlet_system;
create trigger acting_follow after insert or update on acting_session
  for each row execute function acting_follow();

-- Where a unit moves, what lies in both scopes is another.
create function unit_moved_acting() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform rebuild_acting(a.id, present_moment()) from acting_session a
    where a.hierarchy_id = new.hierarchy_id and a.ended_at is null and a.ends_at > present_moment();
  return null;
end $$;
alter function unit_moved_acting() owner to underlet_system;
create trigger unit_moved_acting after update on unit
  for each row when (old.parent_id is distinct from new.parent_id) execute function unit_moved_acting();

-- What is over opens nothing, also to a job that was left to be done.
create function end_acting(moment timestamptz) returns void language sql security definer set search_path = public as $$
  delete from user_scope s using acting_session a
  where s.actor_id = a.id and (a.ended_at is not null or a.ends_at <= moment)
$$;
revoke execute on function end_acting(timestamptz) from public;
grant execute on function end_acting(timestamptz) to underlet_app, underlet_system;
alter function end_acting(timestamptz) owner to underlet_system;

-- Whether the actor may view as a person here: the person works in the unit or below it, where the actor may view as
-- others, and does not run the installation.
create function may_view_as(of_user bigint, of_unit bigint) returns boolean language sql stable security definer
set search_path = public as $$
  select of_user <> (select actor_id())
    and exists (select 1 from app_user p where p.id = of_user and p.is_active and not p.is_operator)
    and exists ( -- not joined: the right is asked for their places alone, until one is found
      select 1 from user_scope s where s.actor_id = of_user
        and of_unit = any ((select u.anc from unit u where u.id = s.unit_id)::bigint[]) and can(s.unit_id, 262145))
$$;
revoke execute on function may_view_as(bigint, bigint) from public;
grant execute on function may_view_as(bigint, bigint) to underlet_app, underlet_system;
alter function may_view_as(bigint, bigint) owner to underlet_system;

-- The people whom the actor may view as, in the unit or below it, by name.
create function people_to_view(of_unit bigint, needle text, after_key text, after_id bigint, lim integer)
returns table (id bigint, public_id uuid, name text, email text, name_key text) language sql stable security definer
set search_path = public as $$
  select p.id, p.public_id, p.name, p.email, lower(p.name) from app_user p
  where (lower(p.name), p.id) > (after_key, after_id)
    and (strpos(lower(p.name), lower(needle)) > 0 or strpos(p.email_key, lower(needle)) > 0)
    and p.id in (
      select s.actor_id from unit_closure c join user_scope s on s.unit_id = c.des where c.anc = of_unit)
    and may_view_as(p.id, of_unit)
  order by lower(p.name), p.id limit lim
$$;
revoke execute on function people_to_view(bigint, text, text, bigint, integer) from public;
grant execute on function people_to_view(bigint, text, text, bigint, integer) to underlet_app, underlet_system;
alter function people_to_view(bigint, text, text, bigint, integer) owner to underlet_system;

-- The people behind actors: whose key it is, who views as whom.
create function acted_for(actors bigint[]) returns table (actor_id bigint, user_id bigint, behalf_of_id bigint)
language sql stable security definer set search_path = public as $$
  select a.id, coalesce(t.user_id, v.viewer_id, a.id), v.person_id from unnest(actors) a (id)
  left join api_token t on t.id = a.id left join acting_session v on v.id = a.id
$$;
revoke execute on function acted_for(bigint[]) from public;
grant execute on function acted_for(bigint[]) to underlet_app, underlet_system;
alter function acted_for(bigint[]) owner to underlet_system;

-- Who an entry of the audit trail is by, and where they stood in the hierarchy. Before `audit_entry_chain`, by its name.
create function audit_by() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function audit_by() owner to underlet_system;
create trigger audit_entry_by before insert on audit_entry for each row execute function audit_by();

-- What an entry holds: whole for who stands, in every place, where whoever acted stood or above, acts there for the same
-- legal entity, and reads prices, cost and margin (38916 = 4 + 2048 + 32768 + 4096, and 1). For others that may read the
-- entry at all, the names of its fields alone.
create function audit_payload(of_entry bigint)
returns table (is_whole boolean, input jsonb, before jsonb, after jsonb, fields text[]) language sql stable
security definer set search_path = public as $$
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
revoke execute on function audit_payload(bigint) from public;
grant execute on function audit_payload(bigint) to underlet_app, underlet_system;
alter function audit_payload(bigint) owner to underlet_system;

do $$
begin
  alter table acting_session enable row level security;
  alter table acting_session force row level security;
end $$;
create policy system_all on acting_session to underlet_system using (true) with check (true);
create policy session_read on acting_session for select to underlet_session using (true);
create policy app_read on acting_session for select to underlet_app using (
  (select actor_id()) = any (array[id, viewer_id, person_id]));
create policy app_insert on acting_session for insert to underlet_app with check (
  viewer_id = (select actor_id()) and may_view_as(person_id, unit_id) and ended_at is null);
create policy app_update on acting_session for update to underlet_app
  using (viewer_id = (select actor_id())) with check (viewer_id = (select actor_id()));
grant select on acting_session to underlet_session;
grant select, insert, update (ended_at) on acting_session to underlet_app;
grant select, insert, update, delete on acting_session to underlet_system;
