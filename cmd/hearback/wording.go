package main

import (
	"context"
	"time"

	"hearback/mailbox/outbound"
	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/wording"
	"hearback/web"
)

// examplePrint is the size in which large print is previewed, in points.
const examplePrint = 20

// exampleLetters makes letters for a family that does not exist.
type exampleLetters struct{ a *App }

func (x exampleLetters) example(letter string, t wording.Text, situation string) (outbound.Example, error) {
	l, ok := wording.Of(letter)
	if !ok {
		return outbound.Example{}, fault.New(fault.NotFound, "There is no such letter")
	}
	if len(x.a.mailboxes) == 0 {
		return outbound.Example{}, fault.New(fault.Temporary, "There is no mailbox that a letter could leave from")
	}
	s := x.a.desk.Settings()
	own := map[string]string{
		tickets.FieldCouncil: s.CouncilName, tickets.FieldPhone: s.TeamPhone, tickets.FieldEDT: s.EmergencyDuty, tickets.FieldLead: s.LeadSentence,
		tickets.FieldSENDIASS: s.SENDIASSName, tickets.FieldSENDIASSPhone: s.SENDIASSPhone, tickets.FieldFormat: s.FormatSentence,
		tickets.FieldPrivacy: s.PrivacyURL,
	}
	return outbound.Example{Letter: letter, Text: t, Values: l.Examples(situation, own), From: x.a.mailboxes[0].Address}, nil
}

// Example implements web.Letters.
func (x exampleLetters) Example(letter string, t wording.Text, situation string, large bool, now time.Time) (web.ExampleLetter, error) {
	e, err := x.example(letter, t, situation)
	if err != nil {
		return web.ExampleLetter{}, err
	}
	if large {
		e.Print = examplePrint
	}
	raw, err := x.a.dispatcher.ExampleLetter(e, now)
	if err != nil {
		return web.ExampleLetter{}, err
	}
	m := parse.Message(raw, parse.Options{})
	out := web.ExampleLetter{From: m.From.Name + " <" + m.From.Email + ">", Subject: m.Subject, Text: m.Text}
	out.HTML, _ = parse.HTML(raw) // made by us a moment ago
	return out, nil
}

// Notices implements web.Letters.
func (x exampleLetters) Notices(now time.Time) ([]web.ExampleNotice, error) {
	if len(x.a.mailboxes) == 0 {
		return nil, fault.New(fault.Temporary, "There is no mailbox that a letter could leave from")
	}
	var out []web.ExampleNotice
	for _, n := range tickets.Notices() {
		raw, err := x.a.dispatcher.ExampleNotice(n, x.a.mailboxes[0].Address, now)
		if err != nil {
			return nil, err
		}
		m := parse.Message(raw, parse.Options{})
		out = append(out, web.ExampleNotice{Title: n.Title, Goes: n.Goes, Letter: web.ExampleLetter{From: m.From.Email, Subject: m.Subject, Text: m.Text}})
	}
	return out, nil
}

// Judge implements web.Letters: on every kind of day.
func (x exampleLetters) Judge(ctx context.Context, letter string, t wording.Text, now time.Time) error {
	l, _ := wording.Of(letter)
	for _, s := range l.Situations() {
		e, err := x.example(letter, t, s.Name)
		if err != nil {
			return err
		}
		if err := x.a.dispatcher.JudgeExample(ctx, e, now); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) hookNames() (names []string) {
	for _, h := range a.hooks {
		names = append(names, h.name)
	}
	return names
}
