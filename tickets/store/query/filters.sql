-- Fragments from which filter.go composes lists, and nothing else does. Aliases are
-- fixed: t tickets, c cases, m messages, b mailboxes, o outgoings, r restrictions, w what waits
-- of an import.

-- name: Nothing
1 = 0

-- Who may see a ticket: it is the actor's own in some way or in the scope of the
-- role; for roles that are not cleared its case is not restricted, or the actor's own;
-- for roles that do not sort mail it is on a case. What somebody was let into counts
-- as their own while it lasts, by the time of the database.
-- name: TicketOwn
(t.owner_id = cast(? as bigint) or t.case_id in ({OwnCases}))

-- name: TicketOfTeam
t.team_id in (?)

-- name: TicketUnsorted
(t.case_id is null and t.team_id in (?))

-- name: TicketOfAppeal
t.case_id in ({Appeals})

-- name: TicketFlagged
(t.alert <> '' or t.case_id in ({Flagged}))

-- name: TicketNotRestricted
(t.case_id is null or t.owner_id = cast(? as bigint)
  or t.case_id not in (select rc.id from cases rc where rc.restricted)
  or t.case_id in ({OwnCases}))

-- name: TicketOnCase
t.case_id is not null

-- Who may see a case: the same, and whoever owns one of its tickets.
-- name: CaseOwn
(c.officer_id = cast(? as bigint) or c.fallback_id = cast(? as bigint)
  or c.id in (select ot.case_id from tickets ot where ot.owner_id = cast(? as bigint))
  or c.id in ({LetInto}))

-- name: CaseOfTeam
c.team_id in (?)

-- name: CaseOfAppeal
c.id in ({Appeals})

-- name: CaseFlagged
c.id in ({Flagged})

-- name: CaseNotRestricted
not c.restricted

-- name: CaseRestricted
c.restricted

-- What stands at the door of a case, and of an enquiry on one or on none.
-- name: SelectDoor
select c.id as case_id, c.ref as case_ref, c.team_id, c.restricted, coalesce(dl.name, '') as lead
from cases c left join teams dg on dg.id = c.team_id left join staff dl on dl.id = dg.lead_id

-- name: SelectTicketDoor
select t.case_id, coalesce(dc.ref, '') as case_ref, coalesce(dc.team_id, t.team_id) as team_id, coalesce(dc.restricted, {False}) as restricted,
  coalesce(dl.name, '') as lead
from tickets t left join cases dc on dc.id = t.case_id left join teams dg on dg.id = dc.team_id left join staff dl on dl.id = dg.lead_id

-- name: DoorOfTicket
c.id in (select dt.case_id from tickets dt where dt.ref = cast(? as text))

-- name: DoorOfLetter
c.id in (select dt.case_id from outgoings dx join tickets dt on dt.id = dx.ticket_id where dx.id = cast(? as bigint))

-- name: TicketOfLetter
t.id in (select dx.ticket_id from outgoings dx where dx.id = cast(? as bigint))

-- Who was let in.
-- name: SelectGrants
select l.id, l.case_id, l.staff_id, l.reason, l.asked_by, l.asked_at, l.approved_by, l.approved_at, l.until_at, l.broke_glass,
  l.refused, l.ended_at, c.ref as case_ref, coalesce(s1.name, '') as staff_name, coalesce(s2.name, '') as asked_name, coalesce(s3.name, '') as by_name
from case_grants l join cases c on c.id = l.case_id
left join staff s1 on s1.id = l.staff_id left join staff s2 on s2.id = l.asked_by left join staff s3 on s3.id = l.approved_by

-- name: GrantOwn
(l.staff_id = cast(? as bigint) or l.asked_by = cast(? as bigint))

-- name: OrderGrants
order by l.id desc limit 200

-- Automatic mail is on no ticket: whoever sorts the mailbox sees it.
-- name: MessageApart
m.ticket_id is null

-- name: MailboxInScope
(b.team_id is null or b.team_id in (?))

-- name: LetterOfActor
(o.ticket_id is null and o.author_id = cast(? as bigint))

-- name: LetterOfNobody
o.ticket_id is null

-- The views of the inbox.
-- name: ViewMine
t.state in ('triage', 'open', 'waiting_other', 'waiting_family')
and (t.owner_id = cast(? as bigint) or (t.owner_id is null and t.case_id in (select fc.id from cases fc where fc.fallback_id = cast(? as bigint))))

-- name: ViewTeam
t.state in ('open', 'waiting_other', 'waiting_family') and t.team_id in (?)

-- name: ViewTeamAll
t.state in ('open', 'waiting_other', 'waiting_family')

-- name: ViewWaiting
t.state in ('waiting_other', 'waiting_family')

-- name: ViewAnswered
t.state = 'answered'

-- name: ViewLate
t.state in ('triage', 'open', 'waiting_other', 'waiting_family', 'answered') and t.due_at < ?

-- name: ViewTriage
t.state = 'triage'

