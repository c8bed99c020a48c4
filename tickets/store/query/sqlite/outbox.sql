-- SQLite has one writer: whoever reads in a write transaction is alone. PostgreSQL
-- has many and says FOR UPDATE SKIP LOCKED here.

-- name: OutboxChoose
select {OutgoingColumns}, {OutgoingNames}
from outgoings o
where {OutboxDue}
  and (o.mailbox_id is null or o.mailbox_id not in (select b.id from mailboxes b where lower(b.address) in (?)))
order by o.release_at, o.id limit 1;
