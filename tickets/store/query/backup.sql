-- What a restored database may not do: go on as if no time had passed.

-- name: RestoreDoubt
update deliveries set state = 'uncertain', why = ?, claimed_by = '', claimed_at = null, updated_at = ? where state = 'data_begun';

-- name: RestoreLetters
update outgoings set held_reason = ? where held_reason = '' and exists (
  select 1 from deliveries d where d.outgoing_id = outgoings.id and d.state in ('queued', 'claimed'));

-- name: RestoreCopies
update deliveries set state = ?, why = ?, claimed_by = '', claimed_at = null, updated_at = ? where state in ('queued', 'claimed');

-- A copy for another purpose sends nothing of the first one, not even by hand.
-- name: RestoreHeld
update deliveries set state = 'cancelled', why = ?, updated_at = ? where state = 'held';

-- The programs that had them are gone; their epochs stay, for what they fenced.
-- name: RestoreLeases
update leases set expires_at = ?;

-- name: RestoreSessions
delete from sessions;

-- name: RestoreTokens
delete from api_tokens;

-- How far the database has come: numbers that only go up.
-- name: MarkNow
select coalesce((select max(e.id) from events e), 0) as events, (select v.version from register_version v where v.id = 1) as register,
  coalesce((select c.next from counters c where c.name = 'claim'), 0) as claims;
