package tickets

import (
	"context"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// The templates and fields of notices about the program itself. They belong to
// no ticket and hold nothing about a family.
const (
	TemplateMailboxDown = "notice_mailbox_down" // a mailbox cannot be read
	TemplateMailboxBack = "notice_mailbox_back" // it is read again
	TemplateSecretEnds  = "notice_secret_ends"  // the secret for signing in runs out

	FieldMailbox = "mailbox" // a mailbox's name in the configuration; several: "sen, sen-north"
)

// ProgramNotice tells the administrators about the program itself.
type ProgramNotice struct {
	// Key and Value say what was told last: a notice whose Value is what the
	// setting Key holds already is not told again.
	Key, Value string
	MailboxID  int64 // whose outbox it leaves by
	Template   string
	Subject    string
	// Mark says that it was told also when there is nobody to tell, because other
	// routes go by the mark. Without it the notice waits for somebody.
	Mark bool
	// Fields fill the template. The link to the page of the mailboxes and the
	// council's name are added.
	Fields map[string]string
}

// TellAdministrators queues a notice to every administrator, or where there is
// none to the heads and leads, in one transaction with the mark that it was told.
// told is how many people it goes to; fresh is false when it was told before, also
// by another program or before a restart. It does not wait for go-live: what it
// speaks of is no old lateness.
func (d *Desk) TellAdministrators(ctx context.Context, n ProgramNotice, now time.Time) (told int, fresh bool, err error) {
	if n.Key == "" || n.Value == "" {
		return 0, false, fault.New(fault.Internal, "a notice without a mark that it was told")
	}
	err = d.write(ctx, access.System("alarm"), now, func(w *work) error {
		last, err := w.tx.Setting(ctx, n.Key)
		if err != nil || last == n.Value {
			return err
		}
		fresh = true
		people, err := w.administrators(ctx)
		if err != nil {
			return err
		}
		if len(people) == 0 && !n.Mark {
			return nil
		}
		for _, s := range people {
			o := &Outgoing{
				MailboxID: n.MailboxID, Purpose: PurposeNotice, Template: n.Template, Subject: n.Subject,
				Fields: map[string]string{
					FieldCouncil: w.d.s.CouncilName, FieldLink: strings.TrimSuffix(w.d.s.BaseURL, "/") + "/admin/mailboxes",
				},
			}
			for k, v := range n.Fields {
				o.Fields[k] = v
			}
			w.automatic(o)
			if err := w.queue(ctx, o, []recipient{{staffID: s.ID, name: s.Name, email: s.Email}}); err != nil {
				return err
			}
			told++
		}
		return w.tx.SetSetting(ctx, n.Key, n.Value)
	})
	if err != nil {
		return 0, false, err
	}
	return told, fresh, nil
}

// administrators are the people who look after the machine.
func (w *work) administrators(ctx context.Context) ([]register.Staff, error) {
	all, err := w.tx.Staff(ctx, access.System("alarm"))
	if err != nil {
		return nil, err
	}
	var admins, leads []register.Staff
	for _, s := range all {
		switch {
		case !s.Active:
		case access.Role(s.Role) == access.RoleAdmin:
			admins = append(admins, s)
		case access.Role(s.Role) == access.RoleHead, access.Role(s.Role) == access.RoleLead:
			leads = append(leads, s)
		}
	}
	if len(admins) > 0 {
		return admins, nil
	}
	return leads, nil
}
