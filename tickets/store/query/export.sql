-- Everything, in the order of its keys, for hearback export all. Each is read as a
-- stream within one snapshot. Yes and no are words, so that both engines give the same.

-- name: ExportTeams
select
  g.id,
  g.name,
  g.lead_id,
  g.removed_at
from teams g
order by g.id;

-- name: ExportStaff
select
  s.id,
  s.email,
  s.name,
  s.role,
  s.team_id,
  case when s.active then 'yes' else 'no' end as active,
  s.deputy_id,
  s.away_until,
  s.issuer,
  s.subject,
  s.access_ends_at,
  s.disabled_at,
  s.last_sign_in_at,
  s.created_at
from staff s
order by s.id;

-- name: ExportCases
select
  c.id,
  c.ref,
  c.child_name,
  c.dob,
  c.upn,
  c.nhs,
  c.school,
  c.stage,
  c.team_id,
  g.name as team,
  c.officer_id,
  o.email as officer_email,
  c.fallback_id,
  f.email as fallback_email,
  case when c.restricted then 'yes' else 'no' end as restricted,
  case when c.is_open then 'yes' else 'no' end as is_open,
  c.created_at
from cases c left join teams g on g.id = c.team_id left join staff o on o.id = c.officer_id left join staff f on f.id = c.fallback_id
order by c.id;

-- name: ExportAliases
select
  a.id,
  a.case_id,
  a.name
from aliases a
order by a.id;

-- name: ExportSiblings
select
  b.case_id,
  b.other_id
from siblings b
order by b.case_id, b.other_id;

-- name: ExportCaseDates
select
  d.case_id,
  d.kind,
  d.on_date,
  d.source
from case_dates d
order by d.case_id, d.kind;

-- name: ExportPeople
select
  p.id,
  p.name,
  p.kind,
  p.created_at
from people p
order by p.id;

-- name: ExportPersonNumbers
select
  r.ref,
  r.person_id
from person_refs r
order by r.ref;

-- name: ExportLinks
select
  l.id,
  l.case_id,
  c.ref as case_ref,
  l.person_id,
  l.relation,
  l.pr,
  l.pr_source,
  l.pr_checked_on,
  case when l.no_contact then 'yes' else 'no' end as no_contact,
  l.may_be_told,
  case when l.address_hidden then 'yes' else 'no' end as address_hidden,
  case when l.representative then 'yes' else 'no' end as representative
from links l join cases c on c.id = l.case_id
order by l.id;

-- name: ExportAddresses
select
  a.id,
  a.person_id,
  a.email,
  case when a.confidential then 'yes' else 'no' end as confidential,
  a.verified_at,
  a.bounced,
  a.created_at
from addresses a
order by a.id;

-- name: ExportPhones
select
  f.id,
  f.person_id,
  f.number,
  f.verified_at,
  case when f.confidential then 'yes' else 'no' end as confidential,
  case when f.wrong then 'yes' else 'no' end as wrong
from phones f
order by f.id;

-- name: ExportPostalAddresses
select
  a.id,
  a.person_id,
  a.lines,
  a.postcode,
  case when a.confidential then 'yes' else 'no' end as confidential,
  a.from_on,
  a.to_on,
  a.entered_at
from postal_addresses a
order by a.id;

-- name: ExportPreferences
select
  f.person_id,
  f.channel,
  f.times,
  f.language,
  case when f.interpreter then 'yes' else 'no' end as interpreter,
  f.large_print,
  case when f.easy_read then 'yes' else 'no' end as easy_read,
  case when f.braille then 'yes' else 'no' end as braille,
  case when f.audio then 'yes' else 'no' end as audio,
  case when f.bsl then 'yes' else 'no' end as bsl,
  f.words,
  case when f.no_general then 'yes' else 'no' end as no_general_letters
from preferences f
order by f.person_id;

-- name: ExportRestrictions
select
  r.id,
  r.case_id,
  c.ref as case_ref,
  r.person_id,
  r.against_id,
  r.kind,
  r.source,
  r.document,
  r.reason,
  r.starts_on,
  r.review_by,
  case when r.interim then 'yes' else 'no' end as interim,
  r.entered_by,
  r.entered_at,
  r.end_asked_by,
  r.end_asked_at,
  r.end_reason,
  r.ended_at,
  r.end_approved_by
from restrictions r join cases c on c.id = r.case_id
order by r.id;

-- name: ExportReasons
select
  r.id,
  r.case_id,
  r.person_id,
  r.what,
  r.words,
  r.by_id,
  r.at
from register_reasons r
order by r.id;

