-- What endpoints outside have to be told.

-- name: HookInsert
insert into hook_events (endpoint, kind, ref, at, state, attempts, next_at, answer, done_at)
values (:endpoint, :kind, :ref, :at, :state, :attempts, :next_at, :answer, :done_at) returning id;

-- name: HookSet
update hook_events set state = :state, attempts = :attempts, next_at = :next_at, answer = :answer, done_at = :done_at
where id = :id and state = 'waiting';

-- name: HooksDue
select h.id, h.endpoint, h.kind, h.ref, h.at, h.state, h.attempts, h.next_at, h.answer, h.done_at from hook_events h
where h.endpoint = cast(? as text) and h.state = 'waiting' and h.next_at <= ? order by h.next_at, h.id limit ?;

-- name: HooksLast
select h.id, h.endpoint, h.kind, h.ref, h.at, h.state, h.attempts, h.next_at, h.answer, h.done_at from hook_events h
order by h.id desc limit ?;

-- name: HooksWaiting
select h.endpoint, count(*) as n from hook_events h where h.state = 'waiting' group by h.endpoint;

-- name: HooksForget
delete from hook_events where done_at < ?;
