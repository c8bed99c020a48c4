-- Who did or saw what.

-- name: AuditInsert
insert into audit_records (at, staff_id, system, role, action, object, case_id, from_net, detail)
values (:at, :staff_id, :system, :role, :action, :object, :case_id, :from_net, :detail)
returning id;

-- Records that no seal covers, oldest first. One whose transaction took long may
-- have a lower id than some that are sealed: the next seal covers it.
-- name: AuditUnsealed
select {AuditColumns}
from audit_records a where not exists (select 1 from audit_sealed s where s.record_id = a.id) order by a.id limit ?;

-- name: AuditSealLast
select s.seq, s.records, s.first_id, s.last_id, s.prev, s.hash, s.sealed_at from audit_seals s order by s.seq desc limit 1;

-- name: AuditSealInsert
insert into audit_seals (seq, records, first_id, last_id, prev, hash, sealed_at)
values (:seq, :records, :first_id, :last_id, :prev, :hash, :sealed_at);

-- name: AuditSealedInsert
insert into audit_sealed (record_id, seq) values (?, ?);

-- name: AuditSealsFrom
select s.seq, s.records, s.first_id, s.last_id, s.prev, s.hash, s.sealed_at from audit_seals s where s.seq >= ? order by s.seq limit ?;

-- name: AuditOfSeal
select {AuditColumns}
from audit_sealed s join audit_records a on a.id = s.record_id where s.seq = ? order by a.id;
