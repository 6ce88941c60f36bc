-- When keys were last used, as edges and the API tell once a minute.
alter table api_keys add column last_used_at timestamptz;

-- Keeps the newest of each key.
create function keys_used(ids uuid[], times timestamptz[])
  returns void language sql security definer set search_path = public, pg_temp
as $$
  update api_keys k set last_used_at = u.used_at
  from unnest(ids, times) as u (id, used_at)
  where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.used_at)
$$;
revoke all on function keys_used(uuid[], timestamptz[]) from public;
grant execute on function keys_used(uuid[], timestamptz[]) to millrace_api;

-- A key that still works, of any tenant; an administrator's own project may be another one.
create function find_api_key(wanted uuid)
  returns setof api_keys language sql stable security definer set search_path = public, pg_temp
as $$ select * from api_keys where id = wanted and revoked_at is null $$;
revoke all on function find_api_key(uuid) from public;
grant execute on function find_api_key(uuid) to millrace_api;
