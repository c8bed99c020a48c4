package main

import (
	"context"
	"strings"
	"time"

	"hearback/mailbox/webhook"
	"hearback/sla"
	"hearback/tickets"
)

const alarmEvery = 15 * time.Second

// alarmRoutes are the ways besides the pages by which an alarm leaves.
type alarmRoutes struct {
	hook  *webhook.Sender // nil without one
	lease *lease          // of the webhook
	wake  chan struct{}   // there may be something to post
}

func (a *App) wireAlarm() error {
	a.alarm.wake = make(chan struct{}, 1)
	c := a.cfg.Alarm
	if c.WebhookURL == "" {
		return nil
	}
	roots, err := rootsFrom(c.CAFile)
	if err != nil {
		return err
	}
	a.alarm.hook, err = webhook.New(webhook.Config{
		URL: c.WebhookURL, OwnNetwork: c.OwnNetwork, RootCAs: roots,
		Secret: func() (string, error) { return Secret(c.WebhookSecretEnv, c.WebhookSecretFile) },
	})
	a.alarm.lease = a.lease("webhook", nil)
	return err
}

// What was told last about a mailbox is kept as a setting: the word, and an
// instant. It outlasts a restart, and two programs cannot both tell.
const (
	toldDown = "down " // and the last time that the mailbox was read
	toldBack = "back " // and when it was read again
)

func alarmKey(mailbox string) string { return "alarm.mailbox." + mailbox }
func hookKey(mailbox string) string  { return "alarm.webhook." + mailbox }

// alarmLoop tells the administrators when a mailbox cannot be read, and when it
// can again: once each.
func (a *App) alarmLoop(ctx context.Context) {
	ticker := time.NewTicker(alarmEvery)
	defer ticker.Stop()
	for {
		select { // at the start nothing has been tried yet
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := a.alarmOnce(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("mail", "event", "alarm_failed", "error", err)
		}
	}
}

// boxState is how a mailbox is doing as a whole.
type boxState struct {
	read  bool      // by this program
	well  bool      // every folder was read lately
	alarm bool      // some folder was not, for longer than allowed, or its sign-in is refused
	since time.Time // when the folder that is furthest behind was last read
}

func (a *App) boxStates(now time.Time) []boxState {
	out := make([]boxState, len(a.mailboxes))
	for i := range out {
		out[i] = boxState{well: true}
	}
	for _, f := range a.folders {
		st := a.folderState(f, now)
		b := &out[f.box]
		b.read = b.read || !st.elsewhere
		b.well, b.alarm = b.well && st.OK, b.alarm || st.Alarm
		if b.since.IsZero() || st.since.Before(b.since) {
			b.since = st.since
		}
	}
	return out
}

func (a *App) alarmOnce(ctx context.Context) error {
	states := a.boxStates(time.Now())
	for i, m := range a.mailboxes {
		if !states[i].read {
			continue // the program that reads it tells
		}
		last, err := a.store.Setting(ctx, alarmKey(m.Name))
		if err != nil {
			return err
		}
		down := strings.HasPrefix(last, toldDown)
		switch {
		case states[i].alarm && !down:
			err = a.tell(ctx, i, states, tickets.TemplateMailboxDown, "Mailbox "+m.Name+" cannot be read", toldDown, states[i].since, states[i].since)
		case states[i].well && down:
			was, perr := time.Parse(time.RFC3339, strings.TrimPrefix(last, toldDown))
			if perr != nil {
				was = states[i].since
			}
			err = a.tell(ctx, i, states, tickets.TemplateMailboxBack, "Mailbox "+m.Name+" is read again", toldBack, time.Now(), was)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tell queues the notice in the outbox of another mailbox, if there is one that
// works, and has the webhook look.
func (a *App) tell(ctx context.Context, box int, states []boxState, template, subject, word string, at, since time.Time) error {
	now, err := a.now(ctx)
	if err != nil {
		return err
	}
	m := a.mailboxes[box]
	told, fresh, err := a.desk.TellAdministrators(ctx, tickets.ProgramNotice{
		Key: alarmKey(m.Name), Value: word + at.UTC().Format(time.RFC3339), MailboxID: a.mailboxes[a.outboxFor(box, states)].ID,
		Template: template, Subject: subject, Mark: true, // the webhook goes by it
		Fields: map[string]string{tickets.FieldMailbox: m.Name, tickets.FieldSince: sla.FormatShort(since)},
	}, now)
	if err != nil || !fresh {
		return err
	}
	a.log.Error("mail", "event", "alarm", "mailbox", m.Name, "outcome", strings.TrimSpace(word), "since", since.UTC(), "told", told)
	a.events.Publish("mailbox.state", "")
	a.wakeUp()
	select {
	case a.alarm.wake <- struct{}{}:
	default:
	}
	return nil
}

// outboxFor is the mailbox by which a notice about another leaves: one that
// works and has another mail server, if there is any; else one that works; else
// any other; else itself, where the notice waits.
func (a *App) outboxFor(box int, states []boxState) int {
	best, points := box, -1
	own := a.cfg.Mailboxes[box].SMTP
	for i, m := range a.cfg.Mailboxes {
		if i == box {
			continue
		}
		p := 0
		if !states[i].alarm {
			p += 2
		}
		if m.SMTP.Host != own.Host || m.SMTP.Port != own.Port {
			p++
		}
		if p > points {
			best, points = i, p
		}
	}
	return best
}
