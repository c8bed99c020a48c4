-- Reading mailboxes: the ledger, cursors, raw mail.

-- name: LedgerPut
insert into ledger (
  mailbox_id, folder, uidvalidity, uid, fate, reason, tries, raw_id, message_id, received_at, updated_at
) values (
  :mailbox_id, :folder, :uidvalidity, :uid, :fate, :reason, :tries, :raw_id, :message_id, :received_at,
  :updated_at
)
on conflict (mailbox_id, folder, uidvalidity, uid) do update set
  fate = excluded.fate, reason = excluded.reason, tries = excluded.tries, raw_id = excluded.raw_id,
  message_id = excluded.message_id, updated_at = excluded.updated_at
returning id;

-- name: LedgerAt
select {LedgerColumns}, {LedgerNames}, coalesce(t.ref, '') as ticket_ref
from ledger e left join messages m on m.id = e.message_id left join tickets t on t.id = m.ticket_id
where e.mailbox_id = cast(? as bigint) and e.folder = cast(? as text) and e.uidvalidity = cast(? as bigint)
  and e.uid = cast(? as bigint);

-- name: LedgerByID
select {LedgerColumns}, {LedgerNames}, coalesce(t.ref, '') as ticket_ref
from ledger e left join messages m on m.id = e.message_id left join tickets t on t.id = m.ticket_id
where e.id = cast(? as bigint);

-- name: LedgerUIDs
select uid from ledger where mailbox_id = ? and folder = ? and uidvalidity = ? and uid >= ? and uid <= ? order by uid;

-- name: LedgerPresent
select uid from ledger
where mailbox_id = ? and folder = ? and uidvalidity = ? and uid >= ? and uid <= ? and gone_at is null order by uid;

-- name: LedgerGone
update ledger set gone_at = ? where mailbox_id = ? and folder = ? and uidvalidity = ? and uid in (?) and gone_at is null;

-- name: FolderPresent
select present from folders where mailbox_id = ? and folder = ? and uidvalidity = ?;

-- Mail that could not be read and is still to be tried again.
-- name: LedgerOpen
select {LedgerColumns}, {LedgerNames}, '' as ticket_ref
from ledger e where e.fate = 'quarantined' and e.mailbox_id = cast(? as bigint) and e.tries < ? order by e.id limit ?;

-- name: CursorGet
select mailbox_id, folder, uidvalidity, uid, updated_at from cursors where mailbox_id = ? and folder = ?;

-- A cursor that was written under a later lease stays as it is.
-- name: CursorPut
insert into cursors (mailbox_id, folder, uidvalidity, uid, epoch, updated_at)
values (:mailbox_id, :folder, :uidvalidity, :uid, :epoch, :updated_at)
on conflict (mailbox_id, folder) do update set
  uidvalidity = excluded.uidvalidity, uid = excluded.uid, epoch = excluded.epoch, updated_at = excluded.updated_at
where cursors.epoch <= excluded.epoch;

-- name: RawInsert
insert into raw_mail (sha256, bytes, content) values (?, ?, ?) on conflict (sha256) do nothing returning id;

-- name: RawID
select id from raw_mail where sha256 = ?;

-- name: RawGet
select sha256, bytes, content from raw_mail where id = ?;
