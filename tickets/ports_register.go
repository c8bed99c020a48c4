package tickets

import (
	"context"

	"hearback/tickets/access"
	"hearback/tickets/caseload"
	"hearback/tickets/register"
)

// RegisterReader is what the verbs of the register and its pages ask. Methods
// with an Actor answer within its scope.
type RegisterReader interface {
	FactReader
	CaseFacts(ctx context.Context, caseID int64) (*register.CaseFacts, error)
	RestrictionByID(ctx context.Context, id int64) (*register.Restriction, error) // locked in a transaction
	RepresentationByID(ctx context.Context, id int64) (*register.Representation, error)
	AddressByID(ctx context.Context, id int64) (*register.Address, error)
	PhoneByID(ctx context.Context, id int64) (*register.Phone, error)
	PostalByID(ctx context.Context, id int64) (*register.Postal, error)
	// RestrictionsToReview lists restrictions in force whose review date is before
	// a local date, or whose evidence is due, within the actor's scope.
	RestrictionsToReview(ctx context.Context, a access.Actor, before string) ([]register.Restriction, error)
	// CasesOfPerson lists the cases that a person is linked to; not scoped.
	CasesOfPerson(ctx context.Context, personID int64) ([]register.Case, error)
	// PeopleWithMailbox lists who is recorded with a mailbox, in whatever spelling
	// (register.LooseMailbox).
	PeopleWithMailbox(ctx context.Context, mailbox string) ([]register.Person, error)

	Directory(ctx context.Context) (*register.Directory, error)
	DomainChanges(ctx context.Context, openOnly bool) ([]register.DomainChange, error) // newest first, at most 200
	Caseload(ctx context.Context) (*caseload.World, error)
	Imports(ctx context.Context, limit int) ([]register.Import, error) // newest first
	ImportByID(ctx context.Context, id int64) (*register.Import, error)
	ImportWaiting(ctx context.Context, a access.Actor, limit int) ([]register.Waiting, int, error) // open ones, oldest first, and how many
	ImportMapping(ctx context.Context, name string) (caseload.Mapping, error)                      // fault.NotFound
	ImportMappings(ctx context.Context) ([]string, error)
}

// RegisterTx is what the verbs of the register write. Every write bumps the
// version of the register in the same transaction, except those of imports'
// bookkeeping.
type RegisterTx interface {
	FactTx
	// LockRegister takes the register for this transaction: changes of two people at
	// once follow one another, and none overwrites what the other has read. It bumps
	// the version, once for a transaction.
	LockRegister(ctx context.Context) error
	UpdatePerson(ctx context.Context, p *register.Person) error
	DeleteLink(ctx context.Context, id int64) error
	DeleteAddress(ctx context.Context, id int64) error
	UpdatePhone(ctx context.Context, p *register.Phone) error
	DeletePhone(ctx context.Context, id int64) error
	InsertPostal(ctx context.Context, p *register.Postal) error
	UpdatePostal(ctx context.Context, p *register.Postal) error
	PutPreferences(ctx context.Context, p *register.Preferences) error
	PutArrangement(ctx context.Context, a *register.ContactArrangement) error
	InsertAlias(ctx context.Context, a *register.Alias) error // fault.Conflict when the case has it
	DeleteAlias(ctx context.Context, caseID, id int64) error
	PutSibling(ctx context.Context, caseID, otherID int64) error
	DeleteSibling(ctx context.Context, caseID, otherID int64) error
	PutCaseDate(ctx context.Context, caseID int64, kind, on, source string) error
	InsertRestriction(ctx context.Context, r *register.Restriction) error
	UpdateRestriction(ctx context.Context, r *register.Restriction) error
	InsertRepresentation(ctx context.Context, r *register.Representation) error
	UpdateRepresentation(ctx context.Context, r *register.Representation) error
	InsertProtectedFact(ctx context.Context, f *register.ProtectedFact) error
	RemoveProtectedFact(ctx context.Context, caseID, id int64) error
	PutPersonRef(ctx context.Context, ref string, personID int64) error
	// MergePeople moves everything that from has to into and takes from away.
	// The caller has made sure that no link of the two is on the same case.
	MergePeople(ctx context.Context, from, into int64) error
	ReplaceDirectory(ctx context.Context, d *register.Directory) error
	InsertDomainChange(ctx context.Context, c *register.DomainChange) error
	SettleDomainChange(ctx context.Context, c *register.DomainChange) error

	InsertImport(ctx context.Context, i *register.Import) error
	InsertWaiting(ctx context.Context, w *register.Waiting) (fresh bool, err error)
	SettleWaiting(ctx context.Context, w *register.Waiting) error // fault.Conflict when it is settled
	WaitingByID(ctx context.Context, id int64) (*register.Waiting, error)
	PutImportMapping(ctx context.Context, name string, m caseload.Mapping) error
}
