-- A trace is written when it completes and once more when it settles, seconds later. With room beside it the second row
-- stays on the page of the first and no index is touched. The writer copies new traces into their day as it does facts.
create or replace function ensure_day(wanted date)
  returns void language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  suffix text := to_char(wanted, 'YYYYMMDD');
  by_date constant text[] := array['facts', 'bodies', 'traces'];
  by_time constant text[] := array['rollup_10s', 'rollup_1m'];
  copied constant text[] := array['facts', 'bodies', 'traces'];
  midnight constant text := ' 00:00:00+00';
  t text;
begin
  if wanted < (now() at time zone 'UTC')::date - 3651 or wanted > (now() at time zone 'UTC')::date + 2 then
    raise exception 'no partition is made for %', wanted;
  end if;
  if not exists (select from unnest(by_date || by_time) as name where to_regclass(name || '_' || suffix) is null) then
    return;
  end if;
  perform pg_advisory_xact_lock(7005300110);
  foreach t in array by_date || by_time loop
    -- Not to_regclass, which may still remember that there was none before the lock.
    continue when exists (
      select from pg_class where relname = t || '_' || suffix and relnamespace = 'public'::regnamespace);
    execute format('create table %I (like %I including all)', t || '_' || suffix, t);
    if t = any (by_date) then
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', t, t || '_' || suffix,
        wanted, wanted + 1);
    else
      execute format('alter table %I attach partition %I for values from (%L) to (%L)', t, t || '_' || suffix,
        to_char(wanted, 'YYYY-MM-DD') || midnight, to_char(wanted + 1, 'YYYY-MM-DD') || midnight);
    end if;
    if t = 'traces' then
      execute format('alter table %I set (fillfactor = 50)', t || '_' || suffix);
    end if;
    if t = any (copied) then
      execute format('grant insert on %I to millrace_writer', t || '_' || suffix);
    end if;
  end loop;
end $$;

do $$
declare part regclass;
begin
  for part in select inhrelid::regclass from pg_inherits where inhparent = 'traces'::regclass loop
    execute format('grant insert on %s to millrace_writer', part);
    execute format('alter table %s set (fillfactor = 50)', part);
  end loop;
end $$;
