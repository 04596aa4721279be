-- What people change about their own sign-in, in the audit trail (S9). No actor is set then, so the entry is written as
-- the system, and in the transaction that changes the row.

-- The lowest unit below which all roles of a person lie: only who administers all of them reads what they change about
-- their sign-in. Nothing for people with roles in several hierarchies, or with none.
create function home_of_person(of_user bigint) returns table (hierarchy_id bigint, unit_id bigint) language sql stable
security definer set search_path = public as $$
  with place as (
    select case when g.scope = 'customers' then u.anc[1:1] else u.anc end as anc
    from access_grant g join unit u on u.id = g.unit_id where g.user_id = of_user)
  select u.hierarchy_id, u.id from place p, unnest(p.anc) with ordinality way (id, depth) join unit u on u.id = way.id
  group by u.hierarchy_id, u.id, way.depth having count(*) = (select count(*) from place)
  order by way.depth desc limit 1
$$;
revoke execute on function home_of_person(bigint) from public;
alter function home_of_person(bigint) owner to underlet_system;

create function record_sign_in(of_user bigint, what text) returns void language sql security definer
set search_path = public as $$
  insert into audit_entry (hierarchy_id, unit_id, actor_id, operation, subject_id, input, before, after, at)
    select h.hierarchy_id, h.unit_id, coalesce((select actor_id()), p.id), 'user.' || what, p.public_id, '{}', '{}', '{}',
      present_moment()
    from app_user p left join home_of_person(p.id) h on true where p.id = of_user
$$;
revoke execute on function record_sign_in(bigint, text) from public;
grant execute on function record_sign_in(bigint, text) to underlet_session, underlet_system;
alter function record_sign_in(bigint, text) owner to underlet_system;

-- Nobody signs in as the person any more, until they set a password by the mail of their new address: who proved the old
-- one did not prove that (ADR-0044). Keys that are bound to a unit open no other, and stay.
create function end_sign_in(of_user bigint) returns void language plpgsql security definer set search_path = public as $$
begin
  update app_user p set password = '!' || replace(gen_random_uuid()::text, '-', '') where p.id = of_user;
  delete from mfa_authenticator f where f.user_id = of_user;
  delete from account_emailaddress a where a.user_id = of_user;
  delete from django_session d using usersessions_usersession s
    where s.user_id = of_user and d.session_key = s.session_key;
  delete from usersessions_usersession s where s.user_id = of_user;
  update api_token t set revoked_at = present_moment()
    where t.user_id = of_user and t.unit_id is null and t.revoked_at is null;
  perform record_sign_in(of_user, 'end_sign_in');
end $$;
revoke execute on function end_sign_in(bigint) from public;
alter function end_sign_in(bigint) owner to underlet_system;

-- Second factors come and go by a library, whose transactions are not ours. Recovery codes go with the last factor, and
-- as new ones come: neither is told by itself.
create function second_factor_recorded() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op = 'INSERT' then
    perform record_sign_in(new.user_id, case new.type
      when 'totp' then 'add_app' when 'webauthn' then 'add_passkey' else 'make_recovery_codes' end);
  elsif old.type <> 'recovery_codes' then
    perform record_sign_in(old.user_id, case old.type when 'totp' then 'remove_app' else 'remove_passkey' end);
  end if;
  return null;
end $$;
alter function second_factor_recorded() owner to underlet_system;
create trigger second_factor_recorded after insert or delete on mfa_authenticator
  for each row execute function second_factor_recorded();
