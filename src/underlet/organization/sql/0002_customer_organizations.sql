-- Customer organizations (R72–R82). `anchor_id` is a customer's reference, chosen once and for good; `anchors` says that
-- a customer is referred to, and follows by itself: nobody writes it. Contracts, accounts and assignments have foreign
-- keys that find only units that do not anchor, so a customer organization is never billed, whoever comes first.

-- As the caller, so that its policies decide: who refers to a customer changes both, so they may change both.
create function anchor_chosen() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.anchor_id is not distinct from old.anchor_id then
      return new;
    elsif old.anchor_id is not null then
      raise exception 'a customer organization is chosen once'
        using errcode = 'integrity_constraint_violation', constraint = 'unit_anchor_permanent';
    end if;
  end if;
  if new.anchor_id is not null and (select actor_id()) is not null and not can(new.anchor_id, 2) then
    raise exception 'not a customer that may be changed'
      using errcode = 'integrity_constraint_violation', constraint = 'unit_anchor_chosen';
  end if;
  return new;
end $$;
create trigger anchor_chosen before insert or update of anchor_id on unit
  for each row execute function anchor_chosen();

-- As the system. The customer referred to stays locked until commit: whoever gives it an account, a contract, another
-- state, a customer more or a customer less at the same time comes before or after, never in between.
create function anchor_follow() returns trigger language plpgsql security definer set search_path = public as $$
declare chosen record;
begin
  if tg_op = 'INSERT' then
    new.anchors := false;
  elsif new.anchor_id is not distinct from old.anchor_id then
    return new;
  end if;
  if new.anchor_id is null then
    return new;
  end if;
  if new.anchor_id = new.id then
    raise exception 'a customer does not refer to itself'
      using errcode = 'integrity_constraint_violation', constraint = 'unit_anchor_in_use';
  end if;
  select u.kind, u.state, u.anchors into chosen from unit u where u.id = new.anchor_id for no key update;
  if chosen.state is distinct from 'active' then
    raise exception 'not an active customer'
      using errcode = 'integrity_constraint_violation', constraint = 'unit_anchor_active';
  end if;
  if not chosen.anchors then
    begin
      update unit set anchors = true where id = new.anchor_id;
    exception when foreign_key_violation or check_violation then
      raise exception 'a customer with accounts or contracts, or one that refers to another'
        using errcode = 'integrity_constraint_violation', constraint = 'unit_anchor_in_use';
    end;
  end if;
  return new;
end $$;
alter function anchor_follow() owner to underlet_system;
create trigger anchor_follow before insert or update of anchor_id on unit
  for each row execute function anchor_follow();

create function anchor_released() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform 1 from unit u where u.id = old.anchor_id for no key update;
  if not exists (select 1 from unit u where u.anchor_id = old.anchor_id) then
    update unit set anchors = false where id = old.anchor_id;
  end if;
  return null;
end $$;
alter function anchor_released() owner to underlet_system;
create trigger anchor_released after delete on unit
  for each row when (old.anchor_id is not null) execute function anchor_released();

grant update (anchor_id) on unit to underlet_app;
