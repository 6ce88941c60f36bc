-- Records of the log that were acknowledged and could not be understood: where each is and what is known of it, never what is
-- in it. The jobs write the rows; the log has the bytes for as long as it keeps them.
create table rejected (
  id               uuid primary key,             -- made of the record's time and place
  project          uuid,                         -- null: the record does not say
  received_at      timestamptz not null,         -- the edge's clock
  source_offset    bigint not null,
  source_partition int not null,
  epoch            int not null,                 -- with revision: which write of this row is newer
  revision         bigint not null,
  items            bigint not null,
  size             bigint not null,              -- of the record's value, in bytes
  sha256           bytea not null,               -- of the record's value
  reason           text not null,
  replayed_at      timestamptz,                  -- when the last replay was asked for; null: there was none yet
  recovered        boolean not null,             -- a replay was understood: its items are counted as spans
  rejected_at      timestamptz not null default now()
);
create index rejected_newest on rejected (project, received_at desc, id desc);
create index rejected_oldest on rejected (rejected_at);

alter table rejected enable row level security;
create policy own_project on rejected for select to millrace_api
  using (project = nullif(current_setting('app.project', true), '')::uuid);
create policy jobs on rejected to millrace_writer, millrace_keeper using (true) with check (true);
grant select on rejected to millrace_api;
grant select, insert, update, delete on rejected to millrace_writer, millrace_keeper;

-- Those that belong to no project, for administrators: newest first, behind the place where the page before ended.
create function rejected_without_project(from_time timestamptz, to_time timestamptz, before_time timestamptz,
                                         before_id uuid, most int)
  returns setof rejected
  language sql stable security definer set search_path = public, pg_temp
as $$
  select * from rejected
  where project is null and received_at >= from_time and received_at < to_time
    and (before_time is null or (received_at, id) < (before_time, before_id))
  order by received_at desc, id desc limit most
$$;
revoke all on function rejected_without_project(timestamptz, timestamptz, timestamptz, uuid, int) from public;
grant execute on function rejected_without_project(timestamptz, timestamptz, timestamptz, uuid, int) to millrace_api;
