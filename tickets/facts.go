package tickets

import (
	"context"
	"strings"

	"hearback/tickets/register"
)

// ourOwn reports whether the mail carries a Message-ID that we assigned: a copy
// of our own letter, by a forwarding rule or a list.
func (w *work) ourOwn(ctx context.Context, in *Inbound) (bool, error) {
	if in.MessageID == "" {
		return false, nil
	}
	_, err := w.tx.DeliveryByMessageID(ctx, in.MessageID)
	switch {
	case err == nil:
		return true, nil
	case notFound(err):
		return false, nil
	}
	return false, err
}

// facts gathers what Match decides on.
func (w *work) facts(ctx context.Context, in *Inbound, own []Mailbox) (MatchFacts, error) {
	k := KeysOf(in, own)
	f, err := w.tx.MatchFacts(ctx, k)
	if err != nil {
		return MatchFacts{}, err
	}
	for _, m := range own {
		if register.FoldMailbox(m.Address) == k.Mailbox || TokenIn(in.FirstFrom(), own) != "" {
			f.OwnAddress = true
		}
	}
	for i := range f.Tokens {
		t := &f.Tokens[i]
		if t.TicketID == 0 || t.Ticket.ID != 0 {
			continue
		}
		ticket, err := w.tx.TicketByID(ctx, t.TicketID)
		if err != nil {
			return MatchFacts{}, err
		}
		t.Ticket, t.CaseID = *ticket, ticket.CaseID
	}
	return f, w.followMerges(ctx, &f)
}

func (w *work) followMerges(ctx context.Context, f *MatchFacts) error {
	follow := func(t Ticket) error {
		if t.State != StateMerged || t.MergedInto == 0 {
			return nil
		}
		into, err := w.finalTicket(ctx, t.MergedInto)
		if err != nil {
			return err
		}
		if f.Merged == nil {
			f.Merged = map[int64]Ticket{}
		}
		f.Merged[t.ID] = *into
		return nil
	}
	for _, t := range f.Tokens {
		if err := follow(t.Ticket); err != nil {
			return err
		}
	}
	for _, t := range f.Threads {
		if err := follow(t.Ticket); err != nil {
			return err
		}
	}
	return nil
}

func mailboxName(own []Mailbox, id int64) string {
	for _, m := range own {
		if m.ID == id {
			return m.Name
		}
	}
	return ""
}

// plainSubject is a subject without the marks of replies and forwards and
// without references of ours, for the head of a ticket. The message keeps its own.
func plainSubject(s string) string {
	s = strings.Join(strings.Fields(s), " ") // also takes out line ends
	for {
		cut := s
		for _, p := range []string{"re:", "fw:", "fwd:", "aw:", "wg:", "sv:", "antw:", "odp:", "tr:"} {
			if len(cut) >= len(p) && strings.EqualFold(cut[:len(p)], p) {
				cut = strings.TrimSpace(cut[len(p):])
			}
		}
		if strings.HasPrefix(cut, "[") {
			if end := strings.IndexByte(cut, ']'); end > 0 && len(CaseRefsIn(cut[1:end])) == 1 {
				cut = strings.TrimSpace(cut[end+1:])
			}
		}
		if cut == s {
			return s
		}
		s = cut
	}
}
