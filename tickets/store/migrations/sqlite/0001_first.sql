-- The first schema. The PostgreSQL folder has the same tables under the same
-- names; what differs is said beside it. Tables are STRICT: SQLite then refuses a value
-- of the wrong type as PostgreSQL does. Instants are fixed-width UTC text
-- (2006-01-02T15:04:05.000000Z), so that text order is time order; booleans are
-- 0 and 1.

-- +goose Up

create table teams (
  id integer primary key,
  name text not null,
  lead_id integer references staff (id)
) strict;

create table staff (
  id integer primary key,
  email text not null,
  mailbox text not null unique,
  name text not null,
  name_fold text not null,
  role text not null,
  team_id integer references teams (id),
  password_hash text not null,
  active integer not null,
  deputy_id integer references staff (id),
  away_until text not null,
  created_at text not null
) strict;

create table staff_domains (
  domain text primary key
) strict;

create table settings (
  key text primary key,
  value text not null
) strict;

create table mailboxes (
  id integer primary key,
  name text not null unique,
  address text not null,
  folded text not null,
  team_id integer references teams (id)
) strict;

-- One row. Every change of the register adds one in the same transaction; who
-- holds an index of the register compares it before a letter leaves.
create table register_version (
  id integer primary key check (id = 1),
  version integer not null
) strict;

insert into register_version (id, version) values (1, 1);

create table cases (
  id integer primary key,
  ref text not null unique,
  ref_fold text not null,
  child_name text not null,
  child_fold text not null,
  dob text not null,
  upn text not null,
  nhs text not null,
  school text not null,
  stage text not null,
  team_id integer references teams (id),
  officer_id integer references staff (id),
  fallback_id integer not null references staff (id), -- somebody answers for every child
  restricted integer not null,
  is_open integer not null,
  created_at text not null
) strict;
create index cases_officer on cases (officer_id);
create index cases_fallback on cases (fallback_id);
create index cases_restricted on cases (id) where restricted;

create table people (
  id integer primary key,
  name text not null,
  name_fold text not null,
  kind text not null check (kind in ('parent', 'young_person', 'school', 'professional', 'mp', 'other')),
  created_at text not null
) strict;

create table links (
  id integer primary key,
  case_id integer not null references cases (id),
  person_id integer not null references people (id),
  relation text not null,
  pr text not null check (pr in ('yes', 'no', 'not_checked')),
  pr_source text not null,
  pr_checked_on text not null,
  no_contact integer not null,
  may_be_told text not null,
  address_hidden integer not null,
  representative integer not null,
  unique (case_id, person_id) -- one line a person, so that "no contact" cannot be said and unsaid
) strict;
create index links_person on links (person_id);

create table addresses (
  id integer primary key,
  person_id integer not null references people (id),
  email text not null,
  mailbox text not null,
  confidential integer not null,
  verified_at text,
  bounced integer not null,
  created_at text not null,
  unique (person_id, mailbox)
) strict;
create index addresses_mailbox on addresses (mailbox);

create table phones (
  id integer primary key,
  person_id integer not null references people (id),
  number text not null,
  digits text not null
) strict;
create index phones_person on phones (person_id);
create index phones_digits on phones (digits);

create table cursors (
  mailbox_id integer not null references mailboxes (id),
  folder text not null,
  uidvalidity integer not null,
  uid integer not null,
  epoch integer not null, -- of the lease under which it was written
  updated_at text not null,
  primary key (mailbox_id, folder)
) strict;

-- Content-addressed. content is null when the bytes are a file of the blob
-- directory, which was synced before this row was committed.
create table raw_mail (
  id integer primary key,
  sha256 text not null unique,
  bytes integer not null,
  content blob
) strict;

