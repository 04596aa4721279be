-- Contracts and the life of units (ADR-0028): an archived party has no contract in force from the day of its archiving on
-- and gets no new one; a draft has none in force, though one may be drafted for it. Each side locks the unit's row.

create function contract_life() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function contract_life() owner to underlet_system;
create trigger contract_life before insert on contract for each row execute function contract_life();
create trigger contract_change_life before update on contract
  for each row when ((old.state, old.ends_on) is distinct from (new.state, new.ends_on))
  execute function contract_life();

create function unit_archive_contract() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (select 1 from contract c where new.id in (c.buyer_id, c.seller_id) and c.state = 'active'
      and (c.ends_on is null or c.ends_on > (new.archived_at at time zone 'UTC')::date)) then
    raise exception 'a contract is in force'
      using errcode = 'check_violation', constraint = 'unit_archive_contract';
  end if;
  return new;
end $$;
alter function unit_archive_contract() owner to underlet_system;
create trigger unit_archive_contract before update on unit
  for each row when (old.state <> 'archived' and new.state = 'archived') execute function unit_archive_contract();

-- What depends on a unit, whether or not the asker sees it: all of it (which stands against removing the unit), and what
-- is open on a day or later (which stands against archiving it). The caller compares it with what the asker sees and
-- tells of the rest only that it is there.
create function unit_ties(of_unit bigint, day date) returns table (kind text, total bigint, open bigint)
language sql stable security definer set search_path = public as $$
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
revoke execute on function unit_ties(bigint, date) from public;
grant execute on function unit_ties(bigint, date) to underlet_app, underlet_system;
alter function unit_ties(bigint, date) owner to underlet_system;
