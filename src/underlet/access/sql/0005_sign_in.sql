-- Tables that are read before an actor exists (data-core.md §3): sign-in has them for itself. allauth makes its own;
-- here they get their policies. What is counted against guessing lies in a table, so all processes count together (S3).

create table django_cache (
  cache_key varchar(255) primary key,
  value text not null,
  expires timestamptz not null
);
create index on django_cache (expires);

do $$
declare name text;
begin
  foreach name in array array[
    'django_cache', 'account_emailaddress', 'account_emailconfirmation', 'mfa_authenticator',
    'usersessions_usersession', 'socialaccount_socialaccount', 'socialaccount_socialapp', 'socialaccount_socialtoken'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy system_all on %I to underlet_system using (true) with check (true)', name);
    execute format('create policy session_all on %I to underlet_session using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to underlet_session, underlet_system', name);
  end loop;
end $$;
grant select, delete on django_session to underlet_system;

-- Who must have a second factor: everybody with a role on such a unit or below it.
create table sign_in_policy (
  unit_id bigint primary key references unit on delete cascade,
  requires_second_factor boolean not null
);
alter table sign_in_policy enable row level security;
alter table sign_in_policy force row level security;
create policy system_all on sign_in_policy to underlet_system using (true) with check (true);
create policy app_read on sign_in_policy for select to underlet_app using (
  exists (select 1 from unit u where u.id = unit_id));
create policy app_insert on sign_in_policy for insert to underlet_app with check (can(unit_id, 524288));
create policy app_update on sign_in_policy for update to underlet_app
  using (can(unit_id, 524288)) with check (can(unit_id, 524288));
grant select, insert on sign_in_policy to underlet_app;
grant update (requires_second_factor) on sign_in_policy to underlet_app;
grant select, insert, update, delete on sign_in_policy to underlet_system;

-- Whether a person must have a second factor and has none: asked before each request of a session.
create function lacks_second_factor(of_user bigint) returns boolean language sql stable security definer
set search_path = public as $$
  select exists (
    select 1 from sign_in_policy p
    where p.requires_second_factor and exists (
      select 1 from user_scope s join unit u on u.id = s.unit_id
      where s.actor_id = of_user and p.unit_id = any (u.anc)))
  and not exists (
    select 1 from mfa_authenticator f where f.user_id = of_user and f.type in ('totp', 'webauthn'))
$$;
revoke execute on function lacks_second_factor(bigint) from public;
grant execute on function lacks_second_factor(bigint) to underlet_session, underlet_system;
alter function lacks_second_factor(bigint) owner to underlet_system;

-- Whether a person has a role that lasts, or runs the installation: links that were mailed to them are good so long.
create function has_standing(of_user bigint, at timestamptz) returns boolean language sql stable security definer
set search_path = public as $$
  select exists (select 1 from app_user p where p.id = of_user and p.is_active and p.is_operator)
    or exists (
      select 1 from access_grant g join app_user p on p.id = g.user_id
      where g.user_id = of_user and p.is_active and g.suspended_at is null
        and (g.expires_at is null or g.expires_at > at))
$$;
revoke execute on function has_standing(bigint, timestamptz) from public;
grant execute on function has_standing(bigint, timestamptz) to underlet_session, underlet_system;
alter function has_standing(bigint, timestamptz) owner to underlet_system;

-- Whether a unit requires it by itself or because one above it does, which the reader may not see.
create function requires_second_factor(of_unit bigint) returns boolean language sql stable security definer
set search_path = public as $$
  select exists (
    select 1 from unit u join sign_in_policy p on p.unit_id = any (u.anc)
    where u.id = of_unit and p.requires_second_factor)
$$;
revoke execute on function requires_second_factor(bigint) from public;
grant execute on function requires_second_factor(bigint) to underlet_app, underlet_system;
alter function requires_second_factor(bigint) owner to underlet_system;

-- Whether the actor administers a person, and may end their sessions: they do not run the installation, and each of
-- their roles lies where the actor administers users. Otherwise whoever gave a role could throw people out elsewhere.
create function administers_person(of_user bigint) returns boolean language sql stable security definer
set search_path = public as $$
  select exists (select 1 from app_user p where p.id = of_user and not p.is_operator)
    and exists (select 1 from access_grant g where g.user_id = of_user)
    and not exists (select 1 from access_grant g where g.user_id = of_user and not can(g.unit_id, 16))
    and not exists (
      select 1 from access_grant g join unit c on c.anchor_id = g.unit_id
      where g.user_id = of_user and g.scope = 'customers' and not can(c.id, 16))
$$;
revoke execute on function administers_person(bigint) from public;
grant execute on function administers_person(bigint) to underlet_app, underlet_system;
alter function administers_person(bigint) owner to underlet_system;

-- Sessions are named by a digest: who knows the key of one has it.
create function session_id(key text) returns uuid language sql immutable parallel safe
  return substr(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 1, 32)::uuid;

create function sessions_of(of_user bigint)
returns table (id uuid, created_at timestamptz, last_seen_at timestamptz, address inet, browser text)
language sql stable security definer set search_path = public as $$
  select session_id(s.session_key), s.created_at, s.last_seen_at, s.ip, s.user_agent
  from usersessions_usersession s join django_session d on d.session_key = s.session_key
  where s.user_id = of_user and d.expire_date > now()
    and (of_user = (select actor_id()) or administers_person(of_user))
  order by s.last_seen_at desc, s.id desc
$$;
revoke execute on function sessions_of(bigint) from public;
grant execute on function sessions_of(bigint) to underlet_app, underlet_system;
alter function sessions_of(bigint) owner to underlet_system;

-- Ends one session of a person, or all but one; returns how many. Of nobody whom the actor neither is nor administers.
create function end_sessions(of_user bigint, one uuid, but uuid) returns integer language plpgsql security definer
set search_path = public as $$
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
revoke execute on function end_sessions(bigint, uuid, uuid) from public;
grant execute on function end_sessions(bigint, uuid, uuid) to underlet_app, underlet_system;
alter function end_sessions(bigint, uuid, uuid) owner to underlet_system;
