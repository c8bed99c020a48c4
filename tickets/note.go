package tickets

import (
	"context"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// NoteRequest is a remark for colleagues.
type NoteRequest struct {
	Ref    string
	Text   PrivateText
	ForID  int64  // the colleague who is asked; 0: nobody
	Source string // "form" or "api"
}

// AddNote keeps a remark that only staff see. It touches neither the clock nor
// the outbox, and nothing outside ever quotes it.
func (d *Desk) AddNote(ctx context.Context, a access.Actor, r NoteRequest, now time.Time) (*Note, error) {
	if strings.TrimSpace(r.Text.ForStaff()) == "" {
		return nil, fault.New(fault.Invalid, "Write the note")
	}
	if len(r.Text.ForStaff()) > maxBody {
		return nil, fault.New(fault.Invalid, "The note is too long. Save it in parts")
	}
	var n *Note
	err := d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, r.Ref, access.WriteNotes)
		if err != nil {
			return err
		}
		if r.ForID != 0 {
			if err := w.maySee(ctx, t, r.ForID, access.ReadNotes); err != nil {
				return err
			}
		}
		n = &Note{
			TicketID: t.ID, CaseID: t.CaseID, AuthorID: a.StaffID, Author: a.Name, ForID: r.ForID,
			Text: r.Text, Source: r.Source, CreatedAt: w.now,
		}
		if n.Source == "" {
			n.Source = "form"
		}
		if err := w.tx.InsertNote(ctx, n); err != nil {
			return err
		}
		_, err = w.event(ctx, t, EvNoteAdded, map[string]any{"note_id": n.ID, "source": n.Source})
		return err
	})
	if err != nil {
		return nil, err
	}
	return n, nil
}

// maySee refuses a colleague who cannot see the ticket or lacks p: nothing is
// ever handed to somebody who finds a closed door.
func (w *work) maySee(ctx context.Context, t *Ticket, staffID int64, p access.Permission) error {
	s, err := w.staff(ctx, staffID)
	if err != nil {
		return fault.Wrap(fault.Invalid, "Choose a colleague with an account", err)
	}
	who := staffActor(s)
	if !who.May(p) {
		return fault.Newf(fault.Refused, "%s cannot do this work. Choose somebody else", s.Name)
	}
	if _, err := w.tx.Ticket(ctx, who, t.Ref); err != nil {
		if notFound(err) {
			return fault.Newf(fault.Refused, "%s cannot see this case. Choose somebody else", s.Name)
		}
		return err
	}
	return nil
}
