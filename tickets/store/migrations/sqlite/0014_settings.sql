-- What people set on the administration pages. The configuration gives the start;
-- the newest row of a name rules over it. Rows are added and never changed, so that
-- it can be said later which standard held on which day, and who set it.

-- +goose Up

create table setting_versions (
  id integer primary key,
  name text not null, -- standards, calendar, mailbox_teams
  version integer not null check (version > 0), -- 1, 2, 3 of a name: of two people who change the same thing, one has to look again
  content text not null, -- JSON
  set_by integer references staff (id),
  set_at text not null
) strict;
create unique index setting_versions_one on setting_versions (name, version);

create trigger setting_versions_no_update before update on setting_versions begin select raise(abort, 'settings are append-only'); end;
create trigger setting_versions_no_delete before delete on setting_versions begin select raise(abort, 'settings are append-only'); end;

-- A team that is gone stays for what it did.
alter table teams add column removed_at text;
create index clocks_running on clocks (ticket_id) where stopped_at is null;
