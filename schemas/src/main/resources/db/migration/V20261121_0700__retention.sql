-- What retention has deleted, so that counters and rows still add up, and nothing is computed from what is left.

-- Rows of facts that were counted as stored and have been deleted since, by the minute they were received in.
create table ledger_expired (
  project uuid not null,
  minute  timestamptz not null,
  spans   bigint not null,
  primary key (project, minute)
);

-- Days of which facts of a project were deleted: their windows cannot be computed from facts any more.
create table expired_days (
  project uuid not null,
  day     date not null,
  primary key (project, day)
);

do $$
declare t text;
begin
  foreach t in array array['ledger_expired', 'expired_days'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy own_project on %I for select to millrace_api
                      using (project = nullif(current_setting(''app.project'', true), '''')::uuid)', t);
    execute format('create policy jobs on %I to millrace_keeper using (true) with check (true)', t);
    execute format('grant select on %I to millrace_api', t);
    execute format('grant select, insert, update, delete on %I to millrace_keeper', t);
  end loop;
end $$;

create policy jobs on anomaly_actions to millrace_keeper using (true) with check (true);
grant select, delete on anomaly_actions to millrace_keeper;

-- Drops one table's partition of one day, and books its facts as expired; true when it is gone. False when it has facts
-- that the ledger does not know yet: they may go once it does. The one who deletes owns nothing, so this function holds
-- the rule by itself: what any project keeps is not dropped.
--
-- A partition cannot be dropped without a lock on its parent that keeps all others waiting, and everybody else queues
-- behind whoever waits for it. It is therefore asked for last, and given up soon (SQLSTATE 55P03): the facts are counted
-- before, under a lock that only writers of this one day would notice.
create function drop_day(part text, wanted date)
  returns boolean language plpgsql security definer
  set search_path = public, pg_temp set lock_timeout = '300ms'
as $$
declare
  name constant text := part || '_' || to_char(wanted, 'YYYYMMDD');
  kept int;
  waiting boolean;
begin
  kept := case part
    when 'facts' then (select max(retention_days) from projects)
    when 'bodies' then (select max(retention_days) from projects)
    when 'traces' then (select max(retention_days) from projects)
    when 'rollup_10s' then 2
    when 'rollup_1m' then 30
  end;
  if kept is null or (now() at time zone 'UTC')::date - wanted <= kept then
    raise exception 'the day % of % is kept', wanted, part;
  end if;
  if not pg_try_advisory_xact_lock(7005300140) then
    return false;
  end if;
  if not exists (select from pg_class where relname = name and relnamespace = 'public'::regnamespace) then
    return true;
  end if;
  if part = 'facts' then
    execute format('lock table %I in share mode', name);
    execute format(
      'select exists (
         select from %I f left join ledger_progress p on p.partition = f.source_partition
         where f.received_at >= now() - interval ''1 day'' and coalesce(f.source_offset >= p.next_offset, true))', name)
      into waiting;
    if waiting then
      return false;
    end if;
    execute format(
      'with counted as (
         select f.project, date_trunc(''minute'', f.received_at) as minute,
                count(*) filter (where f.source_offset < p.next_offset) as spans
         from %I f left join ledger_progress p on p.partition = f.source_partition
         group by f.project, date_trunc(''minute'', f.received_at)),
       marked as (
         insert into expired_days (project, day) select distinct project, $1 from counted on conflict do nothing)
       insert into ledger_expired as old (project, minute, spans)
       select project, minute, spans from counted where spans > 0
       on conflict (project, minute) do update set spans = old.spans + excluded.spans', name)
      using wanted;
  end if;
  execute format('drop table %I', name);
  return true;
end $$;
revoke all on function drop_day(text, date) from public;
grant execute on function drop_day(text, date) to millrace_keeper;

-- A project of any tenant, for administrators.
create function project_settings(wanted uuid)
  returns table (name text, retention_days int)
  language sql stable security definer set search_path = public, pg_temp
as $$ select p.name, p.retention_days from projects p where p.id = wanted $$;

-- False when there is no such project.
create function change_retention(wanted uuid, new_retention_days int, control_value bytea)
  returns boolean language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  update projects set retention_days = new_retention_days where id = wanted;
  if not found then
    return false;
  end if;
  insert into control_outbox (key, value) values ('project/' || wanted, control_value);
  return true;
end $$;

revoke all on function project_settings(uuid), change_retention(uuid, int, bytea) from public;
grant execute on function project_settings(uuid), change_retention(uuid, int, bytea) to millrace_api;
