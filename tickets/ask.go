package tickets

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"hearback/tickets/access"
	"hearback/tickets/fault"
)

// maxAsk is the longest line that says what a family asks, in characters.
const maxAsk = 200

// SetAsk keeps in one line what the family asks, in an officer's words. It is
// for staff and never part of a letter.
func (d *Desk) SetAsk(ctx context.Context, a access.Actor, ref, ask string, now time.Time) error {
	ask = strings.Join(strings.Fields(ask), " ")
	if utf8.RuneCountInString(ask) > maxAsk || !utf8.ValidString(ask) {
		return fault.Newf(fault.Invalid, "Say in one line of at most %d letters what they ask", maxAsk)
	}
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, ref, access.WriteNotes)
		if err != nil {
			return err
		}
		t.Ask = ask
		return w.tx.UpdateTicket(ctx, t)
	})
}
