-- Files that go with letters, and how the letters of a team look. The bytes of a
-- file are kept once, under their hash, where the originals of mails are. A file that
-- was taken off a draft, or replaced by a cleaned copy, stays for its author until the
-- draft is too old to be kept.

-- +goose Up

create table draft_files (
  id integer primary key,
  staff_id integer not null references staff (id),
  ticket_id integer not null references tickets (id),
  name text not null,
  type text not null,
  bytes integer not null,
  sha256 text not null,
  raw_id integer not null references raw_mail (id),
  source text not null check (source in ('upload', 'enquiry', 'cleaned')),
  cleaned_of integer references draft_files (id),
  removed text not null,
  state text not null check (state in ('there', 'removed', 'cleaned', 'done')),
  added_at text not null,
  changed_at text not null
) strict;
create index draft_files_owner on draft_files (staff_id, ticket_id);
create index draft_files_changed on draft_files (changed_at);

create index draft_files_raw on draft_files (raw_id);

create table outgoing_files (
  outgoing_id integer not null references outgoings (id),
  place integer not null,
  name text not null,
  type text not null,
  bytes integer not null,
  sha256 text not null,
  raw_id integer not null references raw_mail (id),
  primary key (outgoing_id, place)
) strict;

create index outgoing_files_raw on outgoing_files (raw_id);

create table letterheads (
  team_id integer primary key references teams (id),
  signature text not null,
  logo_id integer references raw_mail (id),
  logo_type text not null,
  logo_alt text not null,
  changed_by integer not null references staff (id),
  changed_at text not null
) strict;