create table tickets (
  id integer primary key,
  ref text not null unique,
  case_id integer references cases (id),
  team_id integer references teams (id),
  owner_id integer references staff (id),
  mailbox_id integer references mailboxes (id),
  state text not null check (state in ('triage', 'open', 'waiting_family', 'waiting_other', 'answered', 'finished', 'merged', 'not_ours')),
  category text not null,
  -- The earliest due instant of the clocks that run; the year 9999 when none
  -- does. Kept by the writes of clocks, so that lists need no join to sort.
  due_at text not null,
  last_inbound_at text not null,
  received_at text not null,
  last_answer_at text,
  finished_at text,
  created_at text not null,
  requester_id integer references people (id),
  suggested_id integer references tickets (id),
  merged_into integer references tickets (id),
  chasers integer not null,
  version integer not null,
  requester_mailbox text not null,
  requester_email text not null,
  subject text not null,
  ask text not null,
  reason text not null,
  alert text not null
) strict;
-- The lists: one index answers views, counts and the order without the table.
create index tickets_state_due on tickets (state, due_at, last_inbound_at, team_id, owner_id, case_id, category);
create index tickets_due on tickets (due_at, last_inbound_at desc, id desc);
create index tickets_newest on tickets (last_inbound_at, id);
create index tickets_case on tickets (case_id, state);
create index tickets_owner on tickets (owner_id, state);
create index tickets_requester on tickets (requester_id);
create index tickets_merged on tickets (merged_into) where merged_into is not null;

-- Narrow on purpose: the words are in bodies, so that lists and lookups read little.
create table messages (
  id integer primary key,
  ticket_id integer references tickets (id),
  case_id integer references cases (id),
  mailbox_id integer references mailboxes (id),
  direction text not null check (direction in ('in', 'out')),
  channel text not null,
  kind text not null,
  person_id integer references people (id),
  from_name text not null,
  from_email text not null,
  from_mailbox text not null,
  to_text text not null,
  subject text not null,
  message_id text not null,
  raw_id integer references raw_mail (id),
  content_hash text not null,
  parts text not null,
  has_html integer not null,
  auth text not null,
  reason text not null,
  evidence text not null,
  problems text not null,
  unconfirmed integer not null,
  outgoing_id integer references outgoings (id),
  staff_id integer references staff (id),
  received_at text not null,
  created_at text not null
) strict;
-- The same mail twice in one mailbox is one message.
create unique index messages_content on messages (mailbox_id, content_hash) where content_hash <> '';
create index messages_message_id on messages (message_id) where message_id <> '';
create index messages_ticket on messages (ticket_id, received_at, id);
create index messages_case on messages (case_id, from_mailbox);
create index messages_apart on messages (received_at) where ticket_id is null;
create index messages_unconfirmed on messages (ticket_id) where unconfirmed;
create index messages_outgoing on messages (outgoing_id) where outgoing_id is not null;

create table bodies (
  message_id integer primary key references messages (id),
  words text not null, -- everything, as a person reads it
  reply text           -- what was written this time; null when that is everything
) strict;

-- What an officer wrote about a telephone call. The summary is private.
create table calls (
  message_id integer primary key references messages (id),
  direction text not null,
  answered integer not null,
  number text not null,
  person_id integer references people (id),
  identity_ok integer not null,
  summary text not null,
  promise text not null,
  promise_by text not null,
  stops_clock integer not null,
  stops_reason text not null
) strict;

-- A note has no recipients, no subject and no outbox row: there is no column
-- here by which it could be sent to anybody.
create table notes (
  id integer primary key,
  ticket_id integer references tickets (id),
  case_id integer references cases (id),
  author_id integer references staff (id),
  for_id integer references staff (id),
  words text not null,
  source text not null,
  raw_id integer references raw_mail (id),
  mailbox_id integer references mailboxes (id),
  content_hash text not null,
  created_at text not null
) strict;
create unique index notes_content on notes (mailbox_id, content_hash) where content_hash <> '';
create index notes_ticket on notes (ticket_id, created_at);
create index notes_case on notes (case_id);

create table ledger (
  id integer primary key,
  mailbox_id integer not null references mailboxes (id),
  folder text not null,
  uidvalidity integer not null,
  uid integer not null,
  fate text not null check (fate in ('message', 'duplicate', 'held', 'quarantined', 'suppressed')),
  reason text not null,
  tries integer not null,
  raw_id integer references raw_mail (id),
  message_id integer references messages (id),
  received_at text not null,
  updated_at text not null,
  unique (mailbox_id, folder, uidvalidity, uid)
) strict;
create index ledger_fate on ledger (fate, mailbox_id);

