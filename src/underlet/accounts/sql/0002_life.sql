-- Assignments and the life of units (ADR-0028): an archived unit owns nothing from the day of its archiving on and gets
-- nothing new, a draft owns nothing at all. Each side locks the unit's row, so whoever is second sees the first.

create function assignment_life() returns trigger language plpgsql security definer set search_path = public as $$
declare owner unit;
begin
  select * into owner from unit u where u.id = new.unit_id for share;
  if owner.state = 'draft' or (owner.state = 'archived' and (tg_op = 'INSERT' or new.ends_on is null
      or new.ends_on > (owner.archived_at at time zone 'UTC')::date)) then
    raise exception 'the unit is %', owner.state using errcode = 'check_violation', constraint = 'assignment_life';
  end if;
  return new;
end $$;
alter function assignment_life() owner to underlet_system;
create trigger assignment_life before insert or update on assignment
  for each row execute function assignment_life();

create function unit_archive_assignment() returns trigger language plpgsql security definer
set search_path = public as $$
begin
  if exists (select 1 from assignment a where a.unit_id = new.id
      and (a.ends_on is null or a.ends_on > (new.archived_at at time zone 'UTC')::date)) then
    raise exception 'sub-accounts are assigned to it'
      using errcode = 'check_violation', constraint = 'unit_archive_assignment';
  end if;
  return new;
end $$;
alter function unit_archive_assignment() owner to underlet_system;
create trigger unit_archive_assignment before update on unit
  for each row when (old.state <> 'archived' and new.state = 'archived') execute function unit_archive_assignment();
