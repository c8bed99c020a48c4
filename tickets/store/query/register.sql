-- Facts about children, families and staff. What is read here goes to matching
-- and to the guard, so every list says its order.

-- name: TeamInsert
insert into teams (
  name, lead_id
) values (
  :name, :lead_id
)
returning id;

-- name: StaffInsert
insert into staff (
  email, mailbox, name, name_fold, role, team_id, password_hash, active, deputy_id, away_until,
  access_ends_at, hold_seconds, created_at
) values (
  :email, :mailbox, :name, :name_fold, :role, :team_id, :password_hash, :active, :deputy_id, :away_until,
  :access_ends_at, :hold_seconds, :created_at
)
returning id;

-- name: CaseInsert
insert into cases (
  ref, ref_fold, child_name, child_fold, dob, upn, nhs, school, stage, team_id, officer_id, fallback_id,
  restricted, is_open, created_at
) values (
  :ref, :ref_fold, :child_name, :child_fold, :dob, :upn, :nhs, :school, :stage, :team_id, :officer_id,
  :fallback_id, :restricted, :is_open, :created_at
)
returning id;

-- name: PersonInsert
insert into people (
  name, name_fold, kind, created_at
) values (
  :name, :name_fold, :kind, :created_at
)
returning id;

-- name: AddressInsert
insert into addresses (
  person_id, email, mailbox, loose, confidential, verified_at, bounced, created_at
) values (
  :person_id, :email, :mailbox, :loose, :confidential, :verified_at, :bounced, :created_at
)
returning id;

-- name: PhoneInsert
insert into phones (
  person_id, number, digits, verified_at, confidential, wrong
) values (
  :person_id, :number, :digits, :verified_at, :confidential, :wrong
)
returning id;

-- name: LinkInsert
insert into links (
  case_id, person_id, relation, pr, pr_source, pr_checked_on, no_contact, may_be_told, address_hidden,
  representative
) values (
  :case_id, :person_id, :relation, :pr, :pr_source, :pr_checked_on, :no_contact, :may_be_told,
  :address_hidden, :representative
)
returning id;

-- name: TeamUpdate
update teams set
  name = :name, lead_id = :lead_id
where id = :id;

-- name: StaffUpdate
update staff set
  email = :email, mailbox = :mailbox, name = :name, name_fold = :name_fold, role = :role, team_id = :team_id,
  password_hash = :password_hash, active = :active, deputy_id = :deputy_id, away_until = :away_until,
  access_ends_at = :access_ends_at, hold_seconds = :hold_seconds
where id = :id;

-- name: CaseUpdate
update cases set
  ref = :ref, ref_fold = :ref_fold, child_name = :child_name, child_fold = :child_fold, dob = :dob, upn =
  :upn, nhs = :nhs, school = :school, stage = :stage, team_id = :team_id, officer_id = :officer_id,
  fallback_id = :fallback_id, restricted = :restricted, is_open = :is_open
where id = :id;

-- name: AddressUpdate
update addresses set
  person_id = :person_id, email = :email, mailbox = :mailbox, loose = :loose, confidential = :confidential,
  verified_at = :verified_at, bounced = :bounced
where id = :id;

-- name: LinkUpdate
update links set
  case_id = :case_id, person_id = :person_id, relation = :relation, pr = :pr, pr_source = :pr_source,
  pr_checked_on = :pr_checked_on, no_contact = :no_contact, may_be_told = :may_be_told, address_hidden =
  :address_hidden, representative = :representative
where id = :id;

-- name: TeamByID
select {TeamColumns}
from teams g where g.id = cast(? as bigint);

-- name: TeamByName
select {TeamColumns}
from teams g where g.name = cast(? as text);

-- name: StaffByID
select {StaffColumns}
from staff s where s.id = cast(? as bigint);

-- name: StaffByMailbox
select {StaffColumns}
from staff s where s.mailbox = cast(? as text);

-- name: StaffByMailboxes
select {StaffColumns}
from staff s where s.mailbox in (?) and s.active order by s.id;

-- name: StaffAll
select {StaffColumns}
from staff s order by s.name_fold, s.id;

-- name: CaseByID
select {CaseColumns}
from cases c where c.id = cast(? as bigint);

-- name: CasesAll
select {CaseColumns}
from cases c order by c.id;

-- name: PersonByID
select {PersonColumns}
from people p where p.id = cast(? as bigint);

-- name: CounterStart
insert into counters (name, next) values (?, ?) on conflict (name) do nothing;

-- name: CounterNext
update counters set next = next + 1 where name = ? returning next - 1;

-- name: RegisterBump
update register_version set version = version + 1;

-- name: RegisterVersion
select version from register_version;

-- name: PartiesOfCase
select {PartyColumns}
from links l join people p on p.id = l.person_id where l.case_id = cast(? as bigint) order by l.id;

-- name: AddressesOf
select {AddressColumns}
from addresses a where a.person_id in (?) order by a.id;

-- name: PhonesOf
select {PhoneColumns}
from phones f where f.person_id in (?) order by f.id;

-- name: Domains
select domain from staff_domains order by domain;

-- name: DomainsClear
delete from staff_domains;

-- name: DomainAdd
insert into staff_domains (domain) values (?) on conflict (domain) do nothing;

-- name: SettingGet
select value from settings where key = ?;

-- name: SettingPut
insert into settings (key, value) values (?, ?) on conflict (key) do update set value = excluded.value;

-- name: MailboxPut
insert into mailboxes (name, address, folded, team_id) values (:name, :address, :folded, :team_id)
on conflict (name) do update set address = excluded.address, folded = excluded.folded, team_id = excluded.team_id
returning id;

-- name: MailboxByID
select b.id, b.name, b.address, b.folded, b.team_id from mailboxes b where b.id = cast(? as bigint);

-- name: Mailboxes
select b.id, b.name, b.address, b.folded, b.team_id from mailboxes b order by b.name;
