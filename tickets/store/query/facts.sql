-- Restrictions, authority, preferences, names, dates and places of a case, the
-- council's directory, and imports of the case system's extract.

-- name: RestrictionInsert
insert into restrictions (
  case_id, person_id, against_id, kind, source, document, reason, starts_on, review_by, interim, entered_by,
  entered_at, end_asked_by, end_asked_at, end_reason, ended_at, end_approved_by
) values (
  :case_id, :person_id, :against_id, :kind, :source, :document, :reason, :starts_on, :review_by, :interim,
  :entered_by, :entered_at, :end_asked_by, :end_asked_at, :end_reason, :ended_at, :end_approved_by
)
returning id;

-- name: RestrictionUpdate
update restrictions set
  person_id = :person_id, against_id = :against_id, kind = :kind, source = :source, document = :document,
  reason = :reason, starts_on = :starts_on, review_by = :review_by, interim = :interim,
  end_asked_by = :end_asked_by, end_asked_at = :end_asked_at, end_reason = :end_reason, ended_at = :ended_at,
  end_approved_by = :end_approved_by
where id = :id;

-- name: RestrictionsOfCase
select
  r.id, r.case_id, r.person_id, r.against_id, r.kind, r.source, r.document, r.reason, r.starts_on,
  r.review_by, r.interim, r.entered_by, r.entered_at, r.end_asked_by, r.end_asked_at, r.end_reason,
  r.ended_at, r.end_approved_by
from restrictions r where r.case_id = cast(? as bigint) order by r.id;

-- name: RestrictionByID
select
  r.id, r.case_id, r.person_id, r.against_id, r.kind, r.source, r.document, r.reason, r.starts_on,
  r.review_by, r.interim, r.entered_by, r.entered_at, r.end_asked_by, r.end_asked_at, r.end_reason,
  r.ended_at, r.end_approved_by
from restrictions r where r.id = cast(? as bigint);

-- name: RepresentationInsert
insert into representations (
  case_id, person_id, for_person_id, kind, document, given_on, expires_on, entered_by, entered_at, ended_at
) values (
  :case_id, :person_id, :for_person_id, :kind, :document, :given_on, :expires_on, :entered_by, :entered_at,
  :ended_at
)
returning id;

-- name: RepresentationUpdate
update representations set
  person_id = :person_id, for_person_id = :for_person_id, kind = :kind, document = :document,
  given_on = :given_on, expires_on = :expires_on, ended_at = :ended_at
where id = :id;

-- name: RepresentationsOfCase
select
  r.id, r.case_id, r.person_id, r.for_person_id, r.kind, r.document, r.given_on, r.expires_on, r.entered_by,
  r.entered_at, r.ended_at
from representations r where r.case_id = cast(? as bigint) order by r.id;

-- name: RepresentationByID
select
  r.id, r.case_id, r.person_id, r.for_person_id, r.kind, r.document, r.given_on, r.expires_on, r.entered_by,
  r.entered_at, r.ended_at
from representations r where r.id = cast(? as bigint);

-- name: ArrangementPut
insert into arrangements (
  case_id, value, source, asked_on, entered_by
) values (
  :case_id, :value, :source, :asked_on, :entered_by
)
on conflict (case_id) do update set
  value = excluded.value, source = excluded.source, asked_on = excluded.asked_on,
  entered_by = excluded.entered_by;

-- name: ArrangementOfCase
select a.case_id, a.value, a.source, a.asked_on, a.entered_by from arrangements a where a.case_id = cast(? as bigint);

-- name: PreferencesPut
insert into preferences (
  person_id, channel, times, language, interpreter, large_print, easy_read, braille, audio, bsl, words, no_general
) values (
  :person_id, :channel, :times, :language, :interpreter, :large_print, :easy_read, :braille, :audio, :bsl,
  :words, :no_general
)
on conflict (person_id) do update set
  channel = excluded.channel, times = excluded.times, language = excluded.language,
  interpreter = excluded.interpreter, large_print = excluded.large_print, easy_read = excluded.easy_read,
  braille = excluded.braille, audio = excluded.audio, bsl = excluded.bsl, words = excluded.words, no_general = excluded.no_general;

-- name: PreferencesOfCase
select
  f.person_id, f.channel, f.times, f.language, f.interpreter, f.large_print, f.easy_read, f.braille, f.audio,
  f.bsl, f.words, f.no_general
from preferences f join links l on l.person_id = f.person_id
where l.case_id = cast(? as bigint) order by f.person_id;

-- name: AliasInsert
insert into aliases (
  case_id, name, name_fold
) values (
  :case_id, :name, :name_fold
)
on conflict do nothing
returning id;

-- name: AliasDelete
delete from aliases where case_id = cast(? as bigint) and id = cast(? as bigint);

-- name: AliasesOfCase
select a.id, a.case_id, a.name, a.name_fold from aliases a where a.case_id = cast(? as bigint) order by a.id;

-- name: AliasesAll
select a.id, a.case_id, a.name, a.name_fold from aliases a order by a.id;

