package api

import (
	"context"

	"hearback/tickets/access"
)

type listMailboxesOut struct {
	Body struct {
		Items []MailboxHealth `json:"items" nullable:"false"`
	}
}

// listMailboxes: that mail is not read concerns everybody, as the banner on the
// pages does; why it is not is on the page of who runs the system.
func (s *server) listMailboxes(ctx context.Context, a access.Actor, _ *struct{}) (*listMailboxesOut, error) {
	items, err := s.Mailboxes(ctx, a)
	if err != nil {
		return nil, err
	}
	out := &listMailboxesOut{}
	out.Body.Items = make([]MailboxHealth, 0, len(items))
	for _, m := range items {
		if !a.May(access.ReadSystem) {
			m.Folder, m.Problem = "", ""
		}
		out.Body.Items = append(out.Body.Items, m)
	}
	return out, nil
}
