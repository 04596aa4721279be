-- Groups of units (R46–R53, ADR-0040): who may change them, that members stand below the group's unit, and members by
-- rule, which follow in the transaction that changes a unit.

alter table unit_group
  -- Conditions of a rule, all of which hold of a member; ids are those of the rows.
  add constraint unit_group_rule check (rule is null or jsonb_typeof(rule) = 'object' and rule <> '{}' and rule - array[
    'kind', 'state', 'price_type', 'name', 'display_name', 'code', 'organization_number', 'below',
    'customer_organization'] = '{}');
create index unit_group_ruled on unit_group (unit_id) where rule is not null;

-- "acme-*" as a pattern of like: * is any text, ? any character, all else itself.
create function glob_like(glob text) returns text language sql immutable as $$
  select translate(regexp_replace(glob, '([\\%_])', '\\\1', 'g'), '*?', '%_')
$$;

-- Whether a unit is a member by a rule. A condition that is not given holds of every unit.
create function rule_holds(rule jsonb, u unit) returns boolean language sql stable as $$
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

-- The units below a group's unit of which a rule holds. Nothing else is read where the rule names a branch.
create function ruled_units(owner bigint, rule jsonb) returns table (id bigint) language sql stable security definer
set search_path = public set plan_cache_mode = force_custom_plan as $$
  select u.id from unit_closure c join unit u on u.id = c.des
  where c.anc = coalesce((rule->>'below')::bigint, owner) and owner = any (u.anc) and u.id <> owner
    and rule_holds(rule, u)
$$;
revoke execute on function ruled_units(bigint, jsonb) from public;
alter function ruled_units(bigint, jsonb) owner to underlet_system;

-- Members stand below the group's unit, and come by its rule exactly where it has one. Set-based, so that thousands pay
-- once; under the hierarchy's lock, so that no unit moves meanwhile.
create function group_member_place() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function group_member_place() owner to underlet_system;
create trigger group_member_place after insert on group_member referencing new table as added
  for each statement execute function group_member_place();

-- Whether the actor holds, below the unit of a group, all that its people may do: else adding a member would give more
-- than the actor has (P2).
create function may_fill_group(of_group bigint) returns boolean language sql stable security definer
set search_path = public as $$
  select can_below(g.unit_id, 65536) and not exists (
    select 1 from access_grant a where a.group_id = g.id and not can_below(a.unit_id, a.perms))
  from unit_group g where g.id = of_group
$$;
revoke execute on function may_fill_group(bigint) from public;
grant execute on function may_fill_group(bigint) to underlet_app, underlet_system;
alter function may_fill_group(bigint) owner to underlet_system;

-- Whether it takes away nobody's role, or roles that the actor may take back.
create function may_drop_group(of_group bigint) returns boolean language sql stable security definer
set search_path = public as $$
  select can_below(g.unit_id, 65536) and not exists (
    select 1 from access_grant a where a.group_id = g.id and not can_below(a.unit_id, a.perms | 16))
  from unit_group g where g.id = of_group
$$;
revoke execute on function may_drop_group(bigint) from public;
grant execute on function may_drop_group(bigint) to underlet_app, underlet_system;
alter function may_drop_group(bigint) owner to underlet_system;

-- What the actor may do by roles on a group, within the limits of their key.
create function group_role(of_group bigint) returns bigint language sql stable security definer
set search_path = public as $$
  select coalesce(bit_or(g.perms & ceiling_of(g.unit_id) & coalesce(t.perms, -1)), 0)
  from people_behind(array[(select actor_id())]) b
    join access_grant g on g.user_id = b.user_id and g.group_id = of_group
    join unit o on o.id = g.unit_id
    left join api_token t on t.id = b.actor_id
  where g.suspended_at is null and (g.expires_at is null or g.expires_at > present_moment())
    and (t.unit_id is null or t.unit_id = any (o.anc))
$$;
revoke execute on function group_role(bigint) from public;
grant execute on function group_role(bigint) to underlet_app, underlet_system;
alter function group_role(bigint) owner to underlet_system;

-- The same, and what they may do in the unit of the group.
create function held_in_group(of_group bigint) returns bigint language sql stable security definer
set search_path = public as $$
  select group_role(of_group) | coalesce((
    select bit_or(s.perms) from unit_group g join unit u on u.id = g.unit_id join user_scope s on s.unit_id = any (u.anc)
    where g.id = of_group and s.actor_id = (select actor_id()) and (s.subtree or s.unit_id = u.id)), 0)
