-- procrastinate's queue belongs to the worker (`underlet_session`); everything else queues through one function.
do $$
declare name text;
begin
  for name in select tablename from pg_tables where schemaname = 'public' and tablename like 'procrastinate%' loop
    execute format('grant select, insert, update, delete on %I to underlet_session, underlet_system', name);
  end loop;
  for name in select sequencename from pg_sequences where schemaname = 'public' and sequencename like 'procrastinate%' loop
    execute format('grant usage on sequence %I to underlet_session, underlet_system', name);
  end loop;
end $$;

create function defer_job(job_id uuid, at timestamptz default null) returns void language sql
security definer set search_path = public as $$
  select procrastinate_defer_jobs_v1(array[row(
    'default', 'run_job', 0, null, null, jsonb_build_object('job_id', job_id), at
  )::procrastinate_job_to_defer_v1])
$$;
revoke execute on function defer_job(uuid, timestamptz) from public;
grant execute on function defer_job(uuid, timestamptz) to underlet_app, underlet_system;
alter function defer_job(uuid, timestamptz) owner to underlet_system;

-- Sign-in sessions are read before an actor exists.
grant select, insert, update, delete on django_session to underlet_session;
grant select on django_migrations, django_content_type to underlet_session;
