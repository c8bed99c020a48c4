package store

import (
	"cmp"
	"context"
	"slices"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// systemName is who did what nobody did.
const systemName = "hearback"

// Timeline implements tickets.Reader. A letter is one item: its Message is set
// beside its Outgoing when the ticket keeps what left as a message. Letters of
// tickets that were merged into this one are there as well. Notes are not, and
// neither is the event that one was added.
func (r reader) Timeline(ctx context.Context, a access.Actor, ticketID int64) ([]tickets.TimelineItem, error) {
	if err := r.canSee(ctx, a, ticketID); err != nil {
		return nil, err
	}
	letters, err := r.timelineLetters(ctx, ticketID)
	if err != nil {
		return nil, err
	}
	items, err := r.timelineMessages(ctx, ticketID, letters)
	if err != nil {
		return nil, err
	}
	for _, l := range letters {
		items = append(items, *l)
	}
	events, err := r.timelineEvents(ctx, ticketID)
	if err != nil {
		return nil, err
	}
	items = append(items, events...)
	slices.SortStableFunc(items, func(x, y tickets.TimelineItem) int { return x.At.Compare(y.At) })
	return items, nil
}

func (r reader) timelineLetters(ctx context.Context, ticketID int64) ([]*tickets.TimelineItem, error) {
	var rows []outgoingRow
	if err := r.all(ctx, &rows, r.db.q.TimelineLetters, ticketID, ticketID); err != nil {
		return nil, err
	}
	list, err := r.letters(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]*tickets.TimelineItem, len(list))
	for i := range list {
		o := &list[i]
		out[i] = &tickets.TimelineItem{At: o.CreatedAt, Outgoing: o, Name: cmp.Or(o.AuthorName, systemName)}
	}
	return out, nil
}

// timelineMessages puts a message that is a letter's into the letter's item.
func (r reader) timelineMessages(ctx context.Context, ticketID int64, letters []*tickets.TimelineItem) ([]tickets.TimelineItem, error) {
	var rows []struct {
		messageRow
		PersonName string `db:"person_name"`
		StaffName  string `db:"staff_name"`
		Relation   string `db:"relation"`
	}
	if err := r.all(ctx, &rows, r.db.q.TimelineMessages, ticketID); err != nil {
		return nil, err
	}
	plainRows := make([]messageRow, len(rows))
	for i := range rows {
		plainRows[i] = rows[i].messageRow
	}
	list, err := r.messages(ctx, plainRows)
	if err != nil {
		return nil, err
	}
	var items []tickets.TimelineItem
	for i := range list {
		m := &list[i]
		if l := letterOf(letters, m.OutgoingID); l != nil && l.Message == nil {
			l.Message, l.At = m, m.ReceivedAt
			continue
		}
		name := cmp.Or(rows[i].PersonName, m.FromName, m.FromEmail)
		if m.Direction == tickets.Out || m.Channel == tickets.ChannelCall {
			name = cmp.Or(rows[i].StaffName, outsideName(m), systemName)
		}
		items = append(items, tickets.TimelineItem{At: m.ReceivedAt, Message: m, Name: name, Relation: rows[i].Relation})
	}
	return items, nil
}

// outsideName is how a mail names its author that no colleague is known for.
func outsideName(m *tickets.Message) string {
	if !m.Outside {
		return ""
	}
	return cmp.Or(m.FromName, m.FromEmail)
}

func letterOf(letters []*tickets.TimelineItem, outgoingID int64) *tickets.TimelineItem {
	for _, l := range letters {
		if l.Outgoing.ID == outgoingID {
			return l
		}
	}
	return nil
}

func (r reader) timelineEvents(ctx context.Context, ticketID int64) ([]tickets.TimelineItem, error) {
	var rows []struct {
		eventRow
		StaffName string `db:"staff_name"`
	}
	if err := r.all(ctx, &rows, r.db.q.TimelineEvents, ticketID); err != nil {
		return nil, err
	}
	items := make([]tickets.TimelineItem, len(rows))
	for i, row := range rows {
		e, err := row.event()
		if err != nil {
			return nil, err
		}
		items[i] = tickets.TimelineItem{At: e.At, Event: &e, Name: cmp.Or(row.StaffName, systemName)}
	}
	return items, nil
}

// Notes implements tickets.Reader. Without the permission for notes it is as if
// there were nothing.
func (r reader) Notes(ctx context.Context, a access.Actor, ticketID int64) ([]tickets.Note, error) {
	if !a.May(access.ReadNotes) {
		return nil, fault.New(fault.NotFound, "This does not exist")
	}
	if err := r.canSee(ctx, a, ticketID); err != nil {
		return nil, err
	}
	var rows []noteRow
	if err := r.all(ctx, &rows, r.db.q.NotesOfTicket, ticketID, ticketID, ticketID); err != nil {
		return nil, err
	}
	return plain(rows, noteRow.note), nil
}

// Message implements tickets.Reader.
func (r reader) Message(ctx context.Context, a access.Actor, id int64) (*tickets.Message, error) {
	q := r.db.q
	var found int64
	err := newList("message", q.SelectMessageID).and(q.MessageIDIs, id).andCond(q.seesMessage(a)).row(ctx, r.session, &found)
	if err != nil {
		return nil, err
	}
	return r.MessageByID(ctx, id)
}

// AutomaticMail implements tickets.Reader: automatic mail of the mailboxes in
// the actor's scope that is on no ticket, newest first.
func (r reader) AutomaticMail(ctx context.Context, a access.Actor, limit int) ([]tickets.Message, error) {
	return r.messagesApart(ctx, a, r.db.q.MessageAutomatic, limit)
}

// messagesApart lists mail that is on no ticket, newest first.
func (r reader) messagesApart(ctx context.Context, a access.Actor, which fragment, limit int) ([]tickets.Message, error) {
	q := r.db.q
	var ids []int64
	err := newList("mail on no ticket", q.SelectMessageID).and(q.MessageApart).and(which).andCond(q.seesMessage(a)).
		tail(q.OrderMessages, limitOf(limit)).rows(ctx, r.session, &ids)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []messageRow
	if err := r.allIn(ctx, &rows, q.MessagesByID, ids); err != nil {
		return nil, err
	}
	place := make(map[int64]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(rows, func(x, y messageRow) int { return place[x.ID] - place[y.ID] })
	return r.messages(ctx, rows)
}
