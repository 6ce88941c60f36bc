-- Sources of webhooks, as the API shows them. Secrets are sealed with a key that is not in the database.
create table webhook_sources (
  id       text primary key check (id ~ '^whk_[0-9a-f]{32}$'),
  project  uuid not null references projects (id),
  name     text not null check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  settings jsonb not null,
  secrets  jsonb not null,
  revision int not null default 1,
  unique (project, name)
);
alter table webhook_sources enable row level security;
create policy own_project on webhook_sources to millrace_api
  using (project = nullif(current_setting('app.project', true), '')::uuid);

-- No row when there is no such project; one without an id when it has no sources.
create function webhooks_of(wanted uuid)
  returns table (id text, name text, settings text, secrets text, revision int)
  language sql stable security definer set search_path = public, pg_temp
as $$
  select w.id, w.name, w.settings::text, w.secrets::text, w.revision
  from projects p left join webhook_sources w on w.project = p.id where p.id = wanted order by w.name
$$;

-- Makes a source (seen is 0), or replaces the one that was read at the revision seen. Says what came of it: done, no_project,
-- full, or changed when somebody else was faster.
create function put_webhook(for_project uuid, new_id text, wanted_name text, new_settings text, new_secrets text, seen int,
                            most int, control_value bytea)
  returns text language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  -- One change of a project's sources after the other, so that their number holds.
  perform 1 from projects where id = for_project for update;
  if not found then
    return 'no_project';
  end if;
  if seen = 0 then
    if (select count(*) from webhook_sources where project = for_project) >= most then
      return 'full';
    end if;
    insert into webhook_sources (id, project, name, settings, secrets)
      values (new_id, for_project, wanted_name, new_settings::jsonb, new_secrets::jsonb)
      on conflict (project, name) do nothing;
  else
    update webhook_sources set settings = new_settings::jsonb, secrets = new_secrets::jsonb, revision = revision + 1
      where project = for_project and name = wanted_name and id = new_id and revision = seen;
  end if;
  if not found then
    return 'changed';
  end if;
  insert into control_outbox (key, value) values ('webhook/' || new_id, control_value);
  return 'done';
end $$;

-- False when there is no such source.
create function delete_webhook(for_project uuid, wanted_name text)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
declare old_id text;
begin
  delete from webhook_sources where project = for_project and name = wanted_name returning id into old_id;
  if old_id is null then
    return false;
  end if;
  insert into control_outbox (key, value) values ('webhook/' || old_id, null);
  return true;
end $$;

revoke all on function webhooks_of(uuid), put_webhook(uuid, text, text, text, text, int, int, bytea),
  delete_webhook(uuid, text) from public;
grant execute on function webhooks_of(uuid), put_webhook(uuid, text, text, text, text, int, int, bytea),
  delete_webhook(uuid, text) to millrace_api;
