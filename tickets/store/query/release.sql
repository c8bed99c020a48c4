-- Second looks, incidents, reports that a check is wrong.

-- name: SecondInsert
insert into second_looks (ticket_id, case_id, author_id, asked_id, digest, letter, findings, reason, asked_at, expires_at, state)
values (:ticket_id, :case_id, :author_id, :asked_id, :digest, :letter, :findings, :reason, :asked_at, :expires_at, :state) returning id;

-- What was asked stays as it was; only what became of it changes.
-- name: SecondUpdate
update second_looks set state = :state, settled_by = :settled_by, settled_at = :settled_at, basis = :basis, answer = :answer,
  outgoing_id = :outgoing_id where id = :id;

-- name: SecondByID
select x.id, x.ticket_id, x.case_id, x.author_id, x.asked_id, x.digest, x.letter, x.findings, x.reason, x.asked_at, x.expires_at, x.state,
  x.settled_by, x.settled_at, x.basis, x.answer, x.outgoing_id, (select t.ref from tickets t where t.id = x.ticket_id) as ticket_ref,
  coalesce((select s.name from staff s where s.id = x.author_id), '') as author_name,
  coalesce((select s.name from staff s where s.id = x.asked_id), '') as asked_name,
  coalesce((select s.name from staff s where s.id = x.settled_by), '') as by_name
from second_looks x where x.id = ?;

-- name: SecondOfLetter
select x.id from second_looks x where x.outgoing_id = ?;

-- name: SecondsList
select x.id, x.ticket_id, x.case_id, x.author_id, x.asked_id, x.digest, x.letter, x.findings, x.reason, x.asked_at, x.expires_at, x.state,
  x.settled_by, x.settled_at, x.basis, x.answer, x.outgoing_id, t.ref as ticket_ref, coalesce(sa.name, '') as author_name,
  coalesce(sk.name, '') as asked_name, coalesce(sb.name, '') as by_name
from second_looks x join tickets t on t.id = x.ticket_id
left join staff sa on sa.id = x.author_id left join staff sk on sk.id = x.asked_id left join staff sb on sb.id = x.settled_by;

-- name: IncidentInsert
insert into incidents (outgoing_id, ticket_id, case_id, reported_by, reported_at, aware_at, due_at, got_by, what, address_shown, stopped)
values (:outgoing_id, :ticket_id, :case_id, :reported_by, :reported_at, :aware_at, :due_at, :got_by, :what, :address_shown, :stopped) returning id;

-- What was reported stays as it was.
-- name: IncidentUpdate
update incidents set steps = :steps, risk = :risk, assessment = :assessment, ico_ref = :ico_ref, closed_by = :closed_by,
  closed_at = :closed_at, lessons = :lessons where id = :id;

-- name: IncidentByID
select x.id, x.outgoing_id, x.ticket_id, x.case_id, x.reported_by, x.reported_at, x.aware_at, x.due_at, x.got_by, x.what, x.address_shown,
  x.stopped, x.steps, x.risk, x.assessment, x.ico_ref, x.closed_by, x.closed_at, x.lessons,
  (select t.ref from tickets t where t.id = x.ticket_id) as ticket_ref,
  coalesce((select s.name from staff s where s.id = x.reported_by), '') as reported_name,
  coalesce((select s.name from staff s where s.id = x.closed_by), '') as closed_name
from incidents x where x.id = ?;

-- name: IncidentOfLetter
select x.id from incidents x where x.outgoing_id = ?;

-- name: IncidentsList
select x.id, x.outgoing_id, x.ticket_id, x.case_id, x.reported_by, x.reported_at, x.aware_at, x.due_at, x.got_by, x.what, x.address_shown,
  x.stopped, x.steps, x.risk, x.assessment, x.ico_ref, x.closed_by, x.closed_at, x.lessons, t.ref as ticket_ref,
  coalesce(sr.name, '') as reported_name, coalesce(sc.name, '') as closed_name
from incidents x join tickets t on t.id = x.ticket_id left join staff sr on sr.id = x.reported_by left join staff sc on sc.id = x.closed_by;

