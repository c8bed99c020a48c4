package tickets

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// Desk holds the verbs: what people and hearback's own steps do to tickets.
// Each verb is one transaction, takes the time as an argument and is safe to
// run twice. A Desk is safe for use by several goroutines.
type Desk struct {
	store   Store
	outbox  OutboxStore
	s       Settings
	base    rulebook // of the configuration; its calendar and policies alone
	rules   atomic.Pointer[rulebook]
	refresh sync.Mutex // one at a time reads what was set

	chaser, immediate, concern WordList

	randMu sync.Mutex
	random io.Reader
}

// Deps is what a Desk works with. All of it is required.
type Deps struct {
	Store    Store
	Outbox   OutboxStore
	Calendar *sla.Calendar
	Policies map[string]sla.Policy // by category key; sla.PolicyGeneral and sla.PolicyTriage at least
	Settings Settings
	Random   io.Reader // crypto/rand.Reader: reply tokens must not be guessed
}

// NewDesk checks what it is given. Errors are fault.Invalid.
func NewDesk(d Deps) (*Desk, error) {
	if d.Store == nil || d.Outbox == nil || d.Calendar == nil || d.Random == nil {
		return nil, fault.New(fault.Invalid, "The desk needs a store, an outbox, a calendar and a source of random numbers")
	}
	if err := d.Settings.Validate(); err != nil {
		return nil, err
	}
	for _, key := range []string{sla.PolicyGeneral, sla.PolicyTriage} {
		if _, ok := d.Policies[key]; !ok {
			return nil, fault.Newf(fault.Invalid, "The response standard %q is missing", key)
		}
	}
	for _, p := range d.Policies {
		if err := p.Validate(); err != nil {
			return nil, err
		}
	}
	desk := &Desk{
		store: d.Store, outbox: d.Outbox, s: d.Settings, random: d.Random, base: rulebook{cal: d.Calendar, policies: maps.Clone(d.Policies)},
		chaser: NewWordList(d.Settings.ChaserWords), immediate: NewWordList(d.Settings.ImmediateWords),
		concern: NewWordList(d.Settings.ConcernWords),
	}
	desk.rules.Store(&rulebook{cal: d.Calendar, policies: desk.base.policies, domains: d.Settings.StaffDomains})
	return desk, nil
}

// Settings are the settings that the desk works by.
func (d *Desk) Settings() Settings { return d.s }

// token is 130 bits in 26 small letters and digits: safe in a local part and in
// a Message-ID, the same after a server has folded its case.
func (d *Desk) token() (string, error) {
	b := make([]byte, 17)
	d.randMu.Lock()
	_, err := io.ReadFull(d.random, b)
	d.randMu.Unlock()
	if err != nil {
		return "", fmt.Errorf("reading random bytes for a token: %w", err)
	}
	enc := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
	return strings.ToLower(enc[:26]), nil
}

// work is one transaction on behalf of one actor at one instant.
type work struct {
	d     *Desk
	tx    Tx
	actor access.Actor
	now   time.Time
	// sent counts the automatic letters of the last hour by mailbox, so that a
	// batch asks once.
	sent map[int64]int
	// rules are the intake rules, read once for a batch.
	rules []IntakeRule
}

// write runs fn in one transaction.
func (d *Desk) write(ctx context.Context, a access.Actor, now time.Time, fn func(w *work) error) error {
	return d.store.Write(ctx, func(tx Tx) error {
		return fn(&work{d: d, tx: tx, actor: a, now: now.UTC().Truncate(time.Second)})
	})
}

// event appends to the history of t. Data holds ids and codes only.
func (w *work) event(ctx context.Context, t *Ticket, kind EventKind, data map[string]any) (*Event, error) {
	e := &Event{TicketID: t.ID, CaseID: t.CaseID, Kind: kind, At: w.now, StaffID: w.actor.StaffID, System: w.actor.System, Data: data}
	if err := w.tx.InsertEvent(ctx, e); err != nil {
		return nil, fmt.Errorf("event %s: %w", kind, err)
	}
	if kind.Matters() {
		t.Version = e.ID
	}
	return e, w.tellHooks(ctx, t, e)
}

// allowed refuses what the actor's role may not do, in the words of the screens.
func allowed(a access.Actor, p access.Permission) error {
	if a.May(p) {
		return nil
	}
	return fault.New(fault.Denied, "You cannot do this. "+whoMay(p)+" can")
}

