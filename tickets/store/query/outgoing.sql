-- Letters and their copies.

-- name: OutgoingInsert
insert into outgoings (
  ticket_id, case_id, mailbox_id, purpose, author_id, subject, body, template, fields, answers_id,
  quote_answer, confirmed, digest, after_send, created_at, release_at, expires_at, held_reason, held_rules,
  released_by, queued_mode, cancelled_by, hold_reasons
) values (
  :ticket_id, :case_id, :mailbox_id, :purpose, :author_id, :subject, :body, :template, :fields, :answers_id,
  :quote_answer, :confirmed, :digest, :after_send, :created_at, :release_at, :expires_at, :held_reason,
  :held_rules, :released_by, :queued_mode, :cancelled_by, :hold_reasons
)
returning id;

-- name: OutgoingUpdate
update outgoings set
  ticket_id = :ticket_id, case_id = :case_id, mailbox_id = :mailbox_id, purpose = :purpose, author_id =
  :author_id, subject = :subject, body = :body, template = :template, fields = :fields, answers_id =
  :answers_id, quote_answer = :quote_answer, confirmed = :confirmed, digest = :digest, after_send =
  :after_send, release_at = :release_at, expires_at = :expires_at, held_reason = :held_reason, held_rules =
  :held_rules, released_by = :released_by, queued_mode = :queued_mode, cancelled_by = :cancelled_by,
  hold_reasons = :hold_reasons
where id = :id;

-- name: DeliveryInsert
insert into deliveries (
  outgoing_id, person_id, staff_id, name, email, mailbox, message_id, token, state, attempts, next_at,
  claimed_by, claimed_at, epoch, reply, why, sha256, accepted_at, updated_at
) values (
  :outgoing_id, :person_id, :staff_id, :name, :email, :mailbox, :message_id, :token, :state, :attempts,
  :next_at, :claimed_by, :claimed_at, :epoch, :reply, :why, :sha256, :accepted_at, :updated_at
)
returning id;

-- name: DeliverySet
update deliveries set
  state = :state, attempts = :attempts, next_at = :next_at, claimed_by = :claimed_by, claimed_at = :claimed_at,
  epoch = :epoch, reply = :reply, why = :why, sha256 = :sha256, accepted_at = :accepted_at, updated_at = :updated_at,
  left_by = :left_by
where id = :id and state in (:from_states)
  and (cast(:holder as text) = '' or (claimed_by = :holder and epoch = :epoch));

-- name: OutgoingByID
select {OutgoingColumns}, {OutgoingNames}
from outgoings o where o.id = cast(? as bigint);

-- name: DeliveriesOfOne
select {DeliveryColumns}
from deliveries d where d.outgoing_id = cast(? as bigint) order by d.id;

-- name: DeliveriesOf
select {DeliveryColumns}
from deliveries d where d.outgoing_id in (?) order by d.outgoing_id, d.id;

-- name: DeliveryByToken
select {DeliveryColumns}
from deliveries d where d.token = cast(? as text) and d.token <> '';

-- name: DeliveryByMessageID
select {DeliveryColumns}
from deliveries d where d.message_id = cast(? as text) and d.message_id <> '';

-- name: DeliveriesTo
select {DeliveryColumns}
from deliveries d where d.mailbox = cast(? as text) and d.updated_at >= ? and d.state in ('accepted', 'uncertain')
order by d.updated_at desc, d.id desc limit 20;

-- name: AutomaticTo
select count(*) from deliveries d join outgoings o on o.id = d.outgoing_id
where d.mailbox = cast(? as text) and o.purpose in ('ack', 'receipt') and o.created_at >= ?;

-- name: AutomaticToOn
select count(*) from deliveries d join outgoings o on o.id = d.outgoing_id
where d.mailbox = cast(? as text) and o.purpose in ('ack', 'receipt') and o.ticket_id = cast(? as bigint) and o.created_at >= ?;

-- name: AutomaticFrom
select count(*) from deliveries d join outgoings o on o.id = d.outgoing_id
where o.mailbox_id = cast(? as bigint) and o.purpose in ('ack', 'receipt') and o.created_at >= ?;
