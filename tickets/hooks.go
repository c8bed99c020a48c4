package tickets

import (
	"context"
	"slices"
	"strings"
	"time"
)

// The kinds of event that an endpoint outside can be told of.
const (
	HookOpened       = "enquiry.opened"
	HookToSort       = "enquiry.to_sort"
	HookReopened     = "enquiry.reopened"
	HookDueSoon      = "enquiry.due_soon"
	HookLate         = "enquiry.late"
	HookWithLead     = "enquiry.with_lead"
	HookAnswered     = "enquiry.answered" // a person's letter was accepted
	HookFinished     = "enquiry.finished"
	HookNotDelivered = "letter.not_delivered"
	HookUncertain    = "letter.uncertain"
	HookStopped      = "letter.stopped"
	HookMisdirected  = "letter.misdirected"
	HookAlert        = "safety.alert"
)

// HookKinds lists them; each call returns a new slice.
func HookKinds() []string {
	return []string{
		HookOpened, HookToSort, HookReopened, HookDueSoon, HookLate, HookWithLead, HookAnswered, HookFinished,
		HookNotDelivered, HookUncertain, HookStopped, HookMisdirected, HookAlert,
	}
}

// Hook is an endpoint outside that is told of events.
type Hook struct {
	Name  string   // in the configuration
	Kinds []string // empty: all
}

// HookState is where the telling of one event stands.
type HookState string

// The states.
const (
	HookWaiting HookState = "waiting"
	HookTaken   HookState = "taken"    // the endpoint said so
	HookGivenUp HookState = "given_up" // it did not take it for a day
)

// hookGiveUp is how long an event is offered to an endpoint that does not take it.
const hookGiveUp = 24 * time.Hour

// HookEvent is one event for one endpoint. It is a kind and a reference: there is
// no field for anything else.
type HookEvent struct {
	ID       int64
	Endpoint string
	Kind     string
	Ref      string // of the enquiry
	At       time.Time
	State    HookState
	Attempts int
	NextAt   time.Time
	Answer   string // how the last attempt went, in words, without anything that the endpoint said
	DoneAt   *time.Time
}

// HookReader reads what endpoints have to be told.
type HookReader interface {
	HooksDue(ctx context.Context, endpoint string, now time.Time, limit int) ([]HookEvent, error) // oldest first
	HooksLast(ctx context.Context, limit int) ([]HookEvent, error)                                // newest first
	HooksWaiting(ctx context.Context) (map[string]int, error)                                     // by endpoint
}

// HookTx writes it.
type HookTx interface {
	InsertHook(ctx context.Context, h *HookEvent) error // sets ID
	SetHook(ctx context.Context, h *HookEvent) error    // of one that waits; another is left as it is
	ForgetHooks(ctx context.Context, before time.Time) (int64, error)
}

// tellHooks puts an event into the line of every endpoint that wants it, in the
// transaction of the event: none is told of what did not happen, none misses one.
func (w *work) tellHooks(ctx context.Context, t *Ticket, e *Event) error {
	kind := hookKind(e)
	if kind == "" || t.Ref == "" || !w.d.s.live(w.now) || !w.d.s.live(t.LastInboundAt) {
		return nil
	}
	for _, h := range w.d.s.Hooks {
		if len(h.Kinds) > 0 && !slices.Contains(h.Kinds, kind) {
			continue
		}
		if err := w.tx.InsertHook(ctx, &HookEvent{Endpoint: h.Name, Kind: kind, Ref: t.Ref, At: w.now, State: HookWaiting, NextAt: w.now}); err != nil {
			return err
		}
	}
	return nil
}

func hookKind(e *Event) string {
	switch e.Kind {
	case EvTicketOpened:
		return HookOpened
	case EvTriaged:
		return HookToSort
	case EvReopened:
		return HookReopened
	case EvEscalated:
		switch text(e.Data, "step") {
		case "warning":
			return HookDueSoon
		case "breach":
			return HookLate
		}
		return HookWithLead
	case EvSent:
		if e.Data["mailing"] == true {
			return ""
		}
		if p := text(e.Data, "purpose"); p == "" || p == string(PurposeReply) {
			return HookAnswered
		}
	case EvFinished:
		return HookFinished
	case EvNotDelivered:
		return HookNotDelivered
	case EvUncertain:
		return HookUncertain
	case EvLetterStopped:
		return HookStopped
	case EvMisdirected:
		return HookMisdirected
	case EvAlerted:
		return HookAlert
	}
	return ""
}

// SettleHook records how an attempt to tell an endpoint went; failed is empty when
// it was taken. What is not taken is offered again after 15 seconds, then twice as
// long each time up to an hour, for a day.
func (d *Desk) SettleHook(ctx context.Context, h HookEvent, failed string, now time.Time) error {
	h.Attempts++
	h.Answer = failed
	switch {
	case failed == "":
		h.State, h.Answer, h.DoneAt = HookTaken, "Taken.", &now
	case now.Sub(h.At) >= hookGiveUp:
		h.State, h.DoneAt = HookGivenUp, &now
	default:
		wait := 15 * time.Second << min(h.Attempts-1, 8)
		h.NextAt = now.Add(min(wait, time.Hour))
	}
	return d.store.Write(ctx, func(tx Tx) error { return tx.SetHook(ctx, &h) })
}

// hookKeep is how long what became of an event can be seen.
const hookKeep = 30 * 24 * time.Hour

// ForgetHooks removes what was settled long ago and gives how many.
func (d *Desk) ForgetHooks(ctx context.Context, now time.Time) (n int64, err error) {
	err = d.store.Write(ctx, func(tx Tx) error {
		n, err = tx.ForgetHooks(ctx, now.Add(-hookKeep))
		return err
	})
	return n, err
}

// checkHooks says what is wrong with the endpoints.
func checkHooks(list []Hook) (wrong []string) {
	seen := map[string]bool{}
	for _, h := range list {
		if strings.TrimSpace(h.Name) == "" || seen[h.Name] {
			wrong = append(wrong, "two webhooks have the same name, or one has none")
		}
		seen[h.Name] = true
		for _, k := range h.Kinds {
			if !slices.Contains(HookKinds(), k) {
				wrong = append(wrong, "the webhook "+h.Name+" asks for "+k+", which is no kind of event")
			}
		}
	}
	return wrong
}
