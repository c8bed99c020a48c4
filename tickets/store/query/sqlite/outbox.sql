-- SQLite has one writer: whoever reads in a write transaction is alone. PostgreSQL
-- has many and says FOR UPDATE SKIP LOCKED here.

-- name: OutboxChoose
select {OutgoingColumns}, {OutgoingNames}
from outgoings o
where {OutboxDue}
order by o.release_at, o.id limit 1;
