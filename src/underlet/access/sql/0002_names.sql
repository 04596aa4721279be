-- Names that the installation holds back; only its operator sees and changes them, because they may belong to units that
-- nobody else may know of (ADR-0028).

create function require_operator() returns void language plpgsql stable security definer set search_path = public as $$
begin
  if not exists (select 1 from app_user p where p.id = (select actor_id()) and p.is_operator and p.is_active) then
    raise exception 'operator only' using errcode = 'insufficient_privilege';
  end if;
end $$;
revoke execute on function require_operator() from public;
alter function require_operator() owner to underlet_system;

create function reserve_name(of_name text, key text, at timestamptz) returns boolean
language plpgsql security definer set search_path = public as $$
begin
  perform require_operator();
  insert into reserved_name (name_key, name, reserved_at) values (key, of_name, at) on conflict do nothing;
  return found;
end $$;
revoke execute on function reserve_name(text, text, timestamptz) from public;
grant execute on function reserve_name(text, text, timestamptz) to underlet_app, underlet_system;
alter function reserve_name(text, text, timestamptz) owner to underlet_system;

-- Frees a name: no longer reserved, no longer an archived customer's. Returns whether anything held it back.
create function release_name(key text, at timestamptz) returns boolean
language plpgsql security definer set search_path = public as $$
declare was_reserved boolean;
begin
  perform require_operator();
  delete from reserved_name r where r.name_key = key;
  was_reserved := found;
  update unit u set name_released_at = at
    where u.kind = 'customer' and u.name_key = key and u.state = 'archived' and u.name_released_at is null;
  return found or was_reserved;
end $$;
revoke execute on function release_name(text, timestamptz) from public;
grant execute on function release_name(text, timestamptz) to underlet_app, underlet_system;
alter function release_name(text, timestamptz) owner to underlet_system;

-- A page of them by name, upwards or down; after_key: the last one of the page before, '' = the first page.
create function held_names(after_key text, needle text, is_down boolean, lim integer)
returns table (name_key text, name text, is_reserved boolean, since timestamptz)
language plpgsql stable security definer set search_path = public as $$
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
revoke execute on function held_names(text, text, boolean, integer) from public;
grant execute on function held_names(text, text, boolean, integer) to underlet_app, underlet_system;
alter function held_names(text, text, boolean, integer) owner to underlet_system;
