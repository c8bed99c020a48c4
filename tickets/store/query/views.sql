-- What pages show of rows that were found visible before.

-- The clock of a row is the one that runs, else the latest. The last text is not
-- that of a call: what was logged about calls is private.
-- name: TicketViews
select {TicketColumns},
  coalesce(c.ref, '') as case_ref, coalesce(c.child_name, '') as child_name, coalesce(c.dob, '') as dob,
  coalesce(c.stage, '') as stage, coalesce(c.school, '') as school, coalesce(c.restricted, false) as restricted,
  coalesce(so.name, '') as owner_name, coalesce(sd.name, '') as deputy_name,
  coalesce(p.name, t.requester_email) as requester, coalesce(l.relation, '') as relation,
  coalesce(b.name, '') as mailbox_name,
  coalesce((
    select substr(coalesce(x.reply, x.words), 1, 400) from messages m join bodies x on x.message_id = m.id
    where m.ticket_id = t.id and m.channel = 'email' order by m.received_at desc, m.id desc limit 1), '') as last_text,
  (select k.id from clocks k where k.ticket_id = t.id
    order by case when k.stopped_at is null then 0 else 1 end, k.id desc limit 1) as clock_id
from tickets t
left join cases c on c.id = t.case_id
left join staff so on so.id = t.owner_id
left join staff sd on sd.id = so.deputy_id
left join people p on p.id = t.requester_id
left join links l on l.case_id = t.case_id and l.person_id = t.requester_id
left join mailboxes b on b.id = t.mailbox_id
where t.id in (?);

-- name: ClocksByID
select {ClockColumns}
from clocks k where k.id in (?);

-- Merged tickets bring what belongs to the same case.
-- part: MergedHere
  with recursive here (id) as (
    select cast(? as bigint) union
    select t.id from tickets t join here h on t.merged_into = h.id)

-- name: TimelineMessages
select {MessageColumns}, {BodyColumns},
  coalesce(p.name, '') as person_name, coalesce(s.name, '') as staff_name, coalesce(l.relation, '') as relation
from messages m
left join bodies b on b.message_id = m.id
left join people p on p.id = m.person_id
left join staff s on s.id = m.staff_id
left join links l on l.case_id = m.case_id and l.person_id = m.person_id
where m.ticket_id = cast(? as bigint) order by m.received_at, m.id;

-- name: TimelineLetters
{MergedHere}
select {OutgoingColumns}, {OutgoingNames}
from outgoings o
where o.ticket_id in (select h.id from here h)
  and (o.case_id is null or o.case_id = coalesce((select tc.case_id from tickets tc where tc.id = cast(? as bigint)), o.case_id))
order by o.created_at, o.id;

-- Nothing here says that a note exists: notes have a permission of their own.
-- name: TimelineEvents
select {EventColumns}, coalesce(s.name, '') as staff_name
from events e left join staff s on s.id = e.staff_id
where e.ticket_id = cast(? as bigint) and e.kind <> 'note_added' order by e.id;

-- name: NotesOfTicket
{MergedHere}
select {NoteColumns}, coalesce(s.name, 'hearback') as author
from notes n left join staff s on s.id = n.author_id
where n.ticket_id in (select h.id from here h)
  and (n.case_id is null or n.case_id = (select tc.case_id from tickets tc where tc.id = cast(? as bigint)) or n.ticket_id = cast(? as bigint))
order by n.created_at, n.id;

-- name: BodiesByID
select b.message_id, m.subject, b.words, b.reply
from bodies b join messages m on m.id = b.message_id where b.message_id in (?);

-- name: MessagesByID
select {MessageColumns}, {BodyColumns}
from messages m left join bodies b on b.message_id = m.id where m.id in (?);
