-- What an import remembers of those before it.

-- name: RestrictionsEnded
select
  r.id, r.case_id, r.person_id, r.against_id, r.kind, r.source, r.document, r.reason, r.starts_on,
  r.review_by, r.interim, r.entered_by, r.entered_at, r.end_asked_by, r.end_asked_at, r.end_reason,
  r.ended_at, r.end_approved_by
from restrictions r where r.ended_at is not null order by r.id;

-- name: WaitingDeclined
select distinct w.change_key from import_waiting w where w.settled_at is not null and not w.taken;

-- name: ImportByID
select
  i.id, i.file_name, i.sha256, i.mapping, i.row_count, i.changed, i.waiting, i.failed, i.by_id, i.done_at
from imports i where i.id = cast(? as bigint);
