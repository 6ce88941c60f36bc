-- Of which of a project's traces the edge keeps the bodies of spans. No row: of all.
create table body_sampling (
  project     uuid primary key references projects (id),
  rate        double precision not null check (rate between 0 and 1),
  keep_errors boolean not null
);
alter table body_sampling enable row level security;
create policy own_project on body_sampling to millrace_api
  using (project = nullif(current_setting('app.project', true), '')::uuid);

-- Nulls when the project has never said; no row when there is no such project.
create function sampling_of(wanted uuid)
  returns table (rate double precision, keep_errors boolean)
  language sql stable security definer set search_path = public, pg_temp
as $$ select s.rate, s.keep_errors from projects p left join body_sampling s on s.project = p.id where p.id = wanted $$;

-- False when there is no such project.
create function set_sampling(wanted uuid, new_rate double precision, new_keep_errors boolean, control_value bytea)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if not exists (select from projects where id = wanted) then
    return false;
  end if;
  insert into body_sampling (project, rate, keep_errors) values (wanted, new_rate, new_keep_errors)
    on conflict (project) do update set rate = excluded.rate, keep_errors = excluded.keep_errors;
  insert into control_outbox (key, value) values ('sampling/' || wanted, control_value);
  return true;
end $$;

revoke all on function sampling_of(uuid), set_sampling(uuid, double precision, boolean, bytea) from public;
grant execute on function sampling_of(uuid), set_sampling(uuid, double precision, boolean, bytea) to millrace_api;
