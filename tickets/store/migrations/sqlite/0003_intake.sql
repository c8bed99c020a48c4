-- Mail from Sent and Junk, mail of machines, virus scans, rules for intake, and
-- what the server no longer has.

-- +goose Up

alter table messages add column junk integer not null default 0; -- the server had put it into Junk
alter table messages add column outside integer not null default 0; -- ours, but not written here: nothing cleared it
alter table messages add column history integer not null default 0; -- imported
alter table messages add column machine text not null default ''; -- what a telephone system or a printer said
alter table messages add column to_scan integer not null default 0; -- a part of it has no verdict yet
update messages set to_scan = 1 where parts <> '' and raw_id is not null;
create index messages_to_scan on messages (raw_id) where to_scan;

alter table messages add column answers_mail text not null default ''; -- outside: the Message-ID that it answers, which may come later
create index messages_answers_mail on messages (answers_mail) where answers_mail <> '';

-- Who may be behind a mail that somebody has to sort: a hint, and never a fact.
alter table tickets add column suggested_person_id integer references people (id);
alter table tickets add column suggested_sender text not null default '';

-- When the server was found to have the mail no longer: deleted or moved.
alter table ledger add column gone_at text;

-- How many lines of the ledger speak of mail that is still in its folder. Kept by
-- the triggers below: asking must not cost more as the mailbox grows.
create table folders (
  mailbox_id integer not null references mailboxes (id),
  folder text not null,
  uidvalidity integer not null,
  present integer not null,
  primary key (mailbox_id, folder, uidvalidity)
) strict;
insert into folders (mailbox_id, folder, uidvalidity, present)
select mailbox_id, folder, uidvalidity, count(*) from ledger group by mailbox_id, folder, uidvalidity;

-- +goose StatementBegin
create trigger ledger_present after insert on ledger
begin
  insert into folders (mailbox_id, folder, uidvalidity, present)
  values (new.mailbox_id, new.folder, new.uidvalidity, new.gone_at is null)
  on conflict (mailbox_id, folder, uidvalidity) do update set present = present + excluded.present;
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger ledger_gone after update of gone_at on ledger when (old.gone_at is null) <> (new.gone_at is null)
begin
  update folders set present = present + case when new.gone_at is null then 1 else -1 end
  where mailbox_id = new.mailbox_id and folder = new.folder and uidvalidity = new.uidvalidity;
end;
-- +goose StatementEnd

-- What the virus scanner said of a part of a mail. No row: nobody looked yet.
create table part_scans (
  raw_id integer not null references raw_mail (id),
  path text not null,
  verdict text not null check (verdict in ('clean', 'infected', 'not_scanned')),
  signature text not null, -- what was found; why it was not scanned
  scanned_at text not null,
  primary key (raw_id, path)
) strict;
create index part_scans_again on part_scans (scanned_at) where verdict = 'not_scanned';

-- A rule that somebody took away stays as a record of what it did in its time.
create table intake_rules (
  id integer primary key,
  kind text not null check (kind in ('block_sender', 'block_domain', 'ignore_list', 'route_recipient', 'route_subject')),
  pattern text not null, -- folded
  team_id integer references teams (id),
  category text not null,
  note text not null,
  created_by integer references staff (id),
  created_at text not null,
  removed_by integer references staff (id),
  removed_at text
) strict;
create unique index intake_rules_live on intake_rules (kind, pattern) where removed_at is null;
