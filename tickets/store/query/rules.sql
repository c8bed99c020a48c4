-- Rules for new mail.

-- name: RulesLive
select r.id, r.kind, r.pattern, r.team_id, r.category, r.note, r.created_by, r.created_at
from intake_rules r where r.removed_at is null order by r.id;

-- name: RuleInsert
insert into intake_rules (kind, pattern, team_id, category, note, created_by, created_at)
values (:kind, :pattern, :team_id, :category, :note, :created_by, :created_at)
on conflict (kind, pattern) where removed_at is null do nothing
returning id;

-- name: RuleRemove
update intake_rules set removed_by = ?, removed_at = ? where id = ? and removed_at is null;
