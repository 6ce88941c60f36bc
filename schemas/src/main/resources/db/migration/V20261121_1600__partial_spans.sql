-- Spans that are sent in parts. Their messages are remembered beside what they say together (PartialMessages), so that a
-- late one is merged as if it had come with the others.
alter table facts
  add column placed_after bigint,                -- no message made the row, but that none came: the ledger counts it after this checkpoint
  add column partials     bytea;                 -- null: the span came whole
alter table traces
  add column partials bytea;                     -- messages about the trace itself; null: there were none

-- Messages that wait in state for a row of their own.
alter table ledger add column waiting bigint not null default 0;
