-- How much a project may send, as the API shows it; the edge has it from the control topic.
create table project_limits (
  project         uuid primary key references projects (id),
  limits          jsonb not null,
  spans_per_month bigint check (spans_per_month > 0)
);

-- What projects with a quota have sent, as it was last said on the control topic.
create table quota_usage (
  project uuid primary key references projects (id),
  month   int not null,                            -- in UTC, as 202611
  spans   bigint not null
);

alter table project_limits enable row level security;
alter table quota_usage enable row level security;
create policy own_project on project_limits to millrace_api
  using (project = nullif(current_setting('app.project', true), '')::uuid);
create policy own_project on quota_usage to millrace_api
  using (project = nullif(current_setting('app.project', true), '')::uuid);

-- Null when the project has none; no row when there is no such project.
create function limits_of(wanted uuid, this_month int)
  returns table (limits text, spans bigint)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select l.limits::text, u.spans
  from projects p
  left join project_limits l on l.project = p.id
  left join quota_usage u on u.project = p.id and u.month = this_month and l.spans_per_month is not null
  where p.id = wanted
$$;

-- False when there is no such project.
create function set_limits(wanted uuid, new_limits text, new_spans_per_month bigint, control_value bytea)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if not exists (select from projects where id = wanted) then
    return false;
  end if;
  insert into project_limits (project, limits, spans_per_month) values (wanted, new_limits::jsonb, new_spans_per_month)
    on conflict (project) do update set limits = excluded.limits, spans_per_month = excluded.spans_per_month;
  insert into control_outbox (key, value) values ('limits/' || wanted, control_value);
  return true;
end $$;

-- What each project with a quota has sent in that time, by the ledger.
create function quota_spans(from_time timestamptz, to_time timestamptz)
  returns table (project uuid, spans bigint)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select l.project, coalesce((
    select sum(g.accepted) from ledger g
    where g.project = l.project and g.minute >= from_time and g.minute < to_time), 0)::bigint
  from project_limits l
  where l.spans_per_month is not null
$$;

-- Says it on the control topic if it was not said already.
create function say_usage(wanted uuid, new_month int, new_spans bigint, control_value bytea)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into quota_usage as old (project, month, spans) values (wanted, new_month, new_spans)
    on conflict (project) do update set month = excluded.month, spans = excluded.spans
    where (old.month, old.spans) is distinct from (excluded.month, excluded.spans);
  if not found then
    return false;
  end if;
  insert into control_outbox (key, value) values ('usage/' || wanted, control_value);
  return true;
end $$;

revoke all on function limits_of(uuid, int), set_limits(uuid, text, bigint, bytea), quota_spans(timestamptz, timestamptz),
  say_usage(uuid, int, bigint, bytea) from public;
grant execute on function limits_of(uuid, int), set_limits(uuid, text, bigint, bytea), quota_spans(timestamptz, timestamptz),
  say_usage(uuid, int, bigint, bytea) to millrace_api;

-- A key may have limits of its own.
alter table api_keys add column limits jsonb;
drop function create_api_key(uuid, uuid, text, text, bytea, text[], timestamptz, bytea);
create function create_api_key(new_id uuid, for_project uuid, new_name text, new_public_key text, new_secret_sha256 bytea,
                               new_scopes text[], new_expires_at timestamptz, control_value bytea,
                               new_limits text default null)
  returns void language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into api_keys (id, project, name, public_key, secret_sha256, scopes, expires_at, limits)
  values (new_id, for_project, new_name, new_public_key, new_secret_sha256, new_scopes, new_expires_at, new_limits::jsonb);
  insert into control_outbox (key, value) values ('key/' || new_id, control_value);
end $$;
revoke all on function create_api_key(uuid, uuid, text, text, bytea, text[], timestamptz, bytea, text) from public;
grant execute on function create_api_key(uuid, uuid, text, text, bytea, text[], timestamptz, bytea, text) to millrace_api;

-- False when there is no such key that still works.
create function change_key_limits(old_id uuid, new_limits text, control_value bytea)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update api_keys set limits = new_limits::jsonb where id = old_id and revoked_at is null;
  if not found then
    return false;
  end if;
  insert into control_outbox (key, value) values ('key/' || old_id, control_value);
  return true;
end $$;
revoke all on function change_key_limits(uuid, text, bytea) from public;
grant execute on function change_key_limits(uuid, text, bytea) to millrace_api;
