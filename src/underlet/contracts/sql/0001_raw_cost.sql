-- Raw cost: who lets the provider's figures through, and what a contract with a raw cost only customer may say
-- (R24, R25; billing.md §7). All of it as the system, because the chain above a party is hidden from it.

-- Whether every contract in force on the day, from the root down to the unit or its nearest billing ancestor, discloses
-- raw cost. The root itself always knows it. The caller has asked for the unit; only the answer leaves.
create function raw_cost_disclosed(of_unit bigint, day date) returns boolean language plpgsql stable security definer
set search_path = public as $$
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
revoke execute on function raw_cost_disclosed(bigint, date) from public;
grant execute on function raw_cost_disclosed(bigint, date) to underlet_app, underlet_system;
alter function raw_cost_disclosed(bigint, date) owner to underlet_system;

-- Those of some contract versions that disclose raw cost: the days on which a chain was priced under such versions only
-- may be shown with the provider's figures, whatever was agreed later.
create function disclosing_versions(versions bigint[]) returns bigint[] language sql stable security definer
set search_path = public as $$
  select coalesce(array_agg(v.id), '{}') from contract_version v where v.id = any (versions) and v.disclose_raw_cost
$$;
revoke execute on function disclosing_versions(bigint[]) from public;
grant execute on function disclosing_versions(bigint[]) to underlet_app, underlet_system;
alter function disclosing_versions(bigint[]) owner to underlet_system;

create function is_raw_buyer(of_version bigint) returns boolean language sql stable security definer
set search_path = public as $$
  select exists (select 1 from contract_version v join contract c on c.id = v.contract_id join unit b on b.id = c.buyer_id
    where v.id = of_version and b.kind = 'customer' and b.price_type = 'raw_cost_only')
$$;
revoke execute on function is_raw_buyer(bigint) from public;
grant execute on function is_raw_buyer(bigint) to underlet_app, underlet_system;
alter function is_raw_buyer(bigint) owner to underlet_system;

-- A contract with a raw cost only customer removes lines and passes a metric of the bill through, nothing else (R25).
-- Fees are lines of their own and never part of a metric.
create function raw_cost_rule() returns trigger language plpgsql as $$
begin
  if new.verb not in ('remove', 'pass_through') and is_raw_buyer(new.version_id) then
    raise exception 'the costs of a raw cost only customer cannot be altered'
      using errcode = 'integrity_constraint_violation', constraint = 'raw_cost_altered';
  end if;
  return new;
end $$;
create trigger raw_cost_rule before insert or update on price_rule for each row execute function raw_cost_rule();

create function raw_cost_version() returns trigger language plpgsql as $$
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
create trigger raw_cost_version after insert or update on contract_version
  for each row execute function raw_cost_version();

-- A customer becomes raw cost only when the contracts above it disclose raw cost and its own, drafts included, fit, from
-- today (UTC) on. What was agreed for days before stays as it is.
create function raw_cost_customer() returns trigger language plpgsql security definer set search_path = public as $$
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
alter function raw_cost_customer() owner to underlet_system;
create trigger raw_cost_customer_made after insert on unit
  for each row when (new.kind = 'customer' and new.price_type = 'raw_cost_only') execute function raw_cost_customer();
create trigger raw_cost_customer_changed after update on unit
  for each row when (new.kind = 'customer' and new.price_type = 'raw_cost_only'
    and old.price_type is distinct from new.price_type) execute function raw_cost_customer();

-- Who gives a customer its price type holds a right above it, or acts for another legal entity: its own people, whatever
-- their role, cannot lift the mask from their own eyes (R22, R27). What no person does, such as a migration, has no actor.
create function price_type_from_above() returns trigger language plpgsql as $$
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
create trigger price_type_from_above before update on unit
  for each row when (old.price_type is distinct from new.price_type) execute function price_type_from_above();
