package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// ReplaceDirectory implements tickets.RegisterTx: the whole of it, or nothing.
func (t *tx) ReplaceDirectory(ctx context.Context, d *register.Directory) error {
	t.register = true
	q := t.db.q
	for _, clear := range []query{q.GroupsClear, q.ForwardsClear} {
		if _, err := t.exec(ctx, clear); err != nil {
			return err
		}
	}
	for _, g := range d.Groups {
		if _, err := t.exec(ctx, q.GroupInsert, g.Address, register.FoldMailbox(g.Address), g.Name, strings.Join(g.Members, "\n"), at(g.AsOf)); err != nil {
			return err
		}
	}
	for _, f := range d.Forwards {
		if _, err := t.exec(ctx, q.ForwardInsert, register.FoldMailbox(f.Mailbox), f.To, at(f.AsOf)); err != nil {
			return err
		}
	}
	return nil
}

// Directory implements tickets.RegisterReader.
func (r reader) Directory(ctx context.Context) (*register.Directory, error) {
	var groups []struct {
		ID      int64   `db:"id"`
		Address string  `db:"address"`
		Mailbox string  `db:"mailbox"`
		Name    string  `db:"name"`
		Members string  `db:"members"`
		AsOf    instant `db:"exported_at"`
	}
	if err := r.all(ctx, &groups, r.db.q.GroupsAll); err != nil {
		return nil, err
	}
	var forwards []struct {
		Mailbox string  `db:"mailbox"`
		To      string  `db:"target"`
		AsOf    instant `db:"exported_at"`
	}
	if err := r.all(ctx, &forwards, r.db.q.ForwardsAll); err != nil {
		return nil, err
	}
	d := &register.Directory{}
	older := func(i instant) {
		if d.AsOf.IsZero() || i.time().Before(d.AsOf) {
			d.AsOf = i.time()
		}
	}
	for _, g := range groups {
		older(g.AsOf)
		d.Groups = append(d.Groups, register.Group{ID: g.ID, Address: g.Address, Mailbox: g.Mailbox, Name: g.Name, Members: strings.Fields(g.Members), AsOf: g.AsOf.time()})
	}
	for _, f := range forwards {
		older(f.AsOf)
		d.Forwards = append(d.Forwards, register.Forward{Mailbox: f.Mailbox, To: f.To, AsOf: f.AsOf.time()})
	}
	return d, nil
}

type domainChangeRow struct {
	ID         int64    `db:"id"`
	Domain     string   `db:"domain"`
	Remove     bool     `db:"remove"`
	AskedBy    rowID    `db:"asked_by"`
	AskedAt    instant  `db:"asked_at"`
	ApprovedBy rowID    `db:"approved_by"`
	SettledAt  *instant `db:"settled_at"`
	Refused    bool     `db:"refused"`
}

func domainChangeToRow(c *register.DomainChange) domainChangeRow {
	return domainChangeRow{
		ID: c.ID, Domain: c.Domain, Remove: c.Remove, AskedBy: rowID(c.AskedBy), AskedAt: at(c.AskedAt),
		ApprovedBy: rowID(c.ApprovedBy), SettledAt: atP(c.SettledAt), Refused: c.Refused,
	}
}

// InsertDomainChange implements tickets.RegisterTx.
func (t *tx) InsertDomainChange(ctx context.Context, c *register.DomainChange) error {
	return t.add(ctx, t.db.q.DomainChangeInsert, domainChangeToRow(c), &c.ID)
}

// SettleDomainChange implements tickets.RegisterTx.
func (t *tx) SettleDomainChange(ctx context.Context, c *register.DomainChange) error {
	n, err := t.execRow(ctx, t.db.q.DomainChangeSettle, domainChangeToRow(c))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "Somebody has settled this already")
	}
	return err
}

// DomainChanges implements tickets.RegisterReader.
func (r reader) DomainChanges(ctx context.Context, openOnly bool) ([]register.DomainChange, error) {
	only := 0
	if openOnly {
		only = 1
	}
	var rows []domainChangeRow
	err := r.all(ctx, &rows, r.db.q.DomainChanges, only)
	return plain(rows, func(c domainChangeRow) register.DomainChange {
		return register.DomainChange{
			ID: c.ID, Domain: c.Domain, Remove: c.Remove, AskedBy: int64(c.AskedBy), AskedAt: c.AskedAt.time(),
			ApprovedBy: int64(c.ApprovedBy), SettledAt: c.SettledAt.timeP(), Refused: c.Refused,
		}
	}), err
}

type importRow struct {
	ID       int64   `db:"id"`
	FileName string  `db:"file_name"`
	SHA256   string  `db:"sha256"`
	Mapping  string  `db:"mapping"`
	Rows     int     `db:"row_count"`
	Changed  int     `db:"changed"`
	Waiting  int     `db:"waiting"`
	Failed   int     `db:"failed"`
	ByID     rowID   `db:"by_id"`
	DoneAt   instant `db:"done_at"`
}

