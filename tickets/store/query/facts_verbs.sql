-- What the verbs of the register ask and keep, and what the guard is told of it.

-- name: ReasonInsert
insert into register_reasons (case_id, person_id, what, words, by_id, at) values (:case_id, :person_id, :what, :words, :by_id, :at)
returning id;

-- name: ReasonsOfCase
select r.id, r.case_id, r.person_id, r.what, r.words, r.by_id, r.at
from register_reasons r where r.case_id = cast(? as bigint) order by r.id desc limit 200;

-- name: MergeReasons
update register_reasons set person_id = ? where person_id = ?;

-- name: TicketsOpenOfCase
select t.id from tickets t where t.case_id = cast(? as bigint) and t.state not in ('finished', 'merged', 'not_ours') order by t.id;

-- Letters to people outside that are on a case, or on an enquiry of it, and have not left.
-- name: LettersWaitingOnCase
select o.id from outgoings o
where (o.case_id = cast(? as bigint) or o.ticket_id in (select t.id from tickets t where t.case_id = cast(? as bigint)))
  and o.purpose <> 'notice' and o.id in (select d.outgoing_id from deliveries d where d.state = 'queued')
order by o.id;

-- name: DomainsApproved
select
  d.id, d.domain, d.remove, d.asked_by, d.asked_at, d.approved_by, d.settled_at, d.refused
from staff_domain_changes d where d.settled_at is not null and d.approved_by is not null and not d.refused
order by d.settled_at, d.id;

-- name: AlarmTake
insert into register_alarms (key, told_at) values (?, ?) on conflict (key) do nothing;

-- name: DirectoryAge
select min(x.exported_at) as exported_at
from (select g.exported_at from directory_groups g union all select f.exported_at from directory_forwards f) x;

-- name: SiblingsAll
select s.case_id, s.other_id from siblings s order by s.case_id, s.other_id;

-- name: GuardRestrictions
select
  r.id, r.case_id, r.person_id, r.against_id, r.kind, r.source, r.document, r.reason, r.starts_on,
  r.review_by, r.interim, r.entered_by, r.entered_at, r.end_asked_by, r.end_asked_at, r.end_reason,
  r.ended_at, r.end_approved_by
from restrictions r
where r.ended_at is null and (r.case_id = cast(? as bigint) or r.person_id in (?)) order by r.id;

-- A fact that stands on a restriction is protected for as long as that counts.
-- name: GuardProtected
select
  f.id, f.case_id, f.person_id, f.against_id, f.restriction_id, f.kind, f.value, f.entered_at
from protected_facts f
where f.case_id = cast(? as bigint) and f.removed_at is null
  and (f.restriction_id is null or f.restriction_id in (select r.id from restrictions r where r.ended_at is null))
order by f.id;

-- What a person told us about a case by mail. Calls are private anyway.
-- name: GuardConfidences
select m.id, m.person_id, m.received_at, m.subject, b.words, coalesce(b.reply, '') as reply
from messages m join bodies b on b.message_id = m.id
where m.direction = 'in' and m.case_id = cast(? as bigint) and m.person_id in (?)
order by m.id desc limit 200;

-- Whom a mailbox belongs to in another spelling than the one that is recorded.
-- name: SendersLoose
select {PartyColumns}, {CaseFactColumns},
  a.id as "a.id", a.person_id as "a.person_id", a.email as "a.email", a.mailbox as "a.mailbox",
  a.confidential as "a.confidential", a.verified_at as "a.verified_at", a.bounced as "a.bounced",
  a.created_at as "a.created_at"
from addresses a
join people p on p.id = a.person_id
join links l on l.person_id = p.id
join cases c on c.id = l.case_id
where a.loose = cast(? as text) and a.mailbox <> cast(? as text) order by c.id, p.id;

-- name: AddressesNotLoose
select a.id, a.email from addresses a where a.loose = '' order by a.id limit 1000;

-- name: AddressLoose
update addresses set loose = ? where id = ?;

-- name: AuthoritiesEnding
select
  r.id, r.case_id, r.person_id, r.for_person_id, r.kind, r.document, r.given_on, r.expires_on, r.entered_by,
  r.entered_at, r.ended_at
from representations r join cases c on c.id = r.case_id
where c.is_open and r.ended_at is null and r.expires_on <> '' and r.expires_on <= ? order by r.id;

-- name: CasesNotAsked
select {CaseColumns}
from cases c
where c.is_open and c.dob <> '' and c.dob < ?
  and c.id not in (select a.case_id from arrangements a where a.value <> 'not_asked') order by c.id;
