-- What is known about the keys of a mail.

-- name: MailboxOwn
select count(*) from mailboxes b where b.folded in (?, ?);

-- name: TokensKnown
select d.token, o.ticket_id, o.case_id, o.purpose, d.mailbox, d.id as delivery_id
from deliveries d join outgoings o on o.id = d.outgoing_id where d.token in (?) order by d.id;

-- name: ThreadsKnown
select m.message_id, m.ticket_id, coalesce(o.purpose, '') as purpose
from messages m left join outgoings o on o.id = m.outgoing_id
where m.message_id in (?) and m.message_id <> '' and m.ticket_id is not null
union
select d.message_id, o.ticket_id, o.purpose
from deliveries d join outgoings o on o.id = d.outgoing_id
where d.message_id in (?) and d.message_id <> '' and o.ticket_id is not null
order by 2, 3;

-- Who wrote (strangers whom nobody accepted have no part) or was written to.
-- name: Participants
select m.ticket_id, m.from_mailbox as mailbox from messages m
where m.ticket_id in (?) and m.direction = 'in' and not m.unconfirmed and m.from_mailbox <> ''
union
select o.ticket_id, d.mailbox from deliveries d join outgoings o on o.id = d.outgoing_id
where o.ticket_id in (?) and o.purpose in ('reply', 'ack', 'relay', 'receipt') and d.state <> 'cancelled'
order by 1, 2;

-- part: CaseFactColumns
  c.id as "c.id", c.ref as "c.ref", c.child_name as "c.child_name", c.dob as "c.dob", c.upn as "c.upn",
  c.nhs as "c.nhs", c.school as "c.school", c.stage as "c.stage", c.team_id as "c.team_id",
  c.officer_id as "c.officer_id", c.fallback_id as "c.fallback_id", c.restricted as "c.restricted",
  c.is_open as "c.is_open", c.created_at as "c.created_at"

-- name: SendersKnown
select {PartyColumns}, {CaseFactColumns},
  a.id as "a.id", a.person_id as "a.person_id", a.email as "a.email", a.mailbox as "a.mailbox",
  a.confidential as "a.confidential", a.verified_at as "a.verified_at", a.bounced as "a.bounced",
  a.created_at as "a.created_at"
from addresses a
join people p on p.id = a.person_id
join links l on l.person_id = p.id
join cases c on c.id = l.case_id
where a.mailbox = cast(? as text) order by c.id, p.id;

-- The same mail in another mailbox of ours, on a ticket.
-- name: CopyElsewhere
select m.id from messages m
where m.mailbox_id in (select b.id from mailboxes b where b.id <> cast(? as bigint)) and m.content_hash = cast(? as text) and m.content_hash <> ''
  and m.ticket_id is not null and m.direction = 'in'
order by m.id limit 1;

-- What was written outside hearback, in one mailbox or in any.
-- name: OutsideByNumber
select m.id from messages m
where m.message_id = cast(? as text) and m.message_id <> '' and m.outside
  and (m.mailbox_id = cast(? as bigint) or cast(? as bigint) = 0)
order by m.id limit 1;

-- name: OutsideAnswers
select m.id from messages m
where m.answers_mail = cast(? as text) and m.answers_mail <> '' and m.mailbox_id = cast(? as bigint)
order by m.received_at, m.id limit 1;

-- name: PhoneOwners
select distinct f.person_id from phones f where f.digits = cast(? as text) order by f.person_id;

-- More than 200 that wait decide nothing that 200 do not.
-- name: TicketsWaitingOf
select {TicketColumns}
from tickets t
where (t.case_id in (?) or (t.case_id is null and t.requester_id in (?)))
  and t.state not in ('finished', 'merged', 'not_ours')
order by t.received_at desc, t.id desc limit 200;
