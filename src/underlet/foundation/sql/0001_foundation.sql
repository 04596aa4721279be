-- In every file, rights on a function are given before its owner changes: afterwards the owner of the tables may not,
-- and Postgres only warns.
-- Tables of the plumbing. Ids of units and hierarchies are bare here; `organization` adds the foreign keys.

-- One id space for everything that acts: people and API keys (data-core.md §8).
create sequence actor_id_seq;

create function actor_id() returns bigint language sql stable parallel safe
  return nullif(current_setting('underlet.actor_id', true), '')::bigint;

-- Derived from grants, rebuilt in the transaction that changes one.
create table user_scope (
  actor_id bigint not null,
  unit_id bigint not null,
  entity_id bigint not null,
  subtree boolean not null,
  perms bigint not null,
  primary key (actor_id, unit_id, entity_id, subtree)
);

-- The change that the open transaction makes: one number and one moment, taken when it first keeps something that
-- outlives it. underlet.now: a clock that stands still (tests, the demo).
create sequence change_id_seq;
create function this_change(out id bigint, out at timestamptz) language plpgsql as $$
declare kept text := coalesce(current_setting('underlet.change', true), '');
begin
  if kept = '' then
    id := nextval('change_id_seq');
    at := coalesce(nullif(current_setting('underlet.now', true), '')::timestamptz, clock_timestamp());
    perform set_config('underlet.change', id || ' ' || at, true);
  else
    id := split_part(kept, ' ', 1)::bigint;
    at := substr(kept, strpos(kept, ' ') + 1)::timestamptz;
  end if;
end $$;

