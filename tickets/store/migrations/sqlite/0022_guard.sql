-- How strict a rule of the guard is, as two people settled it; what became of a report
-- that a check is wrong.

-- +goose Up

create table guard_changes (
  id integer primary key,
  rule text not null,
  level text not null,
  until text not null,
  reason text not null,
  asked_by integer not null references staff (id),
  asked_at text not null,
  state text not null,
  settled_by integer references staff (id),
  settled_at text,
  answer text not null default '',
  check (settled_by is null or settled_by <> asked_by)
) strict;
create unique index guard_changes_open on guard_changes (rule) where state = 'open';

alter table guard_reports add column settled_by integer references staff (id);
alter table guard_reports add column settled_at text;
alter table guard_reports add column outcome text not null default '';
alter table guard_reports add column answer text not null default '';
