-- Which of these names cannot be given to organizations or customers below a unit, for hidden units have them, too:
-- what `unit.create` answers for one, asked for many at once. Only to who may create there.
create function names_taken(below bigint, keys text[], is_customer boolean) returns table (name_key text)
language sql stable security definer set search_path = public set plan_cache_mode = force_custom_plan as $$
  select u.name_key::text from unit place, unit u
  where place.id = below and u.hierarchy_id = place.hierarchy_id and u.name_key = any (keys) and can(below, 8)
    and u.name_released_at is null
  union
  select u.name_key::text from unit u
  where is_customer and u.kind = 'customer' and u.name_key = any (keys) and can(below, 8) and u.name_released_at is null
  union
  select r.name_key::text from reserved_name r where r.name_key = any (keys) and can(below, 8)
$$;
revoke execute on function names_taken(bigint, text[], boolean) from public;
grant execute on function names_taken(bigint, text[], boolean) to underlet_app, underlet_system;
alter function names_taken(bigint, text[], boolean) owner to underlet_system;
