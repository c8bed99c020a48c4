-- How staff sign in: the council's identity provider, a second factor, sessions
-- that can be listed and ended.

-- +goose Up

-- Issuer and subject are the identity (OpenID Connect Core 1.0 section 5.7); an
-- e-mail address never is.
alter table staff add column issuer text not null default '';
alter table staff add column subject text not null default '';
create unique index staff_identity on staff (issuer, subject) where issuer <> '';
alter table staff add column access_ends_at text;
-- Encrypted under the key file of the installation.
alter table staff add column totp_sealed text not null default '';
-- A code counts once (RFC 6238 section 5.2): the step of the last that did.
alter table staff add column totp_last_step integer not null default 0;
alter table staff add column invite_hash text not null default '';
alter table staff add column invite_ends_at text;
alter table staff add column disabled_at text;
alter table staff add column last_sign_in_at text;
alter table staff add column password_changed_at text;

create table recovery_codes (
  id integer primary key,
  staff_id integer not null references staff (id),
  hash text not null,
  used_at text
) strict;
create unique index recovery_codes_one on recovery_codes (staff_id, hash);

-- Of an old session nobody can say whose it is: everybody signs in anew.
drop table sessions;
create table sessions (
  token_hash text primary key,
  data blob not null,
  expires_at text not null,
  staff_id integer references staff (id), -- null until somebody has signed in
  created_at text not null,
  last_seen_at text not null,
  from_net text not null,
  agent text not null
) strict;
create index sessions_expires on sessions (expires_at);
create index sessions_staff on sessions (staff_id);
create index api_tokens_staff on api_tokens (staff_id);
create index outgoings_author on outgoings (author_id) where author_id is not null;
