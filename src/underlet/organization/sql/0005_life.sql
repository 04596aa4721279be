-- The life of a unit: draft, active, archived (ADR-0028). Whatever is not archived stands below an active unit; one
-- foreign key holds both ends of that. Contexts that know what else stands against archiving add their own trigger.

alter table unit
  add archived_at timestamptz,
  add name_released_at timestamptz, -- since when others may take an archived unit's name
  add is_active boolean not null generated always as (state = 'active') stored,
  add parent_active boolean generated always as (
    case when parent_id is not null and state <> 'archived' then true end) stored,
  add unique (id, is_active),
  add constraint unit_archived_at check ((state = 'archived') = (archived_at is not null)),
  add constraint unit_name_released check (name_released_at is null or state = 'archived'),
  add constraint unit_root_state check (parent_id is not null or state = 'active'),
  add constraint unit_parent_active foreign key (parent_id, parent_active) references unit (id, is_active);

-- An archived unit's name stays taken until it is released.
drop index unit_name_in_hierarchy;
drop index unit_customer_name;
create unique index unit_name_in_hierarchy on unit (hierarchy_id, name_key) where name_released_at is null;
create unique index unit_customer_name on unit (name_key) where kind = 'customer' and name_released_at is null;

-- Which states follow which; an archived unit is only read. What follows the units above (ancestors, an inherited legal
-- entity) still does. The time is the application's; one in the future would let through what is open until then.
create function unit_life() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state = 'archived' then
      raise exception 'no unit begins archived' using errcode = 'check_violation', constraint = 'unit_life';
    end if;
  elsif new.state is distinct from old.state then
    if new.state in ('draft', 'active', 'archived') and (old.state, new.state) not in (('draft', 'active'), ('active', 'archived'), ('archived', 'active'))
        or new.archived_at > now() + interval '1 day' then
      raise exception 'a unit does not go from % to % like this', old.state, new.state
        using errcode = 'check_violation', constraint = 'unit_life';
    end if;
    if new.state = 'active' then
      new.archived_at := null;
      new.name_released_at := null;
    end if;
  elsif old.state = 'archived' and (new.kind, new.name, new.name_key, new.display_name, new.organization_number,
      new.time_zone, new.code, new.price_type, new.parent_id, new.is_entity_own, new.anchor_id, new.archived_at)
    is distinct from (old.kind, old.name, old.name_key, old.display_name, old.organization_number,
      old.time_zone, old.code, old.price_type, old.parent_id, old.is_entity_own, old.anchor_id, old.archived_at) then
    raise exception 'an archived unit is only read' using errcode = 'check_violation', constraint = 'unit_archived';
  end if;
  return new;
end $$;
create trigger unit_life before insert or update on unit for each row execute function unit_life();

create function legal_entity_life() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (select 1 from unit u where u.entity_id = old.id and u.is_entity_own and u.state = 'archived') then
    raise exception 'an archived unit is only read' using errcode = 'check_violation', constraint = 'unit_archived';
  end if;
  return new;
end $$;
alter function legal_entity_life() owner to underlet_system;
create trigger legal_entity_life before update on legal_entity for each row execute function legal_entity_life();

-- A customer organization stays open as long as a customer that refers to it is.
create function unit_anchor_life() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.state = 'archived' and exists (
      select 1 from unit c where c.anchor_id = new.id and c.state <> 'archived') then
    raise exception 'customers refer to it' using errcode = 'check_violation', constraint = 'unit_archive_anchor';
  end if;
  if new.state = 'active' and exists (
      select 1 from unit a where a.id = new.anchor_id and a.state = 'archived' for share) then
    raise exception 'its customer organization is archived'
      using errcode = 'check_violation', constraint = 'unit_restore_anchor';
  end if;
  return new;
end $$;
alter function unit_anchor_life() owner to underlet_system;
create trigger unit_anchor_life before update on unit
  for each row when (old.state <> new.state and (new.anchors or new.anchor_id is not null))
  execute function unit_anchor_life();

-- An environment is deprovisioned before its customer is archived (R23, R30).
create function unit_archive_environment() returns trigger language plpgsql security definer
set search_path = public as $$
begin
  if exists (select 1 from environment e where e.unit_id = new.id and environment_freezes(e.state, e.goal)) then
    raise exception 'its environment exists' using errcode = 'check_violation', constraint = 'unit_archive_environment';
  end if;
  return new;
end $$;
alter function unit_archive_environment() owner to underlet_system;
create trigger unit_archive_environment before update on unit
  for each row when (old.state <> 'archived' and new.state = 'archived') execute function unit_archive_environment();

-- Names of the installation that no unit takes, whatever its kind and hierarchy.
create table reserved_name (
  name_key text collate "C" primary key,
  name text not null check (name <> ''),
  reserved_at timestamptz not null
);
alter table reserved_name enable row level security;
alter table reserved_name force row level security;
create policy system_all on reserved_name to underlet_system using (true) with check (true);
grant select, insert, update, delete on reserved_name to underlet_system;

create function unit_name_reserved() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (select 1 from reserved_name r where r.name_key = new.name_key) then
    raise exception 'a reserved name' using errcode = 'unique_violation', constraint = 'unit_name_reserved';
  end if;
  return new;
end $$;
alter function unit_name_reserved() owner to underlet_system;
create trigger unit_name_reserved before insert on unit for each row execute function unit_name_reserved();
create trigger unit_rename_reserved before update on unit
  for each row when (old.name_key <> new.name_key or old.name_released_at is not null and new.state = 'active')
  execute function unit_name_reserved();

-- Whether a name is no longer to be had, by a unit in or out of sight or because it is reserved. All three are looked up
-- whatever the first says, so that the time taken tells nothing. besides: a unit that may have it, 0 = none.
create function name_is_held(of_kind text, of_hierarchy bigint, key text, besides bigint) returns boolean
language sql stable security definer set search_path = public as $$
  select (select count(*) from unit u
      where u.hierarchy_id = of_hierarchy and u.name_key = key and u.name_released_at is null and u.id <> besides)
    + (select count(*) from unit u where of_kind = 'customer' and u.kind = 'customer' and u.name_key = key
      and u.name_released_at is null and u.id <> besides)
    + (select count(*) from reserved_name r where r.name_key = key) > 0
$$;
revoke execute on function name_is_held(text, bigint, text, bigint) from public;
grant execute on function name_is_held(text, bigint, text, bigint) to underlet_app, underlet_system;
alter function name_is_held(text, bigint, text, bigint) owner to underlet_system;

-- A customer may become an organization, never the other way round (P33). Its people are masked by its price type, so
-- only those who may change what stands above it lift that; and a customer organization stays a customer.
create function unit_promoted() returns trigger language plpgsql as $$
begin
  if (old.kind, new.kind) <> ('customer', 'organization') or old.anchors or old.anchor_id is not null
      or new.price_type <> 'seller_set_only' or not can(old.parent_id, 8) then
    raise exception 'this unit does not become another kind'
      using errcode = 'check_violation', constraint = 'unit_promoted';
  end if;
  return new;
end $$;
create trigger unit_promoted before update on unit
  for each row when (old.kind <> new.kind) execute function unit_promoted();

grant update (state, archived_at, kind) on unit to underlet_app;
