-- Several programs may claim at once: a letter that another is looking at is passed
-- over (SKIP LOCKED), so that nobody waits. SQLite has one writer and needs no such
-- thing.

-- name: OutboxChoose
select {OutgoingColumns}, {OutgoingNames}
from outgoings o
where {OutboxDue}
order by o.release_at, o.id limit 1
for update of o skip locked;
