-- A letter that did not arrive is the lead's when nobody has acted within a working
-- hour. A copy of what was sent goes to the mailbox's own Sent folder, in a queue of
-- its own: whatever becomes of it, the letter is not sent again.

-- +goose Up

create table undelivered (
  id integer primary key,
  ticket_id integer not null references tickets (id),
  delivery_id integer references deliveries (id),
  message_id integer references messages (id),
  at text not null,
  lead_at text not null,
  settled_at text,
  outcome text not null default ''
) strict;
create index undelivered_open on undelivered (lead_at) where settled_at is null;
create index undelivered_ticket on undelivered (ticket_id);

create table sent_copies (
  id integer primary key,
  delivery_id integer not null unique references deliveries (id),
  mailbox_id integer not null references mailboxes (id),
  state text not null check (state in ('waiting', 'kept', 'given_up')),
  attempts integer not null,
  next_at text not null,
  folder text not null default '',
  why text not null default '',
  created_at text not null,
  updated_at text not null
) strict;
create index sent_copies_due on sent_copies (mailbox_id, next_at) where state = 'waiting';
create index sent_copies_lost on sent_copies (mailbox_id, updated_at) where state = 'given_up';
