-- What the register knows besides: restrictions and who ended them, written
-- authority, how people want to be reached, names, dates, places, the council's
-- own directory, and what waits for a second person.

-- +goose Up

create table restrictions (
  id integer primary key,
  case_id integer not null references cases (id),
  person_id integer references people (id), -- about whom; of protected facts, whose
  against_id integer references people (id), -- from whom; null: everybody else on the case
  kind text not null check (kind in ('no_contact', 'indirect_only', 'no_information', 'supervised', 'address_protected', 'school_protected', 'staff_safety', 'in_confidence', 'other')),
  source text not null,
  document text not null,
  reason text not null,
  starts_on text not null,
  review_by text not null,
  interim integer not null,
  entered_by integer references staff (id),
  entered_at text not null,
  end_asked_by integer references staff (id),
  end_asked_at text,
  end_reason text not null,
  ended_at text,
  end_approved_by integer references staff (id),
  -- One person alone ends none, whatever the program does.
  check (ended_at is null or (end_asked_by is not null and end_approved_by is not null and end_asked_by <> end_approved_by))
) strict;
create index restrictions_case on restrictions (case_id);
create index restrictions_person on restrictions (person_id);
create index restrictions_review on restrictions (review_by) where ended_at is null;

create table representations (
  id integer primary key,
  case_id integer not null references cases (id),
  person_id integer not null references people (id),
  for_person_id integer references people (id),
  kind text not null check (kind in ('solicitor', 'advocate', 'sendiass', 'other')),
  document text not null,
  given_on text not null,
  expires_on text not null,
  entered_by integer references staff (id),
  entered_at text not null,
  ended_at text
) strict;
create index representations_case on representations (case_id);
create index representations_expiry on representations (expires_on) where ended_at is null;

create table arrangements (
  case_id integer primary key references cases (id),
  value text not null check (value in ('not_asked', 'parent_decides', 'young_person_parent_copied', 'young_person_only', 'representative')),
  source text not null,
  asked_on text not null,
  entered_by integer references staff (id)
) strict;

create table preferences (
  person_id integer primary key references people (id),
  channel text not null,
  times text not null,
  language text not null,
  interpreter integer not null,
  large_print integer not null,
  easy_read integer not null,
  braille integer not null,
  audio integer not null,
  bsl integer not null,
  words text not null
) strict;

create table aliases (
  id integer primary key,
  case_id integer not null references cases (id),
  name text not null,
  name_fold text not null,
  unique (case_id, name_fold)
) strict;

create table siblings (
  case_id integer not null references cases (id),
  other_id integer not null references cases (id),
  primary key (case_id, other_id),
  check (case_id < other_id)
) strict;

create table case_dates (
  case_id integer not null references cases (id),
  kind text not null check (kind in ('request', 'decision', 'draft', 'final', 'review')),
  on_date text not null,
  source text not null,
  primary key (case_id, kind)
) strict;

create table postal_addresses (
  id integer primary key,
  person_id integer not null references people (id),
  lines text not null,
  postcode text not null,
  confidential integer not null,
  from_on text not null,
  to_on text not null,
  entered_at text not null
) strict;
create index postal_addresses_person on postal_addresses (person_id);

create table protected_facts (
  id integer primary key,
  case_id integer not null references cases (id),
  person_id integer references people (id),
  against_id integer references people (id),
  restriction_id integer references restrictions (id),
  kind text not null check (kind in ('address', 'school', 'phone', 'email', 'place', 'worker', 'other')),
  value text not null,
  entered_at text not null,
  removed_at text
) strict;
create index protected_facts_case on protected_facts (case_id);

-- The case system's number of a person.
create table person_refs (
  ref text not null primary key,
  person_id integer not null references people (id)
) strict;
create index person_refs_person on person_refs (person_id);

alter table phones add column verified_at text;
alter table phones add column confidential integer not null default 0;
alter table phones add column wrong integer not null default 0; -- somebody else answers it

-- The council's directory: lists and who is forwarded where, as of an export.
create table directory_groups (
  id integer primary key,
  address text not null,
  mailbox text not null unique,
  name text not null,
  members text not null, -- addresses, one a line
  exported_at text not null
) strict;

create table directory_forwards (
  mailbox text not null,
  target text not null,
  exported_at text not null,
  primary key (mailbox, target)
) strict;

-- A change of the domains of staff waits here until a second person approves it.
create table staff_domain_changes (
  id integer primary key,
  domain text not null,
  remove integer not null,
  asked_by integer references staff (id),
  asked_at text not null,
  approved_by integer references staff (id),
  settled_at text,
  refused integer not null,
  check (approved_by is null or approved_by <> asked_by)
) strict;

-- A case system's extract: what it did, and what of it waits for a person.
create table imports (
  id integer primary key,
  file_name text not null,
  sha256 text not null,
  mapping text not null,
  row_count integer not null,
  changed integer not null,
  waiting integer not null,
  failed integer not null,
  by_id integer references staff (id),
  done_at text not null
) strict;
create index imports_done on imports (done_at);

create table import_waiting (
  id integer primary key,
  import_id integer not null references imports (id),
  case_id integer references cases (id),
  person_id integer references people (id),
  change text not null, -- JSON of the change
  change_key text not null, -- the same change again is the same line
  why text not null,
  settled_by integer references staff (id),
  settled_at text,
  taken integer not null
) strict;
create index import_waiting_open on import_waiting (case_id) where settled_at is null;
create unique index import_waiting_key on import_waiting (change_key) where settled_at is null;

create table import_mappings (
  name text not null primary key,
  mapping text not null
) strict;

-- What the links said until now becomes restrictions in force, so that there is one
-- place to look. The links keep their marks: the stricter of the two counts.
insert into restrictions (case_id, person_id, kind, source, document, reason, starts_on, review_by, interim, entered_at, end_reason)
select case_id, person_id, 'no_contact', 'other', '', 'Recorded before restrictions had a page of their own.', '', '', 0, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), ''
from links where no_contact;
insert into restrictions (case_id, person_id, kind, source, document, reason, starts_on, review_by, interim, entered_at, end_reason)
select case_id, person_id, 'address_protected', 'other', '', 'Recorded before restrictions had a page of their own.', '', '', 0, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), ''
from links where address_hidden;