-- name: ViewUnconfirmed
t.state not in ('finished', 'merged', 'not_ours')
and ((t.state = 'triage' and t.category = 'unconfirmed')
  or t.id in (select um.ticket_id from messages um where um.unconfirmed))

-- name: ViewFinished
t.state in ('finished', 'not_ours')

-- name: ViewAll
t.state <> 'merged'

-- name: ViewOpen
t.state not in ('finished', 'merged', 'not_ours')

-- name: TicketState
t.state = cast(? as text)

-- name: TicketCase
t.case_id = cast(? as bigint)

-- name: TicketOwner
t.owner_id = cast(? as bigint)

-- name: TicketIDIn
t.id in (?)

-- name: TicketRefIs
t.ref = cast(? as text)

-- What a question can hit, as ids: the newest texts with its words that the actor
-- may see, references, and the names of children and of who asked. A union and not
-- "or", so that each part is answered by an index of its own.
-- name: MatchAnyOf
t.id in (

-- name: MatchUnion
union

-- name: MatchEnd
)

-- name: MatchTicketRef
select rt.id from tickets rt where rt.ref in (?)

-- name: MatchCaseRef
select rt.id from tickets rt where rt.case_id in (select xc.id from cases xc where xc.ref_fold like ? escape '\')

-- name: MatchChild
select rt.id from tickets rt where rt.case_id in (select xc.id from cases xc where

-- name: ChildLike
xc.child_fold like ? escape '\'

-- name: MatchRequester
select rt.id from tickets rt where rt.requester_id in (select xp.id from people xp where

-- name: RequesterLike
xp.name_fold like ? escape '\'

-- name: CaseMatchChild
c.child_fold like ? escape '\'

-- name: CaseMatchPerson
c.id in (select pl.case_id from links pl join people pp on pp.id = pl.person_id where pp.name_fold like ? escape '\')

-- name: CaseMatchRef
(c.ref_fold like ? escape '\' or lower(c.upn) = ? or c.nhs = cast(? as text))

-- name: CaseRefIs
c.ref = cast(? as text)

-- name: CaseIsOpen
c.is_open

-- Somebody whose account was closed answers for nobody.
-- name: CaseNoOfficer
(c.officer_id is null or exists (select 1 from staff z where z.id in (c.officer_id, c.fallback_id) and not z.active))

-- Pages follow each other by the keys of the order, never by counting rows.
-- name: AfterDue
(t.due_at > ? or (t.due_at = ? and (t.last_inbound_at < ? or (t.last_inbound_at = ? and t.id < ?))))

-- name: AfterNewest
(t.last_inbound_at < ? or (t.last_inbound_at = ? and t.id < ?))

-- name: AfterCase
c.ref > ?

-- name: OrderDue
order by t.due_at, t.last_inbound_at desc, t.id desc limit ?

-- name: OrderNewest
order by t.last_inbound_at desc, t.id desc limit ?

-- name: OrderCase
order by c.ref limit ?

-- name: HasDue
t.due_at < ?

-- name: DueFrom
t.due_at >= ?

-- name: ChasedTwice
t.state in ('triage', 'open', 'waiting_other') and t.chasers >= 2

-- The heads of the lists.
-- name: SelectTicketKeys
select t.id, t.due_at, t.last_inbound_at from tickets t

-- name: CountTickets
select count(*) from tickets t

-- name: SelectTicketRefs
select t.id, t.ref from tickets t

-- name: SelectTicketID
select t.id from tickets t

-- name: SelectCases
select {CaseColumns},
  coalesce(g.name, '') as team_name, coalesce(so.name, '') as officer_name, coalesce(sf.name, '') as fallback_name
from cases c
left join teams g on g.id = c.team_id
left join staff so on so.id = c.officer_id
left join staff sf on sf.id = c.fallback_id

-- name: CountCases
select count(*) from cases c

-- name: SelectMessageID
select m.id from messages m
left join tickets t on t.id = m.ticket_id
left join mailboxes b on b.id = m.mailbox_id
left join cases c on c.id = m.case_id

-- name: MessageIDIs
m.id = cast(? as bigint)

-- name: MessageOnTicket
m.ticket_id is not null

-- name: MessageOnNoCase
m.case_id is null

-- name: MessageAutomatic
m.kind <> 'human' and m.channel = 'email' and m.direction = 'in'

-- What was written outside hearback and is on no ticket.
-- name: MessageSentApart
m.outside and m.direction = 'out'

-- name: OrderMessages
order by m.received_at desc, m.id desc limit ?

-- name: SelectLetters
select {OutgoingColumns}, {OutgoingNames}
from outgoings o left join tickets t on t.id = o.ticket_id

-- name: LetterOnTicket
o.ticket_id is not null

-- name: LetterTicketIs
o.ticket_id = cast(? as bigint)

-- name: LetterInStates
o.id in (select ld.outgoing_id from deliveries ld where ld.state in (?))

-- name: OrderLetters
order by o.id desc limit ?

-- name: SelectLedger
select {LedgerColumns}, b.name as mailbox, coalesce(t.ref, '') as ticket_ref,
  (m.ticket_id is not null and t.id is null) as elsewhere
from ledger e
join mailboxes b on b.id = e.mailbox_id
left join messages m on m.id = e.message_id
left join tickets t on t.id = m.ticket_id and

-- name: CountLedger
select e.fate, count(*) as n from ledger e join mailboxes b on b.id = e.mailbox_id

-- name: GroupLedger
group by e.fate

-- name: LedgerMailbox
e.mailbox_id = cast(? as bigint)

-- name: LedgerFate
e.fate = cast(? as text)

-- name: LedgerBefore
e.id < ?

-- name: OrderLedger
order by e.id desc limit ?

-- name: SelectSteps
select s.clock_id, s.step, s.due_at, s.done_at, s.late, s.outgoing_id, k.ticket_id
from clock_steps s join clocks k on k.id = s.clock_id join tickets t on t.id = k.ticket_id

-- name: StepsSince
s.done_at >= ?

-- name: OrderSteps
order by s.done_at desc, s.clock_id desc, s.step limit ?

-- name: SelectOnTime
select count(*) as closed, coalesce(sum(case when k.stopped_at <= k.due_at then 1 else 0 end), 0) as on_time
from clocks k join tickets t on t.id = k.ticket_id

-- name: ClockDueWithin
k.kind = 'first_response' and k.due_at > ? and k.due_at <= ?

-- name: SelectLoad
select t.owner_id, count(*) as n, sum(case when t.due_at < ? then 1 else 0 end) as late from tickets t

-- name: GroupLoadOwned
t.owner_id is not null

-- name: GroupLoad
group by t.owner_id

-- What of the register waits for somebody.
-- name: SelectReviews
select
  r.id, r.case_id, r.person_id, r.against_id, r.kind, r.source, r.document, r.reason, r.starts_on,
  r.review_by, r.interim, r.entered_by, r.entered_at, r.end_asked_by, r.end_asked_at, r.end_reason,
  r.ended_at, r.end_approved_by
from restrictions r join cases c on c.id = r.case_id

-- name: ReviewBefore
r.ended_at is null and r.review_by <> '' and r.review_by < ?

-- name: OrderReviews
order by r.review_by, r.id limit 500

-- name: SelectWaiting
select
  w.id, w.import_id, w.case_id, w.person_id, w.change, w.change_key, w.why, w.settled_by, w.settled_at,
  w.taken
from import_waiting w join cases c on c.id = w.case_id

-- name: CountWaiting
select count(*) from import_waiting w join cases c on c.id = w.case_id

-- name: WaitingIsOpen
w.settled_at is null

-- name: OrderWaiting
order by w.id limit ?

-- The audit: alias a.
-- name: SelectAudit
select a.id, a.at, a.staff_id, a.system, a.role, a.action, a.object, a.case_id, a.from_net, a.detail from audit_records a

-- With names, and the reference of a case where the reader may know of it.
-- name: SelectAuditLines
select a.id, a.at, a.staff_id, a.system, a.role, a.action, a.object, a.case_id, a.from_net, a.detail,
  coalesce(s.name, '') as who, coalesce(c.ref, '') as case_ref,
  exists (select 1 from audit_sealed z where z.record_id = a.id) as sealed
from audit_records a left join staff s on s.id = a.staff_id left join cases c on c.id = a.case_id and

-- name: CountAudit
select count(*) from audit_records a

-- name: AuditStaff
a.staff_id = cast(? as bigint)

-- name: AuditCase
a.case_id = cast(? as bigint)

-- name: AuditAction
a.action = ?

-- name: AuditFrom
a.at >= ?

-- name: AuditUntil
a.at < ?

-- name: AuditBefore
a.id < ?

-- name: OrderAudit
order by a.id desc limit ?

-- Letters to many families: alias g; their lines: alias x.
-- name: MailingOwn
g.author_id = cast(? as bigint)

-- name: MailingOfTeam
(b.team_id is null or b.team_id in (?))

-- name: CountMailingsAsked
select count(*) from mailings g join mailboxes b on b.id = g.mailbox_id

-- name: MailingAsked
g.state = 'asked' and g.author_id <> cast(? as bigint)

-- name: OrderMailings
order by g.id desc limit 200

-- name: MailingIs
x.mailing_id = cast(? as bigint)

-- name: MailingLetterIs
x.id = cast(? as bigint)

-- name: MailingLetterIn
x.state in (?)

-- name: MailingLetterAfter
x.id > cast(? as bigint)

-- name: OrderMailingLetters
order by x.id limit ?

-- name: CountMailingLetters
select x.state, coalesce(dd.state, '') as delivery, count(*) as n,
  sum(case when x.state = 'waiting' and x.checked_at is null then 1 else 0 end) as unchecked
from mailing_letters x join cases c on c.id = x.case_id left join deliveries dd on dd.outgoing_id = x.outgoing_id

-- name: GroupMailingLetters
group by x.state, dd.state

-- name: OrderMailingCases
order by c.ref
