-- What people have begun to write: replies and notes in two tables, so that no
-- statement can take the one for the other. A row stays, without words and with
-- kept false, when a draft was sent or discarded: its revision goes on, and a late
-- save from another tab finds that it comes too late. Rows go after 30 days.

-- +goose Up

create table drafts (
  staff_id integer not null references staff (id),
  ticket_id integer not null references tickets (id),
  answers_id integer references messages (id),
  subject text not null,
  words text not null,
  to_people text not null,
  after_send text not null,
  kept integer not null,
  rev integer not null,
  updated_at text not null,
  primary key (staff_id, ticket_id)
) strict;
create index drafts_updated on drafts (updated_at);

create table note_drafts (
  staff_id integer not null references staff (id),
  ticket_id integer not null references tickets (id),
  for_id integer references staff (id),
  words text not null,
  kept integer not null,
  rev integer not null,
  updated_at text not null,
  primary key (staff_id, ticket_id)
) strict;
create index note_drafts_updated on note_drafts (updated_at);
