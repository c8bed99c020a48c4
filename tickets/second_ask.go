package tickets

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// secondWaits is how long somebody can answer the wish for a second look.
const secondWaits = 24 * time.Hour

// AskSecond is the wish of an author that a second person look at a letter that
// the guard stopped.
type AskSecond struct {
	Letter    ReplyRequest // as it was reviewed; Digest is that of the review
	Colleague int64        // who is asked
	Reason    string
	Findings  []SecondFinding // all that block; each of a kind that a manager may release
}

// ownWord keeps what an author confirmed. A release stands in no request: the
// verb that records one puts it there.
func ownWord(list []Confirmation) []Confirmation {
	return slices.DeleteFunc(slices.Clone(list), Confirmation.Released)
}

// AskForSecond keeps the letter as it is and tells the colleague. Nothing is queued.
// Faults: Denied, NotFound, Invalid (what to correct), Conflict.
func (d *Desk) AskForSecond(ctx context.Context, a access.Actor, r AskSecond, now time.Time) (id int64, err error) {
	if !a.IsPerson() {
		return 0, fault.New(fault.Denied, "Only a person can write to a family")
	}
	reason := strings.TrimSpace(r.Reason)
	switch {
	case len(r.Findings) == 0 || r.Letter.Digest == "":
		return 0, fault.New(fault.Invalid, "Check the message first")
	case reason == "":
		return 0, fault.New(fault.Invalid, "Say why this should go")
	case r.Colleague == a.StaffID:
		return 0, fault.New(fault.Invalid, "Somebody else has to look. Choose a colleague")
	}
	err = d.write(ctx, a, now, func(w *work) error {
		t, err := w.ticket(ctx, r.Letter.Ref, access.SendReply)
		if err != nil {
			return err
		}
		if err := w.stale(ctx, t, r.Letter.SeenVersion); err != nil {
			return err
		}
		if _, _, err := w.writeLetter(ctx, t, r.Letter); err != nil {
			return err
		}
		colleague, err := w.askedPerson(ctx, t, r.Colleague)
		if err != nil {
			return err
		}
		letter := r.Letter
		letter.Confirmed = ownWord(letter.Confirmed)
		s := &SecondLook{
			TicketID: t.ID, CaseID: t.CaseID, AuthorID: a.StaffID, AskedID: colleague.ID, Digest: letter.Digest, Letter: letter,
			Findings: r.Findings, Reason: NewPrivateText(reason), AskedAt: w.now, ExpiresAt: w.now.Add(secondWaits), State: SecondOpen,
		}
		if err := w.tx.InsertSecond(ctx, s); err != nil {
			return err
		}
		id = s.ID
		if _, err := w.event(ctx, t, EvSecondAsked, map[string]any{"second_id": s.ID, "rules": s.rules()}); err != nil {
			return err
		}
		if err := w.auditSecond(ctx, audit.SecondAsked, s, map[string]string{"asked": strconv.FormatInt(colleague.ID, 10)}); err != nil {
			return err
		}
		_, err = w.notify(ctx, t, TemplateSecond, []register.Staff{*colleague}, map[string]string{FieldLink: w.d.s.page("/release/" + strconv.FormatInt(s.ID, 10))})
		return err
	})
	return id, err
}

// askedPerson is the colleague who is asked: active, of a role that releases, and
// able to open the enquiry.
func (w *work) askedPerson(ctx context.Context, t *Ticket, id int64) (*register.Staff, error) {
	wrong := fault.New(fault.Invalid, "Choose a colleague who may release this and can open the enquiry")
	s, err := w.staff(ctx, id)
	if errors.Is(err, errNoStaff) {
		return nil, wrong
	}
	if err != nil {
		return nil, err
	}
	who, err := w.tx.ActorOf(ctx, id)
	if err != nil {
		return nil, err
	}
	if !who.May(access.SecondLook) || who.Over(w.now) {
		return nil, wrong
	}
	if _, err := w.tx.Ticket(ctx, who, t.Ref); notFound(err) {
		return nil, wrong
	} else if err != nil {
		return nil, err
	}
	return s, nil
}

// SecondPeople lists who may be asked to look at a letter of an enquiry: never the
// one who asks. The actor has to see the enquiry.
func (d *Desk) SecondPeople(ctx context.Context, a access.Actor, ref string) ([]register.Staff, error) {
	if _, err := d.store.Ticket(ctx, a, ref); err != nil {
		return nil, err
	}
	all, err := d.store.Staff(ctx, access.System("release"))
	if err != nil {
		return nil, err
	}
	var out []register.Staff
	for _, s := range all {
		if !s.Active || s.ID == a.StaffID || !(access.Actor{StaffID: s.ID, Role: access.Role(s.Role)}).May(access.SecondLook) {
			continue
		}
		who, err := d.store.ActorOf(ctx, s.ID)
		if fault.Is(err, fault.Denied) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if _, err := d.store.Ticket(ctx, who, ref); notFound(err) {
			continue
		} else if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (s *SecondLook) rules() []string {
	var out []string
	for _, f := range s.Findings {
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// auditSecond records what became of a look; reasons stay out of the audit.
func (w *work) auditSecond(ctx context.Context, action audit.Action, s *SecondLook, detail map[string]string) error {
	all := map[string]string{
		"ticket": strconv.FormatInt(s.TicketID, 10), "author": strconv.FormatInt(s.AuthorID, 10), "rules": strings.Join(s.rules(), " "),
		"digest": firstPart(s.Digest),
	}
	for k, v := range detail {
		all[k] = v
	}
	return w.audit(ctx, action, "second_look:"+strconv.FormatInt(s.ID, 10), s.CaseID, all)
}

// firstPart of a digest names the letter without its recipients.
func firstPart(digest string) string {
	first, _, _ := strings.Cut(digest, ".")
	return first
}