-- name: ExportRepresentations
select
  r.id,
  r.case_id,
  r.person_id,
  r.for_person_id,
  r.kind,
  r.document,
  r.given_on,
  r.expires_on,
  r.entered_by,
  r.entered_at,
  r.ended_at
from representations r
order by r.id;

-- name: ExportArrangements
select
  a.case_id,
  a.value,
  a.source,
  a.asked_on,
  a.entered_by
from arrangements a
order by a.case_id;

-- name: ExportProtectedFacts
select
  f.id,
  f.case_id,
  f.person_id,
  f.against_id,
  f.restriction_id,
  f.kind,
  f.value,
  f.entered_at,
  f.removed_at
from protected_facts f
order by f.id;

-- name: ExportAccessGrants
select
  g.id,
  g.case_id,
  g.staff_id,
  g.reason,
  g.asked_by,
  g.asked_at,
  g.approved_by,
  g.approved_at,
  g.until_at,
  case when g.broke_glass then 'yes' else 'no' end as broke_glass,
  case when g.refused then 'yes' else 'no' end as refused,
  g.ended_at
from case_grants g
order by g.id;

-- name: ExportMailboxes
select
  m.id,
  m.name,
  m.address,
  m.team_id
from mailboxes m
order by m.id;

-- name: ExportEnquiries
select
  t.id,
  t.ref,
  t.case_id,
  c.ref as case_ref,
  t.team_id,
  t.owner_id,
  t.mailbox_id,
  t.state,
  t.category,
  t.requester_id,
  t.requester_email,
  t.subject,
  t.ask,
  t.reason,
  t.alert,
  t.chasers,
  t.merged_into,
  t.received_at,
  t.due_at,
  t.last_inbound_at,
  t.last_answer_at,
  t.finished_at,
  t.created_at
from tickets t left join cases c on c.id = t.case_id
order by t.id;

-- name: ExportMessages
select
  m.id,
  m.ticket_id,
  t.ref as enquiry_ref,
  m.case_id,
  c.ref as case_ref,
  m.mailbox_id,
  m.direction,
  m.channel,
  m.kind,
  m.person_id,
  m.from_name,
  m.from_email,
  m.to_text,
  m.subject,
  m.message_id,
  case when m.unconfirmed then 'yes' else 'no' end as unconfirmed,
  case when m.junk then 'yes' else 'no' end as junk,
  case when m.outside then 'yes' else 'no' end as outside,
  case when m.history then 'yes' else 'no' end as history,
  m.machine,
  m.outgoing_id,
  m.staff_id,
  m.received_at,
  m.created_at,
  r.sha256 as original,
  b.words as text
from messages m left join tickets t on t.id = m.ticket_id left join cases c on c.id = m.case_id left join raw_mail r on r.id = m.raw_id left join bodies b on b.message_id = m.id
order by m.id;

-- name: ExportCalls
select
  k.message_id,
  m.ticket_id,
  m.case_id,
  k.direction,
  case when k.answered then 'yes' else 'no' end as answered,
  k.number,
  k.person_id,
  case when k.identity_ok then 'yes' else 'no' end as identity_ok,
  k.summary,
  k.promise,
  k.promise_by,
  case when k.stops_clock then 'yes' else 'no' end as stops_clock,
  k.stops_reason,
  m.received_at
from calls k join messages m on m.id = k.message_id
order by k.message_id;

-- name: ExportNotes
select
  n.id,
  n.ticket_id,
  n.case_id,
  n.author_id,
  n.for_id,
  n.words,
  n.source,
  r.sha256 as original,
  n.created_at
from notes n left join raw_mail r on r.id = n.raw_id
order by n.id;

-- name: ExportLetters
select
  o.id,
  o.ticket_id,
  t.ref as enquiry_ref,
  o.case_id,
  o.mailbox_id,
  o.purpose,
  o.author_id,
  o.subject,
  o.body,
  o.template,
  o.answers_id,
  o.created_at,
  o.release_at,
  o.expires_at,
  o.held_reason,
  o.held_rules,
  o.released_by,
  o.cancelled_by
from outgoings o left join tickets t on t.id = o.ticket_id
order by o.id;

-- name: ExportDeliveries
select
  d.id,
  d.outgoing_id,
  d.person_id,
  d.staff_id,
  d.name,
  d.email,
  d.message_id,
  d.state,
  d.attempts,
  d.reply,
  d.why,
  d.accepted_at,
  d.updated_at
from deliveries d
order by d.id;

