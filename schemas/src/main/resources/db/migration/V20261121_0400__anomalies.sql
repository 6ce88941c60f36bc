-- What detection finds, one row with a life; and what people do about it. The jobs write the one, the API the other.

create table anomalies (
  project      uuid not null,
  id           uuid not null,                    -- made from the facts: a restored job finds its own again
  incident     uuid not null,                    -- shared by the anomalies of one cause
  epoch        int not null,
  revision     bigint not null,
  cube         smallint not null,
  dims         text[] not null,                  -- in the order of the cube's dimensions
  measure      smallint not null,                -- 0 throughput, 1 error_rate, 2 latency_p95, 3 cost
  kind         smallint not null,                -- 0 spike, 1 drop, 2 silence
  state        smallint not null,                -- 0 open, 1 resolved, 2 withdrawn
  severity     smallint not null,                -- 0 info, 1 warning, 2 critical
  observed     double precision not null,        -- of the worst window, in the measure's unit
  expected     double precision not null,
  lower_bound  double precision not null,
  upper_bound  double precision not null,
  score        double precision not null,
  onset        timestamptz not null,
  first_seen   timestamptz not null,
  last_seen    timestamptz not null,
  ended        timestamptz,
  cause_cube   smallint not null,
  cause_dims   text[] not null,
  sentence     text not null,
  primary key (project, id)
);
create index anomalies_newest on anomalies (project, onset desc, id desc);

create table anomaly_actions (
  id         uuid primary key,                   -- UUIDv7: in the order of time
  project    uuid not null,
  anomaly    uuid not null,
  action     text not null check (action in ('acknowledge', 'resolve', 'feedback')),
  verdict    text check (verdict in ('true', 'false_positive', 'expected')),
  note       text check (length(note) <= 2000),
  mute_until timestamptz,
  actor      text not null,                      -- the public key that did it
  at         timestamptz not null default now(),
  foreign key (project, anomaly) references anomalies (project, id),
  check ((action = 'feedback') = (verdict is not null))
);
create index anomaly_actions_of on anomaly_actions (project, anomaly, id);

alter table anomalies enable row level security;
create policy own_project on anomalies for select to millrace_api
  using (project = nullif(current_setting('app.project', true), '')::uuid);
create policy jobs on anomalies to millrace_writer, millrace_keeper using (true) with check (true);
grant select on anomalies to millrace_api;
grant select, insert, update, delete on anomalies to millrace_writer, millrace_keeper;

alter table anomaly_actions enable row level security;
create policy own_project on anomaly_actions to millrace_api
  using (project = nullif(current_setting('app.project', true), '')::uuid)
  with check (project = nullif(current_setting('app.project', true), '')::uuid);
grant select, insert on anomaly_actions to millrace_api;