-- Who did what. actor_id: what acted, a person, a key or a viewing as somebody; person_id: who that was; behalf_of_id:
-- as whom they looked. from_units, from_entities: where whoever acted stood then, so that what they were told is told on to
-- nobody who stands lower; null = in too many places (access fills these four). chain_id to hash: the chain of the hierarchy (0 = the
-- installation's), made below (ADR-0034).
create table audit_entry (
  id bigint generated always as identity primary key,
  public_id uuid not null unique default gen_random_uuid(),
  hierarchy_id bigint,
  unit_id bigint,
  actor_id bigint not null,
  person_id bigint,
  behalf_of_id bigint,
  from_units bigint[],
  from_entities bigint[],
  operation text not null,
  subject_id uuid,
  input jsonb not null,
  before jsonb not null,
  after jsonb,
  at timestamptz not null,
  change_id bigint not null default (this_change()).id,
  chain_id bigint not null,
  seq bigint not null,
  previous bytea not null,
  hash bytea not null,
  unique (chain_id, seq)
);
create index on audit_entry (hierarchy_id, id);
create index on audit_entry (unit_id, change_id);
create index on audit_entry (actor_id, id);

-- The last entry of each chain. Its row is what the writers of one hierarchy wait for, last of all (data-core.md §7).
create table audit_head (
  chain_id bigint primary key,
  seq bigint not null,
  hash bytea not null,
  at timestamptz
);

create table idempotency_key (
  actor_id bigint not null,
  key text not null check (length(key) between 1 and 255),
  digest text not null,
  body json, -- not jsonb, which would answer a repetition in another order
  at timestamptz not null,
  primary key (actor_id, key)
);

-- A received file, before an operation names it. Bytes lie in files/ under their hash.
create table upload (
  id bigint generated always as identity primary key,
  public_id uuid not null unique default gen_random_uuid(),
  actor_id bigint not null,
  sha256 text not null,
  name text not null,
  bytes bigint not null,
  at timestamptz not null
);

create table job (
  id bigint generated always as identity primary key,
  public_id uuid not null unique default gen_random_uuid(),
  actor_id bigint not null,
  unit_id bigint,
  name text not null,
  arguments jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  done bigint not null default 0,
  total bigint not null default 0,
  message text not null default '',
  error jsonb,
  attempts integer not null default 0,
  created_at timestamptz not null,
  started_at timestamptz,
  heartbeat_at timestamptz,
  finished_at timestamptz
);
create index on job (actor_id, id);
create index on job (state) where state in ('queued', 'running');

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% rows never change', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger audit_entry_is_final before update or delete on audit_entry
  for each row execute function refuse_change();
create trigger audit_entry_stays before truncate on audit_entry
  for each statement execute function refuse_change();

-- Each entry takes the next number of its chain and a hash over the one before and all of its own columns: each as the
-- length of its text in bytes, a colon and the text, or "-" for null. `foundation.audit_chain` checks the same from the
-- columns, in another language. The last entry is looked up by index and not kept in the head row entry by entry: one
-- statement may write thousands.
create function audit_chain() returns trigger language plpgsql security definer set search_path = public as $$
declare
  last record;
  one text;
  line text := '';
begin
  new.chain_id := coalesce(new.hierarchy_id, 0);
  perform 1 from audit_head h where h.chain_id = new.chain_id for no key update;
  if not found then
    insert into audit_head (chain_id, seq, hash) values (new.chain_id, 0, '') on conflict do nothing;
    perform 1 from audit_head h where h.chain_id = new.chain_id for no key update;
  end if;
  select e.seq, e.hash into last from audit_entry e where e.chain_id = new.chain_id order by e.seq desc limit 1;
  new.seq := coalesce(last.seq, 0) + 1;
  new.previous := coalesce(last.hash, '');
  foreach one in array array[
    encode(new.previous, 'hex'), new.chain_id::text, new.seq::text, new.id::text, new.public_id::text,
    new.hierarchy_id::text, new.unit_id::text, new.actor_id::text, new.person_id::text, new.behalf_of_id::text,
    new.from_units::text, new.from_entities::text, new.operation, new.subject_id::text, new.input::text,
    new.before::text, new.after::text, to_char(new.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    new.change_id::text]
  loop
    line := line || coalesce(octet_length(one) || ':' || one, '-');
  end loop;
  new.hash := sha256(convert_to(line, 'UTF8'));
  return new;
end $$;
alter function audit_chain() owner to underlet_system;
create trigger audit_entry_chain before insert on audit_entry for each row execute function audit_chain();

create function audit_head_follow() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update audit_head h set seq = last.seq, hash = last.hash, at = last.at from (
    select distinct on (a.chain_id) a.chain_id, a.seq, a.hash, a.at from added a order by a.chain_id, a.seq desc) last
  where h.chain_id = last.chain_id;
  return null;
end $$;
alter function audit_head_follow() owner to underlet_system;
create trigger audit_head_follow after insert on audit_entry referencing new table as added
  for each statement execute function audit_head_follow();

do $$
declare name text;
begin
  foreach name in array array['user_scope', 'audit_entry', 'audit_head', 'idempotency_key', 'upload', 'job'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy system_all on %I to underlet_system using (true) with check (true)', name);
  end loop;
end $$;

create policy app_own on user_scope for select to underlet_app using (actor_id = (select actor_id()));
create policy app_insert on audit_entry for insert to underlet_app with check (actor_id = (select actor_id()));
create policy app_own on idempotency_key to underlet_app
  using (actor_id = (select actor_id())) with check (actor_id = (select actor_id()));
create policy app_own on upload to underlet_app
  using (actor_id = (select actor_id())) with check (actor_id = (select actor_id()));
create policy app_own on job for select to underlet_app using (actor_id = (select actor_id()));
create policy app_insert on job for insert to underlet_app with check (actor_id = (select actor_id()));

grant usage on schema public to underlet_app, underlet_system, underlet_session;
grant select on user_scope to underlet_app;
grant insert on audit_entry to underlet_app;
grant select, insert, update on idempotency_key to underlet_app;
grant select, insert on upload to underlet_app;
grant select, insert on job to underlet_app;
grant select, insert, update, delete on user_scope to underlet_system;
grant select, insert on audit_entry to underlet_system;
grant select, insert, update on audit_head to underlet_system;
grant select, insert, update, delete on idempotency_key, upload, job to underlet_system;
grant usage on sequence actor_id_seq, change_id_seq to underlet_app, underlet_system;