$$;
revoke execute on function held_in_group(bigint) from public;
grant execute on function held_in_group(bigint) to underlet_app, underlet_system;
alter function held_in_group(bigint) owner to underlet_system;

-- Whether new units may join a group by the actor, who looks after it or fills it (R53); 10: changes units.
create function may_join_group(of_group bigint) returns boolean language sql stable security definer
set search_path = public as $$
  select g.rule is null and (group_role(g.id) & 10 = 10 or may_fill_group(g.id)) from unit_group g where g.id = of_group
$$;
revoke execute on function may_join_group(bigint) from public;
grant execute on function may_join_group(bigint) to underlet_app, underlet_system;
alter function may_join_group(bigint) owner to underlet_system;

-- Whether the actor changes units below one by roles on groups alone: a new unit then needs one of these groups (R53).
create function only_by_groups(of_unit bigint) returns boolean language sql stable security definer
set search_path = public as $$
  select not exists (
    select 1 from unit u, people_behind(array[(select actor_id())]) b, access_grant g
    where u.id = of_unit and g.user_id = b.user_id and g.scope = 'subtree' and g.unit_id = any (u.anc) and g.perms & 8 = 8
      and g.suspended_at is null and (g.expires_at is null or g.expires_at > present_moment()))
$$;
revoke execute on function only_by_groups(bigint) from public;
grant execute on function only_by_groups(bigint) to underlet_app, underlet_system;
alter function only_by_groups(bigint) owner to underlet_system;

-- A new or changed rule, or none any more: then whoever is a member stays one, by choice. Alone in the hierarchy, so that
-- no unit changes between the look at the rule and the look at the unit.
create function group_ruled() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function group_ruled() owner to underlet_system;
create trigger group_ruled after insert or update on unit_group for each row execute function group_ruled();

-- Members follow what becomes of units: one that moves out of the subtree leaves, and rules are looked at again.
-- Set-based, so that an import pays once per statement, and next to nothing where no group has a rule.
create function unit_regroup() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function unit_regroup() owner to underlet_system;
create trigger unit_regroup_added after insert on unit referencing new table as added
  for each statement execute function unit_regroup();
create trigger unit_regroup_changed after update on unit referencing old table as before new table as after
  for each statement execute function unit_regroup();

-- The groups that a unit and the units below it would leave if they stood below another parent, and how many of them, as
-- far as the actor sees either.
create function groups_left(of_unit bigint, parent bigint) returns table (group_id bigint, units bigint)
language sql stable security definer set search_path = public set plan_cache_mode = force_custom_plan as $$
  select g.id, count(*) from unit_closure c join group_member m on m.unit_id = c.des
    join unit_group g on g.id = m.group_id join unit p on p.id = parent
  where c.anc = of_unit and g.unit_id <> all (p.anc) and not exists (
      select 1 from unit_closure own where own.anc = of_unit and own.des = g.unit_id)
    and sees_group(g.id) and can(c.des, 1)
  group by g.id
$$;
revoke execute on function groups_left(bigint, bigint) from public;
grant execute on function groups_left(bigint, bigint) to underlet_app, underlet_system;
alter function groups_left(bigint, bigint) owner to underlet_system;

-- A unit that the actor has just made, in this transaction, joins groups that they look after or fill; returns how many
-- of them. Whoever looks after a group may let new units join it (R53), and no others.
create function join_new_unit(of_unit bigint, groups bigint[]) returns bigint language plpgsql security definer
set search_path = public as $$
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
revoke execute on function join_new_unit(bigint, bigint[]) from public;
grant execute on function join_new_unit(bigint, bigint[]) to underlet_app, underlet_system;
alter function join_new_unit(bigint, bigint[]) owner to underlet_system;

-- A new unit right below the unit of a group that the actor looks after, and in it, in one step: the actor need not see
-- that unit, and sees the new one as a member alone (R53). entity: name of its own legal entity; null = as the unit above.
create function create_below_group(of_group bigint, made jsonb, entity text) returns bigint language plpgsql
security definer set search_path = public as $$
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
revoke execute on function create_below_group(bigint, jsonb, text) from public;
grant execute on function create_below_group(bigint, jsonb, text) to underlet_app, underlet_system;
alter function create_below_group(bigint, jsonb, text) owner to underlet_system;