-- name: ExportClocks
select
  k.id,
  k.ticket_id,
  k.kind,
  k.policy,
  k.received_at,
  k.start_at,
  k.warn_at,
  k.due_at,
  k.lead_at,
  k.start_day,
  k.due_day,
  k.stopped_at,
  k.stop_by,
  k.paused_at,
  k.paused_for as paused_nanoseconds
from clocks k
order by k.id;

-- name: ExportClockSteps
select
  x.clock_id,
  x.step,
  x.due_at,
  x.done_at,
  case when x.late then 'yes' else 'no' end as late,
  x.outgoing_id
from clock_steps x
order by x.clock_id, x.step;

-- name: ExportEvents
select
  e.id,
  e.ticket_id,
  e.case_id,
  e.kind,
  e.at,
  e.staff_id,
  e.system,
  e.data
from events e
order by e.id;

-- name: ExportAudit
select
  a.id,
  a.at,
  a.staff_id,
  a.system,
  a.role,
  a.action,
  a.object,
  a.case_id,
  a.from_net,
  a.detail,
  s.seq as seal
from audit_records a left join audit_sealed s on s.record_id = a.id
order by a.id;

-- name: ExportAuditSeals
select
  s.seq,
  s.records,
  s.first_id,
  s.last_id,
  s.prev,
  s.hash,
  s.sealed_at
from audit_seals s
order by s.seq;

-- name: ExportLedger
select
  w.id,
  w.mailbox_id,
  w.folder,
  w.uidvalidity,
  w.uid,
  w.fate,
  w.reason,
  w.tries,
  r.sha256 as original,
  w.message_id,
  w.received_at,
  w.updated_at,
  w.gone_at
from ledger w left join raw_mail r on r.id = w.raw_id
order by w.id;

-- name: ExportScans
select
  r.sha256 as original,
  x.path,
  x.verdict,
  x.signature,
  x.scanned_at
from part_scans x join raw_mail r on r.id = x.raw_id
order by r.sha256, x.path;

-- name: ExportRules
select
  r.id,
  r.kind,
  r.pattern,
  r.team_id,
  r.category,
  r.note,
  r.created_by,
  r.created_at,
  r.removed_by,
  r.removed_at
from intake_rules r
order by r.id;

-- name: ExportStaffDomains
select
  d.domain
from staff_domains d
order by d.domain;

-- name: ExportStaffDomainChanges
select
  d.id,
  d.domain,
  case when d.remove then 'yes' else 'no' end as remove,
  d.asked_by,
  d.asked_at,
  d.approved_by,
  d.settled_at,
  case when d.refused then 'yes' else 'no' end as refused
from staff_domain_changes d
order by d.id;

-- name: ExportDirectoryGroups
select
  g.address,
  g.name,
  g.members,
  g.exported_at
from directory_groups g
order by g.address;

-- name: ExportDirectoryForwards
select
  w.mailbox,
  w.target,
  w.exported_at
from directory_forwards w
order by w.mailbox, w.target;

-- name: ExportImports
select
  i.id,
  i.file_name,
  i.sha256,
  i.mapping,
  i.row_count,
  i.changed,
  i.waiting,
  i.failed,
  i.by_id,
  i.done_at
from imports i
order by i.id;

-- name: ExportImportWaiting
select
  w.id,
  w.import_id,
  w.case_id,
  w.person_id,
  w.change,
  w.why,
  w.settled_by,
  w.settled_at,
  case when w.taken then 'yes' else 'no' end as taken
from import_waiting w
order by w.id;

-- name: ExportImportMappings
select
  m.name,
  m.mapping
from import_mappings m
order by m.name;

-- name: ExportSettings
select
  v.id,
  v.name,
  v.version,
  v.content,
  v.set_by,
  v.set_at
from setting_versions v
order by v.id;

-- name: ExportOriginals
select
  r.id,
  r.sha256,
  r.bytes
from raw_mail r
where not exists (select 1 from draft_files d where d.raw_id = r.id)
  or exists (select 1 from outgoing_files o where o.raw_id = r.id)
  or exists (select 1 from messages m where m.raw_id = r.id)
  or exists (select 1 from letterheads l where l.logo_id = r.id)
order by r.id;

-- name: ExportLetterFiles
select
  f.outgoing_id,
  f.place,
  f.name,
  f.type,
  f.bytes,
  f.sha256,
  f.raw_id
from outgoing_files f
order by f.outgoing_id, f.place;

-- name: ExportLetterheads
select
  l.team_id,
  l.signature,
  l.logo_id,
  l.logo_type,
  l.logo_alt,
  l.changed_by,
  l.changed_at
from letterheads l
order by l.team_id;