func whoMay(p access.Permission) string {
	switch p {
	case access.SendReply, access.Finish, access.ResolveUncertain:
		return "A named officer or a team lead"
	case access.Triage:
		return "The duty desk or a team lead"
	case access.ReleaseMode:
		return "A team lead"
	case access.AddToRegister, access.ManageRegister, access.ManageRestrictions:
		return "A named officer or a team lead"
	case access.EndRestrictions:
		return "A team lead, a safeguarding lead or the head of service"
	}
	return "Your team lead"
}

// ticket is the ticket with ref, locked, when the actor may do p and may know it.
func (w *work) ticket(ctx context.Context, ref string, p access.Permission) (*Ticket, error) {
	if err := allowed(w.actor, p); err != nil {
		return nil, err
	}
	v, err := w.tx.Ticket(ctx, w.actor, ref)
	if err != nil {
		return nil, err
	}
	return w.tx.TicketByID(ctx, v.ID)
}

// finalTicket follows merges, at most 20 of them.
func (w *work) finalTicket(ctx context.Context, id int64) (*Ticket, error) {
	for range 20 {
		t, err := w.tx.TicketByID(ctx, id)
		if err != nil {
			return nil, err
		}
		if t.State != StateMerged || t.MergedInto == 0 {
			return t, nil
		}
		id = t.MergedInto
	}
	return nil, fmt.Errorf("ticket %d: merges go round in a circle", id)
}

// partyOf is the person's place on a case. ok is false when there is none.
func (w *work) partyOf(ctx context.Context, caseID, personID int64) (p register.Party, ok bool, err error) {
	if caseID == 0 || personID == 0 {
		return register.Party{}, false, nil
	}
	list, err := w.tx.Parties(ctx, caseID)
	if err != nil {
		return register.Party{}, false, err
	}
	for _, x := range list {
		if x.Person.ID == personID {
			return x, true, nil
		}
	}
	return register.Party{}, false, nil
}

// stale is the refusal of a verb that was based on an old view.
func (w *work) stale(ctx context.Context, t *Ticket, seen int64) error {
	if seen == t.Version {
		return nil
	}
	events, err := w.tx.EventsOfTicket(ctx, t.ID)
	if err != nil {
		return err
	}
	c := &ChangedError{Version: t.Version}
	var words []string
	for _, e := range events {
		if e.ID > seen && e.Kind.Matters() {
			c.Events = append(c.Events, e)
			words = append(words, fmt.Sprintf("%s: %s", sla.FormatShort(e.At), e.Kind.inWords()))
		}
	}
	text := "Not sent: something changed while you were writing"
	if len(words) > 0 {
		text += ". " + strings.Join(words, "; ")
	}
	return fault.Wrap(fault.Conflict, text, c)
}

// ChangedError says what happened to a ticket since a writer looked at it. It
// is inside a fault.Conflict; errors.As finds it.
type ChangedError struct {
	Version int64 // the ticket's version now
	Events  []Event
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%d events since; version is %d", len(e.Events), e.Version)
}

func (k EventKind) inWords() string {
	switch k {
	case EvReceived, EvJoined:
		return "a new message came in"
	case EvReopened:
		return "it was opened again"
	case EvPlaced:
		return "it was put on a case"
	case EvAccepted:
		return "a new sender was accepted"
	case EvReplyQueued:
		return "a reply is waiting to go"
	case EvReplyChanged:
		return "a reply was cancelled"
	case EvSent:
		return "a message was sent"
	case EvNotDelivered:
		return "a message did not arrive"
	case EvUncertain:
		return "it is not known whether a message arrived"
	case EvResolved:
		return "a message in doubt was settled"
	case EvNoteAdded:
		return "a note was added"
	case EvCallLogged:
		return "a call was logged"
	case EvAssigned:
		return "it has another owner"
	case EvFinished:
		return "it was finished"
	case EvAlerted:
		return "a safety alert was raised"
	case EvFacts:
		return "what is recorded about the people on the case changed"
	}
	return "its state changed"
}

// notFound reports whether err says that a row is not there.
func notFound(err error) bool { return fault.Is(err, fault.NotFound) }

// ownFault reports whether err is not the fault of one mail: the whole batch
// has to be tried again later.
func ownFault(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || fault.Is(err, fault.Temporary)
}
