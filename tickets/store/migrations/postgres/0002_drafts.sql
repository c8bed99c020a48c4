-- What people have begun to write: replies and notes in two tables, so that no
-- statement can take the one for the other. A row stays, without words and with
-- kept false, when a draft was sent or discarded: its revision goes on, and a late
-- save from another tab finds that it comes too late. Rows go after 30 days.

-- +goose Up

create table drafts (
  staff_id bigint not null references staff (id),
  ticket_id bigint not null references tickets (id),
  answers_id bigint references messages (id),
  subject text collate "C" not null,
  words text collate "C" not null,
  to_people text collate "C" not null,
  after_send text collate "C" not null,
  kept boolean not null,
  rev bigint not null,
  updated_at timestamptz not null,
  primary key (staff_id, ticket_id)
);
create index drafts_updated on drafts (updated_at);

create table note_drafts (
  staff_id bigint not null references staff (id),
  ticket_id bigint not null references tickets (id),
  for_id bigint references staff (id),
  words text collate "C" not null,
  kept boolean not null,
  rev bigint not null,
  updated_at timestamptz not null,
  primary key (staff_id, ticket_id)
);
create index note_drafts_updated on note_drafts (updated_at);
