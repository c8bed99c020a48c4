package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"hearback/tickets"
	"hearback/tickets/register"
)

// GuardFacts implements tickets.OutboxStore. Everything is read in one snapshot,
// so that the facts and their version belong together.
func (db *DB) GuardFacts(ctx context.Context, asked tickets.FactsAsked) (*tickets.GuardFacts, error) {
	asked.Mailboxes = keys(asked.Mailboxes)
	var f *tickets.GuardFacts
	err := db.snapshot(ctx, func(r reader) (err error) {
		f, err = r.sealedFacts(ctx, asked)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// snapshot runs fn on one state of the database.
func (db *DB) snapshot(ctx context.Context, fn func(r reader) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if db.engine.name == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	x, err := db.read.BeginTxx(ctx, opts)
	if err != nil {
		return fmt.Errorf("beginning to read: %w", db.classify(err))
	}
	defer func() { _ = x.Rollback() }() // nothing was written
	return fn(reader{session{db: db, ext: x}})
}

// sealedFacts are the facts with the digest of what they were read from.
func (r reader) sealedFacts(ctx context.Context, asked tickets.FactsAsked) (*tickets.GuardFacts, error) {
	r.seal = newSeal()
	f, err := r.guardFacts(ctx, asked)
	if err != nil {
		return nil, err
	}
	f.Fence = r.seal.sum()
	return f, nil
}

func (r reader) guardFacts(ctx context.Context, asked tickets.FactsAsked) (*tickets.GuardFacts, error) {
	caseID, ticketID, mailboxes := asked.CaseID, asked.TicketID, asked.Mailboxes
	f := &tickets.GuardFacts{Asked: asked}
	var err error
	if f.Version, err = r.RegisterVersion(ctx); err != nil {
		return nil, err
	}
	if err := r.guardLetter(ctx, f, asked); err != nil {
		return nil, err
	}
	if caseID != 0 {
		if f.Case, err = r.CaseByID(ctx, caseID); err != nil {
			return nil, err
		}
		if f.Parties, err = r.Parties(ctx, caseID); err != nil {
			return nil, err
		}
		if err = r.all(ctx, &f.LetIn, r.db.q.GrantsLive, caseID); err != nil {
			return nil, err
		}
		var n int
		if err = r.get(ctx, &n, r.db.q.CaseIsFlagged, caseID); err != nil {
			return nil, err
		}
		f.Flagged = n > 0
	}
	if f.StaffDomains, err = r.StaffDomains(ctx); err != nil {
		return nil, err
	}
	if err = r.all(ctx, &f.OwnMailboxes, r.db.q.MailboxesFolded); err != nil {
		return nil, err
	}
	if err = r.guardCouncil(ctx, f); err != nil {
		return nil, err
	}
	if f.Private, err = r.privateFacts(ctx, caseID, ticketID); err != nil {
		return nil, err
	}
	if len(mailboxes) > 0 {
		if err := r.guardMailboxes(ctx, f, asked); err != nil {
			return nil, err
		}
	}
	if err := r.registerFacts(ctx, f, caseID); err != nil {
		return nil, err
	}
	return f, r.guardColleagues(ctx, f)
}

// guardColleagues adds the active staff of the case's team: a letter that greets
// one of them was written to a colleague.
func (r reader) guardColleagues(ctx context.Context, f *tickets.GuardFacts) error {
	if f.Case == nil {
		return nil
	}
	var rows []staffRow
	if err := r.all(ctx, &rows, r.db.q.StaffAll); err != nil {
		return err
	}
	for _, s := range plain(rows, staffRow.staff) {
		s.PasswordHash = ""
		known := slices.ContainsFunc(f.Staff, func(x register.Staff) bool { return x.ID == s.ID })
		if s.Active && !known && (s.TeamID == f.Case.TeamID || s.ID == f.Case.OfficerID || s.ID == f.Case.FallbackID) {
			f.Staff = append(f.Staff, s)
		}
	}
	return nil
}

// guardLetter adds the letter, its author, its enquiry and what it answers, as they
// stand now. Of the enquiry it reads what a decision turns on, and not its state:
// that changes when the first of several copies arrives.
func (r reader) guardLetter(ctx context.Context, f *tickets.GuardFacts, asked tickets.FactsAsked) error {
	if asked.LetterID != 0 {
		var row outgoingRow
		if err := r.get(ctx, &row, r.db.q.OutgoingByID, asked.LetterID); err != nil {
			return err
		}
		o, err := row.outgoing()
		if err != nil {
			return err
		}
		f.Letter = &o
	}
	if asked.TicketID != 0 {
		var row struct {
			ID      int64 `db:"id"`
			CaseID  rowID `db:"case_id"`
			TeamID  rowID `db:"team_id"`
			OwnerID rowID `db:"owner_id"`
		}
		if err := r.get(ctx, &row, r.db.q.GuardPlace, asked.TicketID); err != nil {
			return err
		}
		f.Place = &tickets.LetterPlace{TicketID: row.ID, CaseID: int64(row.CaseID), TeamID: int64(row.TeamID), OwnerID: int64(row.OwnerID)}
	}
	var err error
	if asked.AuthorID != 0 {
		if f.Author, err = r.StaffByID(ctx, asked.AuthorID); err != nil {
			return err
		}
		f.Author.PasswordHash = ""
	}
	if asked.AnswersID != 0 {
		f.Answers, err = r.MessageByID(ctx, asked.AnswersID)
	}
	return err
}

// guardMailboxes adds what is known about the recipients.
func (r reader) guardMailboxes(ctx context.Context, f *tickets.GuardFacts, asked tickets.FactsAsked) error {
	mailboxes := asked.Mailboxes
	var staff []staffRow
	if err := r.allIn(ctx, &staff, r.db.q.StaffByMailboxes, mailboxes); err != nil {
		return err
	}
	f.Staff = plain(staff, staffRow.staff)
	for i := range f.Staff {
		f.Staff[i].PasswordHash = "" // no rule asks for it
	}
	var elsewhere []partyRow
	if err := r.allIn(ctx, &elsewhere, r.db.q.GuardElsewhere, looseKeys(mailboxes)); err != nil {
		return err
	}
	var err error
	if f.Elsewhere, err = r.parties(ctx, elsewhere); err != nil {
		return err
	}
	for i, s := range []struct {
		q    query
		args []any
	}{
		{r.db.q.GuardSeenIn, []any{mailboxes, asked.TicketID, asked.CaseID}},
		{r.db.q.GuardSeenOut, []any{mailboxes, asked.LetterID, asked.TicketID, asked.CaseID}},
	} {
		var seen []struct {
			Mailbox string `db:"mailbox"`
			Subject string `db:"subject"`
			Words   string `db:"words"`
		}
		if err := r.allIn(ctx, &seen, s.q, s.args...); err != nil {
			return err
		}
		for _, s := range seen {
			f.Seen = append(f.Seen, tickets.SeenFact{Mailbox: s.Mailbox, Text: s.Subject + "\n" + s.Words, Wrote: i == 0})
		}
	}
	return nil
}

func (r reader) privateFacts(ctx context.Context, caseID, ticketID int64) ([]tickets.PrivateFact, error) {
	var out []tickets.PrivateFact
	for _, from := range []struct {
		source string
		q      query
	}{{"note", r.db.q.GuardNotes}, {"call", r.db.q.GuardCalls}} {
		var rows []struct {
			ID     int64   `db:"id"`
			Words  string  `db:"words"`
			At     instant `db:"created_at"`
			Author string  `db:"author"`
		}
		if err := r.all(ctx, &rows, from.q, caseID, ticketID, caseID); err != nil {
			return nil, err
		}
		for _, row := range rows {
			out = append(out, tickets.PrivateFact{
				Source: from.source, ID: row.ID, Author: row.Author, At: row.At.time(), Text: tickets.NewPrivateText(row.Words),
			})
		}
	}
	return out, nil
}
