-- People and what they reach, as who administers users is told it, and the owner that every hierarchy keeps.

-- Some owner of the root, without an end, stays (last_owner): locked, so that two who let each other go wait in turn.
create function keep_an_owner(of_root bigint) returns void language plpgsql security definer set search_path = public as $$
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
revoke execute on function keep_an_owner(bigint) from public;
alter function keep_an_owner(bigint) owner to underlet_system;

create function grant_last_owner() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform keep_an_owner(old.unit_id);
  return null;
end $$;
alter function grant_last_owner() owner to underlet_system;
create trigger grant_last_owner_gone after delete on access_grant
  for each row when (old.role = 'owner') execute function grant_last_owner();
create trigger grant_last_owner after update on access_grant
  for each row when (old.role = 'owner') execute function grant_last_owner();

create function user_last_owner() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform keep_an_owner(g.unit_id) from access_grant g where g.user_id = new.id and g.role = 'owner' order by g.unit_id;
  return null;
end $$;
alter function user_last_owner() owner to underlet_system;
create trigger user_last_owner after update on app_user
  for each row when (old.is_active and not new.is_active) execute function user_last_owner();

-- The grants by which people reach a unit now, as far as the actor administers users where each lies, or where it opens
-- what the actor administers. perms: of the grant, as far as the person really holds them there. entities: for which
-- legal entities the person acts there with a right to prices.
create function who_reaches(of_unit bigint, at timestamptz)
returns table (grant_id bigint, user_id bigint, perms bigint, entities bigint[]) language sql stable security definer
set search_path = public as $$
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
revoke execute on function who_reaches(bigint, timestamptz) from public;
grant execute on function who_reaches(bigint, timestamptz) to underlet_app, underlet_system;
alter function who_reaches(bigint, timestamptz) owner to underlet_system;

-- The same, seen from a person: what their grants open, each a unit alone or with all below it.
create function what_opens(of_user bigint, at timestamptz)
returns table (grant_id bigint, unit_id bigint, subtree boolean) language sql stable security definer
set search_path = public as $$
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
revoke execute on function what_opens(bigint, timestamptz) from public;
grant execute on function what_opens(bigint, timestamptz) to underlet_app, underlet_system;
alter function what_opens(bigint, timestamptz) owner to underlet_system;

-- Which of these people read a row of this table: asked as each of them, so that the policies themselves answer (B12).
create function seen_as(users bigint[], what text, of_id bigint) returns setof bigint language plpgsql as $$
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
end $$;

-- A role that is changed into another one is held to the same as a new one.
create trigger grant_role_again before update of role, role_id on access_grant
  for each row execute function grant_role();

-- Nor is a role that rests made into more than who changes it could give, for somebody else to wake.
create function grant_resting() returns trigger language plpgsql as $$
begin
  if current_user = 'underlet_app' and not may_give(new.unit_id, new.perms, new.scope) then
    raise exception 'a role that allows more than the actor holds'
      using errcode = 'integrity_constraint_violation', constraint = 'grant_ceiling';
  end if;
  return new;
end $$;
create trigger grant_resting before update on access_grant for each row
  when (new.suspended_at is not null and (new.perms, new.scope) is distinct from (old.perms, old.scope))
  execute function grant_resting();