// InsertImport implements tickets.RegisterTx.
func (t *tx) InsertImport(ctx context.Context, i *register.Import) error {
	return t.add(ctx, t.db.q.ImportInsert, importRow{
		FileName: i.FileName, SHA256: i.SHA256, Mapping: i.Mapping, Rows: i.Rows, Changed: i.Changed, Waiting: i.Waiting,
		Failed: i.Failed, ByID: rowID(i.ByID), DoneAt: at(i.DoneAt),
	}, &i.ID)
}

// Imports implements tickets.RegisterReader.
func (r reader) Imports(ctx context.Context, limit int) ([]register.Import, error) {
	var rows []importRow
	err := r.all(ctx, &rows, r.db.q.ImportsNewest, limit)
	return plain(rows, func(i importRow) register.Import {
		return register.Import{
			ID: i.ID, FileName: i.FileName, SHA256: i.SHA256, Mapping: i.Mapping, Rows: i.Rows, Changed: i.Changed,
			Waiting: i.Waiting, Failed: i.Failed, ByID: int64(i.ByID), DoneAt: i.DoneAt.time(),
		}
	}), err
}

type waitingRow struct {
	ID        int64    `db:"id"`
	ImportID  int64    `db:"import_id"`
	CaseID    rowID    `db:"case_id"`
	PersonID  rowID    `db:"person_id"`
	Change    string   `db:"change"`
	Key       string   `db:"change_key"`
	Why       string   `db:"why"`
	SettledBy rowID    `db:"settled_by"`
	SettledAt *instant `db:"settled_at"`
	Taken     bool     `db:"taken"`
}

func waitingToRow(w *register.Waiting) waitingRow {
	return waitingRow{
		ID: w.ID, ImportID: w.ImportID, CaseID: rowID(w.CaseID), PersonID: rowID(w.PersonID), Change: w.Change, Key: w.Key,
		Why: w.Why, SettledBy: rowID(w.SettledBy), SettledAt: atP(w.SettledAt), Taken: w.Taken,
	}
}

func (w waitingRow) waiting() register.Waiting {
	return register.Waiting{
		ID: w.ID, ImportID: w.ImportID, CaseID: int64(w.CaseID), PersonID: int64(w.PersonID), Change: w.Change, Key: w.Key,
		Why: w.Why, SettledBy: int64(w.SettledBy), SettledAt: w.SettledAt.timeP(), Taken: w.Taken,
	}
}

// InsertWaiting implements tickets.RegisterTx.
func (t *tx) InsertWaiting(ctx context.Context, w *register.Waiting) (bool, error) {
	id, inserted, err := t.insertRow(ctx, t.db.q.WaitingInsert, waitingToRow(w))
	w.ID = id
	return inserted, err
}

// SettleWaiting implements tickets.RegisterTx.
func (t *tx) SettleWaiting(ctx context.Context, w *register.Waiting) error {
	n, err := t.execRow(ctx, t.db.q.WaitingSettle, waitingToRow(w))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "Somebody has settled this already")
	}
	return err
}

// WaitingByID implements tickets.RegisterTx.
func (t *tx) WaitingByID(ctx context.Context, id int64) (*register.Waiting, error) {
	var row waitingRow
	if err := t.getLocked(ctx, &row, t.db.q.WaitingByID, id); err != nil {
		return nil, err
	}
	w := row.waiting()
	return &w, nil
}

// ImportWaiting implements tickets.RegisterReader.
func (r reader) ImportWaiting(ctx context.Context, a access.Actor, limit int) ([]register.Waiting, int, error) {
	q := r.db.q
	var rows []waitingRow
	if err := newList("waiting", q.SelectWaiting).and(q.WaitingIsOpen).andCond(q.seesCase(a)).tail(q.OrderWaiting, limit).rows(ctx, r.session, &rows); err != nil {
		return nil, 0, err
	}
	var n int
	err := newList("count of waiting", q.CountWaiting).and(q.WaitingIsOpen).andCond(q.seesCase(a)).row(ctx, r.session, &n)
	return plain(rows, waitingRow.waiting), n, err
}

// PutImportMapping implements tickets.RegisterTx.
func (t *tx) PutImportMapping(ctx context.Context, name string, m caseload.Mapping) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("the mapping as JSON: %w", err)
	}
	_, err = t.exec(ctx, t.db.q.MappingPut, name, string(text))
	return err
}

