-- What the edge takes out of a project's texts, as the API shows it.
create table masking_rules (
  project uuid primary key references projects (id),
  rules   jsonb not null
);
alter table masking_rules enable row level security;
create policy own_project on masking_rules to millrace_api
  using (project = nullif(current_setting('app.project', true), '')::uuid);

-- Null when the project has none; no row when there is no such project.
create function masking_of(wanted uuid)
  returns table (rules text)
  language sql stable security definer set search_path = public, pg_temp
as $$ select m.rules::text from projects p left join masking_rules m on m.project = p.id where p.id = wanted $$;

-- False when there is no such project.
create function set_masking(wanted uuid, new_rules text, control_value bytea)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if not exists (select from projects where id = wanted) then
    return false;
  end if;
  insert into masking_rules (project, rules) values (wanted, new_rules::jsonb)
    on conflict (project) do update set rules = excluded.rules;
  insert into control_outbox (key, value) values ('masking/' || wanted, control_value);
  return true;
end $$;

revoke all on function masking_of(uuid), set_masking(uuid, text, bytea) from public;
grant execute on function masking_of(uuid), set_masking(uuid, text, bytea) to millrace_api;
