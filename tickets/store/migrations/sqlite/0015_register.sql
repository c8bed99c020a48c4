-- An address has a second identity, in which restrictions look it up: tags and
-- dots are dropped for every provider. Rows that were there before get theirs when
-- the program starts, by the same function that writes new ones.
-- And: why something was made less strict, and which alarms were given already.

-- +goose Up

alter table addresses add column loose text not null default '';
create index addresses_loose on addresses (loose);

create table register_reasons (
  id integer primary key,
  case_id integer references cases (id),
  person_id integer, -- people are merged: no reference
  what text not null,
  words text not null,
  by_id integer not null references staff (id),
  at text not null
) strict;
create index register_reasons_case on register_reasons (case_id);

create table register_alarms (
  key text not null primary key,
  told_at text not null
) strict;
