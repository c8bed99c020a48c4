-- Drafts of replies and notes. Every statement but the last two names the writer.

-- A save puts the row when there is none, and replaces it when it still has the
-- revision that the writer saw. Nothing is returned when it has another.
-- name: DraftPut
insert into drafts (staff_id, ticket_id, answers_id, subject, words, to_people, after_send, kept, rev, updated_at)
values (:staff_id, :ticket_id, :answers_id, :subject, :words, :to_people, :after_send, :kept, 1, :updated_at)
on conflict (staff_id, ticket_id) do update set
  answers_id = excluded.answers_id, subject = excluded.subject, words = excluded.words, to_people = excluded.to_people,
  after_send = excluded.after_send, kept = excluded.kept, rev = drafts.rev + 1, updated_at = excluded.updated_at
where drafts.rev = :rev
returning rev;

-- name: DraftClear
insert into drafts (staff_id, ticket_id, answers_id, subject, words, to_people, after_send, kept, rev, updated_at)
values (:staff_id, :ticket_id, null, '', '', '', '', :kept, 1, :updated_at)
on conflict (staff_id, ticket_id) do update set
  answers_id = null, subject = '', words = '', to_people = '', after_send = '', kept = excluded.kept,
  rev = drafts.rev + 1, updated_at = excluded.updated_at;

-- name: DraftGet
select d.ticket_id, d.answers_id, d.subject, d.words, d.to_people, d.after_send, d.kept, d.rev, d.updated_at
from drafts d where d.staff_id = ? and d.ticket_id = ?;

-- name: NoteDraftPut
insert into note_drafts (staff_id, ticket_id, for_id, words, kept, rev, updated_at)
values (:staff_id, :ticket_id, :for_id, :words, :kept, 1, :updated_at)
on conflict (staff_id, ticket_id) do update set
  for_id = excluded.for_id, words = excluded.words, kept = excluded.kept, rev = note_drafts.rev + 1,
  updated_at = excluded.updated_at
where note_drafts.rev = :rev
returning rev;

-- name: NoteDraftClear
insert into note_drafts (staff_id, ticket_id, for_id, words, kept, rev, updated_at)
values (:staff_id, :ticket_id, null, '', :kept, 1, :updated_at)
on conflict (staff_id, ticket_id) do update set
  for_id = null, words = '', kept = excluded.kept, rev = note_drafts.rev + 1, updated_at = excluded.updated_at;

-- name: NoteDraftGet
select n.ticket_id, n.for_id, n.words, n.kept, n.rev, n.updated_at
from note_drafts n where n.staff_id = ? and n.ticket_id = ?;

-- name: DraftsAmong
select d.ticket_id from drafts d where d.staff_id = ? and d.kept = ? and d.ticket_id in (?)
union
select n.ticket_id from note_drafts n where n.staff_id = ? and n.kept = ? and n.ticket_id in (?);

-- name: DraftsOld
delete from drafts where updated_at < ?;

-- name: NoteDraftsOld
delete from note_drafts where updated_at < ?;
