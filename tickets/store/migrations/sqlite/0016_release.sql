-- A second person looks at a letter that was stopped; a letter that went to the
-- wrong person becomes an incident; somebody says that a check is wrong.

-- +goose Up

create table second_looks (
  id integer primary key,
  ticket_id integer not null references tickets (id),
  case_id integer references cases (id),
  author_id integer not null references staff (id),
  asked_id integer not null references staff (id),
  digest text not null,
  letter text not null,
  findings text not null,
  reason text not null,
  asked_at text not null,
  expires_at text not null,
  state text not null,
  settled_by integer references staff (id),
  settled_at text,
  basis text not null default '',
  answer text not null default '',
  outgoing_id integer,
  check (asked_id <> author_id),
  check (settled_by is null or settled_by <> author_id)
) strict;
create index second_looks_open on second_looks (asked_at) where state = 'open';
create index second_looks_ticket on second_looks (ticket_id);

create table incidents (
  id integer primary key,
  outgoing_id integer not null references outgoings (id),
  ticket_id integer not null references tickets (id),
  case_id integer references cases (id),
  reported_by integer not null references staff (id),
  reported_at text not null,
  aware_at text not null,
  due_at text not null,
  got_by text not null,
  what text not null,
  address_shown integer not null,
  stopped integer not null,
  steps text not null default '',
  risk text not null default '',
  assessment text not null default '',
  ico_ref text not null default '',
  closed_by integer references staff (id),
  closed_at text,
  lessons text not null default ''
) strict;
create unique index incidents_letter on incidents (outgoing_id);
create index incidents_open on incidents (due_at) where closed_at is null;

create table guard_reports (
  id integer primary key,
  ticket_id integer not null references tickets (id),
  rules text not null,
  words text not null,
  by_id integer not null references staff (id),
  at text not null
) strict;
create index guard_reports_at on guard_reports (at);