-- name: GuardReportInsert
insert into guard_reports (ticket_id, rules, words, by_id, at) values (:ticket_id, :rules, :words, :by_id, :at) returning id;

-- name: GuardReportsList
select x.id, x.ticket_id, x.rules, x.words, x.by_id, x.at, x.settled_by, x.settled_at, x.outcome, x.answer, t.ref as ticket_ref,
  coalesce(sb.name, '') as by_name, coalesce(ss.name, '') as settled_name
from guard_reports x join tickets t on t.id = x.ticket_id left join staff sb on sb.id = x.by_id left join staff ss on ss.id = x.settled_by;

-- name: GuardReportByID
select x.id, x.ticket_id, x.rules, x.words, x.by_id, x.at, x.settled_by, x.settled_at, x.outcome, x.answer,
  (select t.ref from tickets t where t.id = x.ticket_id) as ticket_ref,
  coalesce((select s.name from staff s where s.id = x.by_id), '') as by_name,
  coalesce((select s.name from staff s where s.id = x.settled_by), '') as settled_name
from guard_reports x where x.id = ?;

-- What was reported stays as it was.
-- name: GuardReportSettle
update guard_reports set settled_by = :settled_by, settled_at = :settled_at, outcome = :outcome, answer = :answer where id = :id;

-- name: GuardChangeInsert
insert into guard_changes (rule, level, until, reason, asked_by, asked_at, state)
values (:rule, :level, :until, :reason, :asked_by, :asked_at, :state) returning id;

-- What was asked stays as it was.
-- name: GuardChangeUpdate
update guard_changes set state = :state, settled_by = :settled_by, settled_at = :settled_at, answer = :answer where id = :id;

-- name: GuardChangeByID
select x.id, x.rule, x.level, x.until, x.reason, x.asked_by, x.asked_at, x.state, x.settled_by, x.settled_at, x.answer,
  coalesce((select s.name from staff s where s.id = x.asked_by), '') as asked_name,
  coalesce((select s.name from staff s where s.id = x.settled_by), '') as settled_name
from guard_changes x where x.id = ?;

-- name: GuardChangesList
select x.id, x.rule, x.level, x.until, x.reason, x.asked_by, x.asked_at, x.state, x.settled_by, x.settled_at, x.answer,
  coalesce(sa.name, '') as asked_name, coalesce(ss.name, '') as settled_name
from guard_changes x left join staff sa on sa.id = x.asked_by left join staff ss on ss.id = x.settled_by
order by x.id desc limit 100;

-- name: IncidentsOpen
select x.id from incidents x where x.closed_at is null order by x.id;

-- name: ExportGuardChanges
select x.id, x.rule, x.level, x.until, x.reason, x.asked_by, x.asked_at, x.state, x.settled_by, x.settled_at, x.answer from guard_changes x order by x.id;

-- Each record names the rules that stopped one letter. Nothing of the letter is in it.
-- name: VerdictsSince
select r.detail from audit_records r where r.action = 'verdict.given' and r.at >= ? order by r.id desc limit 100000;

-- name: ExportSecondLooks
select x.id, x.ticket_id, x.case_id, x.author_id, x.asked_id, x.digest, x.letter, x.findings, x.reason, x.asked_at, x.expires_at, x.state,
  x.settled_by, x.settled_at, x.basis, x.answer, x.outgoing_id from second_looks x order by x.id;

-- name: ExportIncidents
select x.id, x.outgoing_id, x.ticket_id, x.case_id, x.reported_by, x.reported_at, x.aware_at, x.due_at, x.got_by, x.what, x.address_shown,
  x.stopped, x.steps, x.risk, x.assessment, x.ico_ref, x.closed_by, x.closed_at, x.lessons from incidents x order by x.id;

-- name: ExportGuardReports
select x.id, x.ticket_id, x.rules, x.words, x.by_id, x.at, x.settled_by, x.settled_at, x.outcome, x.answer from guard_reports x order by x.id;
