-- Files of drafts and letters, and letterheads. Every statement about files of
-- drafts but the last names the writer.

-- name: DraftFileInsert
insert into draft_files (staff_id, ticket_id, name, type, bytes, sha256, raw_id, source, cleaned_of, removed, state, added_at, changed_at)
values (:staff_id, :ticket_id, :name, :type, :bytes, :sha256, :raw_id, :source, :cleaned_of, :removed, :state, :added_at, :changed_at)
returning id;

-- name: DraftFilesOf
select f.id, f.staff_id, f.ticket_id, f.name, f.type, f.bytes, f.sha256, f.raw_id, f.source, f.cleaned_of, f.removed, f.state,
  f.added_at, f.changed_at
from draft_files f where f.staff_id = ? and f.ticket_id = ? order by f.id;

-- name: DraftFileSet
update draft_files set state = :state, changed_at = :changed_at
where id = :id and staff_id = :staff_id and ticket_id = :ticket_id;

-- name: DraftFilesDone
update draft_files set state = 'done', changed_at = ? where staff_id = ? and ticket_id = ? and state = 'there';

-- A cleaned copy names its original: the younger rows go first.
-- name: DraftFilesOld
delete from draft_files where changed_at < ? and not exists (select 1 from draft_files c where c.cleaned_of = draft_files.id);

-- name: OutgoingFileInsert
insert into outgoing_files (outgoing_id, place, name, type, bytes, sha256, raw_id)
values (:outgoing_id, :place, :name, :type, :bytes, :sha256, :raw_id);

-- name: FilesOfLetters
select f.outgoing_id, f.place, f.name, f.type, f.bytes, f.sha256, f.raw_id
from outgoing_files f where f.outgoing_id in (?) order by f.outgoing_id, f.place;

-- name: LetterheadPut
insert into letterheads (team_id, signature, logo_id, logo_type, logo_alt, changed_by, changed_at)
values (:team_id, :signature, :logo_id, :logo_type, :logo_alt, :changed_by, :changed_at)
on conflict (team_id) do update set
  signature = excluded.signature, logo_id = excluded.logo_id, logo_type = excluded.logo_type, logo_alt = excluded.logo_alt,
  changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- name: LetterheadOf
select l.team_id, l.signature, l.logo_id, l.logo_type, l.logo_alt, l.changed_by, l.changed_at
from letterheads l where l.team_id = cast(? as bigint);

-- name: LargePrintOf
select p.person_id, p.large_print from preferences p where p.large_print > 0 and p.person_id in (?) order by p.person_id;
