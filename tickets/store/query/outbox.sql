-- Claims, as far as both databases can say them alike. query/sqlite/outbox.sql and
-- query/postgres/outbox.sql choose the letter.

-- Automatic letters are of no use late.
-- name: OutboxExpire
update deliveries set state = 'cancelled', why = ?, updated_at = ?
where state = 'queued' and exists (
  select 1 from outgoings o where o.id = deliveries.outgoing_id and o.expires_at <= ?
    and o.purpose not in ('reply', 'relay'));

-- What a person wrote and was due hours ago was waiting for a program that did not
-- run. What is being retried has a later next_at and is not meant.
-- name: OutboxOverdue
select distinct d.outgoing_id from deliveries d join outgoings o on o.id = d.outgoing_id
where d.state = 'queued' and d.next_at < ? and o.purpose in ('reply', 'relay') and o.release_at < ?;

-- name: OutboxOtherMode
select distinct d.outgoing_id from deliveries d join outgoings o on o.id = d.outgoing_id
where d.state = 'queued' and o.queued_mode <> ? and o.released_by is null;

-- name: OutboxHoldCopies
update deliveries set state = 'held', why = ?, claimed_by = '', claimed_at = null, updated_at = ?
where outgoing_id in (?) and state = 'queued';

-- name: OutboxHoldLetters
update outgoings set held_reason = ? where id in (?);

-- name: OutboxTake
update deliveries set state = 'claimed', claimed_by = ?, claimed_at = ?, epoch = ?, attempts = attempts + 1, updated_at = ?
where outgoing_id = ? and state = 'queued' and next_at <= ?;

-- name: OutboxTaken
select {DeliveryColumns}
from deliveries d where d.outgoing_id = cast(? as bigint) and d.state = 'claimed' and d.claimed_by = cast(? as text) and d.epoch = cast(? as bigint) order by d.id;

-- name: OutboxBegin
update deliveries set state = 'data_begun', sha256 = ?, updated_at = ?
where id = ? and state = 'claimed' and claimed_by = ? and epoch = ?;

-- A program says by a lease of its own that it is alive.
-- name: OutboxLeft
select {DeliveryColumns}
from deliveries d where d.state in ('claimed', 'data_begun') and (d.claimed_at < ?
  or exists (select 1 from leases l where l.name = 'program/' || d.claimed_by and l.expires_at <= {DatabaseNow}))
order by d.id;

-- name: OutboxNext
select min(case when d.next_at > o.release_at then d.next_at else o.release_at end)
from deliveries d join outgoings o on o.id = d.outgoing_id where d.state = 'queued';

-- Message-IDs of what the family could see, oldest first.
-- name: ThreadOf
select m.message_id, m.received_at from messages m
where m.ticket_id = cast(? as bigint) and m.message_id <> '' and not m.unconfirmed and m.outgoing_id is null
union all
select d.message_id, d.accepted_at from deliveries d join outgoings o on o.id = d.outgoing_id
where o.ticket_id = cast(? as bigint) and d.state = 'accepted' and d.accepted_at is not null and d.message_id <> ''
  and o.purpose in ('reply', 'ack', 'receipt', 'relay')
order by 2, 1;
