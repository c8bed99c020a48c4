-- What did not arrive, and copies for the Sent folder.

-- name: UndeliveredInsert
insert into undelivered (ticket_id, delivery_id, message_id, at, lead_at, outcome)
values (:ticket_id, :delivery_id, :message_id, :at, :lead_at, '') returning id;

-- name: UndeliveredDue
select id, ticket_id, delivery_id, message_id, at, lead_at, settled_at, outcome
from undelivered where settled_at is null and lead_at <= ? order by lead_at, id limit ?;

-- name: UndeliveredSettle
update undelivered set settled_at = ?, outcome = ? where id = ? and settled_at is null;

-- name: SentCopyInsert
insert into sent_copies (delivery_id, mailbox_id, state, attempts, next_at, folder, why, created_at, updated_at)
values (:delivery_id, :mailbox_id, :state, :attempts, :next_at, :folder, :why, :created_at, :updated_at)
on conflict (delivery_id) do nothing;

-- name: SentCopiesDue
select x.id, x.delivery_id, x.mailbox_id, x.state, x.attempts, x.next_at, x.folder, x.why, x.created_at, x.updated_at,
  d.message_id, coalesce(d.accepted_at, x.created_at) as sent_at, r.id as raw_id
from sent_copies x join deliveries d on d.id = x.delivery_id left join raw_mail r on r.sha256 = d.sha256
where x.mailbox_id = ? and x.state = 'waiting' and x.next_at <= ? order by x.next_at, x.id limit ?;

-- name: SentCopyTake
update sent_copies set attempts = attempts + 1, next_at = ?, updated_at = ?
where id = ? and state = 'waiting' and attempts = ?;

-- name: SentCopySettle
update sent_copies set state = ?, folder = ?, why = ?, next_at = ?, updated_at = ? where id = ? and state = 'waiting';

-- name: SentCopiesWaiting
select count(*) from sent_copies where mailbox_id = cast(? as bigint) and state = 'waiting' and attempts > 0;

-- name: SentCopiesGivenUp
select count(*) from sent_copies where mailbox_id = cast(? as bigint) and state = 'given_up' and updated_at >= ?;

-- name: ExportUndelivered
select u.id, u.ticket_id, t.ref as enquiry_ref, u.delivery_id, u.message_id, u.at, u.lead_at, u.settled_at, u.outcome
from undelivered u join tickets t on t.id = u.ticket_id order by u.id;
