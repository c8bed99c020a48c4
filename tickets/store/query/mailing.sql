-- Letters to many families.

-- name: MailingInsert
insert into mailings (title, mailbox_id, author_id, state, filter, subject, body, per_hour, files, created_at, changed_at, version)
values (:title, :mailbox_id, :author_id, :state, :filter, :subject, :body, :per_hour, :files, :created_at, :changed_at, :version) returning id;

-- name: MailingUpdate
update mailings set title = :title, mailbox_id = :mailbox_id, state = :state, filter = :filter, subject = :subject, body = :body,
  per_hour = :per_hour, files = :files, digest = :digest, made_at = :made_at, asked_at = :asked_at, approved_by = :approved_by,
  approved_at = :approved_at, answer = :answer, changed_at = :changed_at, version = :version where id = :id;

-- name: MailingByID
select g.id, g.title, g.mailbox_id, g.author_id, g.state, g.filter, g.subject, g.body, g.per_hour, g.files, g.digest, g.made_at, g.asked_at,
  g.approved_by, g.approved_at, g.answer, g.created_at, g.changed_at, g.version,
  (select b.team_id from mailboxes b where b.id = g.mailbox_id) as team_id,
  (select b.address from mailboxes b where b.id = g.mailbox_id) as mailbox,
  coalesce((select s.name from staff s where s.id = g.author_id), '') as author_name,
  coalesce((select s.name from staff s where s.id = g.approved_by), '') as by_name
from mailings g where g.id = cast(? as bigint);

-- name: MailingsList
select g.id, g.title, g.mailbox_id, g.author_id, g.state, g.filter, g.subject, g.body, g.per_hour, g.files, g.digest, g.made_at, g.asked_at,
  g.approved_by, g.approved_at, g.answer, g.created_at, g.changed_at, g.version, b.team_id, b.address as mailbox,
  coalesce(sa.name, '') as author_name, coalesce(sb.name, '') as by_name
from mailings g join mailboxes b on b.id = g.mailbox_id left join staff sa on sa.id = g.author_id left join staff sb on sb.id = g.approved_by;

-- name: MailingsGoing
select g.id from mailings g where g.state = cast(? as text) and g.state in ('checking', 'sending') order by g.id;

-- name: MailingLetterInsert
insert into mailing_letters (mailing_id, case_id, person_id, name, email, also, state, why, decision, findings, confirmed, digest)
values (:mailing_id, :case_id, :person_id, :name, :email, :also, :state, :why, :decision, :findings, :confirmed, :digest) returning id;

-- What waits can become something else; what is queued stays as it is.
-- name: MailingLetterUpdate
update mailing_letters set email = :email, state = :state, why = :why, decision = :decision, findings = :findings, confirmed = :confirmed,
  digest = :digest, checked_at = :checked_at, approved = :approved, ticket_id = :ticket_id, outgoing_id = :outgoing_id, queued_at = :queued_at
where id = :id and outgoing_id is null;

-- name: MailingLettersDrop
delete from mailing_letters where mailing_id = cast(? as bigint) and outgoing_id is null;

-- name: MailingLetterByID
select x.id, x.mailing_id, x.case_id, x.person_id, x.name, x.email, x.also, x.state, x.why, x.decision, x.findings, x.confirmed, x.digest,
  x.checked_at, x.approved, x.ticket_id, x.outgoing_id, x.queued_at
from mailing_letters x where x.id = cast(? as bigint);

-- name: MailingLettersOf
select x.id, x.mailing_id, x.case_id, x.person_id, x.name, x.email, x.also, x.state, x.why, x.decision, x.findings, x.confirmed, x.digest,
  x.checked_at, x.approved, x.ticket_id, x.outgoing_id, x.queued_at
from mailing_letters x where x.mailing_id = cast(? as bigint) order by x.id;

-- name: MailingLettersNext
select x.id from mailing_letters x where x.mailing_id = cast(? as bigint) and x.state = 'waiting' order by x.id limit ?;

-- name: MailingLettersUnchecked
select x.id from mailing_letters x where x.mailing_id = cast(? as bigint) and x.state = 'waiting' and x.checked_at is null order by x.id limit ?;

-- name: MailingQueuedSince
select count(*) from mailing_letters x where x.mailing_id = cast(? as bigint) and x.queued_at > ?;

-- name: MailingLettersSeen
select x.id, x.mailing_id, x.case_id, x.person_id, x.name, x.email, x.also, x.state, x.why, x.decision, x.findings, x.confirmed, x.digest,
  x.checked_at, x.approved, x.ticket_id, x.outgoing_id, x.queued_at, c.ref as case_ref, c.child_name, coalesce(tt.ref, '') as ticket_ref,
  coalesce(dd.state, '') as delivery, coalesce(dd.why, '') as delivery_why, dd.accepted_at as arrived_at
from mailing_letters x join cases c on c.id = x.case_id left join tickets tt on tt.id = x.ticket_id
left join deliveries dd on dd.outgoing_id = x.outgoing_id;

-- Open cases, for whom a mailing can be.
-- name: MailingCases
select {CaseColumns} from cases c;

-- name: MergeMailings
update mailing_letters set person_id = ? where person_id = ?;

-- name: ExportMailings
select g.id, g.title, b.address as mailbox, g.author_id, g.state, g.filter, g.subject, g.body, g.per_hour, g.made_at, g.asked_at, g.approved_by,
  g.approved_at, g.answer, g.created_at, g.changed_at
from mailings g join mailboxes b on b.id = g.mailbox_id order by g.id;

-- name: ExportMailingLetters
select x.id, x.mailing_id, c.ref as case_ref, x.person_id, x.name, x.email, x.state, x.why, x.decision, x.checked_at, x.queued_at,
  x.outgoing_id as letter_id
from mailing_letters x join cases c on c.id = x.case_id order by x.id;
