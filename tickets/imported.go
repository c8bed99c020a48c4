package tickets

import (
	"context"
	"time"
)

// ReasonImported is why an enquiry is finished that was imported and is of long
// ago: nobody waits for an answer to it any more.
const ReasonImported = "imported"

// importedAge is the age above which an imported enquiry is stored as finished,
// and imported mail of an unknown sender as set aside, unless later mail on it is
// imported as well. Both can be found; neither is a list of work.
const importedAge = 30 * 24 * time.Hour

// longAgo reports whether imported mail is of a time that is over.
func (w *work) longAgo(received time.Time) bool { return w.now.Sub(received) > importedAge }

// settleImported gives a new ticket of imported mail its state.
func (w *work) settleImported(t *Ticket, m incoming) {
	if !m.r.History || !w.longAgo(m.r.ReceivedAt) {
		return
	}
	if t.CaseID == 0 {
		t.State = StateNotOurs
		t.Reason = "Imported, and more than 30 days old: kept to be found. " + t.Reason
		return
	}
	at := m.r.ReceivedAt
	t.State, t.FinishedAt = StateFinished, &at
}

func (w *work) recordImported(ctx context.Context, t *Ticket) error {
	var err error
	switch t.State {
	case StateFinished:
		_, err = w.event(ctx, t, EvFinished, map[string]any{"reason": ReasonImported, "waiting": false})
	case StateNotOurs:
		_, err = w.event(ctx, t, EvNotOurs, map[string]any{"reason": ReasonImported})
	}
	return err
}

// joinedImported is what imported mail does to the ticket that it joins: nothing,
// unless the ticket is finished for no other reason than its age. Then mail of the
// last days opens it again, and older mail moves the day on which it ended.
func (w *work) joinedImported(ctx context.Context, t *Ticket, m *incoming) error {
	if t.State != StateFinished || t.FinishedAt == nil {
		return nil
	}
	events, err := w.tx.EventsOfTicket(ctx, t.ID)
	if err != nil || !finishedByAge(events) {
		return err
	}
	if w.longAgo(m.r.ReceivedAt) {
		if at := m.r.ReceivedAt; at.After(*t.FinishedAt) {
			t.FinishedAt = &at
		}
		return nil
	}
	t.State, t.FinishedAt, m.woken = StateOpen, nil, true
	_, err = w.event(ctx, t, EvReopened, map[string]any{"reason": ReasonImported})
	return err
}

func finishedByAge(events []Event) bool {
	by := false
	for _, e := range events {
		if e.Kind == EvFinished {
			by = text(e.Data, "reason") == ReasonImported
		}
	}
	return by
}

// imported reports whether everything that came in on t is history.
func imported(list []Message) bool {
	for _, m := range list {
		if !m.History {
			return false
		}
	}
	return len(list) > 0
}
