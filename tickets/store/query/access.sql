-- Who is there: leases of programs, sessions and tokens of people.

-- A lease is taken when nobody has it, when it ran out, or by its own holder; the
-- epoch goes up whenever the holder changes or had lost it.
-- name: LeaseTake
insert into leases (name, holder, epoch, expires_at) values (:name, :holder, 1, :expires_at)
on conflict (name) do update set
  epoch = case when leases.holder = excluded.holder and leases.expires_at > :now then leases.epoch else leases.epoch + 1 end,
  holder = excluded.holder, expires_at = excluded.expires_at
where leases.holder = excluded.holder or leases.expires_at <= :now
returning epoch;

-- name: LeaseRelease
update leases set expires_at = ? where name = ? and holder = ? and epoch = ?;

-- Programs that ended long ago, once nothing that they had claimed is left.
-- name: LeasesDrop
delete from leases where name like 'program/%' and expires_at < ?
  and not exists (select 1 from deliveries d where d.state in ('claimed', 'data_begun') and leases.name = 'program/' || d.claimed_by);

-- Of an account that was shut, or whose time is over, no session is found.
-- name: SessionFind
select x.data, x.staff_id from sessions x where x.token_hash = ? and x.expires_at > ? and (x.staff_id is null or exists (
  select 1 from staff s where s.id = x.staff_id and s.active and (s.access_ends_at is null or s.access_ends_at > ?)));

-- name: SessionInsert
insert into sessions (token_hash, data, expires_at, staff_id, created_at, last_seen_at, from_net, agent)
values (:token_hash, :data, :expires_at, :staff_id, :created_at, :last_seen_at, :from_net, :agent);

-- What was ended meanwhile is not made again by a request that was on its way.
-- name: SessionUpdate
update sessions set data = :data, expires_at = :expires_at, last_seen_at = :last_seen_at, from_net = :from_net where token_hash = :token_hash;

-- name: SessionDelete
delete from sessions where token_hash = ?;

-- name: SessionsExpired
delete from sessions where expires_at <= ?;

-- name: TokenInsert
insert into api_tokens (hash, staff_id, name, scopes, expires_at, created_at)
values (:hash, :staff_id, :name, :scopes, :expires_at, :created_at) returning id;

-- name: TokenByHash
select k.id, k.hash, k.staff_id, k.name, k.scopes, k.expires_at, k.created_at from api_tokens k where k.hash = cast(? as text);

-- name: TokenDelete
delete from api_tokens where hash = ?;

-- name: TeamsLed
select g.id from teams g where g.lead_id = cast(? as bigint) order by g.id;