-- What would change if a group had this rule: members then, and how many join and leave. To who sees all below its unit.
create function rule_changes(owner bigint, of_group bigint, rule jsonb, out members bigint, out joining bigint,
  out leaving bigint) language sql stable security definer set search_path = public as $$
  with found as (select r.id from ruled_units(owner, rule) r where can_below(owner, 1)),
    present as (select m.unit_id as id from group_member m where m.group_id = of_group and can_below(owner, 1))
  select (select count(*) from found), (select count(*) from found f where f.id not in (select p.id from present p)),
    (select count(*) from present p where p.id not in (select f.id from found f))
$$;
revoke execute on function rule_changes(bigint, bigint, jsonb) from public;
grant execute on function rule_changes(bigint, bigint, jsonb) to underlet_app, underlet_system;
alter function rule_changes(bigint, bigint, jsonb) owner to underlet_system;

-- The members of a group that the actor sees, and with what stands below them; the policy on `unit` decides which show.
create function group_members(of_group uuid) returns table (id bigint) language sql stable security definer
set search_path = public as $$
  select m.unit_id from unit_group g join group_member m on m.group_id = g.id
  where g.public_id = of_group and sees_group(g.id)
$$;
revoke execute on function group_members(uuid) from public;
grant execute on function group_members(uuid) to underlet_app, underlet_system;
alter function group_members(uuid) owner to underlet_system;

create function group_branch(of_group uuid) returns table (id bigint) language sql stable security definer
set search_path = public as $$ select c.des from group_members(of_group) m join unit_closure c on c.anc = m.id $$;
revoke execute on function group_branch(uuid) from public;
grant execute on function group_branch(uuid) to underlet_app, underlet_system;
alter function group_branch(uuid) owner to underlet_system;

-- How many members of a group the actor sees.
create function members_shown(of_group bigint) returns bigint language sql stable security definer
set search_path = public as $$
  select case when group_role(of_group) & 1 = 1
      or (select can_below(g.unit_id, 1) from unit_group g where g.id = of_group)
    then (select count(*) from group_member m where m.group_id = of_group)
    else (select count(*) from group_member m where m.group_id = of_group and can(m.unit_id, 1)) end
$$;
revoke execute on function members_shown(bigint) from public;
grant execute on function members_shown(bigint) to underlet_app, underlet_system;
alter function members_shown(bigint) owner to underlet_system;

-- As page_units, of a group: its members and all below them, as far as they stand below one unit and the actor sees them.
create function page_group_units(below bigint, of_group uuid, after_key text, after_id bigint, needle text, mask integer,
  wanted integer, lim integer)
returns table (id bigint, name_key text) language sql stable security definer set search_path = public
set plan_cache_mode = force_custom_plan as $$
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
do $$
declare
  body text := pg_get_functiondef('page_group_units(bigint, uuid, text, bigint, text, integer, integer, integer)'::regprocedure);
begin
  body := replace(body, 'FUNCTION public.page_group_units(', 'FUNCTION public.page_group_units_down(');
  body := replace(body, '> (after_key', '< (after_key');
  body := replace(body, 'order by c.name_key, c.des limit', 'order by c.name_key desc, c.des desc limit');
  body := replace(body, 'order by x.name_key, x.des limit', 'order by x.name_key desc, x.des desc limit');
  execute body;
end $$;
do $$
declare name text;
begin
  foreach name in array array['page_group_units', 'page_group_units_down'] loop
    name := name || '(bigint, uuid, text, bigint, text, integer, integer, integer)';
    execute format('revoke execute on function %s from public', name);
    execute format('grant execute on function %s to underlet_app, underlet_system', name);
    execute format('alter function %s owner to underlet_system', name);
  end loop;
end $$;

create policy app_insert on unit_group for insert to underlet_app with check (can_below(unit_id, 65536));
create policy app_update on unit_group for update to underlet_app
  using (can_below(unit_id, 65536)) with check (can_below(unit_id, 65536));
create policy app_delete on unit_group for delete to underlet_app using (may_drop_group(id));
create policy app_insert on group_member for insert to underlet_app with check (
  not is_by_rule and may_fill_group(group_id) and exists (select 1 from unit u where u.id = unit_id));
create policy app_delete on group_member for delete to underlet_app using (
  not is_by_rule and exists (select 1 from unit_group g where g.id = group_id and can_below(g.unit_id, 65536)));
grant usage on sequence unit_group_id_seq to underlet_app;
grant insert on unit_group to underlet_app;
grant update (name, name_key, description, rule, version) on unit_group to underlet_app;
grant delete on unit_group to underlet_app;
grant insert (group_id, unit_id, hierarchy_id), delete on group_member to underlet_app;
