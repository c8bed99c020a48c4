-- Rows as a program of schema 1 left them. The statements run on both engines.
insert into teams (id, name) values (1, 'North');
insert into staff (id, email, mailbox, name, name_fold, role, team_id, password_hash, active, away_until, created_at)
  values (1, 'a@council.example', 'a@council.example', 'Amira Sole', 'amira sole', 'lead', 1, 'hash', true, '', '2026-01-02T03:04:05.000000Z');
update teams set lead_id = 1;
insert into mailboxes (id, name, address, folded, team_id) values (1, 'sen', 'sen@council.example', 'sen@council.example', 1);
insert into cases (id, ref, ref_fold, child_name, child_fold, dob, upn, nhs, school, stage, team_id, officer_id, fallback_id, restricted, is_open, created_at)
  values (1, 'WM-1', 'wm-1', 'Milo Brandt', 'milo brandt', '2019-03-04', '', '', 'Oakfield', 'Assessment', 1, 1, 1, false, true, '2026-01-02T03:04:05.000000Z');
insert into people (id, name, name_fold, kind, created_at) values (1, 'Tessa Brandt', 'tessa brandt', 'parent', '2026-01-02T03:04:05.000000Z');
insert into links (id, case_id, person_id, relation, pr, pr_source, pr_checked_on, no_contact, may_be_told, address_hidden, representative)
  values (1, 1, 1, 'mother', 'yes', '', '', true, 'all', false, false);
insert into addresses (id, person_id, email, mailbox, confidential, bounced, created_at)
  values (1, 1, 'T@family.example', 't@family.example', true, 2, '2026-01-02T03:04:05.000000Z');
insert into raw_mail (id, sha256, bytes) values (1, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0);
insert into tickets (id, ref, case_id, team_id, owner_id, mailbox_id, state, category, due_at, last_inbound_at, received_at, created_at, chasers, version, requester_mailbox, requester_email, subject, ask, reason, alert)
  values (1, 'SEN-104001', 1, 1, 1, 1, 'open', 'general', '2026-01-09T17:00:00.000000Z', '2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000000Z', 1, 0, 't@family.example', 'T@family.example', 'Transport', '', '', '');
insert into messages (id, ticket_id, case_id, mailbox_id, direction, channel, kind, person_id, from_name, from_email, from_mailbox, to_text, subject, message_id, content_hash, parts, has_html, auth, reason, evidence, problems, unconfirmed, received_at, created_at)
  values (1, 1, 1, 1, 'in', 'email', 'human', 1, 'T', 'T@family.example', 't@family.example', '', 'Transport', 'm1@family.example', 'h1', '', false, '', '', '', '', false, '2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000000Z');
insert into bodies (message_id, words, reply) values (1, 'Where is the taxi?', null);
insert into notes (id, ticket_id, case_id, author_id, words, source, content_hash, created_at)
  values (1, 1, 1, 1, 'private words', 'form', '', '2026-01-02T03:04:05.000000Z');
insert into ledger (id, mailbox_id, folder, uidvalidity, uid, fate, reason, tries, raw_id, message_id, received_at, updated_at)
  values (1, 1, 'INBOX', 7, 9, 'message', '', 0, 1, 1, '2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000000Z');
insert into cursors (mailbox_id, folder, uidvalidity, uid, epoch, updated_at) values (1, 'INBOX', 7, 9, 0, '2026-01-02T03:04:05.000000Z');
insert into outgoings (id, ticket_id, case_id, mailbox_id, purpose, author_id, subject, body, template, fields, quote_answer, confirmed, digest, after_send, created_at, release_at, held_reason, held_rules, queued_mode)
  values (1, 1, 1, 1, 'reply', 1, 'Re', 'It comes.', '', '', false, '', '', '', '2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000000Z', '', '', 'send');
insert into deliveries (id, outgoing_id, person_id, name, email, mailbox, message_id, token, state, attempts, next_at, claimed_by, epoch, reply, why, sha256, updated_at)
  values (1, 1, 1, 'Tessa', 'T@family.example', 't@family.example', 'o1@council.example', 'tok1', 'uncertain', 1, '2026-01-02T03:04:05.000000Z', 'x', 1, '', '', '', '2026-01-02T03:04:05.000000Z');
insert into clocks (id, ticket_id, kind, policy, received_at, start_at, warn_at, due_at, lead_at, start_day, due_day, paused_for, stop_by)
  values (1, 1, 'first_response', 'general', '2026-01-02T03:04:05.000000Z', '2026-01-02T09:00:00.000000Z', '2026-01-08T09:00:00.000000Z', '2026-01-09T17:00:00.000000Z', '2026-01-09T17:00:00.000000Z', '2026-01-02', '2026-01-09', 0, '');
insert into events (ticket_id, case_id, kind, at, system, data) values (1, 1, 'received', '2026-01-02T03:04:05.000000Z', 'intake', '{"message_id":1}');
insert into counters (name, next) values ('ticket', 104002), ('claim', 2);
