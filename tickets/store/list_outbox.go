package store

import (
	"context"

	"hearback/tickets"
	"hearback/tickets/access"
)

// waitingStates are those of the outbox when nobody asks for others: letters on
// their way, and letters that need somebody.
func waitingStates() []tickets.DeliveryState {
	return []tickets.DeliveryState{
		tickets.Queued, tickets.Held, tickets.Claimed, tickets.DataBegun, tickets.Uncertain, tickets.Refused, tickets.Bounced,
	}
}

// Outbox implements tickets.Reader, newest first. Letters of a ticket are for
// whoever may see the ticket; letters about accounts are for their author and
// for whoever manages the system.
func (r reader) Outbox(ctx context.Context, a access.Actor, oq tickets.OutboxQuery) ([]tickets.Outgoing, error) {
	q := r.db.q
	seen := []cond{every(is(q.LetterOnTicket), q.seesTicket(a))}
	if a.StaffID != 0 {
		seen = append(seen, is(q.LetterOfActor, a.StaffID))
	}
	if a.May(access.ManageSystem) || a.Role == access.RoleSystem {
		seen = append(seen, is(q.LetterOfNobody))
	}
	l := newList("outbox", q.SelectLetters).andCond(either(seen...))
	states := oq.States
	if len(states) == 0 && oq.TicketID == 0 {
		states = waitingStates()
	}
	if len(states) > 0 {
		l.and(q.LetterInStates, states)
	}
	if oq.TicketID != 0 {
		l.and(q.LetterTicketIs, oq.TicketID)
	}
	var rows []outgoingRow
	if err := l.tail(q.OrderLetters, limitOf(oq.Limit)).rows(ctx, r.session, &rows); err != nil {
		return nil, err
	}
	return r.letters(ctx, rows)
}
