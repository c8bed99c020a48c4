package store

// statements are all statements by name; see query/*.sql.
type statements struct {
	// query/register.sql
	TeamInsert, StaffInsert, CaseInsert, PersonInsert, AddressInsert, PhoneInsert, LinkInsert, TeamUpdate,
	StaffUpdate, CaseUpdate, AddressUpdate, LinkUpdate, TeamByID, TeamByName, StaffByID, StaffByMailbox, StaffByMailboxes,
	StaffAll, CaseByID, CasesAll, PersonByID, CounterStart, CounterNext, RegisterBump, RegisterVersion,
	PartiesOfCase, AddressesOf, PhonesOf, Domains, DomainsClear, DomainAdd, SettingGet, SettingPut, MailboxPut,
	MailboxByID, Mailboxes query

	// query/facts.sql
	RestrictionInsert, RestrictionUpdate, RestrictionsOfCase, RestrictionByID, RepresentationInsert,
	RepresentationUpdate, RepresentationsOfCase, RepresentationByID, ArrangementPut, ArrangementOfCase,
	PreferencesPut, PreferencesOfCase, AliasInsert, AliasDelete, AliasesOfCase, AliasesAll, SiblingPut,
	SiblingDelete, SiblingsOfCase, CaseDatePut, CaseDatesOfCase, CaseDatesAll, PostalInsert, PostalUpdate,
	PostalOfCase, PostalByID, PostalAll, ProtectedInsert, ProtectedRemove, ProtectedOfCase, PersonUpdate,
	LinkDelete, AddressDelete, PhoneUpdate, PhoneDelete, AddressByID, PhoneByID, PersonRefPut, PersonRefsAll,
	CasesOfPerson, PeopleWithMailbox, PeopleAll, LinksAll, AddressesAll, PhonesAll, RestrictionsAll, TeamsAll,
	MergeLinks, MergePhones, MergePostal, MergeRefs, MergeRequests, MergeSuggestions, MergeMessages, MergeCalls,
	MergeDeliveries, MergeAbout, MergeAgainst, MergeAgents, MergePrincipals, MergeFacts, MergeFactsAgainst,
	MergeWaits, MergeAddressMarks, MergeAddressTwins, MergeAddresses, MergePreferences, MergePreferencesKept,
	PersonDelete, GroupsClear, ForwardsClear, GroupInsert, ForwardInsert, GroupsAll, ForwardsAll,
	DomainChangeInsert, DomainChangeSettle, DomainChanges, ImportInsert, ImportsNewest, WaitingInsert,
	WaitingSettle, WaitingByID, MappingPut, MappingGet, MappingsAll query

	// query/imports.sql
	RestrictionsEnded, WaitingDeclined, ImportByID query

	// query/export.sql
	ExportTeams, ExportStaff, ExportCases, ExportAliases, ExportSiblings, ExportCaseDates, ExportPeople,
	ExportPersonNumbers, ExportLinks, ExportAddresses, ExportPhones, ExportPostalAddresses, ExportPreferences,
	ExportRestrictions, ExportReasons, ExportRepresentations, ExportArrangements, ExportProtectedFacts,
	ExportAccessGrants, ExportMailboxes, ExportEnquiries, ExportMessages, ExportCalls, ExportNotes, ExportLetters,
	ExportDeliveries, ExportClocks, ExportClockSteps, ExportEvents, ExportAudit, ExportAuditSeals, ExportLedger,
	ExportScans, ExportRules, ExportStaffDomains, ExportStaffDomainChanges, ExportDirectoryGroups,
	ExportDirectoryForwards, ExportImports, ExportImportWaiting, ExportImportMappings, ExportSettings,
	ExportOriginals query

	// query/audit.sql
	AuditInsert, AuditUnsealed, AuditSealLast, AuditSealInsert, AuditSealedInsert, AuditSealsFrom, AuditOfSeal query

	// query/grants.sql
	GrantInsert, GrantUpdate, GrantByID, CaseIDByRef, GrantsLive, CaseIsFlagged query

	// query/accounts.sql
	AccountGet, AccountPut, StaffByIdentity, StepTake, CodesClear, CodeAdd, CodeTake, SessionsOf, SessionsEnd, SessionsEndOthers,
	SessionEnd, TokensEnd, LettersWaitingOf, TicketsOwnedBy, CasesFallingBackOn query

	// query/settings.sql
	SettingVersionNewest, SettingVersionAt, SettingVersionLast, SettingVersionsOf, SettingVersionInsert, TicketsRunning, TeamsHere, TeamRemove,
	TeamRestore, TeamIsRemoved, StaffFigures, AuditSealAge query

	// query/match.sql
	MailboxOwn, TokensKnown, ThreadsKnown, Participants, SendersKnown, CopyElsewhere, OutsideByNumber, OutsideAnswers, PhoneOwners,
	TicketsWaitingOf query

	// query/rules.sql
	RulesLive, RuleInsert, RuleRemove query

	// query/tickets.sql
	TicketInsert, TicketUpdate, MessageInsert, NoteInsert, EventInsert, TicketByID, TicketsByID, EventsOfTicket,
	TicketVersion, TicketDue, BodyInsert, CallInsert, CallsOf, MessageByID, MessagesMove, MessagePlace,
	ContentKnown, OthersOnTicket query

	// query/clocks.sql
	ClockInsert, ClockUpdate, ClocksOfTicket, ClocksDue, StepInsert, StepsOf query

	// query/outgoing.sql
	OutgoingInsert, OutgoingUpdate, DeliveryInsert, DeliverySet, OutgoingByID, DeliveriesOfOne, DeliveriesOf,
	DeliveryByToken, DeliveryByMessageID, DeliveriesTo, AutomaticTo, AutomaticToOn, AutomaticFrom query

	// query/outbox.sql
	OutboxExpire, OutboxOverdue, OutboxOtherMode, OutboxHoldCopies, OutboxHoldLetters, OutboxTake, OutboxTaken,
	OutboxBegin, OutboxLeft, OutboxNext, ThreadOf query

	// query/<engine>/outbox.sql
	OutboxChoose query

	// query/guard.sql
	GuardElsewhere, GuardNotes, GuardCalls, GuardSeenIn, GuardSeenOut, GuardPlace, MailboxesFolded query

	// query/mail.sql
	LedgerPut, LedgerAt, LedgerByID, LedgerUIDs, LedgerOpen, LedgerPresent, LedgerGone, FolderPresent, CursorGet, CursorPut, RawInsert, RawID,
	RawGet query

	// query/arrivals.sql
	ArrivalsNewest query

	// query/scans.sql
	ScansOfRaw, ScanPut, ScanParts, ScanDone, ScansWanted, ScansAgain query

	// query/views.sql
	TicketViews, ClocksByID, TimelineMessages, TimelineLetters, TimelineEvents, NotesOfTicket, BodiesByID,
	MessagesByID query

	// query/<engine>/search.sql
	WordsInsert query

	// query/access.sql
	LeaseTake, LeaseRelease, LeasesDrop, SessionFind, SessionInsert, SessionUpdate, SessionDelete, SessionsExpired, TokenInsert, TokenByHash,
	TokenDelete, TeamsLed query

	// query/health.sql
	HealthQueue, HealthQuarantine, HealthFates, HealthStates, HealthLate, HealthMessages, HealthWrite query

	// query/letter_files.sql
	DraftFileInsert, DraftFilesOf, DraftFileSet, DraftFilesDone, DraftFilesOld, OutgoingFileInsert, FilesOfLetters,
	LetterheadPut, LetterheadOf, LargePrintOf, ExportLetterFiles, ExportLetterheads query

	// query/drafts.sql
	DraftPut, DraftClear, DraftGet, NoteDraftPut, NoteDraftClear, NoteDraftGet, DraftsAmong, DraftsOld, NoteDraftsOld query
}

