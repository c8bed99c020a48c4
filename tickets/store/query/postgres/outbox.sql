-- Several programs may claim at once: a letter that another is looking at is passed
-- over (SKIP LOCKED), so that nobody waits. SQLite has one writer and needs no such
-- thing.

-- name: OutboxChoose
select {OutgoingColumns}, {OutgoingNames}
from outgoings o
where {OutboxDue}
  and (o.mailbox_id is null or o.mailbox_id not in (select b.id from mailboxes b where lower(b.address) in (?)))
order by o.release_at, o.id limit 1
for update of o skip locked;
