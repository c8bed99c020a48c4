package store

import (
	"context"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

func notYours() error {
	return fault.New(fault.Denied, "You cannot see this. Your team lead can")
}

// Ledger implements tickets.Reader: what became of every mail of the mailboxes
// in the actor's scope, newest first, with counts by fate. The reference of a
// ticket that the actor may not see is left out.
func (r reader) Ledger(ctx context.Context, a access.Actor, lq tickets.LedgerQuery) ([]tickets.LedgerEntry, map[tickets.Fate]int, error) {
	if !a.May(access.ReadLedger) {
		return nil, nil, notYours()
	}
	q := r.db.q
	scope := q.seesMailbox(a)
	if lq.MailboxID != 0 {
		scope = every(scope, is(q.LedgerMailbox, lq.MailboxID))
	}
	var counts []struct {
		Fate string `db:"fate"`
		N    int    `db:"n"`
	}
	if err := newList("counts of the ledger", q.CountLedger).andCond(scope).tail(q.GroupLedger).rows(ctx, r.session, &counts); err != nil {
		return nil, nil, err
	}
	byFate := make(map[tickets.Fate]int, len(counts))
	for _, c := range counts {
		byFate[tickets.Fate(c.Fate)] = c.N
	}
	sees := q.seesTicket(a)
	l := newList("ledger", q.SelectLedger+" ("+fragment(sees.text)+")", sees.args...).andCond(scope)
	if lq.Fate != "" {
		l.and(q.LedgerFate, string(lq.Fate))
	}
	if lq.BeforeID != 0 {
		l.and(q.LedgerBefore, lq.BeforeID)
	}
	var rows []ledgerRow
	if err := l.tail(q.OrderLedger, limitOf(lq.Limit)).rows(ctx, r.session, &rows); err != nil {
		return nil, nil, err
	}
	for i := range rows {
		if rows[i].Elsewhere { // the reason names the case
			rows[i].Reason, rows[i].MessageID = "", 0
		}
	}
	return plain(rows, ledgerRow.entry), byFate, nil
}
