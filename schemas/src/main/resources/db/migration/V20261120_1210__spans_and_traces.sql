-- One row per span: what aggregates, dedupe, re-pricing and the ledger read. Fixed-width columns first: no padding.
-- The primary key is the only B-tree: a second one costs more than a tenth of the write path.
create table facts (
  project                uuid not null,
  trace_id               uuid not null,
  day                    date not null,          -- UTC date of window_at
  epoch                  int not null,           -- with revision: which write of this row is newer
  revision               bigint not null,
  start_nanos            bigint not null,        -- since the epoch, UTC
  end_nanos              bigint not null,
  window_at              timestamptz not null,   -- which windows count it; fixed at first acceptance
  received_at            timestamptz not null,   -- the edge's clock
  source_offset          bigint not null,        -- the message that made the row
  content_hash           bigint not null,
  source_partition       int not null,
  marks                  int not null,
  kind                   smallint not null,
  status                 smallint not null,
  counted                boolean not null,       -- its usage counts (no model call below it reports usage)
  root                   boolean not null,       -- its trace's root, for root measures
  time_to_first_token_nanos bigint,
  input                  bigint,                 -- usage: null when none was reported
  input_cache_read       bigint,
  input_cache_write_5m   bigint,
  input_cache_write_1h   bigint,
  input_audio            bigint,
  input_image            bigint,
  output                 bigint,
  output_reasoning       bigint,
  output_audio           bigint,
  output_image           bigint,
  cost_pico_usd          bigint,                 -- 1e-12 USD; null: unpriced
  reported_cost_pico_usd bigint,
  weight                 double precision,       -- null: 1
  span_id                bytea not null,         -- 8 or 16 bytes
  parent_span_id         bytea,
  name                   text not null,
  provider               text,
  request_model          text,
  response_model         text,
  operation              text,
  environment            text,
  service_name           text,
  release                text,
  prompt_name            text,
  prompt_version         text,
  session_id             text,
  user_id                text,
  error_type             text,
  service_tier           text,
  cost_source            text,                   -- computed, reported
  price_version          text,
  price_note             text,
  tags                   text[],
  primary key (project, trace_id, span_id, day)
) partition by range (day);
create index facts_received on facts using brin (received_at) with (pages_per_range = 32);
create index facts_window on facts using brin (window_at) with (pages_per_range = 32);

-- Inputs, outputs, attributes and events: one zstd block per trace and record of the log, append-only.
create table bodies (
  project          uuid not null,
  trace_id         uuid not null,
  day              date not null,                -- UTC date of the record's received_at
  source_offset    bigint not null,
  source_partition int not null,
  block            bytea not null,
  primary key (project, trace_id, day, source_partition, source_offset)
) partition by range (day);
alter table bodies alter column block set storage external; -- it is compressed already

create table traces (
  project        uuid not null,
  trace_id       uuid not null,
  day            date not null,                  -- of the first accepted span; fixed
  epoch          int not null,
  revision       bigint not null,
  start_nanos    bigint not null,
  end_nanos      bigint not null,
  first_received_at timestamptz not null,
  last_received_at  timestamptz not null,
  span_count     int not null,
  error_count    int not null,
  counted_spans  int not null,
  unpriced_spans int not null,
  state          smallint not null,              -- 0 live, 1 complete, 2 settled
  status         smallint not null,
  partial        boolean not null,               -- flushed at its cap; it goes on
  cost_pico_usd  numeric,
  input                  bigint not null default 0,
  input_cache_read       bigint not null default 0,
  input_cache_write_5m   bigint not null default 0,
  input_cache_write_1h   bigint not null default 0,
  input_audio            bigint not null default 0,
  input_image            bigint not null default 0,
  output                 bigint not null default 0,
  output_reasoning       bigint not null default 0,
  output_audio           bigint not null default 0,
  output_image           bigint not null default 0,
  time_to_first_token_nanos bigint,
  root_span_id   bytea,
  slowest_span_id bytea,
  name           text,
  environment    text,
  user_id        text,
  session_id     text,
  release        text,
  external_id    text,
  tags           text[],
  kinds          int[] not null,                 -- spans by SpanKind code
  primary key (project, trace_id, day)
) partition by range (day);
create index traces_newest on traces (project, start_nanos desc, trace_id desc);

