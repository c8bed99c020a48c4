-- Numbers for operators. None of them is of a person.

-- name: HealthQueue
select d.state, count(*) as n from deliveries d
where d.state in ('queued', 'held', 'claimed', 'data_begun', 'uncertain') and d.left_by is null group by d.state;

-- name: HealthQuarantine
select count(*) from ledger e where e.fate = 'quarantined';

-- name: HealthFates
select e.fate, count(*) as n from ledger e group by e.fate;

-- name: HealthStates
select t.state, count(*) as n from tickets t group by t.state;

-- name: HealthLate
select count(*) from tickets t
where t.state in ('triage', 'open', 'waiting_other', 'waiting_family', 'answered') and t.due_at < ?;

-- name: HealthMessages
select coalesce(max(m.id), 0) from messages m;

-- A write that changes nothing, to see whether writing works.
-- name: HealthWrite
insert into settings (key, value) values ('health.checked', ?) on conflict (key) do update set value = excluded.value;
