package store

// factStatements are the statements of query/facts.sql that came with the verbs of
// the register; see statements.go for the others.
type factStatements struct {
	ReasonInsert, ReasonsOfCase, MergeReasons, TicketsOpenOfCase, LettersWaitingOnCase, DomainsApproved, AlarmTake, DirectoryAge,
	SiblingsAll, GuardRestrictions, GuardProtected, GuardConfidences, SendersLoose, AddressesNotLoose, AddressLoose,
	AuthoritiesEnding, CasesNotAsked query
}
