-- Tickets, messages, notes, events: what intake and the verbs write and read.

-- name: TicketInsert
insert into tickets (
  ref, case_id, team_id, owner_id, mailbox_id, state, category, due_at, last_inbound_at, received_at,
  last_answer_at, finished_at, created_at, requester_id, suggested_id, merged_into, chasers, version,
  requester_mailbox, requester_email, subject, ask, reason, alert, suggested_person_id, suggested_sender
) values (
  :ref, :case_id, :team_id, :owner_id, :mailbox_id, :state, :category, :due_at, :last_inbound_at,
  :received_at, :last_answer_at, :finished_at, :created_at, :requester_id, :suggested_id, :merged_into,
  :chasers, :version, :requester_mailbox, :requester_email, :subject, :ask, :reason, :alert,
  :suggested_person_id, :suggested_sender
)
returning id;

-- name: TicketUpdate
update tickets set
  case_id = :case_id, team_id = :team_id, owner_id = :owner_id, mailbox_id = :mailbox_id, state = :state,
  category = :category, last_inbound_at = :last_inbound_at, received_at = :received_at, last_answer_at =
  :last_answer_at, finished_at = :finished_at, requester_id = :requester_id, suggested_id = :suggested_id,
  merged_into = :merged_into, chasers = :chasers, requester_mailbox = :requester_mailbox, requester_email =
  :requester_email, subject = :subject, ask = :ask, reason = :reason, alert = :alert,
  suggested_person_id = :suggested_person_id, suggested_sender = :suggested_sender, version = case when
  :version > version then :version else version end
where id = :id;

-- name: MessageInsert
insert into messages (
  ticket_id, case_id, mailbox_id, direction, channel, kind, person_id, from_name, from_email, from_mailbox,
  to_text, subject, message_id, raw_id, content_hash, parts, has_html, auth, reason, evidence, problems,
  unconfirmed, outgoing_id, staff_id, received_at, created_at, junk, outside, history, machine,
  answers_mail, to_scan
) values (
  :ticket_id, :case_id, :mailbox_id, :direction, :channel, :kind, :person_id, :from_name, :from_email,
  :from_mailbox, :to_text, :subject, :message_id, :raw_id, :content_hash, :parts, :has_html, :auth, :reason,
  :evidence, :problems, :unconfirmed, :outgoing_id, :staff_id, :received_at, :created_at, :junk, :outside, :history,
  :machine, :answers_mail, :to_scan
)
on conflict (mailbox_id, content_hash) where content_hash <> '' do nothing
returning id;

-- name: NoteInsert
insert into notes (
  ticket_id, case_id, author_id, for_id, words, source, raw_id, mailbox_id, content_hash, created_at
) values (
  :ticket_id, :case_id, :author_id, :for_id, :words, :source, :raw_id, :mailbox_id, :content_hash, :created_at
)
on conflict (mailbox_id, content_hash) where content_hash <> '' do nothing
returning id;

-- name: EventInsert
insert into events (
  ticket_id, case_id, kind, at, staff_id, system, data
) values (
  :ticket_id, :case_id, :kind, :at, :staff_id, :system, :data
)
returning id;

-- name: TicketByID
select {TicketColumns}
from tickets t where t.id = cast(? as bigint);

-- name: TicketsByID
select {TicketColumns}
from tickets t where t.id in (?);

-- name: EventsOfTicket
select {EventColumns}
from events e where e.ticket_id = cast(? as bigint) order by e.id;

-- name: TicketVersion
update tickets set version = ? where id = ?;

-- name: TicketDue
update tickets set due_at = coalesce(
  (select min(k.due_at) from clocks k where k.ticket_id = cast(? as bigint) and k.stopped_at is null and k.paused_at is null), ?)
where id = ?;

-- name: BodyInsert
insert into bodies (message_id, words, reply) values (?, ?, ?);

-- name: CallInsert
insert into calls (
  message_id, direction, answered, number, person_id, identity_ok, summary, promise, promise_by, stops_clock,
  stops_reason
) values (
  :message_id, :direction, :answered, :number, :person_id, :identity_ok, :summary, :promise, :promise_by,
  :stops_clock, :stops_reason
);

-- name: CallsOf
select message_id, direction, answered, number, person_id, identity_ok, summary, promise, promise_by, stops_clock,
  stops_reason
from calls where message_id in (?);

-- name: MessageByID
select {MessageColumns}, {BodyColumns}
from messages m left join bodies b on b.message_id = m.id where m.id = cast(? as bigint);

-- name: MessagesMove
update messages set ticket_id = ?, case_id = ? where ticket_id = ?;

-- name: MessagePlace
update messages set ticket_id = ?, case_id = ?, person_id = ?, unconfirmed = ?, reason = ? where id = ?;

-- The notes of colleagues who answered by mail count as well; they have no message.
-- name: ContentKnown
select m.id from messages m where m.mailbox_id = cast(? as bigint) and m.content_hash = cast(? as text) and m.content_hash <> ''
union all
select 0 from notes n where n.mailbox_id = cast(? as bigint) and n.content_hash = cast(? as text) and n.content_hash <> '';

-- name: OthersOnTicket
select count(*) from (select 1 from messages m where m.ticket_id = cast(? as bigint) and m.id <> cast(? as bigint) limit 1) x;
