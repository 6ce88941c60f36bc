-- Group roles; an installation gives them a log-in. The owner of the tables is whoever migrates.
do $$
declare r text;
begin
  foreach r in array array['millrace_writer', 'millrace_api', 'millrace_keeper'] loop
    if not exists (select from pg_roles where rolname = r) then
      execute format('create role %I nologin', r);
    end if;
  end loop;
end $$;

create table projects (
  id             uuid primary key,
  name           text not null check (name <> ''),
  retention_days int not null default 30 check (retention_days between 1 and 3650),
  created_at     timestamptz not null default now()
);

create table api_keys (
  id            uuid primary key,
  project       uuid not null references projects (id),
  name          text not null,
  public_key    text not null unique,
  secret_sha256 bytea not null unique,
  scopes        text[] not null,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz,
  revoked_at    timestamptz
);

create table users (
  id            uuid primary key,
  email         text not null unique,
  password_hash text not null,
  created_at    timestamptz not null default now()
);

-- What changed in the control data, in the order of change, until the outbox has put it on the control topic.
create table control_outbox (
  seq        bigint generated always as identity primary key,
  key        text not null,
  value      bytea,
  created_at timestamptz not null default now()
);

alter table api_keys enable row level security;
alter table projects enable row level security;
create policy own_project on projects to millrace_api
  using (id = nullif(current_setting('app.project', true), '')::uuid);
create policy own_project on api_keys to millrace_api
  using (project = nullif(current_setting('app.project', true), '')::uuid);

grant select, insert, update on projects, api_keys to millrace_api;
grant select, insert, delete on control_outbox to millrace_api;
grant select on projects to millrace_writer, millrace_keeper;
create policy all_projects on projects to millrace_writer, millrace_keeper using (true);

-- Whose key this is; asked before the project is known, hence not under the caller's rights.
create function authenticate(secret bytea)
  returns table (key_id uuid, project uuid, public_key text, scopes text[])
  language sql stable security definer set search_path = public, pg_temp
as $$
  select k.id, k.project, k.public_key, k.scopes
  from api_keys k
  where k.secret_sha256 = secret and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
$$;
revoke all on function authenticate(bytea) from public;
grant execute on function authenticate(bytea) to millrace_api;

-- Projects and keys are made by an administrator for a project other than the caller's own.
create function create_project(new_id uuid, new_name text, new_retention_days int, control_value bytea)
  returns void language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into projects (id, name, retention_days) values (new_id, new_name, new_retention_days);
  insert into control_outbox (key, value) values ('project/' || new_id, control_value);
end $$;

create function create_api_key(new_id uuid, for_project uuid, new_name text, new_public_key text, new_secret_sha256 bytea,
                               new_scopes text[], new_expires_at timestamptz, control_value bytea)
  returns void language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into api_keys (id, project, name, public_key, secret_sha256, scopes, expires_at)
  values (new_id, for_project, new_name, new_public_key, new_secret_sha256, new_scopes, new_expires_at);
  insert into control_outbox (key, value) values ('key/' || new_id, control_value);
end $$;

-- False when there is no such key that still works.
create function revoke_api_key(old_id uuid)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update api_keys set revoked_at = now() where id = old_id and revoked_at is null;
  if not found then
    return false;
  end if;
  insert into control_outbox (key, value) values ('key/' || old_id, null);
  return true;
end $$;

create function project_exists(wanted uuid)
  returns boolean language sql stable security definer set search_path = public, pg_temp
as $$ select exists (select from projects where id = wanted) $$;

revoke all on function create_project(uuid, text, int, bytea),
  create_api_key(uuid, uuid, text, text, bytea, text[], timestamptz, bytea), revoke_api_key(uuid), project_exists(uuid)
  from public;
grant execute on function create_project(uuid, text, int, bytea),
  create_api_key(uuid, uuid, text, text, bytea, text[], timestamptz, bytea), revoke_api_key(uuid), project_exists(uuid)
  to millrace_api;
