package store

import (
	"context"

	"hearback/tickets/register"
)

// personRow is a row of people.
type personRow struct {
	ID        int64   `db:"id"`
	Name      string  `db:"name"`
	NameFold  string  `db:"name_fold"`
	Kind      string  `db:"kind"`
	CreatedAt instant `db:"created_at"`
}

func (r personRow) person() register.Person {
	return register.Person{ID: r.ID, Name: r.Name, Kind: register.PersonKind(r.Kind), CreatedAt: r.CreatedAt.time()}
}

// InsertPerson implements tickets.Tx.
func (t *tx) InsertPerson(ctx context.Context, p *register.Person) error {
	t.register = true
	return t.add(ctx, t.db.q.PersonInsert, personRow{
		Name: p.Name, NameFold: fold(p.Name), Kind: string(p.Kind), CreatedAt: at(p.CreatedAt),
	}, &p.ID)
}

// PersonByID implements tickets.Reader.
func (r reader) PersonByID(ctx context.Context, id int64) (*register.Person, error) {
	var row personRow
	if err := r.get(ctx, &row, r.db.q.PersonByID, id); err != nil {
		return nil, err
	}
	p := row.person()
	return &p, nil
}

// linkRow is a row of links.
type linkRow struct {
	ID             int64  `db:"id"`
	CaseID         int64  `db:"case_id"`
	PersonID       int64  `db:"person_id"`
	Relation       string `db:"relation"`
	PR             string `db:"pr"`
	PRSource       string `db:"pr_source"`
	PRCheckedOn    string `db:"pr_checked_on"`
	NoContact      bool   `db:"no_contact"`
	MayBeTold      string `db:"may_be_told"`
	AddressHidden  bool   `db:"address_hidden"`
	Representative bool   `db:"representative"`
}

func linkToRow(l *register.Link) linkRow {
	return linkRow{
		ID: l.ID, CaseID: l.CaseID, PersonID: l.PersonID, Relation: string(l.Relation), PR: string(l.PR),
		PRSource: l.PRSource, PRCheckedOn: l.PRCheckedOn, NoContact: l.NoContact, MayBeTold: l.MayBeTold,
		AddressHidden: l.AddressHidden, Representative: l.Representative,
	}
}

func (r linkRow) link() register.Link {
	return register.Link{
		ID: r.ID, CaseID: r.CaseID, PersonID: r.PersonID, Relation: register.Relation(r.Relation), PR: register.PR(r.PR),
		PRSource: r.PRSource, PRCheckedOn: r.PRCheckedOn, NoContact: r.NoContact, MayBeTold: r.MayBeTold,
		AddressHidden: r.AddressHidden, Representative: r.Representative,
	}
}

// InsertLink implements tickets.Tx. A person has one line on a case.
func (t *tx) InsertLink(ctx context.Context, l *register.Link) error {
	t.register = true
	return t.add(ctx, t.db.q.LinkInsert, linkToRow(l), &l.ID)
}

// UpdateLink implements tickets.Tx.
func (t *tx) UpdateLink(ctx context.Context, l *register.Link) error {
	t.register = true
	return t.change(ctx, t.db.q.LinkUpdate, linkToRow(l))
}

// addressRow is a row of addresses.
type addressRow struct {
	ID           int64    `db:"id"`
	PersonID     int64    `db:"person_id"`
	Email        string   `db:"email"`
	Mailbox      string   `db:"mailbox"`
	Loose        string   `db:"loose"` // register.LooseMailbox; written, never read into an Address
	Confidential bool     `db:"confidential"`
	VerifiedAt   *instant `db:"verified_at"`
	Bounced      int      `db:"bounced"`
	CreatedAt    instant  `db:"created_at"`
}

