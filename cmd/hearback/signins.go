package main

import (
	"context"
	"strconv"
	"time"

	"hearback/mailbox/signin"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
)

// signInEvery: a source asks the token server again when its last yes is ten
// minutes old, so that with this a dead secret is loud within 15.
const signInEvery = 4 * time.Minute

// signInLoop finds out whether the secrets for signing in still work, while the
// tokens that were got with them may be good for an hour yet, and warns before
// one runs out.
func (a *App) signInLoop(ctx context.Context) {
	if len(a.doors.Tokens) == 0 {
		return
	}
	ticker := time.NewTicker(signInEvery)
	defer ticker.Stop()
	for {
		a.checkSignIns(ctx)
		if err := a.warnOfSecrets(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("mail", "event", "secret_warning_failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (a *App) checkSignIns(ctx context.Context) {
	for _, s := range a.doors.Tokens {
		err := s.Check(ctx)
		if ctx.Err() != nil {
			return
		}
		refused := ""
		switch {
		case fault.Is(err, fault.Denied): // a person has to put it right, and mail stops when the token ends
			refused = fault.SafeText(err)
			a.log.Error("mail", "event", "sign_in_refused", "mailbox", s.names(), "error", err)
		case err != nil:
			a.log.Warn("mail", "event", "sign_in_unknown", "mailbox", s.names(), "error", err)
			continue // what was known last stands: only a yes takes a refusal back
		}
		for _, name := range s.Mailboxes {
			if a.watch.refuse(name, refused) {
				a.events.Publish("mailbox.state", "")
				if refused == "" {
					a.log.Info("mail", "event", "sign_in_works", "mailbox", name)
				}
			}
		}
	}
}

// warnOfSecrets tells the administrators, once each, 30, 7 and 1 days ahead and
// on the day.
func (a *App) warnOfSecrets(ctx context.Context) error {
	now, err := a.now(ctx)
	if err != nil {
		return err
	}
	for _, s := range a.doors.Tokens {
		if s.Expires.IsZero() {
			continue
		}
		w, due := signin.DueWarning(s.Expires, now, sla.London())
		about := "secret of " + s.names()
		if !due {
			a.watch.warn(about, "")
			continue
		}
		if a.watch.warn(about, w.Text(s.names())) {
			a.events.Publish("mailbox.state", "")
		}
		day := w.Expires.Format(time.DateOnly)
		told, fresh, err := a.desk.TellAdministrators(ctx, tickets.ProgramNotice{
			Key: "secret." + s.names(), Value: day + "/" + strconv.Itoa(w.Ahead),
			MailboxID: a.mailboxes[a.boxNamed(s.Mailboxes[0])].ID, Template: tickets.TemplateSecretEnds,
			Subject: "Sign-in secret runs out: " + s.names(),
			Fields:  map[string]string{tickets.FieldMailbox: s.names(), tickets.FieldDue: sla.FormatDate(sla.DateOf(w.Expires))},
		}, now)
		if err != nil {
			return err
		}
		if fresh {
			a.log.Warn("mail", "event", "secret_ends", "mailbox", s.names(), "days", w.Days, "told", told)
			a.wakeUp()
		}
	}
	return nil
}

func (a *App) boxNamed(name string) int {
	for i, m := range a.mailboxes {
		if m.Name == name {
			return i
		}
	}
	return 0
}
