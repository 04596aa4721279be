-- What billing keeps of a unit, whether or not the asker sees it: invoices, and usage that was priced for it or belongs
-- to it. Run by run, because that is how lines are indexed.
create function unit_records(of_unit bigint) returns table (kind text, total bigint)
language sql stable security definer set search_path = public as $$
  select 'invoices', count(*) from invoice i where of_unit in (i.buyer_id, i.seller_id)
  union all
  select 'charges', count(*) from billing_run r join unit u on u.id = of_unit and u.hierarchy_id = r.hierarchy_id
    where exists (select 1 from charge_line l where l.run_id = r.id and l.buyer_id = of_unit)
      or exists (select 1 from provider_cost p where p.run_id = r.id and p.unit_id = of_unit)
$$;
revoke execute on function unit_records(bigint) from public;
grant execute on function unit_records(bigint) to underlet_app, underlet_system;
alter function unit_records(bigint) owner to underlet_system;
