-- What is set on the administration pages, and the teams.

-- name: SettingVersionNewest
select v.id, v.name, v.version, v.content, v.set_by, v.set_at from setting_versions v
where v.name = cast(? as text) order by v.version desc limit 1;

-- name: SettingVersionAt
select v.id, v.name, v.version, v.content, v.set_by, v.set_at from setting_versions v
where v.name = cast(? as text) and v.version = cast(? as bigint);

-- name: SettingVersionLast
select coalesce(max(v.id), 0) from setting_versions v;

-- name: SettingVersionsOf
select v.id, v.name, v.version, v.content, v.set_by, v.set_at from setting_versions v
where v.name = cast(? as text) order by v.version desc limit ?;

-- name: SettingVersionInsert
insert into setting_versions (name, version, content, set_by, set_at) values (:name, :version, :content, :set_by, :set_at)
returning id;

-- name: TicketsRunning
select distinct k.ticket_id from clocks k where k.stopped_at is null and k.ticket_id > ? order by k.ticket_id limit ?;

-- name: TeamsHere
select g.id, g.name, g.lead_id,
  (select count(*) from cases c where c.team_id = g.id and c.is_open) as cases,
  (select count(*) from tickets t
    where t.team_id = g.id and t.state in ('triage', 'open', 'waiting_other', 'waiting_family', 'answered')) as enquiries,
  (select count(*) from staff s where s.team_id = g.id and s.active) as people,
  (select count(*) from mailboxes b where b.team_id = g.id) as boxes
from teams g where g.removed_at is null order by g.name, g.id;

-- name: TeamRemove
update teams set removed_at = ?, lead_id = null where id = ? and removed_at is null;

-- name: TeamRestore
update teams set removed_at = null where id = ?;

-- name: TeamIsRemoved
select count(*) from teams g where g.id = ? and g.removed_at is not null;

-- name: StaffFigures
select s.id, s.last_sign_in_at, s.disabled_at, s.totp_sealed <> '' as second_factor, s.issuer <> '' as council_account,
  s.password_hash <> '' as has_password, s.invite_hash <> '' as invited, s.invite_ends_at,
  (select count(*) from sessions x where x.staff_id = s.id and x.expires_at > ?) as sessions
from staff s order by s.name_fold, s.id;

-- name: AuditSealAge
select a.sealed_at from audit_seals a order by a.seq desc limit 1;
