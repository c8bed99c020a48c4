-- The record of who did or saw what, sealed into a chain, and who was let into a
-- restricted case.

-- +goose Up

create table audit_records (
  id integer primary key autoincrement,
  at text not null,
  staff_id integer references staff (id),
  system text not null,
  role text not null,
  action text not null,
  object text not null,
  case_id integer references cases (id),
  from_net text not null,
  detail text not null -- JSON object of codes and counts
) strict;
create index audit_records_at on audit_records (at);
create index audit_records_staff on audit_records (staff_id, id);
create index audit_records_case on audit_records (case_id, id);
create index audit_records_action on audit_records (action, id);

create table audit_seals (
  seq integer primary key,
  records integer not null,
  first_id integer not null,
  last_id integer not null,
  prev text not null,
  hash text not null,
  sealed_at text not null
) strict;

-- Which seal covers a record. A row of its own, since records are never changed.
create table audit_sealed (
  record_id integer primary key references audit_records (id),
  seq integer not null references audit_seals (seq)
) strict;
create index audit_sealed_seq on audit_sealed (seq, record_id);

-- Somebody is let into a restricted case by two people, until a day. Breaking the
-- glass lets in at once, for a day, and tells the lead.
create table case_grants (
  id integer primary key,
  case_id integer not null references cases (id),
  staff_id integer not null references staff (id),
  reason text not null,
  asked_by integer references staff (id),
  asked_at text not null,
  approved_by integer references staff (id),
  approved_at text,
  until_at text not null,
  broke_glass integer not null,
  refused integer not null,
  ended_at text,
  check (approved_by is null or (approved_by <> asked_by and approved_by <> staff_id)),
  check (approved_at is null or approved_by is not null)
) strict;
create index case_grants_staff on case_grants (staff_id, case_id) where ended_at is null;
create index case_grants_case on case_grants (case_id);

-- A record is added and never changed.
-- +goose StatementBegin
create trigger audit_records_no_update before update on audit_records
begin
  select raise(abort, 'the audit is append-only');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_records_no_delete before delete on audit_records
begin
  select raise(abort, 'the audit is append-only');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_seals_no_update before update on audit_seals
begin
  select raise(abort, 'the audit is append-only');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_seals_no_delete before delete on audit_seals
begin
  select raise(abort, 'the audit is append-only');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_sealed_no_update before update on audit_sealed
begin
  select raise(abort, 'the audit is append-only');
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger audit_sealed_no_delete before delete on audit_sealed
begin
  select raise(abort, 'the audit is append-only');
end;
-- +goose StatementEnd
