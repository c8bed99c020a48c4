-- Cases with an alert are a safeguarding lead's, also when it was dealt with: few
-- events among all.

-- +goose Up

create index events_alerted on events (case_id) where kind = 'alerted';
create index case_grants_open on case_grants (asked_at) where approved_at is null and ended_at is null;
