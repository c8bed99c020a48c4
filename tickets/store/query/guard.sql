-- What the guard is told about a case, read in one snapshot.

-- name: GuardElsewhere
select {PartyColumns}
from addresses a
join people p on p.id = a.person_id
join links l on l.person_id = p.id
where a.loose in (?) order by l.case_id, l.id;

-- A ticket that was put on the case later brings its notes with it.
-- name: GuardNotes
select n.id, n.words, n.created_at, coalesce(s.name, '') as author
from notes n left join staff s on s.id = n.author_id
where n.case_id = cast(? as bigint) or n.ticket_id = cast(? as bigint) or n.ticket_id in (select t.id from tickets t where t.case_id = cast(? as bigint))
order by n.id;

-- name: GuardCalls
select m.id, c.summary as words, m.created_at, coalesce(s.name, '') as author
from calls c join messages m on m.id = c.message_id left join staff s on s.id = m.staff_id
where c.summary <> ''
  and (m.case_id = cast(? as bigint) or m.ticket_id = cast(? as bigint) or m.ticket_id in (select t.id from tickets t where t.case_id = cast(? as bigint)))
order by m.id;

-- Mail of strangers whom nobody has accepted is not something that we may quote.
-- name: GuardSeenIn
select m.from_mailbox as mailbox, m.subject, b.words
from messages m join bodies b on b.message_id = m.id
where m.direction = 'in' and not m.unconfirmed and m.from_mailbox in (?)
  and (m.ticket_id = cast(? as bigint) or m.case_id = cast(? as bigint))
order by m.id;

-- A letter that went to somebody who should not have had it makes nothing known,
-- and the letter that is being judged does not speak for itself.
-- name: GuardSeenOut
select d.mailbox, o.subject, o.body as words
from deliveries d join outgoings o on o.id = d.outgoing_id
where d.mailbox in (?) and o.id <> cast(? as bigint) and d.state in ('accepted', 'uncertain') and o.purpose in ('reply', 'relay')
  and not exists (select 1 from incidents i where i.outgoing_id = o.id)
  and (o.ticket_id = cast(? as bigint) or o.case_id = cast(? as bigint))
order by d.id;

-- name: GuardPlace
select t.id, t.case_id, t.team_id, t.owner_id from tickets t where t.id = cast(? as bigint);

-- name: MailboxesFolded
select b.folded from mailboxes b order by b.folded;
