-- Why a letter waits longer before it leaves; how long a person likes to be able to
-- take theirs back; who decided to leave a letter in doubt as it is.

-- +goose Up

alter table outgoings add column hold_reasons text not null default '';
alter table staff add column hold_seconds integer not null default 0;
alter table deliveries add column left_by integer references staff (id);
