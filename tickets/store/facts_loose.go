package store

import (
	"context"
	"fmt"
	"slices"

	"hearback/tickets"
	"hearback/tickets/register"
)

// fillLoose gives the addresses that were recorded before there was a second
// identity theirs. It is run when the program starts; two programs may.
func (db *DB) fillLoose(ctx context.Context) error {
	for {
		var rows []struct {
			ID    int64  `db:"id"`
			Email string `db:"email"`
		}
		err := db.inTx(ctx, func(t *tx) error {
			if err := t.all(ctx, &rows, t.db.q.AddressesNotLoose); err != nil {
				return err
			}
			for _, x := range rows {
				loose := register.LooseMailbox(x.Email)
				if loose == "" {
					loose = "?" // an address of nothing: found by nothing, and not asked about again
				}
				if _, err := t.exec(ctx, t.db.q.AddressLoose, loose, x.ID); err != nil {
					return err
				}
			}
			t.register = t.register || len(rows) > 0
			return nil
		})
		if err != nil {
			return fmt.Errorf("addresses in every spelling: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
	}
}

// looseKeys are mailboxes in their strictest reading, each once.
func looseKeys(mailboxes []string) []string {
	out := make([]string, 0, len(mailboxes))
	for _, m := range mailboxes {
		if l := register.LooseMailbox(m); l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return keys(out)
}

// variantFacts are the people who are recorded with another spelling of a mailbox.
func (r reader) variantFacts(ctx context.Context, mailbox string) ([]tickets.SenderFact, error) {
	var rows []senderRow
	if err := r.all(ctx, &rows, r.db.q.SendersLoose, register.LooseMailbox(mailbox), mailbox); err != nil {
		return nil, err
	}
	return plain(rows, func(x senderRow) tickets.SenderFact {
		return tickets.SenderFact{Person: x.Person.person(), Link: x.Link.link(), Case: x.Case.file(), Address: x.Address.address()}
	}), nil
}
