-- How staff sign in.

-- name: AccountGet
select s.id, s.issuer, s.subject, s.totp_sealed, s.totp_last_step, s.invite_hash, s.invite_ends_at, s.disabled_at, s.last_sign_in_at,
  s.password_changed_at, (select count(*) from recovery_codes r where r.staff_id = s.id and r.used_at is null) as codes_left
from staff s where s.id = cast(? as bigint);

-- name: AccountPut
update staff set
  issuer = :issuer, subject = :subject, totp_sealed = :totp_sealed, totp_last_step = :totp_last_step, invite_hash = :invite_hash,
  invite_ends_at = :invite_ends_at, disabled_at = :disabled_at, last_sign_in_at = :last_sign_in_at,
  password_changed_at = :password_changed_at
where id = :id;

-- name: StaffByIdentity
select {StaffColumns}
from staff s where s.issuer = cast(? as text) and s.subject = cast(? as text) and s.issuer <> '';

-- One program takes a step, whoever asks at the same moment.
-- name: StepTake
update staff set totp_last_step = ? where id = ? and totp_last_step < ? and totp_sealed <> '';

-- name: CodesClear
delete from recovery_codes where staff_id = ?;

-- name: CodeAdd
insert into recovery_codes (staff_id, hash) values (?, ?);

-- name: CodeTake
update recovery_codes set used_at = ? where staff_id = ? and hash = ? and used_at is null;

-- name: SessionsOf
select substr(x.token_hash, 1, 16) as ref, x.staff_id, x.created_at, x.last_seen_at, x.from_net, x.agent from sessions x
where x.staff_id = cast(? as bigint) and x.expires_at > ? order by x.last_seen_at desc, x.token_hash;

-- name: SessionsEnd
delete from sessions where staff_id = ?;

-- name: SessionsEndOthers
delete from sessions where staff_id = ? and substr(token_hash, 1, 16) <> ?;

-- name: SessionEnd
delete from sessions where staff_id = ? and substr(token_hash, 1, 16) = ?;

-- name: TokensEnd
delete from api_tokens where staff_id = ?;

-- name: LettersWaitingOf
select distinct d.outgoing_id from deliveries d join outgoings o on o.id = d.outgoing_id
where o.author_id = cast(? as bigint) and d.state in ('queued', 'held') order by d.outgoing_id;

-- name: TicketsOwnedBy
select t.id from tickets t
where t.owner_id = cast(? as bigint) and t.state in ('triage', 'open', 'waiting_other', 'waiting_family') order by t.id;

-- name: CasesFallingBackOn
select c.id from cases c where c.fallback_id = cast(? as bigint) and c.is_open order by c.id;
