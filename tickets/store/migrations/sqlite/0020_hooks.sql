-- What an endpoint outside has to be told: the kind of an event and a reference,
-- and nothing about a family. Rows are written with the event itself.

-- +goose Up

create table hook_events (
  id integer primary key,
  endpoint text not null,
  kind text not null,
  ref text not null,
  at text not null,
  state text not null,
  attempts integer not null default 0,
  next_at text not null,
  answer text not null default '',
  done_at text
) strict;
create index hook_events_waiting on hook_events (endpoint, next_at) where state = 'waiting';
create index hook_events_done on hook_events (done_at) where done_at is not null;
