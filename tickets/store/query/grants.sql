-- Who was let into a case, and what stands at its door.

-- name: GrantInsert
insert into case_grants (case_id, staff_id, reason, asked_by, asked_at, approved_by, approved_at, until_at, broke_glass, refused, ended_at)
values (:case_id, :staff_id, :reason, :asked_by, :asked_at, :approved_by, :approved_at, :until_at, :broke_glass, :refused, :ended_at)
returning id;

-- What was asked for stays as it was; only what became of it changes.
-- name: GrantUpdate
update case_grants set approved_by = :approved_by, approved_at = :approved_at, refused = :refused, ended_at = :ended_at where id = :id;

-- name: GrantByID
select l.id, l.case_id, l.staff_id, l.reason, l.asked_by, l.asked_at, l.approved_by, l.approved_at, l.until_at, l.broke_glass,
  l.refused, l.ended_at, (select gc.ref from cases gc where gc.id = l.case_id) as case_ref, '' as staff_name, '' as asked_name, '' as by_name
from case_grants l where l.id = ?;

-- name: CaseIDByRef
select c.id from cases c where c.ref = ?;

-- Cases that are the actor's own: as named officer, as fall-back owner, or let in.
-- part: OwnCases
  select nc.id from cases nc where nc.officer_id = cast(? as bigint) or nc.fallback_id = cast(? as bigint) union {LetInto}

-- Let into by two people, or for a day by breaking the glass, and not yet over.
-- part: LetInto
  select lg.case_id from case_grants lg
  where lg.staff_id = cast(? as bigint) and not lg.refused and lg.ended_at is null
    and (lg.approved_at is not null or lg.broke_glass) and lg.until_at > {DatabaseNow}

-- part: Appeals
  select ac.id from cases ac where lower(ac.stage) = 'appeal'

-- What a safeguarding lead looks after: restricted cases, cases on which somebody's
-- safety or whereabouts are protected, and cases with an alert, also one dealt with.
-- part: Flagged
  select fc.id from cases fc where fc.restricted
  union select fr.case_id from restrictions fr where fr.ended_at is null
    and fr.kind in ('no_contact', 'indirect_only', 'supervised', 'address_protected', 'school_protected', 'staff_safety')
  union select fe.case_id from events fe where fe.kind = 'alerted' and fe.case_id is not null
  union select ft.case_id from tickets ft where ft.alert <> '' and ft.case_id is not null

-- Who was let into a case and is still in.
-- name: GrantsLive
select lg.staff_id from case_grants lg
where lg.case_id = ? and not lg.refused and lg.ended_at is null and (lg.approved_at is not null or lg.broke_glass)
  and lg.until_at > {DatabaseNow};

-- name: CaseIsFlagged
select count(*) from cases c where c.id = ? and c.id in ({Flagged});