create table outgoings (
  id integer primary key,
  ticket_id integer references tickets (id),
  case_id integer references cases (id),
  mailbox_id integer references mailboxes (id),
  purpose text not null check (purpose in ('reply', 'ack', 'receipt', 'notice', 'account', 'relay')),
  author_id integer references staff (id),
  subject text not null,
  body text not null,
  template text not null,
  fields text not null,
  answers_id integer references messages (id),
  quote_answer integer not null,
  confirmed text not null,
  digest text not null,
  after_send text not null,
  created_at text not null,
  release_at text not null,
  expires_at text,
  held_reason text not null,
  held_rules text not null,
  released_by integer references staff (id),
  queued_mode text not null,
  cancelled_by integer references staff (id)
) strict;
create index outgoings_ticket on outgoings (ticket_id, release_at);
create index outgoings_case on outgoings (case_id);
create index outgoings_mailbox on outgoings (mailbox_id, purpose, created_at);

create table deliveries (
  id integer primary key,
  outgoing_id integer not null references outgoings (id),
  person_id integer references people (id),
  staff_id integer references staff (id),
  name text not null,
  email text not null,
  mailbox text not null,
  message_id text not null,
  token text not null,
  state text not null check (state in ('queued', 'held', 'claimed', 'data_begun', 'accepted', 'refused', 'uncertain', 'bounced', 'cancelled')),
  attempts integer not null,
  next_at text not null,
  claimed_by text not null,
  claimed_at text,
  epoch integer not null,
  reply text not null,
  why text not null,
  sha256 text not null,
  accepted_at text,
  updated_at text not null
) strict;
create unique index deliveries_token on deliveries (token) where token <> '';
create unique index deliveries_message_id on deliveries (message_id) where message_id <> '';
create index deliveries_outgoing on deliveries (outgoing_id);
create index deliveries_state on deliveries (state, next_at);
create index deliveries_mailbox on deliveries (mailbox, updated_at);

create table clocks (
  id integer primary key,
  ticket_id integer not null references tickets (id),
  kind text not null,
  policy text not null,
  received_at text not null,
  start_at text not null,
  warn_at text not null,
  due_at text not null,
  lead_at text not null,
  start_day text not null,
  due_day text not null,
  stopped_at text,
  paused_at text,
  paused_for integer not null, -- nanoseconds
  next_at text,
  stop_by text not null
) strict;
create index clocks_ticket on clocks (ticket_id);
create index clocks_next on clocks (next_at) where next_at is not null;
create index clocks_due on clocks (due_at);

create table clock_steps (
  clock_id integer not null references clocks (id),
  step text not null,
  due_at text not null,
  done_at text not null,
  late integer not null,
  outgoing_id integer references outgoings (id),
  primary key (clock_id, step)
) strict;
create index clock_steps_done on clock_steps (done_at);

create table events (
  id integer primary key autoincrement,
  ticket_id integer references tickets (id),
  case_id integer references cases (id),
  kind text not null,
  at text not null,
  staff_id integer references staff (id),
  system text not null,
  data text not null
) strict;
create index events_ticket on events (ticket_id, id);

create table leases (
  name text primary key,
  holder text not null,
  epoch integer not null,
  expires_at text not null
) strict;

create table sessions (
  token_hash text primary key,
  data blob not null,
  expires_at text not null
) strict;
create index sessions_expires on sessions (expires_at);

create table api_tokens (
  id integer primary key,
  hash text not null unique,
  staff_id integer not null references staff (id),
  name text not null,
  scopes text not null,
  expires_at text,
  created_at text not null
) strict;

-- Numbers that only go up: ticket references and the fencing of claims.
create table counters (
  name text primary key,
  next integer not null
) strict;

-- The search index. Its words are folded and split by the program (words.go), for
-- both databases alike; the ascii tokenizer then takes each as it is. detail=none
-- because a hit is all that is asked: no phrases, no columns, no ranking. The
-- program makes snippets. contentless_delete so that erasure can take words out.
create virtual table message_words using fts5 (words, content='', contentless_delete=1, detail=none, tokenize='ascii');

-- Events are a record: they are added and never changed.
-- +goose StatementBegin
create trigger events_no_update before update on events
begin
  select raise(abort, 'events are append-only');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger events_no_delete before delete on events
begin
  select raise(abort, 'events are append-only');
end;
-- +goose StatementEnd