// ImportMapping implements tickets.RegisterReader.
func (r reader) ImportMapping(ctx context.Context, name string) (caseload.Mapping, error) {
	var text string
	if err := r.get(ctx, &text, r.db.q.MappingGet, name); err != nil {
		return nil, err
	}
	m := caseload.Mapping{}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, fmt.Errorf("the mapping %s: %w", name, err)
	}
	return m, nil
}

// ImportMappings implements tickets.RegisterReader.
func (r reader) ImportMappings(ctx context.Context) (names []string, err error) {
	err = r.all(ctx, &names, r.db.q.MappingsAll)
	return names, err
}

// Caseload implements tickets.RegisterReader.
func (r reader) Caseload(ctx context.Context) (*caseload.World, error) {
	q := r.db.q
	version, err := r.RegisterVersion(ctx)
	if err != nil {
		return nil, err
	}
	now, err := r.db.nowIn(ctx, r.session)
	if err != nil {
		return nil, err
	}
	var cases []caseRow
	var links []partyRow
	var addresses []addressRow
	var phones []phoneRow
	var aliases []aliasRow
	var dates []caseDateRow
	var restrictions []restrictionRow
	var postal []postalRow
	var people []personRow
	var staff []staffRow
	var teamsOf []teamRow
	var ended []restrictionRow
	var declined []string
	var refs []struct {
		Ref      string `db:"ref"`
		PersonID int64  `db:"person_id"`
	}
	for _, x := range []struct {
		dest any
		q    query
	}{
		{&cases, q.CasesAll},
		{&links, q.LinksAll},
		{&addresses, q.AddressesAll},
		{&phones, q.PhonesAll},
		{&aliases, q.AliasesAll},
		{&dates, q.CaseDatesAll},
		{&restrictions, q.RestrictionsAll},
		{&postal, q.PostalAll},
		{&people, q.PeopleAll},
		{&staff, q.StaffAll},
		{&teamsOf, q.TeamsAll},
		{&refs, q.PersonRefsAll},
		{&ended, q.RestrictionsEnded},
		{&declined, q.WaitingDeclined},
	} {
		if err := r.all(ctx, x.dest, x.q); err != nil {
			return nil, err
		}
	}
	w := &caseload.World{
		Version: version, Today: now.time().In(sla.London()).Format("2006-01-02"), Cases: map[string]caseload.Known{},
		Teams: map[string]int64{}, Staff: map[string]int64{}, ByRef: map[string]int64{}, ByMail: map[string][]int64{}, Names: map[int64]string{},
		Kinds: map[int64]register.PersonKind{}, Boxes: map[int64][]register.Address{}, Phones: map[int64][]register.Phone{},
		Places: map[int64][]register.Postal{}, Ended: map[int64][]register.Restriction{}, Declined: map[string]bool{},
	}
	for _, x := range refs {
		w.ByRef[x.Ref] = x.PersonID
	}
	for _, p := range people {
		w.Names[p.ID], w.Kinds[p.ID] = p.Name, register.PersonKind(p.Kind)
	}
	for _, x := range ended {
		w.Ended[x.CaseID] = append(w.Ended[x.CaseID], x.restriction())
	}
	for _, key := range declined {
		w.Declined[key] = true
	}
	for _, a := range addresses {
		w.Boxes[a.PersonID] = append(w.Boxes[a.PersonID], a.address())
		w.ByMail[a.Mailbox] = append(w.ByMail[a.Mailbox], a.PersonID)
	}
	for _, p := range phones {
		w.Phones[p.PersonID] = append(w.Phones[p.PersonID], p.phone())
	}
	for _, p := range postal {
		w.Places[p.PersonID] = append(w.Places[p.PersonID], p.postal())
	}
	for _, s := range staff {
		if s.Active {
			w.Staff[s.Mailbox] = s.ID
		}
	}
	for _, g := range teamsOf {
		w.Teams[strings.ToLower(g.Name)] = g.ID
	}
	byID := map[int64]*caseload.Known{}
	for _, c := range cases {
		byID[c.ID] = &caseload.Known{Case: c.file(), Dates: map[string]string{}}
	}
	for _, l := range links {
		if k := byID[l.Link.CaseID]; k != nil {
			k.Parties = append(k.Parties, register.Party{Person: l.Person.person(), Link: l.Link.link()})
		}
	}
	for _, a := range aliases {
		if k := byID[a.CaseID]; k != nil {
			k.Aliases = append(k.Aliases, a.Name)
		}
	}
	for _, d := range dates {
		if k := byID[d.CaseID]; k != nil {
			k.Dates[d.Kind] = d.On
		}
	}
	for _, x := range restrictions {
		if k := byID[x.CaseID]; k != nil {
			k.Restrictions = append(k.Restrictions, x.restriction())
		}
	}
	for _, k := range byID {
		w.Cases[strings.ToUpper(k.Case.Ref)] = *k
	}
	return w, nil
}
