-- Letters to many families: one letter a family, with what became of each. People who
-- want no letters of this kind.

-- +goose Up

alter table preferences add column no_general integer not null default 0;

create table mailings (
  id integer primary key,
  title text not null,
  mailbox_id integer not null references mailboxes (id),
  author_id integer not null references staff (id),
  state text not null,
  filter text not null,
  subject text not null,
  body text not null,
  per_hour integer not null,
  files text not null default '',
  digest text not null default '',
  made_at text,
  asked_at text,
  approved_by integer references staff (id),
  approved_at text,
  answer text not null default '',
  created_at text not null,
  changed_at text not null,
  version integer not null default 1,
  check (approved_by is null or approved_by <> author_id)
) strict;
create index mailings_going on mailings (state) where state in ('checking', 'sending');

create table mailing_letters (
  id integer primary key,
  mailing_id integer not null references mailings (id),
  case_id integer not null references cases (id),
  person_id integer references people (id),
  name text not null,
  email text not null,
  also text not null default '',
  state text not null,
  why text not null default '',
  decision text not null default '',
  findings text not null default '',
  confirmed text not null default '',
  digest text not null default '',
  checked_at text,
  approved integer not null default 0,
  ticket_id integer references tickets (id),
  outgoing_id integer references outgoings (id),
  queued_at text,
  check ((state = 'queued') = (outgoing_id is not null))
) strict;
create unique index mailing_letters_once on mailing_letters (mailing_id, case_id, person_id);
create index mailing_letters_state on mailing_letters (mailing_id, state, id);
create unique index mailing_letters_outgoing on mailing_letters (outgoing_id) where outgoing_id is not null;
create index mailing_letters_queued on mailing_letters (mailing_id, queued_at) where queued_at is not null;
create index mailing_letters_person on mailing_letters (person_id);
create index mailing_letters_case on mailing_letters (case_id);
