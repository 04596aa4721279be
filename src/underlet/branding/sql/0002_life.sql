-- The brand of an archived unit is only read (ADR-0028).
create function brand_life() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (select 1 from unit u where u.id = new.unit_id and u.state = 'archived' for share) then
    raise exception 'an archived unit is only read' using errcode = 'check_violation', constraint = 'unit_archived';
  end if;
  return new;
end $$;
alter function brand_life() owner to underlet_system;
create trigger brand_life before insert or update on brand for each row execute function brand_life();