-- name: SiblingPut
insert into siblings (case_id, other_id) values (?, ?) on conflict do nothing;

-- name: SiblingDelete
delete from siblings where case_id = ? and other_id = ?;

-- name: SiblingsOfCase
select {CaseColumns}
from cases c join (
  select other_id as id from siblings where case_id = cast(? as bigint)
  union select case_id from siblings where other_id = cast(? as bigint)
) s on s.id = c.id order by c.id;

-- name: CaseDatePut
insert into case_dates (case_id, kind, on_date, source) values (?, ?, ?, ?)
on conflict (case_id, kind) do update set on_date = excluded.on_date, source = excluded.source;

-- name: CaseDatesOfCase
select d.case_id, d.kind, d.on_date from case_dates d where d.case_id = cast(? as bigint) order by d.kind;

-- name: CaseDatesAll
select d.case_id, d.kind, d.on_date from case_dates d order by d.case_id, d.kind;

-- name: PostalInsert
insert into postal_addresses (
  person_id, lines, postcode, confidential, from_on, to_on, entered_at
) values (
  :person_id, :lines, :postcode, :confidential, :from_on, :to_on, :entered_at
)
returning id;

-- name: PostalUpdate
update postal_addresses set
  lines = :lines, postcode = :postcode, confidential = :confidential, from_on = :from_on, to_on = :to_on
where id = :id;

-- name: PostalOfCase
select
  a.id, a.person_id, a.lines, a.postcode, a.confidential, a.from_on, a.to_on, a.entered_at
from postal_addresses a join links l on l.person_id = a.person_id
where l.case_id = cast(? as bigint) order by a.id;

-- name: PostalByID
select
  a.id, a.person_id, a.lines, a.postcode, a.confidential, a.from_on, a.to_on, a.entered_at
from postal_addresses a where a.id = cast(? as bigint);

-- name: PostalAll
select
  a.id, a.person_id, a.lines, a.postcode, a.confidential, a.from_on, a.to_on, a.entered_at
from postal_addresses a order by a.id;

-- name: ProtectedInsert
insert into protected_facts (
  case_id, person_id, against_id, restriction_id, kind, value, entered_at
) values (
  :case_id, :person_id, :against_id, :restriction_id, :kind, :value, :entered_at
)
returning id;

-- name: ProtectedRemove
update protected_facts set removed_at = ? where case_id = cast(? as bigint) and id = cast(? as bigint) and removed_at is null;

-- name: ProtectedOfCase
select
  f.id, f.case_id, f.person_id, f.against_id, f.restriction_id, f.kind, f.value, f.entered_at
from protected_facts f where f.case_id = cast(? as bigint) and f.removed_at is null order by f.id;

-- name: PersonUpdate
update people set name = :name, name_fold = :name_fold, kind = :kind where id = :id;

-- name: LinkDelete
delete from links where id = cast(? as bigint);

-- name: AddressDelete
delete from addresses where id = cast(? as bigint);

-- name: PhoneUpdate
update phones set
  number = :number, digits = :digits, verified_at = :verified_at, confidential = :confidential, wrong = :wrong
where id = :id;

-- name: PhoneDelete
delete from phones where id = cast(? as bigint);

-- name: AddressByID
select {AddressColumns} from addresses a where a.id = cast(? as bigint);

-- name: PhoneByID
select {PhoneColumns} from phones f where f.id = cast(? as bigint);

-- name: PersonRefPut
insert into person_refs (ref, person_id) values (?, ?)
on conflict (ref) do update set person_id = excluded.person_id;

-- name: PersonRefsAll
select r.ref, r.person_id from person_refs r order by r.ref;

-- name: CasesOfPerson
select {CaseColumns}
from cases c join links l on l.case_id = c.id where l.person_id = cast(? as bigint) order by c.id;

-- name: PeopleWithMailbox
select {PersonColumns}
from people p where p.id in (select a.person_id from addresses a where a.loose = cast(? as text)) order by p.id;

-- name: PeopleAll
select {PersonColumns}
from people p order by p.id;

-- name: LinksAll
select {PartyColumns}
from links l join people p on p.id = l.person_id order by l.id;

-- name: AddressesAll
select {AddressColumns}
from addresses a order by a.id;

-- name: PhonesAll
select {PhoneColumns}
from phones f order by f.id;

-- name: RestrictionsAll
select
  r.id, r.case_id, r.person_id, r.against_id, r.kind, r.source, r.document, r.reason, r.starts_on,
  r.review_by, r.interim, r.entered_by, r.entered_at, r.end_asked_by, r.end_asked_at, r.end_reason,
  r.ended_at, r.end_approved_by
from restrictions r where r.ended_at is null order by r.id;

-- name: TeamsAll
select {TeamColumns} from teams g order by g.id;

-- name: MergeLinks
update links set person_id = ? where person_id = ?;

-- name: MergePhones
update phones set person_id = ? where person_id = ?;

