-- Own roles and ceilings, held by the database: nobody makes or gives a role beyond what they hold (P2), a role counts
-- where its unit stands above, and a change of either binds at once on every grant (A6).

-- Whether the actor holds all these bits in the unit and everything below it; a customer has nothing below it.
create function can_branch(unit_id bigint, wanted bigint) returns boolean language sql stable as $$
  select can_below(can_branch.unit_id, wanted) or can(can_branch.unit_id, wanted)
    and exists (select 1 from unit u where u.id = can_branch.unit_id and u.kind = 'customer')
$$;

-- What is required of people counts for everybody below: whoever decides on it holds the right there as well (524288).
alter policy app_insert on sign_in_policy with check (can_branch(unit_id, 524288));
alter policy app_update on sign_in_policy using (can_branch(unit_id, 524288)) with check (can_branch(unit_id, 524288));

-- A role shows to those who see its unit; who administers the users of a unit below it reads what they may give there,
-- without seeing the unit; and whoever may see a grant learns its role.
create function sees_role(of_role bigint) returns boolean language sql stable security definer
set search_path = public as $$
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
revoke execute on function sees_role(bigint) from public;
grant execute on function sees_role(bigint) to underlet_app, underlet_system;
alter function sees_role(bigint) owner to underlet_system;

drop policy app_read on role;
create policy app_read on role for select to underlet_app using (sees_role(id));
create policy app_insert on role for insert to underlet_app with check (can_below(unit_id, perms | 131072));
create policy app_update on role for update to underlet_app
  using (can_below(unit_id, perms | 131072)) with check (can_below(unit_id, perms | 131072));
create policy app_delete on role for delete to underlet_app using (can_below(unit_id, perms | 131072));
grant insert (unit_id, name, name_key, description, perms, created_at) on role to underlet_app;
grant update (name, name_key, description, perms, version), delete on role to underlet_app;

-- A ceiling is set and lifted by whoever administers roles above the unit: its own people cannot lift it. Nor can anybody
-- let roles hold more than they hold themselves. raised: what roles could not hold before; of that counts what the
-- ceilings above leave, and what there is (1048575: every permission).
create function may_limit(unit_id bigint, raised bigint default 0) returns boolean language sql stable as $$
  select exists (
    select 1 from unit u where u.id = may_limit.unit_id
      and can_below(u.parent_id, 131072 | (may_limit.raised & ceiling_of(u.parent_id) & 1048575)))
$$;
create policy app_insert on unit_ceiling for insert to underlet_app with check (may_limit(unit_id));
create policy app_update on unit_ceiling for update to underlet_app
  using (may_limit(unit_id)) with check (may_limit(unit_id));
create policy app_delete on unit_ceiling for delete to underlet_app using (may_limit(unit_id));
grant insert (unit_id, perms), update (perms), delete on unit_ceiling to underlet_app;

-- What a grant allows comes from its role, of the unit itself or one above it, and stays below the ceiling there. The
-- role's row is held, so that a change of it waits and then reaches this grant as well.
create function grant_role() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function grant_role() owner to underlet_system;
create trigger grant_role before insert on access_grant for each row execute function grant_role();

-- A role allows no more than roles may hold in its unit. Where it was given for all customers of a customer
-- organization, who widens it holds that much in each of them, too: they need not lie below.
create function role_within() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function role_within() owner to underlet_system;
create trigger role_within before insert or update on role for each row execute function role_within();

create function role_follow() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update access_grant g set perms = new.perms where g.role_id = new.id;
  return null;
end $$;
alter function role_follow() owner to underlet_system;
create trigger role_follow after update on role
  for each row when (old.perms is distinct from new.perms) execute function role_follow();

-- Grants that a move left without effect, outside the role's unit, do not hold the role up.
create function role_gone() returns trigger language plpgsql security definer set search_path = public as $$
begin
  delete from access_grant g using unit u
    where g.role_id = old.id and u.id = g.unit_id and old.unit_id <> all (u.anc);
  return old;
end $$;
alter function role_gone() owner to underlet_system;
create trigger role_gone before delete on role for each row execute function role_gone();

-- A ceiling binds at once on whoever has a role on the unit or below it. Grants wait meanwhile: they hold the
-- hierarchy's lock together, this alone.
create function ceiling_follow() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function ceiling_follow() owner to underlet_system;
create trigger ceiling_follow after insert or update or delete on unit_ceiling
  for each row execute function ceiling_follow();

create function ceiling_raised() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if (select actor_id()) is not null and exists (select 1 from unit u where u.id = old.unit_id)
      and not may_limit(old.unit_id, (~old.perms) & case tg_op when 'UPDATE' then new.perms else -1 end) then
    raise exception 'a limit for roles above what the actor holds'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  return coalesce(new, old);
end $$;
alter function ceiling_raised() owner to underlet_system;
create trigger ceiling_raised before update or delete on unit_ceiling for each row execute function ceiling_raised();

-- Out of the branch of a ceiling nothing moves by whoever may not lift it: there it would bind no longer (P2, ADR-0045).
-- The deepest such unit above this one; null: none. Whoever stays below it stays below all of them.
create function move_within(of_unit bigint) returns bigint language sql stable security definer
set search_path = public as $$
  select above.id from unit u join unit above on above.id = any (trim_array(u.anc, 1))
    join unit_ceiling c on c.unit_id = above.id
  where u.id = of_unit and not may_limit(above.id, ~c.perms) order by above.depth desc limit 1
$$;
revoke execute on function move_within(bigint) from public;
grant execute on function move_within(bigint) to underlet_app, underlet_system;
alter function move_within(bigint) owner to underlet_system;

create function unit_within_limits() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if (select actor_id()) is not null and move_within(old.id) <> all (new.anc) then
    raise exception 'a limit for roles that the actor may not lift'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  return new;
end $$;
alter function unit_within_limits() owner to underlet_system;
-- Before the row is written, and after `unit_place` by name: the unit still stands where it was, and its new way up is known.
create trigger unit_within_limits before update on unit
  for each row when (old.parent_id is distinct from new.parent_id) execute function unit_within_limits();

-- A branch that moves comes under other ceilings, and away from the roles of the units that were above it.
create function unit_moved_roles() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function unit_moved_roles() owner to underlet_system;
create trigger unit_moved_roles after update on unit
  for each row when (old.parent_id is distinct from new.parent_id) execute function unit_moved_roles();
