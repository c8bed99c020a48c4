package store

import (
	"context"
	"slices"
	"sync"
	"time"

	"hearback/tickets"
	"hearback/tickets/register"
)

// registerIndex is what a judgement needs of every other case and of the council's
// directory: thousands of rows that need not be read again for every letter. It is
// immutable: whoever has it may read it, and nobody changes it. Every change of the
// register bumps the version in its transaction, so the same version means the same
// rows.
type registerIndex struct {
	version  int64
	children []register.Case            // every case, one entry for each name of the child
	aliases  map[int64][]register.Alias // by case
	siblings map[int64][]int64          // by case, ascending
	groups   []register.Group
	forwards []register.Forward
	asOf     time.Time
	// mailboxes are all addresses of the register with whose they are.
	mailboxes []tickets.KnownMailbox
}

// indexCache keeps the newest index that was read.
type indexCache struct {
	mu  sync.Mutex
	now *registerIndex
}

// registerIndex is the index of a version. r reads one state of the database, in
// which the register has that version.
func (r reader) registerIndex(ctx context.Context, version int64) (*registerIndex, error) {
	c := &r.db.index
	c.mu.Lock()
	x := c.now
	c.mu.Unlock()
	if x != nil && x.version == version {
		return x, nil
	}
	r.seal = nil // the version stands for all of it
	x, err := r.readIndex(ctx, version)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	if c.now == nil || c.now.version < version {
		c.now = x
	}
	c.mu.Unlock()
	return x, nil
}

// readIndex reads the index anew.
func (r reader) readIndex(ctx context.Context, version int64) (*registerIndex, error) {
	q := r.db.q
	var cases []caseRow
	var aliases []aliasRow
	var siblings []struct {
		CaseID  int64 `db:"case_id"`
		OtherID int64 `db:"other_id"`
	}
	if err := r.all(ctx, &cases, q.CasesAll); err != nil {
		return nil, err
	}
	if err := r.all(ctx, &aliases, q.AliasesAll); err != nil {
		return nil, err
	}
	if err := r.all(ctx, &siblings, q.SiblingsAll); err != nil {
		return nil, err
	}
	var addresses []addressRow
	if err := r.all(ctx, &addresses, q.AddressesAll); err != nil {
		return nil, err
	}
	var people []personRow
	if err := r.all(ctx, &people, q.PeopleAll); err != nil {
		return nil, err
	}
	d, err := r.Directory(ctx)
	if err != nil {
		return nil, err
	}
	x := &registerIndex{
		version: version, aliases: map[int64][]register.Alias{}, siblings: map[int64][]int64{},
		groups: d.Groups, forwards: d.Forwards, asOf: d.AsOf,
	}
	names := make(map[int64]string, len(people))
	for _, p := range people {
		names[p.ID] = p.Name
	}
	x.mailboxes = make([]tickets.KnownMailbox, 0, len(addresses))
	for _, a := range addresses {
		x.mailboxes = append(x.mailboxes, tickets.KnownMailbox{Email: a.Email, Name: names[a.PersonID]})
	}
	for _, a := range plain(aliases, aliasRow.alias) {
		x.aliases[a.CaseID] = append(x.aliases[a.CaseID], a)
	}
	for _, a := range x.aliases {
		slices.SortFunc(a, func(a, b register.Alias) int { return int(a.ID - b.ID) })
	}
	for _, s := range siblings {
		x.siblings[s.CaseID] = append(x.siblings[s.CaseID], s.OtherID)
		x.siblings[s.OtherID] = append(x.siblings[s.OtherID], s.CaseID)
	}
	for _, s := range x.siblings {
		slices.Sort(s)
	}
	for _, row := range cases {
		c := row.file()
		x.children = append(x.children, c)
		for _, a := range x.aliases[c.ID] {
			known := c
			// The numbers stand on the first entry: found once is enough.
			known.ChildName, known.UPN, known.NHS = a.Name, "", ""
			x.children = append(x.children, known)
		}
	}
	return x, nil
}

