-- Refusals that help to guess, by person and limit; a window begins with its first one (foundation.limits).
create table refusal_count (
  person_id bigint not null,
  name text not null,
  since timestamptz not null,
  count integer not null,
  primary key (person_id, name)
);
alter table refusal_count enable row level security;
alter table refusal_count force row level security;
create policy system_all on refusal_count to underlet_system using (true) with check (true);
grant select, insert, update, delete on refusal_count to underlet_system;

create function refusals_counted(of_person bigint, of_limit text) returns table (count integer, since timestamptz)
language sql stable security definer set search_path = public as $$
  select r.count, r.since from refusal_count r where r.person_id = of_person and r.name = of_limit
$$;
revoke execute on function refusals_counted(bigint, text) from public;
grant execute on function refusals_counted(bigint, text) to underlet_app, underlet_system;
alter function refusals_counted(bigint, text) owner to underlet_system;

-- Counts more; the row lock makes two workers count one after the other.
create function count_refusal(of_person bigint, of_limit text, times integer, at timestamptz, length interval)
returns table (count integer, since timestamptz)
language sql security definer set search_path = public as $$
  insert into refusal_count as r (person_id, name, since, count) values (of_person, of_limit, at, times)
  on conflict (person_id, name) do update set
    count = case when r.since + length <= at then times else r.count + times end,
    since = case when r.since + length <= at then at else r.since end
  returning r.count, r.since
$$;
revoke execute on function count_refusal(bigint, text, integer, timestamptz, interval) from public;
grant execute on function count_refusal(bigint, text, integer, timestamptz, interval) to underlet_app, underlet_system;
alter function count_refusal(bigint, text, integer, timestamptz, interval) owner to underlet_system;

-- The same by the address that asks, before it is known who does: wrong API keys, say.
create table address_refusal_count (
  network text collate "C" not null,
  name text not null,
  since timestamptz not null,
  count integer not null,
  constraint address_refusal_count_key primary key (network, name)
);
create index on address_refusal_count (since);
alter table address_refusal_count enable row level security;
alter table address_refusal_count force row level security;
create policy system_all on address_refusal_count to underlet_system using (true) with check (true);
grant select, insert, update, delete on address_refusal_count to underlet_system;

create function address_refusals_counted(of_network text, of_limit text) returns table (count integer, since timestamptz)
language sql stable security definer set search_path = public as $$
  select r.count, r.since from address_refusal_count r where r.network = of_network and r.name = of_limit
$$;
revoke execute on function address_refusals_counted(text, text) from public;
grant execute on function address_refusals_counted(text, text) to underlet_session, underlet_system;
alter function address_refusals_counted(text, text) owner to underlet_system;

-- Counts one more, and forgets addresses that have not been counted for a day.
create function count_address_refusal(of_network text, of_limit text, at timestamptz, length interval)
returns void language sql security definer set search_path = public as $$
  delete from address_refusal_count r where r.since < at - interval '1 day' and (r.network, r.name) <> (of_network, of_limit);
  insert into address_refusal_count as r (network, name, since, count) values (of_network, of_limit, at, 1)
  on conflict (network, name) do update set
    count = case when r.since + length <= at then 1 else r.count + 1 end,
    since = case when r.since + length <= at then at else r.since end
$$;
revoke execute on function count_address_refusal(text, text, timestamptz, interval) from public;
grant execute on function count_address_refusal(text, text, timestamptz, interval) to underlet_session, underlet_system;
alter function count_address_refusal(text, text, timestamptz, interval) owner to underlet_system;