// filters are the fragments of lists by name; see query/filters.sql and, for
// the search, query/<engine>/search.sql.
type filters struct {
	Nothing, TicketOwn, TicketOfTeam, TicketUnsorted, TicketOfAppeal, TicketFlagged, TicketNotRestricted, TicketOnCase,
	CaseOwn, CaseOfTeam, CaseOfAppeal, CaseFlagged, CaseNotRestricted, CaseRestricted, SelectDoor, SelectTicketDoor,
	DoorOfTicket, DoorOfLetter, TicketOfLetter, SelectGrants, GrantOwn, OrderGrants, MessageApart,
	MailboxInScope, LetterOfActor, LetterOfNobody, ViewMine, ViewTeam, ViewTeamAll, ViewWaiting, ViewAnswered,
	ViewLate, ViewTriage, ViewUnconfirmed, ViewFinished, ViewAll, ViewOpen, TicketState, TicketCase,
	TicketOwner, TicketIDIn, TicketRefIs, MatchAnyOf, MatchUnion, MatchEnd, MatchTicketRef, MatchCaseRef,
	MatchChild, ChildLike, MatchRequester, RequesterLike, CaseMatchChild, CaseMatchPerson, CaseMatchRef,
	CaseRefIs, CaseIsOpen, CaseNoOfficer, AfterDue, AfterNewest, AfterCase, OrderDue, OrderNewest, OrderCase,
	HasDue, DueFrom, ChasedTwice, SelectTicketKeys, CountTickets, SelectTicketRefs, SelectTicketID,
	SelectCases, CountCases, SelectMessageID, MessageIDIs, MessageOnTicket, MessageOnNoCase, MessageAutomatic,
	MessageSentApart, OrderMessages, SelectLetters, LetterOnTicket, LetterTicketIs, LetterInStates, OrderLetters, SelectLedger,
	CountLedger, GroupLedger, LedgerMailbox, LedgerFate, LedgerBefore, OrderLedger, SelectSteps, StepsSince,
	OrderSteps, SelectOnTime, ClockDueWithin, SelectLoad, GroupLoadOwned, GroupLoad, SelectHits, HitsMatch,
	OrderHits, MatchWords, MatchWordsEnd, SelectReviews, ReviewBefore, OrderReviews, SelectWaiting,
	CountWaiting, WaitingIsOpen, OrderWaiting, SelectAudit, SelectAuditLines, CountAudit, AuditStaff, AuditCase, AuditAction, AuditFrom, AuditUntil,
	AuditBefore, OrderAudit, MailingOwn, MailingOfTeam, CountMailingsAsked, MailingAsked, OrderMailings, MailingIs, MailingLetterIs, MailingLetterIn, MailingLetterAfter,
	OrderMailingLetters, CountMailingLetters, GroupMailingLetters, OrderMailingCases fragment
}