// registerFacts adds what the register says beyond the parties: what is restricted
// and protected, other names, siblings, and the directory.
func (r reader) registerFacts(ctx context.Context, f *tickets.GuardFacts, caseID int64) error {
	x, err := r.registerIndex(ctx, f.Version)
	if err != nil {
		return err
	}
	f.OtherChildren = make([]register.Case, 0, len(x.children))
	own := x.siblings[caseID]
	for _, c := range x.children {
		if c.ID != caseID {
			f.OtherChildren = append(f.OtherChildren, c)
		}
		// The first entry of a sibling has its name in the register.
		if _, is := slices.BinarySearch(own, c.ID); is {
			f.Siblings = append(f.Siblings, c)
		}
	}
	f.Aliases = slices.Clone(x.aliases[caseID])
	f.Groups, f.Forwards, f.DirectoryAsOf = slices.Clone(x.groups), slices.Clone(x.forwards), x.asOf
	f.Mailboxes = x.mailboxes
	if f.Restrictions, err = r.guardRestrictions(ctx, f, caseID); err != nil {
		return err
	}
	if caseID == 0 {
		return nil
	}
	if err := r.actingFacts(ctx, f, caseID); err != nil {
		return err
	}
	if f.Protected, err = r.guardProtected(ctx, f, caseID); err != nil {
		return err
	}
	f.Confidences, err = r.guardConfidences(ctx, f, caseID)
	return err
}

// guardRestrictions are those of the case, and those of everybody who is recorded
// with a mailbox of the letter, on whatever case.
func (r reader) guardRestrictions(ctx context.Context, f *tickets.GuardFacts, caseID int64) ([]register.Restriction, error) {
	people := []int64{0} // nobody has the id 0
	for _, p := range slices.Concat(f.Parties, f.Elsewhere) {
		if !slices.Contains(people, p.Person.ID) {
			people = append(people, p.Person.ID)
		}
	}
	var rows []restrictionRow
	err := r.allIn(ctx, &rows, r.db.q.GuardRestrictions, caseID, people)
	return plain(rows, restrictionRow.restriction), err
}

// guardProtected are the facts that somebody named, and those that follow from what
// is recorded: every address and number of somebody whose address is protected, what
// is marked confidential, and the school where it is protected.
func (r reader) guardProtected(ctx context.Context, f *tickets.GuardFacts, caseID int64) ([]tickets.ProtectedValue, error) {
	var named []protectedRow
	if err := r.all(ctx, &named, r.db.q.GuardProtected, caseID); err != nil {
		return nil, err
	}
	var postal []postalRow
	if err := r.all(ctx, &postal, r.db.q.PostalOfCase, caseID); err != nil {
		return nil, err
	}
	return tickets.ProtectedValues(f.Case, f.Parties, f.Restrictions, plain(named, protectedRow.fact), plain(postal, postalRow.postal)), nil
}

// guardConfidences is what people told us who asked that it is kept from others.
func (r reader) guardConfidences(ctx context.Context, f *tickets.GuardFacts, caseID int64) ([]tickets.Confidence, error) {
	by := map[int64][]register.Restriction{}
	for _, x := range f.Restrictions {
		if x.CaseID == caseID && x.Kind == register.InConfidence {
			by[x.PersonID] = append(by[x.PersonID], x)
		}
	}
	if len(by) == 0 {
		return nil, nil
	}
	people := make([]int64, 0, len(by))
	for id := range by {
		people = append(people, id)
	}
	slices.Sort(people)
	var rows []struct {
		ID       int64   `db:"id"`
		PersonID int64   `db:"person_id"`
		At       instant `db:"received_at"`
		Subject  string  `db:"subject"`
		Words    string  `db:"words"`
		Reply    string  `db:"reply"`
	}
	if err := r.allIn(ctx, &rows, r.db.q.GuardConfidences, caseID, people); err != nil {
		return nil, err
	}
	var out []tickets.Confidence
	for _, row := range rows {
		for _, x := range by[row.PersonID] {
			text := row.Reply
			if text == "" {
				text = row.Words
			}
			out = append(out, tickets.Confidence{
				RestrictionID: x.ID, PersonID: x.PersonID, AgainstID: x.AgainstID, MessageID: row.ID, At: row.At.time(),
				Text: row.Subject + "\n" + text,
			})
		}
	}
	return out, nil
}

// actingFacts are who decides for the child and who may act for whom.
func (r reader) actingFacts(ctx context.Context, f *tickets.GuardFacts, caseID int64) error {
	var arrangement []arrangementRow
	if err := r.all(ctx, &arrangement, r.db.q.ArrangementOfCase, caseID); err != nil {
		return err
	}
	for _, a := range arrangement {
		f.Arrangement = register.Arrangement(a.Value)
	}
	var acting []representationRow
	if err := r.all(ctx, &acting, r.db.q.RepresentationsOfCase, caseID); err != nil {
		return err
	}
	for _, a := range acting {
		if a.EndedAt == nil {
			f.Representations = append(f.Representations, a.representation())
		}
	}
	var dates []caseDateRow
	if err := r.all(ctx, &dates, r.db.q.CaseDatesOfCase, caseID); err != nil {
		return err
	}
	f.Dates = map[string]string{}
	for _, d := range dates {
		f.Dates[d.Kind] = d.On
	}
	return nil
}
