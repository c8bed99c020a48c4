package tickets

import (
	"context"
	"fmt"
	"strings"

	"hearback/tickets/register"
)

// recipient is whom one copy of a letter is for.
type recipient struct {
	personID int64
	staffID  int64
	name     string // the register's; never from a header
	email    string
}

// queue puts a letter into the outbox, one delivery for each recipient: nobody
// ever sees another recipient's address, and each copy has a token of its own.
// It sends nothing.
func (w *work) queue(ctx context.Context, o *Outgoing, to []recipient) error {
	mailbox, err := w.tx.MailboxByID(ctx, o.MailboxID)
	if err != nil {
		return fmt.Errorf("the mailbox of a letter: %w", err)
	}
	domain := domainOf(mailbox.Address)
	if domain == "" {
		return fmt.Errorf("mailbox %d has no domain in its address", mailbox.ID)
	}
	o.CreatedAt = w.now
	o.QueuedMode = string(w.d.s.Mode)
	if o.ReleaseAt.IsZero() {
		o.ReleaseAt = w.now
	}
	for _, r := range to {
		id, err := w.d.token()
		if err != nil {
			return err
		}
		token, err := w.d.token()
		if err != nil {
			return err
		}
		o.Deliveries = append(o.Deliveries, Delivery{
			PersonID: r.personID, StaffID: r.staffID, Name: r.name, Email: r.email,
			Mailbox: register.FoldMailbox(r.email), MessageID: id + "@" + domain, Token: token,
			State: Queued, NextAt: o.ReleaseAt, UpdatedAt: w.now,
		})
	}
	if err := w.tx.InsertOutgoing(ctx, o); err != nil {
		return fmt.Errorf("queueing a letter: %w", err)
	}
	return nil
}

// automatic fills what all letters without an author share: they leave at once
// and are not worth sending late.
func (w *work) automatic(o *Outgoing) {
	o.ReleaseAt = w.now
	expires := w.now.Add(w.d.s.AutomaticLife)
	o.ExpiresAt = &expires
}

// notify queues a notice to each of staff: reference, initials, times and a
// link, nothing else. Each gets a letter of its own, so that one who may not
// have it does not keep it from the others. It returns the id of the first, 0
// when there is nobody to tell.
func (w *work) notify(ctx context.Context, t *Ticket, template string, staff []register.Staff, fields map[string]string) (int64, error) {
	if !w.d.s.live(w.now) {
		return 0, nil
	}
	if len(staff) == 0 {
		return 0, w.nobodyToTell(ctx, t, template)
	}
	all := map[string]string{FieldRef: t.Ref, FieldLink: w.d.s.link(t.Ref), FieldCouncil: w.d.s.CouncilName}
	if t.CaseID != 0 {
		c, err := w.tx.CaseByID(ctx, t.CaseID)
		if err != nil {
			return 0, err
		}
		all[FieldInitials] = c.Initials()
	}
	for k, v := range fields {
		all[k] = v
	}
	var first int64
	for _, s := range staff {
		own := make(map[string]string, len(all))
		for k, v := range all {
			own[k] = v
		}
		o := &Outgoing{
			TicketID: t.ID, CaseID: t.CaseID, MailboxID: t.MailboxID, Purpose: PurposeNotice,
			Template: template, Fields: own, Subject: noticeSubject(template, own),
		}
		w.automatic(o)
		if err := w.queue(ctx, o, []recipient{{staffID: s.ID, name: s.Name, email: s.Email}}); err != nil {
			return 0, err
		}
		if first == 0 {
			first = o.ID
		}
		if _, err := w.event(ctx, t, EvNotified, map[string]any{"outgoing_id": o.ID, "template": template, "staff_id": s.ID}); err != nil {
			return 0, err
		}
	}
	return first, nil
}

func noticeSubject(template string, f map[string]string) string {
	what := f[FieldRef]
	if f[FieldInitials] != "" {
		what += " (" + f[FieldInitials] + ")"
	}
	switch template {
	case TemplateWarning:
		return "Due " + f[FieldDue] + ": " + what
	case TemplateBreach:
		return "Late: " + what
	case TemplateLead:
		return "With you: " + what
	case TemplateTriage:
		return "Waiting to be sorted: " + what
	case TemplateUndelivered:
		return "Did not arrive: " + what
	case TemplateUncertain:
		return "Not known whether it arrived: " + what
	case TemplateDoubtful:
		return "May not have arrived: " + what
	case TemplateStopped:
		return "Your email was held, not sent: " + what
	case TemplateSecond:
		return "Please check a message: " + what
	case TemplateSecondDone:
		return "A second person answered: " + what
	case TemplateCopied:
		return "Somebody outside was on copy: " + what
	case TemplateIncident:
		return "Misdirected message: " + what
	case TemplateAlert:
		return "Safety alert: " + what
	}
	return what
}

func domainOf(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return ""
	}
	return strings.ToLower(address[at+1:])
}