-- name: MergePostal
update postal_addresses set person_id = ? where person_id = ?;

-- name: MergeRefs
update person_refs set person_id = ? where person_id = ?;

-- name: MergeRequests
update tickets set requester_id = ? where requester_id = ?;

-- name: MergeSuggestions
update tickets set suggested_person_id = ? where suggested_person_id = ?;

-- name: MergeMessages
update messages set person_id = ? where person_id = ?;

-- name: MergeCalls
update calls set person_id = ? where person_id = ?;

-- name: MergeDeliveries
update deliveries set person_id = ? where person_id = ?;

-- name: MergeAbout
update restrictions set person_id = ? where person_id = ?;

-- name: MergeAgainst
update restrictions set against_id = ? where against_id = ?;

-- name: MergeAgents
update representations set person_id = ? where person_id = ?;

-- name: MergePrincipals
update representations set for_person_id = ? where for_person_id = ?;

-- name: MergeFacts
update protected_facts set person_id = ? where person_id = ?;

-- name: MergeFactsAgainst
update protected_facts set against_id = ? where against_id = ?;

-- name: MergeWaits
update import_waiting set person_id = ? where person_id = ?;

-- An address that both have is one; the stricter marks stay.
-- name: MergeAddressMarks
update addresses set
  confidential = confidential or exists (select 1 from addresses b where b.person_id = ? and b.mailbox = addresses.mailbox and b.confidential),
  verified_at = case when exists (select 1 from addresses b where b.person_id = ? and b.mailbox = addresses.mailbox and b.verified_at is null) then null else verified_at end
where person_id = ?;

-- name: MergeAddressTwins
delete from addresses where person_id = ? and mailbox in (select b.mailbox from addresses b where b.person_id = ?);

-- name: MergeAddresses
update addresses set person_id = ? where person_id = ?;

-- name: MergePreferences
delete from preferences where person_id = ? and exists (select 1 from preferences f where f.person_id = ?);

-- name: MergePreferencesKept
update preferences set person_id = ? where person_id = ?;

-- name: PersonDelete
delete from people where id = cast(? as bigint);

-- name: GroupsClear
delete from directory_groups;

-- name: ForwardsClear
delete from directory_forwards;

-- name: GroupInsert
insert into directory_groups (address, mailbox, name, members, exported_at) values (?, ?, ?, ?, ?)
on conflict (mailbox) do update set members = directory_groups.members || '
' || excluded.members;

-- name: ForwardInsert
insert into directory_forwards (mailbox, target, exported_at) values (?, ?, ?) on conflict do nothing;

-- name: GroupsAll
select g.id, g.address, g.mailbox, g.name, g.members, g.exported_at from directory_groups g order by g.id;

-- name: ForwardsAll
select f.mailbox, f.target, f.exported_at from directory_forwards f order by f.mailbox, f.target;

-- name: DomainChangeInsert
insert into staff_domain_changes (
  domain, remove, asked_by, asked_at, approved_by, settled_at, refused
) values (
  :domain, :remove, :asked_by, :asked_at, :approved_by, :settled_at, :refused
)
returning id;

-- name: DomainChangeSettle
update staff_domain_changes set approved_by = :approved_by, settled_at = :settled_at, refused = :refused
where id = :id and settled_at is null;

-- name: DomainChanges
select
  d.id, d.domain, d.remove, d.asked_by, d.asked_at, d.approved_by, d.settled_at, d.refused
from staff_domain_changes d where d.settled_at is null or cast(? as bigint) = 0 order by d.id desc limit 200;

-- name: ImportInsert
insert into imports (
  file_name, sha256, mapping, row_count, changed, waiting, failed, by_id, done_at
) values (
  :file_name, :sha256, :mapping, :row_count, :changed, :waiting, :failed, :by_id, :done_at
)
returning id;

-- name: ImportsNewest
select
  i.id, i.file_name, i.sha256, i.mapping, i.row_count, i.changed, i.waiting, i.failed, i.by_id, i.done_at
from imports i order by i.id desc limit ?;

-- name: WaitingInsert
insert into import_waiting (
  import_id, case_id, person_id, change, change_key, why, settled_by, settled_at, taken
) values (
  :import_id, :case_id, :person_id, :change, :change_key, :why, :settled_by, :settled_at, :taken
)
on conflict (change_key) where settled_at is null do nothing
returning id;

-- name: WaitingSettle
update import_waiting set settled_by = :settled_by, settled_at = :settled_at, taken = :taken
where id = :id and settled_at is null;

-- name: WaitingByID
select
  w.id, w.import_id, w.case_id, w.person_id, w.change, w.change_key, w.why, w.settled_by, w.settled_at,
  w.taken
from import_waiting w where w.id = cast(? as bigint);

-- name: MappingPut
insert into import_mappings (name, mapping) values (?, ?) on conflict (name) do update set mapping = excluded.mapping;

-- name: MappingGet
select mapping from import_mappings where name = ?;

-- name: MappingsAll
select name from import_mappings order by name;