create table rollup_10s (
  project        uuid not null,
  cube           smallint not null,
  window_start   timestamptz not null,
  dims           text[] not null,                -- in the order of the cube's dimensions
  generation     int not null,
  epoch          int not null,
  revision       bigint not null,
  spans          bigint not null,
  errors         bigint not null,
  requests       bigint not null,
  request_errors bigint not null,
  traces         bigint not null,
  counted        bigint not null,
  unpriced       bigint not null,
  input                  bigint not null,
  input_cache_read       bigint not null,
  input_cache_write_5m   bigint not null,
  input_cache_write_1h   bigint not null,
  input_audio            bigint not null,
  input_image            bigint not null,
  output                 bigint not null,
  output_reasoning       bigint not null,
  output_audio           bigint not null,
  output_image           bigint not null,
  cost_pico_usd  numeric not null,
  latency        bytea not null,
  time_to_first_token bytea not null,
  tokens_per_second   bytea not null,
  trace_cost     bytea not null,
  primary key (project, cube, window_start, dims)
) partition by range (window_start);
create table rollup_1m (like rollup_10s including all) partition by range (window_start);
create table rollup_1h (like rollup_10s including all);
create table rollup_1d (like rollup_10s including all);

-- Windows of a coarser grain whose children changed; the keeper computes them anew and deletes the mark it read.
create table stale_windows (
  project      uuid not null,
  seconds      int not null,                     -- length of the window to compute
  cube         smallint not null,
  window_start timestamptz not null,
  version      bigint not null default 1,
  marked_at    timestamptz not null default now(),
  primary key (project, seconds, cube, window_start)
);

-- Ten-second windows that got spans after the stream had let go of them; the keeper recomputes them from facts.
create table dirty_windows (
  project      uuid not null,
  window_start timestamptz not null,
  version      bigint not null default 1,
  marked_at    timestamptz not null default now(),
  primary key (project, window_start)
);

-- Counts by received minute as of the checkpoint in ledger_progress. A segment is one life of the counters in state.
create table ledger (
  project    uuid not null,
  minute     timestamptz not null,
  partition  int not null,
  segment    bigint not null,
  accepted   bigint not null,
  duplicate  bigint not null,
  merged     bigint not null,
  refused    jsonb not null,                     -- {reason: count}
  ignored    jsonb not null,
  quarantined jsonb not null,
  primary key (project, minute, partition, segment)
);

-- Up to where the log is accounted for: facts of messages from next_offset on are not in the ledger's counts yet.
create table ledger_progress (
  partition   int primary key,
  next_offset bigint not null,
  checkpoint  bigint not null,
  epoch       int not null,
  stream_time timestamptz not null
);

create sequence operator_epoch as int;

-- Makes the partitions of a day, once; concurrent callers wait for each other. They are made apart and attached, which
-- keeps neither readers nor writers of other days waiting.
create function ensure_day(wanted date)
  returns void language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  suffix text := to_char(wanted, 'YYYYMMDD');
  by_date constant text[] := array['facts', 'bodies', 'traces'];
  by_time constant text[] := array['rollup_10s', 'rollup_1m'];
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
  end loop;
end $$;
revoke all on function ensure_day(date) from public;
grant execute on function ensure_day(date) to millrace_writer, millrace_keeper;

do $$
declare t text;
begin
  foreach t in array array['facts', 'bodies', 'traces', 'rollup_10s', 'rollup_1m', 'rollup_1h', 'rollup_1d',
                           'stale_windows', 'dirty_windows', 'ledger'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy own_project on %I for select to millrace_api
                      using (project = nullif(current_setting(''app.project'', true), '''')::uuid)', t);
    execute format('create policy jobs on %I to millrace_writer, millrace_keeper using (true) with check (true)', t);
    execute format('grant select on %I to millrace_api', t);
    execute format('grant select, insert, update, delete on %I to millrace_writer, millrace_keeper', t);
  end loop;
end $$;
grant select on ledger_progress to millrace_api, millrace_keeper;
grant select, insert, update, delete on ledger_progress to millrace_writer;
grant usage on sequence operator_epoch to millrace_writer, millrace_keeper;
