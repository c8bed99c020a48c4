-- Column lists that several statements share, with the alias that they use.

-- part: TicketColumns
  t.id, t.ref, t.case_id, t.team_id, t.owner_id, t.mailbox_id, t.state, t.category, t.due_at,
  t.last_inbound_at, t.received_at, t.last_answer_at, t.finished_at, t.created_at, t.requester_id,
  t.suggested_id, t.merged_into, t.chasers, t.version, t.requester_mailbox, t.requester_email, t.subject,
  t.ask, t.reason, t.alert, t.suggested_person_id, t.suggested_sender

-- part: MessageColumns
  m.id, m.ticket_id, m.case_id, m.mailbox_id, m.direction, m.channel, m.kind, m.person_id, m.from_name,
  m.from_email, m.from_mailbox, m.to_text, m.subject, m.message_id, m.raw_id, m.content_hash, m.parts,
  m.has_html, m.auth, m.reason, m.evidence, m.problems, m.unconfirmed, m.outgoing_id, m.staff_id,
  m.received_at, m.created_at, m.junk, m.outside, m.history, m.machine, m.answers_mail

-- part: NoteColumns
  n.id, n.ticket_id, n.case_id, n.author_id, n.for_id, n.words, n.source, n.raw_id, n.mailbox_id,
  n.content_hash, n.created_at

-- part: EventColumns
  e.id, e.ticket_id, e.case_id, e.kind, e.at, e.staff_id, e.system, e.data

-- part: ClockColumns
  k.id, k.ticket_id, k.kind, k.policy, k.received_at, k.start_at, k.warn_at, k.due_at, k.lead_at, k.start_day,
  k.due_day, k.stopped_at, k.paused_at, k.paused_for, k.next_at, k.stop_by

-- part: OutgoingColumns
  o.id, o.ticket_id, o.case_id, o.mailbox_id, o.purpose, o.author_id, o.subject, o.body, o.template, o.fields,
  o.answers_id, o.quote_answer, o.confirmed, o.digest, o.after_send, o.created_at, o.release_at, o.expires_at,
  o.held_reason, o.held_rules, o.released_by, o.queued_mode, o.cancelled_by, o.hold_reasons

-- part: DeliveryColumns
  d.id, d.outgoing_id, d.person_id, d.staff_id, d.name, d.email, d.mailbox, d.message_id, d.token, d.state,
  d.attempts, d.next_at, d.claimed_by, d.claimed_at, d.epoch, d.reply, d.why, d.sha256, d.accepted_at,
  d.updated_at, d.left_by

-- part: CaseColumns
  c.id, c.ref, c.child_name, c.dob, c.upn, c.nhs, c.school, c.stage, c.team_id, c.officer_id, c.fallback_id,
  c.restricted, c.is_open, c.created_at

-- part: PersonColumns
  p.id, p.name, p.kind, p.created_at

-- part: LinkColumns
  l.id, l.case_id, l.person_id, l.relation, l.pr, l.pr_source, l.pr_checked_on, l.no_contact, l.may_be_told,
  l.address_hidden, l.representative

-- part: AddressColumns
  a.id, a.person_id, a.email, a.mailbox, a.confidential, a.verified_at, a.bounced, a.created_at

-- part: PhoneColumns
  f.id, f.person_id, f.number, f.digits, f.verified_at, f.confidential, f.wrong

-- part: StaffColumns
  s.id, s.email, s.mailbox, s.name, s.role, s.team_id, s.password_hash, s.active, s.deputy_id, s.away_until,
  s.access_ends_at, s.hold_seconds, s.created_at

-- part: TeamColumns
  g.id, g.name, g.lead_id

-- part: LedgerColumns
  e.id, e.mailbox_id, e.folder, e.uidvalidity, e.uid, e.fate, e.reason, e.tries, e.raw_id, e.message_id,
  e.received_at, e.updated_at, e.gone_at

-- part: BodyColumns
  coalesce(b.words, '') as words, b.reply

-- part: PartyColumns
  l.id as "l.id", l.case_id as "l.case_id", l.person_id as "l.person_id", l.relation as "l.relation",
  l.pr as "l.pr", l.pr_source as "l.pr_source", l.pr_checked_on as "l.pr_checked_on",
  l.no_contact as "l.no_contact", l.may_be_told as "l.may_be_told", l.address_hidden as "l.address_hidden",
  l.representative as "l.representative",
  p.id as "p.id", p.name as "p.name", p.kind as "p.kind", p.created_at as "p.created_at"

-- part: OutgoingNames
  coalesce((select t.ref from tickets t where t.id = o.ticket_id), '') as ticket_ref,
  coalesce((select s.name from staff s where s.id = o.author_id), '') as author_name

-- part: LedgerNames
  coalesce((select b.name from mailboxes b where b.id = e.mailbox_id), '') as mailbox

-- A letter is due when its hold is over and a copy may be tried. Letters of one
-- ticket leave in the order of their release: one waits while an earlier one is
-- being sent or is due itself. An earlier one that the server put off does not
-- stop the others.
-- part: OutboxDue
  o.release_at <= ?
  and o.id in (select d.outgoing_id from deliveries d where d.state = 'queued' and d.next_at <= ?)
  and (o.ticket_id is null or not exists (
    select 1 from outgoings x join deliveries y on y.outgoing_id = x.id
    where x.ticket_id = o.ticket_id
      and (x.release_at < o.release_at or (x.release_at = o.release_at and x.id < o.id))
      and (y.state in ('claimed', 'data_begun') or (y.state = 'queued' and y.next_at <= ?))))

-- part: AuditColumns
  a.id, a.at, a.staff_id, a.system, a.role, a.action, a.object, a.case_id, a.from_net, a.detail
