package tickets

import (
	"context"
	"strings"

	"hearback/tickets/register"
)

// ourOwn reports whether the mail is a letter of ours: by the Message-ID that we
// assigned or, where a server wrote one of its own, by the reply token that only
// our letters carry in Reply-To. Both are known before a letter leaves, so that a
// copy in Sent is known although we have not heard yet that it was accepted.
func (w *work) ourOwn(ctx context.Context, in *Inbound, own []Mailbox) (bool, error) {
	// Whoever else writes under a number of ours is not us: some servers return a
	// letter under its own number.
	if !isOwnMailbox(in.FirstFrom(), own) {
		return false, nil
	}
	if in.MessageID != "" {
		if ours, err := found(w.tx.DeliveryByMessageID(ctx, in.MessageID)); ours || err != nil {
			return ours, err
		}
	}
	for _, a := range append([]MailAddress{in.From}, in.ReplyTo...) {
		token := TokenIn(a.Email, own)
		if token == "" {
			continue
		}
		if ours, err := found(w.tx.DeliveryByToken(ctx, token)); ours || err != nil {
			return ours, err
		}
	}
	return false, nil
}

func found(_ *Delivery, err error) (bool, error) {
	if notFound(err) {
		return false, nil
	}
	return err == nil, err
}

// isOwnMailbox reports whether an address is one of our mailboxes, with or
// without a reply token.
func isOwnMailbox(address string, own []Mailbox) bool {
	folded := register.FoldMailbox(address)
	for _, m := range own {
		if register.FoldMailbox(m.Address) == folded {
			return true
		}
	}
	return TokenIn(address, own) != ""
}

// facts gathers what Match decides on.
func (w *work) facts(ctx context.Context, in *Inbound, own []Mailbox) (MatchFacts, error) {
	k := KeysOf(in, own)
	f, err := w.tx.MatchFacts(ctx, k)
	if err != nil {
		return MatchFacts{}, err
	}
	f.OwnAddress = f.OwnAddress || isOwnMailbox(in.FirstFrom(), own)
	return f, w.complete(ctx, &f)
}

// complete adds the tickets of tokens and follows merges.
func (w *work) complete(ctx context.Context, f *MatchFacts) error {
	for i := range f.Tokens {
		t := &f.Tokens[i]
		if t.TicketID == 0 || t.Ticket.ID != 0 {
			continue
		}
		ticket, err := w.tx.TicketByID(ctx, t.TicketID)
		if err != nil {
			return err
		}
		t.Ticket, t.CaseID = *ticket, ticket.CaseID
	}
	return w.followMerges(ctx, f)
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
