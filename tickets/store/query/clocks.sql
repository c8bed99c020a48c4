-- Service clocks and the steps that were taken.

-- name: ClockInsert
insert into clocks (
  ticket_id, kind, policy, received_at, start_at, warn_at, due_at, lead_at, start_day, due_day, stopped_at,
  paused_at, paused_for, next_at, stop_by
) values (
  :ticket_id, :kind, :policy, :received_at, :start_at, :warn_at, :due_at, :lead_at, :start_day, :due_day,
  :stopped_at, :paused_at, :paused_for, :next_at, :stop_by
)
returning id;

-- name: ClockUpdate
update clocks set
  kind = :kind, policy = :policy, received_at = :received_at, start_at = :start_at, warn_at = :warn_at, due_at
  = :due_at, lead_at = :lead_at, start_day = :start_day, due_day = :due_day, stopped_at = :stopped_at,
  paused_at = :paused_at, paused_for = :paused_for, next_at = :next_at, stop_by = :stop_by
where id = :id;

-- name: ClocksOfTicket
select {ClockColumns}
from clocks k where k.ticket_id = cast(? as bigint) order by k.id;

-- name: ClocksDue
select {ClockColumns}
from clocks k where k.next_at <= ? and k.stopped_at is null and k.paused_at is null order by k.next_at, k.id limit ?;

-- name: StepInsert
insert into clock_steps (clock_id, step, due_at, done_at, late, outgoing_id)
values (:clock_id, :step, :due_at, :done_at, :late, :outgoing_id)
on conflict (clock_id, step) do nothing;

-- name: StepsOf
select step from clock_steps where clock_id = ?;