func addressToRow(a *register.Address) addressRow {
	return addressRow{
		ID: a.ID, PersonID: a.PersonID, Email: a.Email, Mailbox: a.Mailbox, Loose: register.LooseMailbox(a.Email),
		Confidential: a.Confidential, VerifiedAt: atP(a.VerifiedAt), Bounced: a.Bounced, CreatedAt: at(a.CreatedAt),
	}
}

func (r addressRow) address() register.Address {
	return register.Address{
		ID: r.ID, PersonID: r.PersonID, Email: r.Email, Mailbox: r.Mailbox, Confidential: r.Confidential,
		VerifiedAt: r.VerifiedAt.timeP(), Bounced: r.Bounced, CreatedAt: r.CreatedAt.time(),
	}
}

// InsertAddress implements tickets.Tx. Mailbox is folded here when the caller left it empty.
func (t *tx) InsertAddress(ctx context.Context, a *register.Address) error {
	t.register = true
	if a.Mailbox == "" {
		a.Mailbox = register.FoldMailbox(a.Email)
	}
	return t.add(ctx, t.db.q.AddressInsert, addressToRow(a), &a.ID)
}

// UpdateAddress implements tickets.Tx.
func (t *tx) UpdateAddress(ctx context.Context, a *register.Address) error {
	t.register = true
	return t.change(ctx, t.db.q.AddressUpdate, addressToRow(a))
}

// phoneRow is a row of phones.
type phoneRow struct {
	ID           int64    `db:"id"`
	PersonID     int64    `db:"person_id"`
	Number       string   `db:"number"`
	Digits       string   `db:"digits"`
	VerifiedAt   *instant `db:"verified_at"`
	Confidential bool     `db:"confidential"`
	Wrong        bool     `db:"wrong"`
}

func phoneToRow(p *register.Phone) phoneRow {
	return phoneRow{
		ID: p.ID, PersonID: p.PersonID, Number: p.Number, Digits: p.Digits, VerifiedAt: atP(p.VerifiedAt),
		Confidential: p.Confidential, Wrong: p.Wrong,
	}
}

func (r phoneRow) phone() register.Phone {
	return register.Phone{
		ID: r.ID, PersonID: r.PersonID, Number: r.Number, Digits: r.Digits, VerifiedAt: r.VerifiedAt.timeP(),
		Confidential: r.Confidential, Wrong: r.Wrong,
	}
}

// InsertPhone implements tickets.Tx.
func (t *tx) InsertPhone(ctx context.Context, p *register.Phone) error {
	t.register = true
	return t.add(ctx, t.db.q.PhoneInsert, phoneToRow(p), &p.ID)
}

// Parties implements tickets.Reader: everybody on the case, in the order in
// which they were put there.
func (r reader) Parties(ctx context.Context, caseID int64) ([]register.Party, error) {
	var rows []partyRow
	if err := r.all(ctx, &rows, r.db.q.PartiesOfCase, caseID); err != nil {
		return nil, err
	}
	return r.parties(ctx, rows)
}

// partyRow is a link with its person.
type partyRow struct {
	Link   linkRow   `db:"l"`
	Person personRow `db:"p"`
}

// parties adds the addresses and telephone numbers.
func (r reader) parties(ctx context.Context, rows []partyRow) ([]register.Party, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.Person.ID
	}
	var addresses []addressRow
	if err := r.allIn(ctx, &addresses, r.db.q.AddressesOf, ids); err != nil {
		return nil, err
	}
	var phones []phoneRow
	if err := r.allIn(ctx, &phones, r.db.q.PhonesOf, ids); err != nil {
		return nil, err
	}
	out := make([]register.Party, len(rows))
	for i, row := range rows {
		p := register.Party{Person: row.Person.person(), Link: row.Link.link()}
		for _, a := range addresses {
			if a.PersonID == p.Person.ID {
				p.Addresses = append(p.Addresses, a.address())
			}
		}
		for _, f := range phones {
			if f.PersonID == p.Person.ID {
				p.Phones = append(p.Phones, f.phone())
			}
		}
		out[i] = p
	}
	return out, nil
}
